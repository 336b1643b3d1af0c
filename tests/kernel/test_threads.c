/* Threads: their life, and who of them runs. */
#include "arch/i386/descriptors.h"
#include "arch/i386/registers.h"
#include "kernel/ke/scheduler.h"
#include "kernel/ke/switch_trace.h"
#include "mm/layout.h"
#include "mm/mm.h"
#include "tests/kernel/threads.h"

/* ---- life and death
 * -------------------------------------------------------------------------------- */

static void note_irql(void *context)
{
    *(uint32_t *)context = ke_get_current_irql();
}

KTEST(thread, runs_at_passive_level_and_ends)
{
    uint32_t irql = 99;
    struct ethread *thread = ktest_thread(test, TEST_PRIORITY, note_irql, &irql);

    ktest_assert(test, thread);
    ktest_assert_eq(test, thread->exit_status, STATUS_PENDING);
    ktest_assert_eq(test, ktest_state(thread), THREAD_READY);
    ktest_assert_eq(test, irql, 99); /* an equal of ours: it waits for its turn */
    ktest_assert_eq(test, ps_wait_for_thread(thread), STATUS_SUCCESS);
    ktest_assert_eq(test, irql, PASSIVE_LEVEL);
    ktest_assert_eq(test, ktest_state(thread), THREAD_TERMINATED);
    ktest_assert_eq(test, thread->tcb.header.signal_state, 1);
    ktest_assert_eq(test, ob_header(thread)->pointer_count, 1); /* its own went with its stack */
    ob_dereference_object(thread);
}

static void end_with_a_code(void *context)
{
    ps_terminate_system_thread((ntstatus)(uintptr_t)context);
}

KTEST(thread, exit_status_is_what_it_ended_with)
{
    struct ethread *thread =
        ktest_thread(test, TEST_PRIORITY, end_with_a_code, (void *)STATUS_NOT_SUPPORTED);

    ktest_assert(test, thread);
    ktest_assert_eq(test, ktest_join(thread), STATUS_NOT_SUPPORTED);
}

static void note_registers(void *context)
{
    uint32_t *seen = context;

    seen[0] = read_eflags() & EFLAGS_IF;
    seen[1] = (uint32_t)__builtin_frame_address(0);
    seen[2] = ki_tss.esp0;
}

KTEST(thread, has_a_stack_of_its_own_and_interrupts_on)
{
    uint32_t seen[3] = {0};
    struct ethread *thread = ktest_thread(test, TEST_PRIORITY, note_registers, seen);

    ktest_assert(test, thread);
    uint32_t top = (uint32_t)thread->tcb.stack_top;
    ktest_join(thread);
    ktest_assert_eq(test, seen[0], EFLAGS_IF);
    ktest_assert(test, seen[1] < top && seen[1] >= top - KERNEL_STACK_SIZE);
    ktest_assert_eq(test, seen[2], top);
    ktest_assert_eq(test, ki_tss.esp0, (uint32_t)ke_get_current_thread()->stack_top);
}

/* ---- priorities
 * ------------------------------------------------------------------------------------ */

static uint32_t order[8], places;

static void note_place(void *context)
{
    order[places++] = (uint32_t)context;
}

KTEST(thread, better_one_runs_at_once)
{
    places = 0;
    struct ethread *thread = ktest_thread(test, TEST_PRIORITY + 1, note_place, (void *)1);

    ktest_assert(test, thread);
    ktest_assert_eq(test, places, 1);
    ktest_assert_eq(test, ktest_state(thread), THREAD_TERMINATED);
    ktest_join(thread);
}

KTEST(thread, best_of_those_ready_runs_first)
{
    struct ethread *threads[4];
    static const int8_t priorities[] = {3, 7, 1, 5};

    places = 0;
    for (uint32_t i = 0; i < 4; i++)
        ktest_assert(test, (threads[i] = ktest_thread(test, priorities[i], note_place, (void *)i)));
    ktest_assert_eq(test, places, 0);
    for (uint32_t i = 0; i < 4; i++)
        ktest_join(threads[i]);
    ktest_assert_eq(test, order[0], 1);
    ktest_assert_eq(test, order[1], 3);
    ktest_assert_eq(test, order[2], 0);
    ktest_assert_eq(test, order[3], 2);
}

KTEST(thread, equals_run_in_the_order_they_became_ready)
{
    struct ethread *threads[4];

    places = 0;
    for (uint32_t i = 0; i < 4; i++)
        ktest_assert(test, (threads[i] = ktest_thread(test, 4, note_place, (void *)i)));
    for (uint32_t i = 0; i < 4; i++)
        ktest_join(threads[i]);
    for (uint32_t i = 0; i < 4; i++)
        ktest_assert_eq(test, order[i], i);
}

KTEST(thread, yielding_lets_equals_run_but_not_worse_ones)
{
    places = 0;
    ktest_assert(test, !ke_yield_execution()); /* nobody else is there */
    struct ethread *worse = ktest_thread(test, TEST_PRIORITY - 1, note_place, (void *)2);
    ktest_assert(test, worse);
    ktest_assert(test, !ke_yield_execution());
    struct ethread *equal = ktest_thread(test, TEST_PRIORITY, note_place, (void *)1);
    ktest_assert(test, equal);
    ktest_assert(test, ke_yield_execution());
    ktest_assert_eq(test, places, 1);
    ktest_assert_eq(test, order[0], 1);
    ktest_join(equal);
    ktest_join(worse);
    ktest_assert_eq(test, places, 2);
}

KTEST(thread, priorities_can_be_changed_in_every_state)
{
    places = 0;
    struct ethread *a = ktest_thread(test, 4, note_place, (void *)1);
    struct ethread *b = ktest_thread(test, 4, note_place, (void *)2);
    ktest_assert(test, a && b);
    ktest_assert_eq(test, ke_set_base_priority_thread(&b->tcb, 6), 4); /* READY */
    ktest_assert_eq(test, ke_set_base_priority_thread(&a->tcb, 5), 4);
    ktest_assert_eq(test, places, 0);
    /* RUNNING: we step below b and above a. */
    ktest_assert_eq(test, ke_set_base_priority_thread(ke_get_current_thread(), 5), TEST_PRIORITY);
    ktest_assert_eq(test, places, 1);
    ktest_assert_eq(test, order[0], 2);
    ke_set_base_priority_thread(ke_get_current_thread(), TEST_PRIORITY);
    ktest_join(a);
    ktest_join(b);
    ktest_assert_eq(test, order[1], 1);
}

/* ---- quanta
 * ---------------------------------------------------------------------------------------- */

static volatile bool stop;
static volatile uint32_t counters[4];

static void count(void *context)
{
    while (!stop)
        counters[(uint32_t)context]++;
}

static void sleep_ms(uint32_t milliseconds)
{
    ke_delay_execution_thread(KERNEL_MODE, false, MILLISECONDS(milliseconds));
}

#define TURNS 12u

static void take_turns(void *context)
{
    (void)context;
    while (ke_switch_count() < TURNS)
        ;
}

/* An increment is the program's word, and may be anything. */
KTEST(thread, increments_beyond_all_priorities_are_the_last)
{
    static const struct {
        int32_t increment;
        int8_t priority;
    } ROWS[] = {{INT32_MAX, 15}, {INT32_MIN, 1}, {40, 15}, {-40, 1}};
    struct ethread *self = ps_get_current_thread();
    int8_t before = self->tcb.base_priority;

    for (uint32_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
        ps_set_thread_increment(self, ROWS[i].increment);
        int8_t priority = self->tcb.base_priority;
        ke_set_base_priority_thread(&self->tcb, before);
        ktest_assert_eq(test, priority, ROWS[i].priority);
    }
}

KTEST(thread, equals_take_turns_by_quantum)
{
    struct ethread *threads[3];

    sleep_ms(20); /* a tick may be left from before */
    for (uint32_t i = 0; i < 3; i++)
        ktest_assert(test, (threads[i] = ktest_thread(test, 4, take_turns, NULL)));
    uint32_t before = ke_get_pcr()->ticks;
    ke_trace_switches(true);
    ps_wait_for_thread(threads[2]);
    uint32_t ticks = ke_get_pcr()->ticks - before;
    for (uint32_t i = 0; i < 3; i++)
        ktest_join(threads[i]);
    ke_trace_switches(false);
    for (uint32_t i = 0; i < TURNS; i++) {
        const struct switch_record *record = ke_get_switch_record(i);
        ktest_assert(test, record->to == &threads[i % 3]->tcb);
        ktest_assert_eq(test, record->from_state, i ? THREAD_READY : THREAD_WAITING);
    }
    /* A quantum is two ticks. The last turn ends before its own, but a tick may fall into it. */
    ktest_assert(test, ticks - 2 * (TURNS - 1) <= 1);
}

KTEST(thread, worse_ones_starve_while_a_better_one_runs)
{
    sleep_ms(20); /* a tick may be left from before */
    stop = false;
    counters[0] = counters[1] = 0;
    struct ethread *good = ktest_thread(test, 6, count, (void *)0);
    struct ethread *bad = ktest_thread(test, 5, count, (void *)1);
    ktest_assert(test, good && bad);
    uint32_t before = ke_get_pcr()->ticks;
    sleep_ms(60);
    ktest_assert(test, counters[0] > 0);
    ktest_assert_eq(test, counters[1], 0);
    ktest_assert_eq(test, bad->tcb.context_switches, 0);
    ktest_assert_eq(test, good->tcb.context_switches, 1);
    ktest_assert_eq(test, ke_get_pcr()->ticks - before, 0); /* no turns to take: no ticks */
    stop = true;
    ktest_join(good);
    ktest_join(bad);
}

static volatile bool other_has_ended;

static void count_alone(void *context)
{
    uint32_t *ticks = context;

    while (!other_has_ended) /* as long as there is another one, they take turns */
        ;
    uint32_t before = ke_get_pcr()->ticks;
    uint64_t start = ke_query_interrupt_time();
    while (ke_query_interrupt_time() - start < 600000)
        ;
    *ticks = ke_get_pcr()->ticks - before;
}

KTEST(thread, ticks_end_when_one_is_left)
{
    uint32_t ticks = 99;

    stop = other_has_ended = false;
    struct ethread *alone = ktest_thread(test, 4, count_alone, &ticks);
    struct ethread *other = ktest_thread(test, 4, count, (void *)0);
    ktest_assert(test, alone && other);
    uint32_t before = ke_get_pcr()->ticks;
    while (ke_get_pcr()->ticks - before < 4)
        sleep_ms(5);
    stop = true;
    ps_wait_for_thread(other);
    other_has_ended = true;
    ps_wait_for_thread(alone);
    ktest_assert(test, ticks <= 1); /* the one that was on its way */
    ktest_join(other);
    ktest_join(alone);
}

KTEST(thread, no_ticks_when_nobody_runs)
{
    sleep_ms(20); /* a tick may be left from before */
    uint32_t ticks = ke_get_pcr()->ticks, interrupts = ke_get_pcr()->interrupts;

    sleep_ms(100);
    ktest_assert_eq(test, ke_get_pcr()->ticks - ticks, 0);
    /* The timer's own, and where the PIT is all there is one each 50 ms. */
    ktest_assert(test, ke_get_pcr()->interrupts - interrupts <= 4);
}

KTEST(thread, boost_decays_by_one_each_quantum)
{
    struct kthread *self = ke_get_current_thread();
    struct ksemaphore semaphore;

    stop = false;
    counters[0] = 0;
    struct ethread *other = ktest_thread(test, TEST_PRIORITY, count, (void *)0);
    ktest_assert(test, other);
    ke_initialize_semaphore(&semaphore, 0, 1);
    self->quantum = self->quantum_reset;
    ktest_assert_eq(test, self->priority, TEST_PRIORITY);
    sleep_ms(5);
    ktest_assert_eq(test, self->priority, TEST_PRIORITY); /* a timer gives no boost */
    kirql irql = ki_lock_dispatcher_database();
    ki_set_priority_thread(self, TEST_PRIORITY + 2);
    ki_unlock_dispatcher_database(irql);
    self->quantum = self->quantum_reset;
    uint32_t switches = self->context_switches, ticks = ke_get_pcr()->ticks;
    uint32_t seen = 0; /* the priorities, a digit each */
    while (*(volatile uint32_t *)&self->context_switches == switches) {
        uint32_t priority = (uint32_t) * (volatile int8_t *)&self->priority;
        if (seen % 16 != priority)
            seen = seen * 16 + priority;
    }
    ticks = ke_get_pcr()->ticks - ticks;
    stop = true;
    /* One quantum at 10, one at 9; the step to 8 makes it the other's turn, for a quantum of its
     * own. Each is two ticks; one may have been under way, or come in between. */
    ktest_assert(test, seen == 0xA9 || seen == 0xA98);
    ktest_assert(test, ticks >= 5 && ticks <= 7);
    ktest_assert_eq(test, *(volatile uint32_t *)&self->context_switches, switches + 1);
    ktest_assert(test, counters[0] > 0);
    ktest_assert_eq(test, self->priority, TEST_PRIORITY);
    ktest_join(other);
}

static void wait_for_event(void *context)
{
    ke_wait_for_single_object(context, WR_USER_REQUEST, KERNEL_MODE, false, NULL);
    order[places++] = (uint32_t)ke_get_current_thread()->priority;
}

KTEST(thread, wait_ended_by_an_event_boosts)
{
    struct kevent event;

    places = 0;
    ke_initialize_event(&event, EVENT_NOTIFICATION_OBJECT, false);
    struct ethread *low = ktest_thread(test, 9, wait_for_event, &event);
    struct ethread *high = ktest_thread(test, 17, wait_for_event, &event);
    struct ethread *top = ktest_thread(test, 15, wait_for_event, &event);
    ktest_assert(test, low && high && top);
    ktest_assert_eq(test, ktest_state(low), THREAD_WAITING);
    ke_set_event(&event, 3);
    ktest_join(high);
    ktest_join(top);
    ktest_join(low);
    ktest_assert_eq(test, places, 3);
    ktest_assert_eq(test, order[0], 17); /* real-time priorities do not move */
    ktest_assert_eq(test, order[1], 15); /* and none is boosted up to them */
    ktest_assert_eq(test, order[2], 12);
}
