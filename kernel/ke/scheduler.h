/*
 * The scheduler, within this floor. All with the dispatcher lock held, at DISPATCH_LEVEL.
 *
 * A processor runs the thread of highest priority that is ready; equal ones take turns by quantum.
 * The clock ticks only while turns have to be taken.
 */
#pragma once

#include "kernel/ke/thread.h"

#define CLOCK_TICK 100000u /* 10 ms, in units of 100 ns */

/* => how long the next tick is: CLOCK_TICK, or with jitter on, a length between half and one and a
 * half of it. */
uint32_t ki_tick_length(void);
/* Draw the ticks' lengths from a sequence that SEED (not 0) begins; 0: they are all equal. */
void ki_set_tick_jitter(uint32_t seed);

/* THREAD can run: now, if it is better than what runs, else it waits for its turn. */
void ki_ready_thread(struct kthread *thread);

/* Leave the current thread, whose new state is set; go on in another. Returns when it runs again.
 */
void ki_swap_thread(void);

/* Give way to the thread chosen to run next. Returns when the current thread runs again. */
void ki_preempt_current_thread(void);

/* The current thread's quantum is used up: decay, and choose the next of its priority. */
void ki_quantum_end(void);

/* Change the current priority of THREAD, whatever its state. */
void ki_set_priority_thread(struct kthread *thread, int8_t priority);

/* Have the clock interrupt when the next timer or tick is due. Interrupts off; any IRQL. */
void ki_set_deadline(void);

/* Switch stacks: save esp at *SAVE, go on where ESP was saved (arch/i386/context_switch.S). */
void ki_swap_context(uintptr_t *save, uintptr_t esp);

/* Interrupts and DPCs at the lowest levels; for the start. */
void ki_init_dispatch(void);
void ki_init_scheduler(struct kthread *current, struct kthread *idle);
NORETURN void ki_idle_loop(void *context);

/* The clock works: timers and ticks from now on. */
void ki_start_clock(void);
