/* The services that wait, called from the kernel. */
#include "kernel/nt/nt.h"
#include "tests/kernel/objects.h"
#include "tests/kernel/waiter.h"

static const int64_t now = 0;

static handle_t make_event(enum kobject_type type, bool signalled)
{
    handle_t handle = 0;

    nt_create_event(&handle, GENERIC_ALL, NULL, type, signalled);
    return handle;
}

KTEST(nt_wait, for_one_object)
{
    handle_t event = make_event(EVENT_SYNCHRONIZATION_OBJECT, true), directory;
    int64_t absolute = (int64_t)ke_query_system_time() - 1;

    ktest_assert_eq(test, nt_wait_for_single_object(event, false, NULL), STATUS_SUCCESS);
    ktest_assert_eq(test, nt_wait_for_single_object(event, false, &now), STATUS_TIMEOUT);
    ktest_assert_eq(test, nt_wait_for_single_object(event, false, &absolute), STATUS_TIMEOUT);
    ktest_assert_eq(test, ktest_header_of(event)->pointer_count, 1);
    ktest_assert_eq(test, nt_wait_for_single_object(NT_CURRENT_PROCESS, false, &now),
                    STATUS_TIMEOUT);
    ktest_assert_eq(test, nt_wait_for_single_object(NT_CURRENT_THREAD, false, &now),
                    STATUS_TIMEOUT);
    ktest_assert_eq(test, nt_wait_for_single_object(0, false, &now), STATUS_INVALID_HANDLE);
    ktest_assert_eq(
        test,
        nt_open_directory_object(&directory, GENERIC_READ, ktest_nt_named(u"\\ObjectTypes", 0)),
        STATUS_SUCCESS);
    ktest_assert_eq(test, nt_wait_for_single_object(directory, false, &now),
                    STATUS_OBJECT_TYPE_MISMATCH);
    ke_alert_thread(ke_get_current_thread(), KERNEL_MODE);
    ktest_assert_eq(test, nt_wait_for_single_object(event, false, &now), STATUS_TIMEOUT);
    ktest_assert_eq(test, nt_wait_for_single_object(event, true, &now), STATUS_ALERTED);
    nt_close(directory);
    nt_close(event);
}

KTEST(nt_wait, for_any_of_many)
{
    handle_t handles[MAXIMUM_WAIT_OBJECTS];

    for (uint32_t i = 0; i < MAXIMUM_WAIT_OBJECTS; i++)
        ktest_assert(test, (handles[i] = make_event(EVENT_SYNCHRONIZATION_OBJECT, false)) != 0);
    for (uint32_t i = 0; i < MAXIMUM_WAIT_OBJECTS; i += 9) {
        nt_set_event(handles[i], NULL);
        ktest_assert_eq(
            test,
            nt_wait_for_multiple_objects(MAXIMUM_WAIT_OBJECTS, handles, WAIT_ANY, false, NULL), i);
    }
    ktest_assert_eq(
        test, nt_wait_for_multiple_objects(MAXIMUM_WAIT_OBJECTS, handles, WAIT_ANY, false, &now),
        STATUS_TIMEOUT);
    ktest_assert_eq(
        test, nt_wait_for_multiple_objects(MAXIMUM_WAIT_OBJECTS, handles, WAIT_ALL, false, &now),
        STATUS_TIMEOUT);
    for (uint32_t i = 0; i < MAXIMUM_WAIT_OBJECTS; i++) {
        ktest_assert_eq(test, ktest_header_of(handles[i])->pointer_count, 1);
        nt_close(handles[i]);
    }
}

KTEST(nt_wait, arguments_are_checked)
{
    handle_t event = make_event(EVENT_NOTIFICATION_OBJECT, true);
    handle_t handles[3] = {event, event, 0}, copy;

    ktest_assert_eq(test, nt_wait_for_multiple_objects(0, handles, WAIT_ANY, false, &now),
                    STATUS_INVALID_PARAMETER_1);
    ktest_assert_eq(test, nt_wait_for_multiple_objects(65, handles, WAIT_ANY, false, &now),
                    STATUS_INVALID_PARAMETER_1);
    ktest_assert_eq(test, nt_wait_for_multiple_objects(1, handles, 2, false, &now),
                    STATUS_INVALID_PARAMETER_3);
    ktest_assert_eq(test, nt_wait_for_multiple_objects(2, handles, WAIT_ANY, false, &now), 0);
    ktest_assert_eq(test, nt_wait_for_multiple_objects(2, handles, WAIT_ALL, false, &now),
                    STATUS_INVALID_PARAMETER_MIX);
    ktest_assert_eq(test, nt_wait_for_multiple_objects(3, handles, WAIT_ANY, false, &now),
                    STATUS_INVALID_HANDLE);
    /* It is the object that must not be there twice. */
    ktest_assert_eq(test,
                    nt_duplicate_object(NT_CURRENT_PROCESS, event, NT_CURRENT_PROCESS, &copy, 0, 0,
                                        DUPLICATE_SAME_ACCESS),
                    STATUS_SUCCESS);
    handles[1] = copy;
    ktest_assert_eq(test, nt_wait_for_multiple_objects(2, handles, WAIT_ALL, false, &now),
                    STATUS_INVALID_PARAMETER_MIX);
    ktest_assert_eq(test, ktest_header_of(event)->pointer_count, 2);
    nt_close(copy);
    nt_close(event);
}

/* ---- while another thread waits
 * ------------------------------------------------------------------- */

struct handle_waiter {
    handle_t handles[5];
    uint32_t count;
    enum wait_type type;
    ntstatus status;
};

static void wait_for_handles(void *context)
{
    struct handle_waiter *w = context;

    w->status = STATUS_PENDING;
    w->status = nt_wait_for_multiple_objects(w->count, w->handles, w->type, false, NULL);
}

KTEST(nt_wait, what_is_waited_for_stays)
{
    struct handle_waiter w = {.count = 5, .type = WAIT_ALL};
    struct kevent *events[5];

    for (uint32_t i = 0; i < 5; i++) {
        w.handles[i] = make_event(EVENT_NOTIFICATION_OBJECT, false);
        events[i] = (struct kevent *)ktest_header_of(w.handles[i])->body;
    }
    struct ethread *thread = ktest_thread(test, ABOVE, wait_for_handles, &w);
    ktest_assert(test, thread);
    for (uint32_t i = 0; i < 5; i++) {
        nt_close(w.handles[i]);
        ktest_assert_eq(test, ob_header(events[i])->pointer_count, 1);
        ktest_assert_eq(test, ob_header(events[i])->handle_count, 0);
    }
    for (uint32_t i = 0; i < 5; i++) {
        ktest_assert_eq(test, w.status, STATUS_PENDING);
        ke_set_event(events[i], 0); /* the last one goes by it */
    }
    ktest_assert_eq(test, w.status, STATUS_SUCCESS);
    ktest_join(thread);
}

struct signaller {
    handle_t signal, wait;
    ntstatus status;
};

static void signal_and_wait(void *context)
{
    struct signaller *s = context;

    s->status = STATUS_PENDING;
    s->status = nt_signal_and_wait_for_single_object(s->signal, s->wait, false, NULL);
}

KTEST(nt_wait, signals_one_and_waits_for_another)
{
    handle_t event = make_event(EVENT_NOTIFICATION_OBJECT, false), semaphore, mutant, timer;
    struct signaller s = {event, make_event(EVENT_SYNCHRONIZATION_OBJECT, false), STATUS_SUCCESS};
    struct ethread *thread = ktest_thread(test, ABOVE, signal_and_wait, &s);

    ktest_assert(test, thread);
    ktest_assert_eq(test, nt_wait_for_single_object(event, false, &now), STATUS_SUCCESS);
    ktest_assert_eq(test, s.status, STATUS_PENDING);
    nt_set_event(s.wait, NULL);
    ktest_assert_eq(test, s.status, STATUS_SUCCESS);
    ktest_join(thread);

    ktest_assert_eq(test, nt_create_semaphore(&semaphore, GENERIC_ALL, NULL, 0, 1), STATUS_SUCCESS);
    ktest_assert_eq(test, nt_create_mutant(&mutant, GENERIC_ALL, NULL, true), STATUS_SUCCESS);
    ktest_assert_eq(test, nt_create_timer(&timer, GENERIC_ALL, NULL, 0), STATUS_SUCCESS);
    ktest_assert_eq(test, nt_signal_and_wait_for_single_object(semaphore, semaphore, false, &now),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, nt_signal_and_wait_for_single_object(semaphore, event, false, &now),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, nt_signal_and_wait_for_single_object(semaphore, event, false, &now),
                    STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    ktest_assert_eq(test, nt_signal_and_wait_for_single_object(mutant, mutant, false, &now),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, nt_signal_and_wait_for_single_object(mutant, s.wait, false, &now),
                    STATUS_TIMEOUT);
    ktest_assert_eq(test, nt_signal_and_wait_for_single_object(mutant, event, false, &now),
                    STATUS_MUTANT_NOT_OWNED);
    ktest_assert_eq(test, nt_signal_and_wait_for_single_object(timer, event, false, &now),
                    STATUS_OBJECT_TYPE_MISMATCH);
    ktest_assert_eq(test, nt_signal_and_wait_for_single_object(event, 0, false, &now),
                    STATUS_INVALID_HANDLE);
    nt_close(timer);
    nt_close(mutant);
    nt_close(semaphore);
    nt_close(s.wait);
    nt_close(event);
}

KTEST(nt_wait, delay_ends_at_its_time_or_with_an_alert)
{
    int64_t delay = MILLISECONDS(20);
    uint64_t start = ke_query_interrupt_time();

    ktest_assert_eq(test, nt_delay_execution(false, &delay), STATUS_SUCCESS);
    ktest_assert(test, ke_query_interrupt_time() - start >= 200000);
    ktest_assert_eq(test, nt_delay_execution(false, &now), STATUS_SUCCESS);
    ktest_assert_eq(test, nt_alert_thread(NT_CURRENT_THREAD), STATUS_SUCCESS);
    delay = MILLISECONDS(100000);
    ktest_assert_eq(test, nt_delay_execution(true, &delay), STATUS_ALERTED);
    ktest_assert_eq(test, nt_alert_thread(NT_CURRENT_THREAD), STATUS_SUCCESS);
    ktest_assert_eq(test, nt_test_alert(), STATUS_ALERTED);
    ktest_assert_eq(test, nt_test_alert(), STATUS_SUCCESS);
}
