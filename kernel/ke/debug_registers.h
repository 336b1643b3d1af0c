/*
 * The processor's own breakpoints (SDM volume 3, 17.2), a set for each thread of user mode. They
 * watch user space only. What a service touches for a program is not reported, as on NT.
 */
#pragma once

#include "kernel/ke/pcr.h"
#include "kernel/ke/thread.h"

/* DR (0 to 3, 6 and 7) become THREAD's, as far as user mode may say it: breakpoints in system space
 * are none, nor are those of I/O. Up to DISPATCH_LEVEL. */
void ki_set_debug_registers(struct kthread *thread, const uint32_t dr[6]);

/* The processor gets those of user thread NEXT, which is about to run. DISPATCH_LEVEL. */
void ki_load_debug_registers(struct kpcr *pcr, const struct kthread *next);
static inline void ki_switch_debug_registers(struct kpcr *pcr, const struct kthread *next)
{
    if (unlikely(next->debug_active || pcr->debug_active))
        ki_load_debug_registers(pcr, next);
}

/* A debug exception of user mode has come: its cause is in the current thread's DR6 then.
 * Interrupts are off, or DISPATCH_LEVEL. */
void ki_note_debug_exception(void);
/* ... of the kernel: => whether it came of a breakpoint of the current thread, and is over. */
bool ki_dismiss_debug_exception(void);
