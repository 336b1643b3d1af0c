/*
 * Threads: what it costs to go from one to another, to wait, and to be called back. The floor of a
 * switch is the least code that keeps the registers that the calling convention asks for and
 * changes stacks (probe.S).
 */
#include "arch/i386/registers.h"
#include "kernel/ke/scheduler.h"
#include "kernel/ps/ps.h"
#include "lib/types.h"
#include "tests/bench/bench.h"

#define PARTNER_PRIORITY NORMAL_BASE_PRIORITY /* that of the benchmark's own thread */

static volatile bool stop;
static struct ethread *partner;

static bool start_partner(struct bench *bench, int8_t priority, void (*routine)(void *))
{
    stop = false;
    ke_set_base_priority_thread(ke_get_current_thread(), NORMAL_BASE_PRIORITY); /* no boost left */
    bool started = NT_SUCCESS(ps_create_system_thread(&partner, priority, routine, NULL));
    bench_expect(bench, started);
    return started;
}

static void end_partner(void)
{
    ps_wait_for_thread(partner);
    ob_dereference_object(partner);
}

/* ---- the bare switch ---------------------------------------------------------------------------
 */

static struct kthread *benchmark;

/* Leave the current thread for another one that is on no list. Dispatcher lock held. */
static void go_to(struct kthread *thread)
{
    ke_get_current_thread()->state = THREAD_WAITING;
    ke_get_pcr()->next_thread = thread;
    ki_swap_thread();
}

static void come_back(void *context)
{
    (void)context;
    ki_lock_dispatcher_database();
    while (!stop)
        go_to(benchmark);
    ki_unlock_dispatcher_database(PASSIVE_LEVEL);
}

static void bare_round_trip(void *context)
{
    go_to(context);
}

BENCH(thread, bare_switch)
{
    if (!start_partner(bench, PARTNER_PRIORITY, come_back))
        return;
    benchmark = ke_get_current_thread();
    kirql irql = ki_lock_dispatcher_database();
    ki_set_priority_thread(&partner->tcb, PARTNER_PRIORITY + 1); /* off the ready list */
    bare_round_trip(&partner->tcb);                              /* practice: it begins */
    bench_begin("");
    for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
        bench_measure(BENCH_KERNEL, bare_round_trip, &partner->tcb);
        bench_measure(BENCH_FLOOR, bench_switch_stack_twice, NULL);
    }
    bench_end(bench, 2);
    stop = true;
    ke_get_pcr()->next_thread = NULL;
    ki_ready_thread(&partner->tcb);
    ki_unlock_dispatcher_database(irql);
    end_partner();
}

static void yield_often(void *context)
{
    (void)context;
    while (!stop)
        ke_yield_execution();
}

static void yield_twice(void *context)
{
    (void)context;
    ke_yield_execution();
}

BENCH(thread, yield)
{
    if (!start_partner(bench, PARTNER_PRIORITY, yield_often))
        return;
    bench_begin("");
    for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
        bench_measure(BENCH_KERNEL, yield_twice, NULL);
        bench_measure(BENCH_FLOOR, bench_switch_stack_twice, NULL);
    }
    bench_end(bench, 2);
    stop = true;
    end_partner();
}

/* ---- waits ------------------------------------------------------------------------------------
 */

static struct kevent go, done;
static struct ksemaphore ping, pong;
static uint64_t woken;

/* A better thread that waits, says when it has come back, and waits again. */
static void wait_for_event(void *context)
{
    (void)context;
    while (!stop) {
        ke_wait_for_single_object(&go, WR_EXECUTIVE, KERNEL_MODE, false, NULL);
        woken = rdtsc();
    }
}

BENCH(event, set_and_switch_to_waiter)
{
    ke_initialize_event(&go, EVENT_SYNCHRONIZATION_OBJECT, false);
    if (!start_partner(bench, PARTNER_PRIORITY + 2, wait_for_event))
        return;
    bench_begin("");
    for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
        uint64_t start = rdtsc();
        ke_set_event(&go, EVENT_INCREMENT);
        bench_add(BENCH_KERNEL, woken - start);
        bench_measure(BENCH_FLOOR, bench_switch_stack, NULL);
    }
    bench_end(bench, 1);
    stop = true;
    ke_set_event(&go, 0);
    end_partner();
}

static void answer_event(void *context)
{
    (void)context;
    while (!stop) {
        ke_wait_for_single_object(&go, WR_EXECUTIVE, KERNEL_MODE, false, NULL);
        ke_set_event(&done, EVENT_INCREMENT);
    }
}

static void event_round_trip(void *context)
{
    (void)context;
    ke_set_event(&go, EVENT_INCREMENT);
    ke_wait_for_single_object(&done, WR_EXECUTIVE, KERNEL_MODE, false, NULL);
}

BENCH(event, round_trip)
{
    ke_initialize_event(&go, EVENT_SYNCHRONIZATION_OBJECT, false);
    ke_initialize_event(&done, EVENT_SYNCHRONIZATION_OBJECT, false);
    if (!start_partner(bench, PARTNER_PRIORITY, answer_event))
        return;
    bench_begin("");
    for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
        bench_measure(BENCH_KERNEL, event_round_trip, NULL);
        bench_measure(BENCH_FLOOR, bench_switch_stack_twice, NULL);
    }
    bench_end(bench, 1);
    stop = true;
    ke_set_event(&go, 0);
    end_partner();
}

static void answer_semaphore(void *context)
{
    (void)context;
    while (!stop) {
        ke_wait_for_single_object(&ping, WR_EXECUTIVE, KERNEL_MODE, false, NULL);
        ke_release_semaphore(&pong, SEMAPHORE_INCREMENT, 1, NULL);
    }
}

static void semaphore_round_trip(void *context)
{
    (void)context;
    ke_release_semaphore(&ping, SEMAPHORE_INCREMENT, 1, NULL);
    ke_wait_for_single_object(&pong, WR_EXECUTIVE, KERNEL_MODE, false, NULL);
}

BENCH(semaphore, ping_pong)
{
    ke_initialize_semaphore(&ping, 0, 10);
    ke_initialize_semaphore(&pong, 0, 10);
    if (!start_partner(bench, PARTNER_PRIORITY, answer_semaphore))
        return;
    bench_begin("");
    for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
        bench_measure(BENCH_KERNEL, semaphore_round_trip, NULL);
        bench_measure(BENCH_FLOOR, bench_switch_stack_twice, NULL);
    }
    bench_end(bench, 1);
    stop = true;
    ke_release_semaphore(&ping, 0, 1, NULL);
    end_partner();
}

static void take_event(void *context)
{
    int64_t now = 0;

    ke_wait_for_single_object(context, WR_EXECUTIVE, KERNEL_MODE, false, &now);
}

BENCH(event, wait_that_need_not)
{
    struct kevent event;
    uint32_t word = 0;

    ke_initialize_event(&event, EVENT_NOTIFICATION_OBJECT, true);
    bench_begin("");
    for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
        bench_measure(BENCH_KERNEL, take_event, &event);
        bench_measure(BENCH_FLOOR, bench_exchange, &word);
    }
    bench_end(bench, 1);
}

/* ---- calls back -------------------------------------------------------------------------------
 */

static uint64_t called;

static void note_dpc(struct kdpc *dpc, void *context, void *argument1, void *argument2)
{
    (void)dpc, (void)context, (void)argument1, (void)argument2;
    called = rdtsc();
}

static void queue_dpc(void *context)
{
    ke_insert_queue_dpc(context, NULL, NULL);
}

BENCH(dpc, delivery)
{
    struct kdpc dpc;

    ke_initialize_dpc(&dpc, note_dpc, NULL);
    bench_begin("");
    for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
        bench_measure(BENCH_KERNEL, queue_dpc, &dpc);
        bench_measure(BENCH_FLOOR, bench_call, NULL);
    }
    bench_end(bench, 1);
}

static void note_apc(struct kapc *apc, knormal_routine *normal, void **context, void **argument1,
                     void **argument2)
{
    (void)apc, (void)normal, (void)context, (void)argument1, (void)argument2;
    called = rdtsc();
}

static void queue_apc(void *context)
{
    ke_insert_queue_apc(context, NULL, NULL, 0);
}

BENCH(apc, delivery)
{
    struct kapc apc;

    ke_initialize_apc(&apc, ke_get_current_thread(), note_apc, NULL, NULL, KERNEL_MODE, NULL);
    bench_begin("");
    for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
        bench_measure(BENCH_KERNEL, queue_apc, &apc);
        bench_measure(BENCH_FLOOR, bench_call, NULL);
    }
    bench_end(bench, 1);
}

/* ---- timers -----------------------------------------------------------------------------------
 */

#define OTHER_TIMERS 1000u

static void set_and_cancel(void *context)
{
    ke_set_timer(context, -100000000, NULL);
    ke_cancel_timer(context);
}

BENCH(timer, set_and_cancel)
{
    static struct ktimer others[OTHER_TIMERS];
    struct ktimer timer;
    void *last = NULL, *first = &last, *list = &first;

    ke_initialize_timer_ex(&timer, TIMER_NOTIFICATION_OBJECT);
    for (uint32_t i = 0; i < OTHER_TIMERS; i++) {
        ke_initialize_timer_ex(&others[i], TIMER_NOTIFICATION_OBJECT);
        ke_set_timer(&others[i], -50000000ll - (int64_t)(i * 7919 % OTHER_TIMERS), NULL);
    }
    bench_begin("");
    for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
        bench_measure(BENCH_KERNEL, set_and_cancel, &timer);
        bench_measure(BENCH_FLOOR, bench_pop_and_push, &list);
    }
    bench_end(bench, 1);
    for (uint32_t i = 0; i < OTHER_TIMERS; i++)
        ke_cancel_timer(&others[i]);
}

/* How long the code that is interrupted is held up: by the interrupt, the timer's expiry and the
 * timer's DPC. */
static uint64_t interruption(void)
{
    uint64_t now = rdtsc(), usual = UINT64_MAX, longest = 0;
    bool over;

    do {
        over = *(volatile uint64_t *)&called != 0;
        uint64_t before = now, gap;
        now = rdtsc();
        gap = now - before;
        usual = gap < usual ? gap : usual;
        longest = gap > longest ? gap : longest;
    } while (!over);
    return longest - usual;
}

BENCH(timer, expiry)
{
    struct ktimer timer;
    struct kdpc dpc;

    ke_initialize_timer_ex(&timer, TIMER_NOTIFICATION_OBJECT);
    ke_initialize_dpc(&dpc, note_dpc, NULL);
    bench_begin("");
    for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
        called = 0;
        ke_set_timer(&timer, -100, &dpc); /* 10 us */
        bench_add(BENCH_KERNEL, interruption());
        bench_measure(BENCH_FLOOR, bench_call, NULL);
    }
    bench_end(bench, 1);
}
