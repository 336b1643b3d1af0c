/* Events, semaphores and mutants: whom a signal lets through, and what it leaves. */
#include "tests/kernel/waiter.h"

/* ---- events
 * ---------------------------------------------------------------------------------------- */

KTEST(event, notification_lets_all_through_and_stays)
{
    struct kevent event;
    struct waiter w[3];

    ke_initialize_event(&event, EVENT_NOTIFICATION_OBJECT, false);
    for (uint32_t i = 0; i < 3; i++) {
        w[i] = (struct waiter){.count = 1, .objects = {&event}, .type = WAIT_ANY};
        ktest_assert(test, ktest_start_waiter(test, &w[i]));
    }
    ktest_assert_eq(test, ktest_waiters_on(&event.header), 3);
    ktest_assert_eq(test, ktest_state(w[1].thread), THREAD_WAITING);
    ktest_assert_eq(test, w[1].thread->tcb.wait_reason, WR_USER_REQUEST);
    ktest_assert_eq(test, ke_set_event(&event, EVENT_INCREMENT), false);
    for (uint32_t i = 0; i < 3; i++)
        ktest_assert_eq(test, w[i].status, STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_waiters_on(&event.header), 0);
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
        ktest_assert(test, ktest_start_waiter(test, &w[i]));
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
    ktest_assert(test, ktest_start_waiter(test, &w));
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
        ktest_assert(test, ktest_start_waiter(test, &w[i]));
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
    ktest_assert(test, ktest_start_waiter(test, &w));
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

KTEST(mutant, is_not_taken_more_often_than_can_be_counted)
{
    struct kmutant mutant;

    ke_initialize_mutant(&mutant, true);
    mutant.header.signal_state = INT32_MIN;
    ktest_assert_eq(test, ktest_wait(&mutant, 0), STATUS_MUTANT_LIMIT_EXCEEDED);
    ktest_assert_eq(test, (uint32_t)ke_read_state_mutant(&mutant), 0x80000000);
    mutant.header.signal_state = 0;
    ktest_assert_eq(test, ke_release_mutant(&mutant, 0, NULL), STATUS_SUCCESS);
}

KTEST(mutant, not_released_by_another_thread)
{
    struct kmutant mutant;
    struct waiter w = {.count = 1, .objects = {&mutant}, .type = WAIT_ANY};

    ke_initialize_mutant(&mutant, true);
    ktest_assert_eq(test, mutant.header.signal_state, 0);
    ktest_assert(test, ktest_start_waiter(test, &w));
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
    ktest_assert(test, ktest_start_waiter(test, &owner) && ktest_start_waiter(test, &w));
    ke_release_mutant(&mutant, 0, NULL); /* to the first, which ends at once */
    ktest_assert_eq(test, owner.status, STATUS_SUCCESS);
    ktest_assert_eq(test, w.status, STATUS_ABANDONED + 1);
    ktest_assert_eq(test, ktest_waiters_on(&event.header), 0);
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
