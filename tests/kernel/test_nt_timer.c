/* The services of timers and of the time, called from the kernel. */
#include "kernel/ex/timer.h"
#include "kernel/nt/nt.h"
#include "lib/time.h"
#include "tests/kernel/objects.h"

static const int64_t now = 0, later = MILLISECONDS(100000), soon = MILLISECONDS(3);

static handle_t make_timer(uint32_t type)
{
    handle_t handle = 0;

    nt_create_timer(&handle, GENERIC_ALL, NULL, type);
    return handle;
}

static struct etimer *timer_of(handle_t handle)
{
    return (struct etimer *)ktest_header_of(handle)->body;
}

KTEST(nt_timer, is_set_queried_and_cancelled)
{
    struct timer_basic_information information;
    handle_t timer = make_timer(1), again;
    uint8_t state = 9;
    uint32_t returned;

    ktest_assert_eq(test, nt_create_timer(&again, GENERIC_ALL, NULL, 2),
                    STATUS_INVALID_PARAMETER_4);
    ktest_assert_eq(test, timer_of(timer)->timer.header.type, TIMER_SYNCHRONIZATION_OBJECT);
    ktest_assert_eq(test, nt_set_timer(timer, &later, NULL, NULL, false, -1, NULL),
                    STATUS_INVALID_PARAMETER_6);
    ktest_assert_eq(test, nt_set_timer(timer, &later, NULL, NULL, true, 0, &state),
                    STATUS_TIMER_RESUME_IGNORED);
    ktest_assert_eq(test, state, 0);
    ktest_assert_eq(test, nt_query_timer(timer, 0, &information, sizeof(information), &returned),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, returned, 16);
    ktest_assert_eq(test, information.state, 0);
    ktest_assert(test, information.remaining > 0 && information.remaining <= -later);
    ktest_assert_eq(test, nt_set_timer(timer, &soon, NULL, NULL, false, 0, NULL), STATUS_SUCCESS);
    while (!ke_read_state_timer(&timer_of(timer)->timer))
        ke_delay_execution_thread(KERNEL_MODE, false, MILLISECONDS(1));
    ktest_assert_eq(test, nt_cancel_timer(timer, &state), STATUS_SUCCESS);
    ktest_assert_eq(test, state, 1);
    ktest_assert_eq(test, nt_wait_for_single_object(timer, false, &now), STATUS_SUCCESS);
    ktest_assert_eq(test, nt_wait_for_single_object(timer, false, &now), STATUS_TIMEOUT);
    ktest_assert_eq(test, nt_query_timer(timer, 0, &information, sizeof(information), NULL),
                    STATUS_SUCCESS);
    ktest_assert(test, information.remaining <= 0);
    nt_set_timer(timer, &later, NULL, NULL, false, 0, NULL);
    ktest_assert_eq(test, nt_cancel_timer(timer, NULL), STATUS_SUCCESS);
    ktest_assert(test, !timer_of(timer)->timer.inserted);
    nt_set_timer(timer, &later, NULL, NULL, false, 0, NULL);
    nt_close(timer); /* which cancels it */
}

/* ---- with an APC. That of a kernel-mode caller is a kernel APC: it comes by itself.
 * ---------------- */

struct seen {
    uint32_t calls;
    void *context;
    uint64_t time;
    struct ethread *thread;
};

static struct seen seen;

static void note(void *context, void *argument1, void *argument2)
{
    seen.calls++;
    seen.context = context;
    seen.time = (uint32_t)argument1 | (uint64_t)(uint32_t)argument2 << 32;
    seen.thread = ps_get_current_thread();
}

static bool wait_for_calls(uint32_t calls)
{
    for (uint32_t i = 0; i < 60000 && seen.calls < calls; i++)
        ke_delay_execution_thread(KERNEL_MODE, false, MILLISECONDS(1));
    return seen.calls >= calls;
}

KTEST(nt_timer, calls_the_thread_that_set_it)
{
    struct list_entry *active = &ps_get_current_thread()->active_timers;
    handle_t handle = make_timer(0);
    uint64_t start = ke_query_system_time();

    seen = (struct seen){0};
    struct etimer *timer = timer_of(handle);
    ktest_assert_eq(test, nt_set_timer(handle, &later, note, &seen, false, 0, NULL),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ob_header(timer)->pointer_count, 2);
    ktest_assert_eq(test, (uintptr_t)timer->owner, (uintptr_t)ps_get_current_thread());
    ktest_assert_eq(test, nt_set_timer(handle, &soon, note, &seen, false, 0, NULL), STATUS_SUCCESS);
    ktest_assert(test, wait_for_calls(1));
    ktest_assert_eq(test, (uintptr_t)seen.context, (uintptr_t)&seen);
    ktest_assert_eq(test, (uintptr_t)seen.thread, (uintptr_t)ps_get_current_thread());
    ktest_assert(test, seen.time >= start + 30000 && seen.time <= ke_query_system_time());
    ktest_assert(test, !timer->owner && is_list_empty(active));
    ktest_assert_eq(test, ob_header(timer)->pointer_count, 1);

    ktest_assert_eq(test, nt_set_timer(handle, &soon, note, NULL, false, 2, NULL), STATUS_SUCCESS);
    ktest_assert(test, wait_for_calls(4));
    ktest_assert(test, timer->owner && !is_list_empty(active));
    nt_close(handle); /* it goes on without */
    ktest_assert(test, wait_for_calls(seen.calls + 2));
    ktest_assert_eq(test, ob_header(timer)->pointer_count, 1);
    ex_cancel_timer(timer);
    ktest_assert(test, is_list_empty(active));
}

KTEST(nt_timer, takes_its_apc_back)
{
    handle_t handle = make_timer(0);
    struct etimer *timer = timer_of(handle);

    seen = (struct seen){0};
    for (uint32_t way = 0; way < 3; way++) {
        ke_enter_critical_region(); /* it waits in the queue */
        ktest_assert_eq(test, nt_set_timer(handle, &soon, note, NULL, false, 0, NULL),
                        STATUS_SUCCESS);
        while (!*(volatile bool *)&timer->apc.inserted)
            ke_delay_execution_thread(KERNEL_MODE, false, MILLISECONDS(1));
        ktest_assert_eq(test, ob_header(timer)->pointer_count, 3);
        if (way == 0)
            nt_cancel_timer(handle, NULL);
        else
            nt_set_timer(handle, &later, way == 1 ? note : NULL, NULL, false, 0, NULL);
        ktest_assert(test, !timer->apc.inserted);
        ktest_assert_eq(test, ob_header(timer)->pointer_count, way == 1 ? 2 : 1);
        ke_leave_critical_region();
    }
    ktest_assert_eq(test, seen.calls, 0);
    nt_close(handle);
    ktest_assert(test, is_list_empty(&ps_get_current_thread()->active_timers));
}

static void set_and_end(void *context)
{
    handle_t *timers = context;

    ke_enter_critical_region();
    nt_set_timer(timers[0], &later, note, NULL, false, 0, NULL);
    nt_set_timer(timers[1], &soon, note, NULL, false, 1, NULL);
    while (!*(volatile bool *)&timer_of(timers[1])->apc.inserted)
        ke_delay_execution_thread(KERNEL_MODE, false, MILLISECONDS(1));
    ps_get_current_thread()->tcb.kernel_apc_disable++; /* it ends before what is queued comes */
}

KTEST(nt_timer, is_cancelled_when_its_thread_ends)
{
    handle_t timers[2] = {make_timer(0), make_timer(0)};

    seen = (struct seen){0};
    struct ethread *thread = ktest_thread(test, TEST_PRIORITY + 2, set_and_end, timers);
    ktest_assert(test, thread);
    ktest_join(thread);
    ktest_assert_eq(test, seen.calls, 0);
    for (uint32_t i = 0; i < 2; i++) {
        ktest_assert(test, !timer_of(timers[i])->timer.inserted && !timer_of(timers[i])->owner);
        ktest_assert_eq(test, ktest_header_of(timers[i])->pointer_count, 1);
        nt_close(timers[i]);
    }
}

/* ---- the time
 * --------------------------------------------------------------------------------------- */

KTEST(nt_time, system_time_is_a_date_and_goes_with_interrupt_time)
{
    static const struct time_fields earliest = {2000, 1, 1, 0, 0, 0},
                                    latest = {2200, 1, 1, 0, 0, 0};
    uint64_t first, last;
    int64_t before, time, after, frequency = 0;

    ktest_assert(test, rtl_time_fields_to_time(&earliest, &first));
    ktest_assert(test, rtl_time_fields_to_time(&latest, &last));
    ktest_assert_eq(test, nt_query_performance_counter(&before, NULL), STATUS_SUCCESS);
    ktest_assert_eq(test, nt_query_system_time(&time), STATUS_SUCCESS);
    ktest_assert_eq(test, nt_query_performance_counter(&after, &frequency), STATUS_SUCCESS);
    ktest_assert_eq(test, frequency, TIME_UNITS_A_SECOND);
    ktest_assert(test, (uint64_t)time >= first && (uint64_t)time < last);
    uint64_t boot = ke_query_system_time() - ke_query_interrupt_time();
    ktest_assert(test, (uint64_t)time >= boot + (uint64_t)before);
    ktest_assert(test, (uint64_t)time <= boot + (uint64_t)after + TIME_UNITS_A_SECOND);
}

KTEST(nt_time, nobody_sets_it)
{
    uint32_t longest, shortest, current;
    int64_t time = 0;

    ktest_assert_eq(test, nt_set_system_time(&time, NULL), STATUS_PRIVILEGE_NOT_HELD);
    ktest_assert_eq(test, nt_query_timer_resolution(&longest, &shortest, &current), STATUS_SUCCESS);
    ktest_assert(test, longest >= current && current >= shortest && shortest > 0);
}
