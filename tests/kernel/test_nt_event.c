/* The services of events, semaphores and mutants, called from the kernel. */
#include "kernel/nt/nt.h"
#include "tests/kernel/objects.h"

#define NAME u"\\BaseNamedObjects\\Thing"

/* ---- events
 * ---------------------------------------------------------------------------------------- */

KTEST(nt_event, is_set_reset_and_pulsed)
{
    handle_t handle;
    int32_t previous = 9;

    ktest_assert_eq(test,
                    nt_create_event(&handle, GENERIC_ALL, NULL, EVENT_NOTIFICATION_OBJECT, true),
                    STATUS_SUCCESS);
    struct kevent *event = (struct kevent *)ktest_header_of(handle)->body;
    ktest_assert_eq(test, nt_set_event(handle, &previous), STATUS_SUCCESS);
    ktest_assert_eq(test, previous, 1);
    ktest_assert_eq(test, nt_reset_event(handle, &previous), STATUS_SUCCESS);
    ktest_assert_eq(test, previous, 1);
    ktest_assert(test, !ke_read_state_event(event));
    ktest_assert_eq(test, nt_set_event(handle, NULL), STATUS_SUCCESS);
    ktest_assert(test, ke_read_state_event(event));
    ktest_assert_eq(test, nt_clear_event(handle), STATUS_SUCCESS);
    ktest_assert(test, !ke_read_state_event(event));
    ktest_assert_eq(test, nt_pulse_event(handle, &previous), STATUS_SUCCESS);
    ktest_assert_eq(test, previous, 0);
    ktest_assert(test, !ke_read_state_event(event));
    ktest_assert_eq(test, nt_close(handle), STATUS_SUCCESS);
    ktest_assert_eq(test, nt_set_event(handle, NULL), STATUS_INVALID_HANDLE);
    ktest_assert_eq(test, nt_set_event(NT_CURRENT_THREAD, NULL), STATUS_OBJECT_TYPE_MISMATCH);
}

KTEST(nt_event, tells_its_kind_and_state)
{
    struct event_basic_information information;
    uint32_t returned = 0;
    handle_t handle;

    ktest_assert_eq(test,
                    nt_create_event(&handle, GENERIC_ALL, NULL, EVENT_SYNCHRONIZATION_OBJECT, true),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, nt_query_event(handle, 0, &information, sizeof(information), &returned),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, information.type, EVENT_SYNCHRONIZATION_OBJECT);
    ktest_assert_eq(test, information.state, 1);
    ktest_assert_eq(test, returned, 8);
    ktest_assert_eq(test, nt_query_event(handle, 1, &information, sizeof(information), NULL),
                    STATUS_INVALID_INFO_CLASS);
    ktest_assert_eq(test, nt_query_event(handle, 0, &information, 7, NULL),
                    STATUS_INFO_LENGTH_MISMATCH);
    ktest_assert_eq(test, nt_query_event(handle, 0, &information, 9, NULL),
                    STATUS_INFO_LENGTH_MISMATCH);
    nt_close(handle);
}

KTEST(nt_event, is_created_and_opened_by_name)
{
    handle_t handle, again, none = 7;

    ktest_assert_eq(test, nt_create_event(&none, GENERIC_ALL, NULL, MUTANT_OBJECT, false),
                    STATUS_INVALID_PARAMETER);
    ktest_assert_eq(test, none, 0);
    ktest_assert_eq(test, nt_open_event(&none, GENERIC_ALL, NULL), STATUS_INVALID_PARAMETER);
    ktest_assert_eq(test, nt_open_event(&none, GENERIC_ALL, ktest_nt_named(NAME, 0)),
                    STATUS_OBJECT_NAME_NOT_FOUND);
    ktest_assert_eq(test, nt_create_event(&handle, GENERIC_ALL, ktest_nt_named(NAME, 0), 0, true),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, nt_create_event(&none, GENERIC_ALL, ktest_nt_named(NAME, 0), 0, true),
                    STATUS_OBJECT_NAME_COLLISION);
    ktest_assert_eq(
        test, nt_create_event(&again, GENERIC_READ, ktest_nt_named(NAME, OBJ_OPENIF), 1, false),
        STATUS_OBJECT_NAME_EXISTS);
    ktest_assert_eq(test, (uintptr_t)ktest_header_of(again), (uintptr_t)ktest_header_of(handle));
    ktest_assert(test, ke_read_state_event((struct kevent *)ktest_header_of(again)->body));
    nt_close(again);
    ktest_assert_eq(test, nt_open_semaphore(&none, GENERIC_ALL, ktest_nt_named(NAME, 0)),
                    STATUS_OBJECT_TYPE_MISMATCH);
    ktest_assert_eq(test, nt_open_event(&again, EVENT_QUERY_STATE, ktest_nt_named(NAME, 0)),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_access_of(again), EVENT_QUERY_STATE);
    ktest_assert_eq(test, ktest_header_of(again)->handle_count, 2);
    nt_close(again);
    nt_close(handle);
    ktest_assert_eq(test, nt_open_event(&again, GENERIC_ALL, ktest_nt_named(NAME, 0)),
                    STATUS_OBJECT_NAME_NOT_FOUND);
}

KTEST(nt_event, attributes_are_checked)
{
    struct nt_object_attributes *attributes = ktest_nt_named(NAME, 0);
    handle_t handle;

    attributes->length = sizeof(*attributes) - 4;
    ktest_assert_eq(test, nt_create_event(&handle, GENERIC_ALL, attributes, 0, true),
                    STATUS_INVALID_PARAMETER);
    attributes->length = sizeof(*attributes);
    attributes->attributes = 1;
    ktest_assert_eq(test, nt_create_event(&handle, GENERIC_ALL, attributes, 0, true),
                    STATUS_INVALID_PARAMETER);
    attributes->attributes = 0;
    struct unicode_string odd = {.length = 5, .maximum_length = 6, .buffer = u"\\ab"};
    attributes->object_name = &odd;
    ktest_assert_eq(test, nt_create_event(&handle, GENERIC_ALL, attributes, 0, true),
                    STATUS_OBJECT_NAME_INVALID);
}

/* ---- semaphores
 * ------------------------------------------------------------------------------------ */

KTEST(nt_semaphore, counts_up_to_its_limit)
{
    struct semaphore_basic_information information;
    int32_t previous = 9;
    handle_t handle, again;

    ktest_assert_eq(test, nt_create_semaphore(&handle, GENERIC_ALL, NULL, 2, 1),
                    STATUS_INVALID_PARAMETER);
    ktest_assert_eq(test, nt_create_semaphore(&handle, GENERIC_ALL, ktest_nt_named(NAME, 0), 1, 3),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, nt_open_semaphore(&again, GENERIC_ALL, ktest_nt_named(NAME, 0)),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, nt_release_semaphore(again, 2, &previous), STATUS_SUCCESS);
    ktest_assert_eq(test, previous, 1);
    previous = 9;
    ktest_assert_eq(test, nt_release_semaphore(handle, 1, &previous),
                    STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    ktest_assert_eq(test, nt_release_semaphore(handle, 0, NULL), STATUS_INVALID_PARAMETER);
    ktest_assert_eq(test, nt_release_semaphore(handle, -1, NULL), STATUS_INVALID_PARAMETER);
    ktest_assert_eq(test, nt_query_semaphore(handle, 0, &information, 8, NULL), STATUS_SUCCESS);
    ktest_assert_eq(test, information.count, 3);
    ktest_assert_eq(test, information.limit, 3);
    nt_close(again);
    nt_close(handle);
}

/* ---- mutants
 * --------------------------------------------------------------------------------------- */

static handle_t mutant;

static void take_and_end(void *context)
{
    *(ntstatus *)context = nt_wait_for_single_object(mutant, false, NULL);
}

KTEST(nt_mutant, is_owned_released_and_abandoned)
{
    struct mutant_basic_information information;
    ntstatus status = STATUS_PENDING;
    int32_t previous = 9;
    handle_t again;

    ktest_assert_eq(test, nt_create_mutant(&mutant, GENERIC_ALL, ktest_nt_named(NAME, 0), true),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, nt_open_mutant(&again, GENERIC_ALL, ktest_nt_named(NAME, 0)),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, nt_wait_for_single_object(again, false, NULL), STATUS_SUCCESS);
    ktest_assert_eq(test, nt_query_mutant(again, 0, &information, 8, NULL), STATUS_SUCCESS);
    ktest_assert_eq(test, (uint32_t)information.count, (uint32_t)-1);
    ktest_assert_eq(test, information.owned_by_caller, 1);
    ktest_assert_eq(test, information.abandoned, 0);
    struct ethread *thread = ktest_thread(test, TEST_PRIORITY + 2, take_and_end, &status);
    ktest_assert(test, thread);
    ktest_assert_eq(test, nt_release_mutant(again, &previous), STATUS_SUCCESS);
    ktest_assert_eq(test, (uint32_t)previous, (uint32_t)-1);
    ktest_assert_eq(test, status, STATUS_PENDING);
    ktest_assert_eq(test, nt_release_mutant(again, &previous), STATUS_SUCCESS);
    ktest_assert_eq(test, previous, 0);
    ktest_assert_eq(test, status, STATUS_SUCCESS);
    ktest_join(thread);
    ktest_assert_eq(test, nt_release_mutant(mutant, NULL), STATUS_MUTANT_NOT_OWNED);
    ktest_assert_eq(test, nt_query_mutant(again, 0, &information, 8, NULL), STATUS_SUCCESS);
    ktest_assert_eq(test, information.count, 1);
    ktest_assert_eq(test, information.owned_by_caller, 0);
    ktest_assert_eq(test, information.abandoned, 1);
    ktest_assert_eq(test, nt_wait_for_single_object(mutant, false, NULL), STATUS_ABANDONED);
    nt_close(again);
    nt_close(mutant); /* owned, it goes nevertheless */
    ktest_assert(test, is_list_empty(&ke_get_current_thread()->mutant_list_head));
}
