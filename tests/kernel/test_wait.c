/* Waiting for several objects, with timeouts, and alerted. */
#include "kernel/ke/scheduler.h"
#include "tests/kernel/waiter.h"

/* ---- several objects
 * ------------------------------------------------------------------------------- */

KTEST(wait, for_any_takes_only_what_ended_it)
{
    struct kevent a, b;
    struct ksemaphore s;
    struct waiter w = {.count = 3, .objects = {&a, &b, &s}, .type = WAIT_ANY};

    ke_initialize_event(&a, EVENT_SYNCHRONIZATION_OBJECT, false);
    ke_initialize_event(&b, EVENT_SYNCHRONIZATION_OBJECT, false);
    ke_initialize_semaphore(&s, 0, 5);
    ktest_assert(test, ktest_start_waiter(test, &w));
    ktest_assert_eq(
        test,
        ktest_waiters_on(&a.header) + ktest_waiters_on(&b.header) + ktest_waiters_on(&s.header), 3);
    ke_release_semaphore(&s, 0, 2, NULL);
    ktest_assert_eq(test, w.status, 2);
    ktest_assert_eq(test, ke_read_state_semaphore(&s), 1);
    ktest_assert_eq(
        test,
        ktest_waiters_on(&a.header) + ktest_waiters_on(&b.header) + ktest_waiters_on(&s.header), 0);
    ktest_join(w.thread);
}

KTEST(wait, for_any_prefers_the_first_signalled)
{
    struct kevent a, b;
    void *objects[] = {&a, &b};
    int64_t now = 0;

    ke_initialize_event(&a, EVENT_SYNCHRONIZATION_OBJECT, true);
    ke_initialize_event(&b, EVENT_SYNCHRONIZATION_OBJECT, true);
    for (uint32_t i = 0; i < 2; i++)
        ktest_assert_eq(test,
                        ke_wait_for_multiple_objects(2, objects, WAIT_ANY, WR_USER_REQUEST,
                                                     KERNEL_MODE, false, &now, NULL),
                        i);
    ktest_assert_eq(test,
                    ke_wait_for_multiple_objects(2, objects, WAIT_ANY, WR_USER_REQUEST, KERNEL_MODE,
                                                 false, &now, NULL),
                    STATUS_TIMEOUT);
}

KTEST(wait, for_all_takes_nothing_before_it_can_take_all)
{
    struct kevent event;
    struct ksemaphore s;
    struct kmutant mutant;
    struct waiter w = {.count = 3, .objects = {&event, &s, &mutant}, .type = WAIT_ALL};

    ke_initialize_event(&event, EVENT_SYNCHRONIZATION_OBJECT, false);
    ke_initialize_semaphore(&s, 0, 5);
    ke_initialize_mutant(&mutant, true);
    ktest_assert(test, ktest_start_waiter(test, &w));
    ke_set_event(&event, 0);
    ktest_assert(test, ke_read_state_event(&event)); /* it was left alone */
    ktest_assert_eq(test, w.status, STATUS_PENDING);
    ke_release_semaphore(&s, 0, 1, NULL);
    ktest_assert_eq(test, ke_read_state_semaphore(&s), 1);
    /* Somebody else takes the event: the waiter has to wait for it again. */
    ktest_assert_eq(test, ktest_wait(&event, 0), STATUS_SUCCESS);
    ke_release_mutant(&mutant, 0, NULL);
    ktest_assert_eq(test, w.status, STATUS_PENDING);
    ktest_assert_eq(test, ke_read_state_mutant(&mutant), 1);
    ktest_assert_eq(test, ke_read_state_semaphore(&s), 1);
    ke_set_event(&event, 0);
    ktest_assert_eq(test, w.status, STATUS_SUCCESS);
    ktest_assert(test, !ke_read_state_event(&event));
    ktest_assert_eq(test, ke_read_state_semaphore(&s), 0);
    ktest_join(w.thread);
    ktest_assert(test, mutant.abandoned); /* it had it, and ended with it */
}

KTEST(wait, for_all_lets_a_waiter_behind_it_through)
{
    struct kevent event;
    struct ksemaphore s;
    struct waiter all = {.count = 2, .objects = {&s, &event}, .type = WAIT_ALL};
    struct waiter one = {.count = 1, .objects = {&s}, .type = WAIT_ANY};

    ke_initialize_event(&event, EVENT_NOTIFICATION_OBJECT, false);
    ke_initialize_semaphore(&s, 0, 5);
    ktest_assert(test, ktest_start_waiter(test, &all) && ktest_start_waiter(test, &one));
    ke_release_semaphore(&s, 0, 1, NULL); /* the first on the list cannot use it */
    ktest_assert_eq(test, all.status, STATUS_PENDING);
    ktest_assert_eq(test, one.status, STATUS_SUCCESS);
    ke_set_event(&event, 0);
    ke_release_semaphore(&s, 0, 1, NULL);
    ktest_assert_eq(test, all.status, STATUS_SUCCESS);
    ktest_join(all.thread);
    ktest_join(one.thread);
}

KTEST(wait, for_more_objects_uses_the_callers_blocks)
{
    struct kevent events[5];
    struct waiter w = {.count = 5, .type = WAIT_ALL};

    for (uint32_t i = 0; i < 5; i++) {
        ke_initialize_event(&events[i], EVENT_NOTIFICATION_OBJECT, false);
        w.objects[i] = &events[i];
    }
    ktest_assert(test, ktest_start_waiter(test, &w));
    ktest_assert_eq(test, (uintptr_t)w.thread->tcb.wait_block_list, (uintptr_t)w.blocks);
    for (uint32_t i = 0; i < 5; i++) {
        ktest_assert_eq(test, w.status, STATUS_PENDING);
        ke_set_event(&events[4 - i], 0);
    }
    ktest_assert_eq(test, w.status, STATUS_SUCCESS);
    ktest_join(w.thread);
}

KTEST(wait, for_any_of_one_object_twice)
{
    struct kevent event;
    struct waiter first = {.count = 3, .objects = {&event, &event, &event}, .type = WAIT_ANY};
    struct waiter second = first;

    ke_initialize_event(&event, EVENT_NOTIFICATION_OBJECT, false);
    ktest_assert(test, ktest_start_waiter(test, &first) && ktest_start_waiter(test, &second));
    ktest_assert_eq(test, ktest_waiters_on(&event.header), 6);
    ke_set_event(&event, 0);
    ktest_assert_eq(test, ktest_waiters_on(&event.header), 0);
    ktest_assert_eq(test, first.status, 0);
    ktest_assert_eq(test, second.status, 0);
    ktest_join(first.thread);
    ktest_join(second.thread);
}

/* ---- timeouts
 * -------------------------------------------------------------------------------------- */

KTEST(wait, times_out_not_before_its_time)
{
    struct kevent event;
    uint64_t start = ke_query_interrupt_time();

    ke_initialize_event(&event, EVENT_NOTIFICATION_OBJECT, false);
    ktest_assert_eq(test, ktest_wait(&event, 30), STATUS_TIMEOUT);
    ktest_assert(test, ke_query_interrupt_time() - start >= 300000);
    ktest_assert_eq(test, ktest_waiters_on(&event.header), 0);
    ktest_assert(test, !ke_get_current_thread()->timer.inserted);
    int64_t absolute = (int64_t)ke_query_system_time() + 200000;
    ktest_assert_eq(
        test, ke_wait_for_single_object(&event, WR_USER_REQUEST, KERNEL_MODE, false, &absolute),
        STATUS_TIMEOUT);
    ktest_assert(test, (int64_t)ke_query_system_time() >= absolute);
    absolute = 1; /* long ago */
    ktest_assert_eq(
        test, ke_wait_for_single_object(&event, WR_USER_REQUEST, KERNEL_MODE, false, &absolute),
        STATUS_TIMEOUT);
}

KTEST(wait, that_ends_in_time_takes_its_timer_along)
{
    struct kevent event;
    int64_t timeout = MILLISECONDS(100000);
    struct waiter w = {.count = 1, .objects = {&event}, .type = WAIT_ANY, .timeout = &timeout};

    ke_initialize_event(&event, EVENT_NOTIFICATION_OBJECT, false);
    ktest_assert(test, ktest_start_waiter(test, &w));
    ktest_assert(test, w.thread->tcb.timer.inserted);
    ke_set_event(&event, 0);
    ktest_assert_eq(test, w.status, STATUS_SUCCESS);
    ktest_assert(test, !w.thread->tcb.timer.inserted);
    ktest_join(w.thread);
}

KTEST(wait, for_a_thread_and_for_nothing_at_all_with_a_timeout)
{
    struct kevent never;
    struct waiter w = {.count = 1, .objects = {&never}, .type = WAIT_ANY};

    ke_initialize_event(&never, EVENT_NOTIFICATION_OBJECT, false);
    ktest_assert(test, ktest_start_waiter(test, &w));
    ktest_assert_eq(test, ktest_wait(w.thread, 0), STATUS_TIMEOUT);
    ktest_assert_eq(test, ktest_wait(w.thread, 5), STATUS_TIMEOUT);
    ke_set_event(&never, 0);
    ktest_assert_eq(test, ktest_wait(w.thread, 0), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_wait(w.thread, 0), STATUS_SUCCESS); /* it stays signalled */
    ktest_join(w.thread);
}

KTEST(wait, at_dispatch_level_without_a_timeout_to_wait_for)
{
    struct kevent event;

    ke_initialize_event(&event, EVENT_SYNCHRONIZATION_OBJECT, true);
    kirql irql = ke_raise_irql(DISPATCH_LEVEL);
    ktest_assert_eq(test, ktest_wait(&event, 0), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_wait(&event, 0), STATUS_TIMEOUT);
    ktest_assert_eq(test, ke_get_current_irql(), DISPATCH_LEVEL);
    ke_lower_irql(irql);
}

/* ---- alerts
 * ---------------------------------------------------------------------------------------- */

KTEST(alert, ends_an_alertable_wait_of_its_mode)
{
    struct kevent event;
    struct waiter w = {
        .count = 1, .objects = {&event}, .type = WAIT_ANY, .alertable = true, .mode = USER_MODE};

    ke_initialize_event(&event, EVENT_NOTIFICATION_OBJECT, false);
    ktest_assert(test, ktest_start_waiter(test, &w));
    ktest_assert_eq(test, ke_alert_thread(&w.thread->tcb, USER_MODE), false);
    ktest_assert_eq(test, w.status, STATUS_ALERTED);
    ktest_assert_eq(test, ktest_waiters_on(&event.header), 0);
    ktest_join(w.thread);

    w.mode = KERNEL_MODE; /* an alert of user mode must not end it, one of kernel mode does */
    ktest_assert(test, ktest_start_waiter(test, &w));
    ke_alert_thread(&w.thread->tcb, USER_MODE);
    ktest_assert_eq(test, w.status, STATUS_PENDING);
    ktest_assert(test, w.thread->tcb.alerted[USER_MODE]);
    ke_alert_thread(&w.thread->tcb, KERNEL_MODE);
    ktest_assert_eq(test, w.status, STATUS_ALERTED);
    ktest_join(w.thread);
}

KTEST(alert, waits_for_the_next_alertable_wait)
{
    struct kthread *self = ke_get_current_thread();
    struct kevent event;
    int64_t now = 0;

    ke_initialize_event(&event, EVENT_NOTIFICATION_OBJECT, false);
    ktest_assert_eq(test, ke_alert_thread(self, KERNEL_MODE), false);
    ktest_assert_eq(test, ke_alert_thread(self, KERNEL_MODE), true);
    ktest_assert_eq(test, ktest_wait(&event, 0), STATUS_TIMEOUT);
    ktest_assert_eq(test,
                    ke_wait_for_single_object(&event, WR_USER_REQUEST, KERNEL_MODE, true, &now),
                    STATUS_ALERTED);
    ktest_assert_eq(test,
                    ke_wait_for_single_object(&event, WR_USER_REQUEST, KERNEL_MODE, true, &now),
                    STATUS_TIMEOUT);
    ke_alert_thread(self, KERNEL_MODE);
    ktest_assert_eq(test, ke_delay_execution_thread(KERNEL_MODE, true, MILLISECONDS(1)),
                    STATUS_ALERTED);
    ktest_assert_eq(test, ke_test_alert_thread(KERNEL_MODE), false);
    ke_alert_thread(self, KERNEL_MODE);
    ktest_assert_eq(test, ke_test_alert_thread(KERNEL_MODE), true);
    ktest_assert_eq(test, ke_test_alert_thread(KERNEL_MODE), false);
}

KTEST(alert, does_not_touch_a_wait_that_is_not_alertable)
{
    struct kevent event;
    struct waiter w = {.count = 1, .objects = {&event}, .type = WAIT_ANY};

    ke_initialize_event(&event, EVENT_NOTIFICATION_OBJECT, false);
    ktest_assert(test, ktest_start_waiter(test, &w));
    ke_alert_thread(&w.thread->tcb, KERNEL_MODE);
    ktest_assert_eq(test, w.status, STATUS_PENDING);
    ke_set_event(&event, 0);
    ktest_assert_eq(test, w.status, STATUS_SUCCESS);
    ktest_join(w.thread);
}

KTEST(wait, delay_of_nothing_still_looks_for_alerts)
{
    struct kthread *thread = ke_get_current_thread();

    ktest_assert_eq(test, ke_delay_execution_thread(KERNEL_MODE, true, 0), STATUS_SUCCESS);
    ke_alert_thread(thread, KERNEL_MODE);
    ktest_assert_eq(test, ke_delay_execution_thread(KERNEL_MODE, false, 0), STATUS_SUCCESS);
    ktest_assert_eq(test, ke_delay_execution_thread(KERNEL_MODE, true, 0), STATUS_ALERTED);
    ktest_assert(test, !thread->alerted[KERNEL_MODE]);
}

KTEST(wait, longest_timeout_is_no_short_one)
{
    static const int64_t timeouts[] = {INT64_MIN, INT64_MIN + 1, INT64_MAX};

    for (uint32_t i = 0; i < ARRAY_SIZE(timeouts); i++) {
        struct kevent event;
        struct waiter w = {
            .count = 1, .objects = {&event}, .type = WAIT_ANY, .timeout = &timeouts[i]};
        ke_initialize_event(&event, EVENT_NOTIFICATION_OBJECT, false);
        ktest_assert(test, ktest_start_waiter(test, &w));
        ke_delay_execution_thread(KERNEL_MODE, false, MILLISECONDS(5));
        ktest_assert_eq(test, w.status, STATUS_PENDING);
        ktest_assert(test, w.thread->tcb.timer.due_time > UINT64_MAX / 4);
        ke_set_event(&event, 0);
        ktest_assert_eq(test, w.status, STATUS_SUCCESS);
        ktest_join(w.thread);
    }
}
