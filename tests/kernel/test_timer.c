/* Timers, and the DPCs they and others queue. */
#include "arch/i386/clock.h"
#include "arch/i386/pit.h"
#include "arch/i386/registers.h"
#include "kernel/ke/interrupt.h"
#include "kernel/ke/scheduler.h"
#include "lib/fixed.h"
#include "tests/kernel/threads.h"

struct seen {
    uint32_t calls;
    uint32_t irql;
    void *argument1, *argument2;
    uint64_t time;
};

static void note(struct kdpc *dpc, void *context, void *argument1, void *argument2)
{
    struct seen *seen = context;

    (void)dpc;
    seen->calls++;
    seen->irql = ke_get_current_irql();
    seen->argument1 = argument1;
    seen->argument2 = argument2;
    seen->time = ke_query_interrupt_time();
}

/* ---- DPCs
 * ------------------------------------------------------------------------------------------ */

KTEST(dpc, runs_at_dispatch_level_at_once)
{
    struct seen seen = {0};
    struct kdpc dpc;

    ke_initialize_dpc(&dpc, note, &seen);
    ktest_assert(test, ke_insert_queue_dpc(&dpc, (void *)1, (void *)2));
    ktest_assert_eq(test, seen.calls, 1);
    ktest_assert_eq(test, seen.irql, DISPATCH_LEVEL);
    ktest_assert_eq(test, (uintptr_t)seen.argument1, 1);
    ktest_assert_eq(test, (uintptr_t)seen.argument2, 2);
    ktest_assert_eq(test, ke_get_current_irql(), PASSIVE_LEVEL);
}

KTEST(dpc, waits_until_the_level_falls_and_is_queued_once)
{
    struct seen seen = {0};
    struct kdpc dpc;

    ke_initialize_dpc(&dpc, note, &seen);
    kirql irql = ke_raise_irql(DISPATCH_LEVEL);
    ktest_assert(test, ke_insert_queue_dpc(&dpc, (void *)1, NULL));
    ktest_assert(test, !ke_insert_queue_dpc(&dpc, (void *)2, NULL));
    ktest_assert(test, dpc.inserted);
    ktest_assert_eq(test, ke_get_pcr()->irr, 1u << DISPATCH_LEVEL);
    ktest_assert_eq(test, seen.calls, 0);
    ke_raise_irql(HIGH_LEVEL);
    ke_lower_irql(DISPATCH_LEVEL);
    ktest_assert_eq(test, seen.calls, 0);
    ke_lower_irql(irql);
    ktest_assert_eq(test, seen.calls, 1);
    ktest_assert_eq(test, (uintptr_t)seen.argument1, 1);
    ktest_assert_eq(test, ke_get_pcr()->irr, 0);
    ktest_assert(test, !dpc.inserted);
}

KTEST(dpc, can_be_taken_back)
{
    struct seen seen = {0};
    struct kdpc dpc;

    ke_initialize_dpc(&dpc, note, &seen);
    ktest_assert(test, !ke_remove_queue_dpc(&dpc));
    kirql irql = ke_raise_irql(DISPATCH_LEVEL);
    ke_insert_queue_dpc(&dpc, NULL, NULL);
    ktest_assert(test, ke_remove_queue_dpc(&dpc));
    ke_lower_irql(irql);
    ktest_assert_eq(test, seen.calls, 0);
}

static char sequence[8];
static uint32_t length;

static void append(struct kdpc *dpc, void *context, void *argument1, void *argument2)
{
    (void)dpc, (void)argument1, (void)argument2;
    sequence[length++] = (char)(uintptr_t)context;
}

KTEST(dpc, run_in_order_but_important_ones_first)
{
    struct kdpc dpcs[4];

    length = 0;
    kirql irql = ke_raise_irql(DISPATCH_LEVEL);
    for (uint32_t i = 0; i < 4; i++) {
        ke_initialize_dpc(&dpcs[i], append, (void *)(uintptr_t)('a' + i));
        ke_set_importance_dpc(&dpcs[i], i == 2);
        ke_insert_queue_dpc(&dpcs[i], NULL, NULL);
    }
    ke_lower_irql(irql);
    ktest_assert_eq(test, length, 4);
    ktest_assert(test, sequence[0] == 'c' && sequence[1] == 'a' && sequence[2] == 'b' &&
                           sequence[3] == 'd');
}

static void set_event(struct kdpc *dpc, void *context, void *argument1, void *argument2)
{
    (void)dpc, (void)argument1, (void)argument2;
    ke_set_event(context, EVENT_INCREMENT);
}

KTEST(dpc, wakes_a_thread_that_runs_when_all_dpcs_are_done)
{
    struct kevent event;
    struct kdpc dpc;

    ke_initialize_event(&event, EVENT_SYNCHRONIZATION_OBJECT, false);
    ke_initialize_dpc(&dpc, set_event, &event);
    kirql irql = ke_raise_irql(DISPATCH_LEVEL);
    ke_insert_queue_dpc(&dpc, NULL, NULL);
    ke_lower_irql(irql);
    ktest_assert_eq(test, ktest_wait(&event, 0), STATUS_SUCCESS);
}

/* ---- interrupts and levels
 * ------------------------------------------------------------------------- */

static uint32_t served, served_irql;

static void serve(struct ktrap_frame *frame)
{
    served++;
    served_irql = ke_get_current_irql();
    (void)frame;
}

#define TEST_LEVEL 5

static void test_interrupt(struct ktrap_frame *frame)
{
    ki_take_interrupt(frame, TEST_LEVEL, serve);
}

#define TEST_VECTOR 0xC5

static void interrupt_now(void)
{
    __asm__ volatile("int %0" : : "i"(TEST_VECTOR) : "memory");
}

KTEST(irql, interrupt_runs_at_its_level_or_waits_for_it)
{
    ki_trap_handler before = ki_set_trap_handler(TEST_VECTOR, test_interrupt);

    served = 0;
    interrupt_now();
    ktest_assert_eq(test, served, 1);
    ktest_assert_eq(test, served_irql, TEST_LEVEL);
    ktest_assert_eq(test, ke_get_current_irql(), PASSIVE_LEVEL);
    for (kirql level = APC_LEVEL; level <= HIGH_LEVEL; level += 2) {
        uint32_t deferred = ke_get_pcr()->deferred_interrupts, expected = served + 1;
        kirql irql = ke_raise_irql(level);
        interrupt_now();
        ktest_assert_eq(test, served, level < TEST_LEVEL ? expected : expected - 1);
        ktest_assert_eq(test, ke_get_pcr()->deferred_interrupts - deferred, level >= TEST_LEVEL);
        if (level >= TEST_LEVEL)
            ktest_assert_eq(test, ke_get_pcr()->irr & 1u << TEST_LEVEL, 1u << TEST_LEVEL);
        ke_lower_irql(irql);
        ktest_assert_eq(test, served, expected);
        ktest_assert_eq(test, served_irql, TEST_LEVEL);
        ktest_assert_eq(test, ke_get_pcr()->irr, 0);
    }
    ki_set_trap_handler(TEST_VECTOR, before);
}

KTEST(irql, clock_comes_in_at_dispatch_level_but_its_timers_wait)
{
    struct seen seen = {0};
    struct ktimer timer;
    struct kdpc dpc;

    ke_initialize_dpc(&dpc, note, &seen);
    ke_initialize_timer_ex(&timer, TIMER_NOTIFICATION_OBJECT);
    kirql irql = ke_raise_irql(DISPATCH_LEVEL);
    uint32_t interrupts = ke_get_pcr()->interrupts;
    ke_set_timer(&timer, MILLISECONDS(2), &dpc);
    while (!ke_get_pcr()->timers_due)
        __asm__ volatile("pause" : : : "memory");
    ktest_assert(test, ke_get_pcr()->interrupts > interrupts);
    ktest_assert_eq(test, seen.calls, 0);
    ktest_assert(test, !ke_read_state_timer(&timer));
    ke_lower_irql(irql);
    ktest_assert_eq(test, seen.calls, 1);
    ktest_assert(test, ke_read_state_timer(&timer));
}

/* ---- timers
 * ---------------------------------------------------------------------------------------- */

KTEST(timer, is_signalled_at_its_time_and_queues_its_dpc)
{
    struct seen seen = {0};
    struct ktimer timer;
    struct kdpc dpc;

    ke_initialize_dpc(&dpc, note, &seen);
    ke_initialize_timer_ex(&timer, TIMER_NOTIFICATION_OBJECT);
    uint64_t start = ke_query_interrupt_time();
    ktest_assert(test, !ke_set_timer(&timer, MILLISECONDS(20), &dpc));
    ktest_assert(test, timer.inserted);
    ktest_assert_eq(test, ktest_wait(&timer, 0), STATUS_TIMEOUT);
    ktest_assert_eq(test, ktest_wait(&timer, 60000), STATUS_SUCCESS);
    ktest_assert_eq(test, seen.calls, 1);
    ktest_assert(test, seen.time - start >= 200000);
    ktest_assert_eq(test, ktest_wait(&timer, 0), STATUS_SUCCESS); /* a notification timer stays */
    ktest_assert(test, !timer.inserted);
    ktest_assert(test, !ke_set_timer(&timer, MILLISECONDS(60000), NULL));
    ktest_assert_eq(test, ktest_wait(&timer, 0), STATUS_TIMEOUT); /* set again: not signalled */
    ktest_assert(test, ke_set_timer(&timer, MILLISECONDS(50000), NULL));
    ktest_assert(test, ke_cancel_timer(&timer));
    ktest_assert(test, !ke_cancel_timer(&timer));
}

KTEST(timer, synchronization_lets_one_through)
{
    struct ktimer timer;

    ke_initialize_timer_ex(&timer, TIMER_SYNCHRONIZATION_OBJECT);
    ke_set_timer(&timer, MILLISECONDS(1), NULL);
    ktest_assert_eq(test, ktest_wait(&timer, 60000), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_wait(&timer, 0), STATUS_TIMEOUT);
}

KTEST(timer, periodic_comes_again_and_again)
{
    struct ktimer timer;

    ke_initialize_timer_ex(&timer, TIMER_SYNCHRONIZATION_OBJECT);
    uint64_t start = ke_query_interrupt_time();
    ke_set_timer_ex(&timer, MILLISECONDS(3), 7, NULL);
    for (uint32_t i = 0; i < 5; i++) {
        ktest_assert_eq(test, ktest_wait(&timer, 60000), STATUS_SUCCESS);
        ktest_assert(test, ke_query_interrupt_time() - start >= 30000u + i * 70000u);
    }
    ktest_assert(test, timer.inserted);
    ktest_assert(test, ke_cancel_timer(&timer));
}

KTEST(timer, periodic_does_not_make_up_for_what_it_missed)
{
    struct seen seen = {0};
    struct ktimer timer;
    struct kdpc dpc;
    uint64_t start = ke_query_interrupt_time();
    uint32_t period = (uint32_t)scale(start, fraction_of(2, 30000)) + 1; /* of the time up to now */

    ke_initialize_dpc(&dpc, note, &seen);
    ke_initialize_timer_ex(&timer, TIMER_NOTIFICATION_OBJECT);
    ke_set_timer_ex(&timer, 1, period, &dpc); /* due in 1601: as if since the start */
    ntstatus status = ktest_wait(&timer, 60000);
    uint64_t next = timer.due_time;
    ktest_assert(test, ke_cancel_timer(&timer));
    ktest_assert_eq(test, status, STATUS_SUCCESS);
    ktest_assert_eq(test, seen.calls, 1);
    ktest_assert(test, next >= start + period * 10000ull);
}

KTEST(timer, many_expire_in_the_order_of_their_times)
{
    enum {
        TIMERS = 40
    };
    static struct ktimer timers[TIMERS];
    static struct kdpc dpcs[TIMERS];
    static struct seen seen[TIMERS];

    for (uint32_t i = 0; i < TIMERS; i++) {
        seen[i] = (struct seen){0};
        ke_initialize_dpc(&dpcs[i], note, &seen[i]);
        ke_initialize_timer_ex(&timers[i], TIMER_NOTIFICATION_OBJECT);
    }
    int64_t first =
        (int64_t)ke_query_system_time() + 2000000; /* late enough that none is due yet */
    for (uint32_t i = 0; i < TIMERS; i++) /* 7 and 40 have no common divisor: all are different */
        ke_set_timer(&timers[i], first + i * 7 % TIMERS * 10000, &dpcs[i]);
    for (uint32_t i = 0; i < TIMERS; i += 4)
        ktest_assert(test, ke_cancel_timer(&timers[i]));
    ke_delay_execution_thread(KERNEL_MODE, false, MILLISECONDS(200 + TIMERS));
    uint64_t last = 0;
    for (uint32_t place = 0; place < TIMERS; place++) {
        uint32_t i = place * 23 % TIMERS; /* 7 * 23 = 161 = 1 modulo 40 */
        ktest_assert_eq(test, seen[i].calls, i % 4 ? 1 : 0);
        if (i % 4 == 0)
            continue;
        ktest_assert(test, seen[i].time >= last);
        last = seen[i].time;
    }
}

KTEST(timer, clock_is_set_to_the_first_and_to_nothing_without_one)
{
    struct ktimer near, far;

    ke_delay_execution_thread(KERNEL_MODE, false, MILLISECONDS(20)); /* let ticks run out */
    ktest_assert_eq(test, ke_get_pcr()->next_timer, UINT64_MAX);
    ktest_assert_eq(test, ke_get_pcr()->clock_deadline, UINT64_MAX);
    ke_initialize_timer_ex(&near, TIMER_NOTIFICATION_OBJECT);
    ke_initialize_timer_ex(&far, TIMER_NOTIFICATION_OBJECT);
    ke_set_timer(&far, MILLISECONDS(90000), NULL);
    ktest_assert_eq(test, ke_get_pcr()->clock_deadline, far.due_time);
    ke_set_timer(&near, MILLISECONDS(80000), NULL);
    ktest_assert_eq(test, ke_get_pcr()->clock_deadline, near.due_time);
    ke_cancel_timer(&near);
    ke_cancel_timer(&far);
    ke_set_timer(&near, MILLISECONDS(1), NULL);
    ktest_assert_eq(test, ktest_wait(&near, 60000), STATUS_SUCCESS);
    ktest_assert_eq(test, ke_get_pcr()->clock_deadline, UINT64_MAX);
}

/* ---- the clock itself
 * ------------------------------------------------------------------------------ */

KTEST(clock, time_never_falls)
{
    uint64_t last = 0;

    for (uint32_t i = 0; i < 100000; i++) {
        uint64_t now = ke_query_interrupt_time();
        ktest_assert(test, now >= last);
        last = now;
    }
}

KTEST(clock, far_deadline_is_reached_in_steps)
{
    uint64_t start = ke_query_interrupt_time();

    /* Farther than the PIT can be set ahead. */
    ke_delay_execution_thread(KERNEL_MODE, false, MILLISECONDS(130));
    uint64_t passed = ke_query_interrupt_time() - start;
    ktest_assert(test, passed >= 1300000);
}

/* How much time passes in 200 ms by another clock; a round of the PIT is 55. */
static uint64_t time_in_200_ms(void)
{
    uint64_t start = ke_query_interrupt_time();

    for (uint32_t i = 0; i < 4; i++) {
        ki_pit_start_interval(59659);
        ki_pit_wait_interval();
    }
    return ke_query_interrupt_time() - start;
}

/* Where the PIT keeps the time and the host stops the machine for more than its round, time is
 * lost; so it has several attempts. A clock that stands still between questions fails in all. */
KTEST(clock, time_goes_on_while_nobody_asks)
{
    uint64_t passed = 0;

    for (uint32_t i = 0; i < 30 && passed < 1800000; i++)
        passed = time_in_200_ms();
    ktest_assert(test, passed >= 1800000);
}

/* Nobody has to ask for the time, so the interrupts see to it that the clock's round is not missed.
 */
KTEST(clock, interrupts_come_before_the_pits_round_is_over)
{
    if (ki_time_stamps_a_millisecond)
        return; /* the TSC's round is longer than any machine runs */
    ktest_assert_eq(test, ki_clock->vector, VECTOR_IRQ);
    ktest_assert(test, scale(ki_clock->longest, fraction_of(PIT_HZ, 10000000)) < 0xFFFF);
}

KTEST(clock, spurious_interrupts_are_counted)
{
    extern uint32_t ki_spurious_interrupts, ki_apic_spurious_interrupts;
    uint32_t pic = ki_spurious_interrupts, apic = ki_apic_spurious_interrupts;

    /* No line is in service now: what comes by line 7 or 15 is none at all. */
    __asm__ volatile("int %0" : : "i"(VECTOR_IRQ + 7) : "memory");
    __asm__ volatile("int %0" : : "i"(VECTOR_IRQ + 15) : "memory");
    ktest_assert_eq(test, ki_spurious_interrupts - pic, 2);
    if (ki_clock->vector == VECTOR_IRQ)
        return;
    __asm__ volatile("int %0" : : "i"(0xDF) : "memory");
    ktest_assert_eq(test, ki_apic_spurious_interrupts - apic, 1);
}
