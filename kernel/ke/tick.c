/*
 * The clock's interrupt: is a timer due, and has the running thread used up its quantum? There is
 * no regular tick. The clock is set to whatever comes first of
 *
 *      next_timer   when the first timer is due
 *      next_tick    the next charge to the running thread; only while another one waits for its
 * turn
 *
 * and to nothing when there is neither: an idle machine sleeps until a device wakes it.
 *
 * Each interrupt of the clock also charges the time since the one before to the thread, and the
 * mode, that it interrupts. That is a sample, as NT's ticks are: nothing has to be counted where
 * threads are switched or services called. While there is a process of user mode an interrupt comes
 * at least every 15.625 ms (kernel/ps/shared_data.c); a longer time had none to do, and is not
 * charged.
 */
#include "arch/i386/clock.h"
#include "arch/i386/registers.h"
#include "kernel/ke/interrupt.h"
#include "kernel/ke/scheduler.h"
#include "kernel/ke/switch_trace.h"

#define MOST_CHARGED 156250u /* 15.625 ms */

static uint32_t jitter; /* the state of its sequence; 0: none. Interrupts off */

uint32_t ki_tick_length(void)
{
    if (likely(!jitter))
        return CLOCK_TICK;
    jitter ^= jitter << 13; /* xorshift32 (Marsaglia, 2003) */
    jitter ^= jitter >> 17;
    jitter ^= jitter << 5;
    return CLOCK_TICK / 2 + jitter % CLOCK_TICK;
}

void ki_set_tick_jitter(uint32_t seed)
{
    jitter = seed;
}

void ki_set_deadline(void)
{
    struct kpcr *pcr = ke_get_pcr();
    uint64_t first = pcr->next_timer < pcr->next_tick ? pcr->next_timer : pcr->next_tick;

    if (first == pcr->clock_deadline)
        return;
    pcr->clock_deadline = first;
    ki_set_clock_deadline(first);
}

/* Charge the running thread, and go on ticking if others still wait for its place. */
static void tick(struct kpcr *pcr, uint64_t now)
{
    struct kthread *thread = pcr->current_thread;

    pcr->ticks++;
    pcr->next_tick = UINT64_MAX;
    if (thread == pcr->idle_thread)
        return;
    if (pcr->ready_summary >> (thread->base_priority & 31))
        pcr->next_tick = now + ki_tick_length();
    if (thread->quantum > 0)
        thread->quantum -= CLOCK_QUANTUM_DECREMENT;
    if (thread->quantum <= 0) {
        pcr->quantum_end = true;
        ki_request_level(DISPATCH_LEVEL);
    }
}

/* Interrupts off. */
static void charge_time(struct kpcr *pcr, const struct ktrap_frame *frame, uint64_t now)
{
    struct kthread *thread = pcr->current_thread;
    uint64_t passed = now - pcr->charged;

    if (passed > MOST_CHARGED)
        passed = MOST_CHARGED;
    pcr->charged = now;
    if (ki_from_user_mode(frame)) {
        thread->times.user += passed;
        thread->process->times.user += passed;
    } else {
        thread->times.kernel += passed;
        thread->process->times.kernel += passed;
    }
}

struct ktimes ke_query_times(const struct ktimes *times)
{
    uint32_t flags = save_and_disable_interrupts();
    struct ktimes now = *times;

    restore_interrupts(flags);
    return now;
}

/* At CLOCK_LEVEL. */
static void clock_routine(struct ktrap_frame *frame)
{
    struct kpcr *pcr = ke_get_pcr();
    uint32_t flags = save_and_disable_interrupts();
    uint64_t now = ki_query_interrupt_time();

    charge_time(pcr, frame, now);
    pcr->clock_deadline = 0; /* it has come, or was a step on the way: set it anew in any case */
    if (now >= pcr->next_tick)
        tick(pcr, now);
    if (now >= pcr->next_timer) {
        pcr->next_timer = UINT64_MAX; /* ki_expire_timers finds the next */
        pcr->timers_due = true;
        ki_request_level(DISPATCH_LEVEL);
    }
    ki_set_deadline();
    restore_interrupts(flags);
}

static void clock_interrupt(struct ktrap_frame *frame)
{
    ki_clock->end_of_interrupt();
    ki_take_interrupt(frame, CLOCK_LEVEL, clock_routine);
}

void ki_start_clock(void)
{
    ki_set_trap_handler(ki_clock->vector, clock_interrupt);
}
