/*
 * Interrupts and their levels. A service routine runs at its line's level with interrupts on, so
 * that higher ones may come in between; lower ones and its own wait.
 */
#pragma once

#include "arch/i386/trap.h"
#include "kernel/ke/irql.h"

/* Take the PIC's lines. */
void ki_init_interrupts(void);

/* Call ROUTINE for interrupts of the PIC's LINE, 1 to 15, at DEVICE_LEVEL(LINE), and let them in.
 * FRAME holds the interrupted registers. */
void ke_connect_interrupt(uint32_t line, ki_trap_handler routine);

/* ---- between this floor's files; interrupts off ---- */

/* Something waits for the level to fall below IRQL / does not any more. */
void ki_request_level(kirql irql);
void ki_withdraw_level(kirql irql);

/* Run all that is pending above IRQL, the current level. Interrupts are on only while a routine
 * runs at its raised level: so they cannot pile up on the stack. */
void ki_run_pending(kirql irql);
/* Run what was pending at LEVEL, which is the current level now. Returns with interrupts off. */
void ki_run_level(kirql level);

/* The thread that is left has an APC pending / the one that goes on has. */
void ki_hold_apc_interrupt(void);
void ki_request_apc_interrupt(void);

/* Who runs what is pending at APC_LEVEL and at DISPATCH_LEVEL; entered and left with interrupts
 * off. */
void ki_set_software_interrupt(kirql level, void (*routine)(void));

/* An interrupt of LEVEL that is not one of the PIC's, already acknowledged: run ROUTINE now, or
 * when the level has fallen. */
void ki_take_interrupt(struct ktrap_frame *frame, kirql level, ki_trap_handler routine);
