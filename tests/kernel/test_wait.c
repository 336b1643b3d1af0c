/*
 * Waiting: events, semaphores, mutants, timeouts, and waits for several objects. A waiter is a
 * thread of higher priority than the test's own, so that it runs up to its wait, and on from it, at
 * once.
 */
#include "kernel/ke/scheduler.h"
#include "tests/kernel/threads.h"

#define ABOVE (TEST_PRIORITY + 2)

static uint32_t waiters_on(const struct dispatcher_header *header)
{
    uint32_t count = 0;

    for (const struct list_entry *at = header->wait_list_head.flink; at != &header->wait_list_head;
         at = at->flink)
        count++;
    return count;
}

/* What a waiter waits for, and how it ended. */
struct waiter {
    uint32_t count;
    void *objects[5];
    enum wait_type type;
    enum kprocessor_mode mode;
    bool alertable;
    const int64_t *timeout;
    struct kwait_block blocks[5];
    ntstatus status; /* STATUS_PENDING while it waits */
    struct ethread *thread;
};

static void wait(void *context)
{
    struct waiter *w = context;

    w->status = STATUS_PENDING;
    w->status = ke_wait_for_multiple_objects(w->count, w->objects, w->type, WR_USER_REQUEST,
                                             w->mode, w->alertable, w->timeout, w->blocks);
}

static bool start(struct ktest *test, struct waiter *w)
{
    w->thread = ktest_thread(test, ABOVE, wait, w);
    return w->thread != NULL;
}

/* ---- events
 * ---------------------------------------------------------------------------------------- */

KTEST(event, notification_lets_all_through_and_stays)
{
    struct kevent event;
    struct waiter w[3];

    ke_initialize_event(&event, EVENT_NOTIFICATION_OBJECT, false);
    for (uint32_t i = 0; i < 3; i++) {
        w[i] = (struct waiter){.count = 1, .objects = {&event}, .type = WAIT_ANY};
        ktest_assert(test, start(test, &w[i]));
    }
    ktest_assert_eq(test, waiters_on(&event.header), 3);
    ktest_assert_eq(test, ktest_state(w[1].thread), THREAD_WAITING);
    ktest_assert_eq(test, w[1].thread->tcb.wait_reason, WR_USER_REQUEST);
    ktest_assert_eq(test, ke_set_event(&event, EVENT_INCREMENT), false);
    for (uint32_t i = 0; i < 3; i++)
        ktest_assert_eq(test, w[i].status, STATUS_SUCCESS);
    ktest_assert_eq(test, waiters_on(&event.header), 0);
    ktest_assert(test, ke_read_state_event(&event));
    ktest_assert_eq(test, ktest_wait(&event, 0), STATUS_SUCCESS);
    ktest_assert_eq(test, ke_set_event(&event, 0), true);
    ktest_assert_eq(test, ke_reset_event(&event), true);
    ktest_assert_eq(test, ke_reset_event(&event), false);
    ktest_assert_eq(test, ktest_wait(&event, 0), STATUS_TIMEOUT);
    for (uint32_t i = 0; i < 3; i++)
        ktest_join(w[i].thread);
}

KTEST(event, synchronization_lets_one_through_in_order)
{
    struct kevent event;
    struct waiter w[3];

    ke_initialize_event(&event, EVENT_SYNCHRONIZATION_OBJECT, false);
    for (uint32_t i = 0; i < 3; i++) {
        w[i] = (struct waiter){.count = 1, .objects = {&event}, .type = WAIT_ANY};
        ktest_assert(test, start(test, &w[i]));
    }
    for (uint32_t i = 0; i < 3; i++) {
        ktest_assert_eq(test, ke_set_event(&event, 0), false);
        ktest_assert(test, !ke_read_state_event(&event));
        for (uint32_t j = 0; j < 3; j++)
            ktest_assert_eq(test, w[j].status, j <= i ? STATUS_SUCCESS : STATUS_PENDING);
    }
    ke_set_event(&event, 0); /* nobody waits: it is kept for the next one */
    ktest_assert(test, ke_read_state_event(&event));
    ktest_assert_eq(test, ktest_wait(&event, 0), STATUS_SUCCESS);
    ktest_assert(test, !ke_read_state_event(&event));
    for (uint32_t i = 0; i < 3; i++)
        ktest_join(w[i].thread);
}

KTEST(event, pulse_lets_through_who_waits_now)
{
    struct kevent event;
    struct waiter w = {.count = 1, .objects = {&event}, .type = WAIT_ANY};

    ke_initialize_event(&event, EVENT_NOTIFICATION_OBJECT, false);
    ktest_assert_eq(test, ke_pulse_event(&event, 0), false);
    ktest_assert(test, start(test, &w));
    ktest_assert_eq(test, w.status, STATUS_PENDING);
    ke_pulse_event(&event, 0);
    ktest_assert_eq(test, w.status, STATUS_SUCCESS);
    ktest_assert(test, !ke_read_state_event(&event));
    ktest_join(w.thread);
}

/* ---- semaphores
 * ------------------------------------------------------------------------------------ */

KTEST(semaphore, counts_up_to_its_limit)
{
    struct ksemaphore semaphore;
    int32_t previous;

    ke_initialize_semaphore(&semaphore, 1, 3);
    ktest_assert_eq(test, ktest_wait(&semaphore, 0), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_wait(&semaphore, 0), STATUS_TIMEOUT);
    ktest_assert_eq(test, ke_release_semaphore(&semaphore, 0, 2, &previous), STATUS_SUCCESS);
    ktest_assert_eq(test, previous, 0);
    ktest_assert_eq(test, ke_release_semaphore(&semaphore, 0, 2, &previous),
                    STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    ktest_assert_eq(test, previous, 2);
    ktest_assert_eq(test, ke_release_semaphore(&semaphore, 0, 0, NULL),
                    STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    ktest_assert_eq(test, ke_release_semaphore(&semaphore, 0, -1, NULL),
                    STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    ktest_assert_eq(test, ke_release_semaphore(&semaphore, 0, 0x7FFFFFFF, NULL),
                    STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    ktest_assert_eq(test, ke_read_state_semaphore(&semaphore), 2);
    ktest_assert_eq(test, ke_release_semaphore(&semaphore, 0, 1, NULL), STATUS_SUCCESS);
    ktest_assert_eq(test, ke_read_state_semaphore(&semaphore), 3);
}

KTEST(semaphore, lets_as_many_through_as_it_is_released_by)
{
    struct ksemaphore semaphore;
    struct waiter w[4];

    ke_initialize_semaphore(&semaphore, 0, 10);
    for (uint32_t i = 0; i < 4; i++) {
        w[i] = (struct waiter){.count = 1, .objects = {&semaphore}, .type = WAIT_ANY};
        ktest_assert(test, start(test, &w[i]));
    }
    ke_release_semaphore(&semaphore, 0, 3, NULL);
    for (uint32_t i = 0; i < 4; i++)
        ktest_assert_eq(test, w[i].status, i < 3 ? STATUS_SUCCESS : STATUS_PENDING);
    ktest_assert_eq(test, ke_read_state_semaphore(&semaphore), 0);
    ke_release_semaphore(&semaphore, 0, 2, NULL);
    ktest_assert_eq(test, w[3].status, STATUS_SUCCESS);
    ktest_assert_eq(test, ke_read_state_semaphore(&semaphore), 1);
    for (uint32_t i = 0; i < 4; i++)
        ktest_join(w[i].thread);
}

/* ---- mutants
 * --------------------------------------------------------------------------------------- */

KTEST(mutant, is_owned_as_often_as_it_is_taken)
{
    struct kmutant mutant;
    struct waiter w = {.count = 1, .objects = {&mutant}, .type = WAIT_ANY};
    int32_t previous;

    ke_initialize_mutant(&mutant, false);
    ktest_assert_eq(test, ke_read_state_mutant(&mutant), 1);
    ktest_assert_eq(test, ke_release_mutant(&mutant, 0, NULL), STATUS_MUTANT_NOT_OWNED);
    ktest_assert_eq(test, ktest_wait(&mutant, 0), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_wait(&mutant, 0), STATUS_SUCCESS);
    ktest_assert_eq(test, ke_read_state_mutant(&mutant), -1);
    ktest_assert_eq(test, (uintptr_t)mutant.owner_thread, (uintptr_t)ke_get_current_thread());
    ktest_assert(test, start(test, &w));
    ktest_assert_eq(test, ke_release_mutant(&mutant, 0, &previous), STATUS_SUCCESS);
    ktest_assert_eq(test, (uint32_t)previous, (uint32_t)-1);
    ktest_assert_eq(test, w.status, STATUS_PENDING);
    ktest_assert_eq(test, ke_release_mutant(&mutant, 0, &previous), STATUS_SUCCESS);
    ktest_assert_eq(test, previous, 0);
    ktest_assert_eq(test, w.status, STATUS_SUCCESS);
    ktest_join(w.thread); /* which ended as its owner */
    ktest_assert_eq(test, ke_read_state_mutant(&mutant), 1);
    ktest_assert_eq(test, ktest_wait(&mutant, 0), STATUS_ABANDONED);
    ktest_assert_eq(test, ke_release_mutant(&mutant, 0, NULL), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_wait(&mutant, 0), STATUS_SUCCESS); /* said once */
    ke_release_mutant(&mutant, 0, NULL);
    ktest_assert(test, is_list_empty(&ke_get_current_thread()->mutant_list_head));
}

KTEST(mutant, not_released_by_another_thread)
{
    struct kmutant mutant;
    struct waiter w = {.count = 1, .objects = {&mutant}, .type = WAIT_ANY};

    ke_initialize_mutant(&mutant, true);
    ktest_assert_eq(test, mutant.header.signal_state, 0);
    ktest_assert(test, start(test, &w));
    ktest_assert_eq(test, w.status, STATUS_PENDING);
    ke_release_mutant(&mutant, 0, NULL);
    ktest_assert_eq(test, ke_release_mutant(&mutant, 0, NULL), STATUS_MUTANT_NOT_OWNED);
    ktest_join(w.thread);
}

KTEST(mutant, abandoned_one_tells_a_waiter_for_any_which)
{
    struct kmutant mutant;
    struct kevent event;
    struct waiter owner = {.count = 1, .objects = {&mutant}, .type = WAIT_ANY};
    struct waiter w = {.count = 2, .objects = {&event, &mutant}, .type = WAIT_ANY};

    ke_initialize_mutant(&mutant, true);
    ke_initialize_event(&event, EVENT_NOTIFICATION_OBJECT, false);
    ktest_assert(test, start(test, &owner) && start(test, &w));
    ke_release_mutant(&mutant, 0, NULL); /* to the first, which ends at once */
    ktest_assert_eq(test, owner.status, STATUS_SUCCESS);
    ktest_assert_eq(test, w.status, STATUS_ABANDONED + 1);
    ktest_assert_eq(test, waiters_on(&event.header), 0);
    ktest_join(owner.thread);
    ktest_join(w.thread);
}

static void note_critical(void *context)
{
    int32_t *seen = context;
    struct kmutant mutex;

    ke_initialize_mutex(&mutex);
    ktest_wait(&mutex, 0);
    ktest_wait(&mutex, 0);
    seen[0] = ke_get_current_thread()->kernel_apc_disable;
    ke_release_mutant(&mutex, 0, NULL);
    ke_release_mutant(&mutex, 0, NULL);
    seen[1] = ke_get_current_thread()->kernel_apc_disable;
}

KTEST(mutant, mutex_keeps_its_owner_in_a_critical_region)
{
    int32_t seen[2] = {9, 9};
    struct ethread *thread = ktest_thread(test, ABOVE, note_critical, seen);

    ktest_assert(test, thread);
    ktest_join(thread);
    ktest_assert_eq(test, (uint32_t)seen[0], (uint32_t)-1);
    ktest_assert_eq(test, seen[1], 0);
}

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
    ktest_assert(test, start(test, &w));
    ktest_assert_eq(test, waiters_on(&a.header) + waiters_on(&b.header) + waiters_on(&s.header), 3);
    ke_release_semaphore(&s, 0, 2, NULL);
    ktest_assert_eq(test, w.status, 2);
    ktest_assert_eq(test, ke_read_state_semaphore(&s), 1);
    ktest_assert_eq(test, waiters_on(&a.header) + waiters_on(&b.header) + waiters_on(&s.header), 0);
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
    ktest_assert(test, start(test, &w));
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
    ktest_assert(test, start(test, &all) && start(test, &one));
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
    ktest_assert(test, start(test, &w));
    ktest_assert_eq(test, (uintptr_t)w.thread->tcb.wait_block_list, (uintptr_t)w.blocks);
    for (uint32_t i = 0; i < 5; i++) {
        ktest_assert_eq(test, w.status, STATUS_PENDING);
        ke_set_event(&events[4 - i], 0);
    }
    ktest_assert_eq(test, w.status, STATUS_SUCCESS);
    ktest_join(w.thread);
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
    ktest_assert_eq(test, waiters_on(&event.header), 0);
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
    ktest_assert(test, start(test, &w));
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
    ktest_assert(test, start(test, &w));
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
    ktest_assert(test, start(test, &w));
    ktest_assert_eq(test, ke_alert_thread(&w.thread->tcb, USER_MODE), false);
    ktest_assert_eq(test, w.status, STATUS_ALERTED);
    ktest_assert_eq(test, waiters_on(&event.header), 0);
    ktest_join(w.thread);

    w.mode = KERNEL_MODE; /* an alert of user mode must not end it, one of kernel mode does */
    ktest_assert(test, start(test, &w));
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
    ktest_assert(test, start(test, &w));
    ke_alert_thread(&w.thread->tcb, KERNEL_MODE);
    ktest_assert_eq(test, w.status, STATUS_PENDING);
    ke_set_event(&event, 0);
    ktest_assert_eq(test, w.status, STATUS_SUCCESS);
    ktest_join(w.thread);
}
