/* Handles: what they grant, how they are copied, inherited and closed; and waiting by handle. */
#include "tests/kernel/objects.h"

/* ---- access
 * ---------------------------------------------------------------------------------------- */

KTEST(ob, handle_grants_what_it_was_opened_for)
{
    static const struct {
        uint32_t wanted, granted;
        ntstatus status;
    } cases[] = {
        {GENERIC_READ, TEST_READ, STATUS_SUCCESS},
        {GENERIC_WRITE, TEST_WRITE, STATUS_SUCCESS},
        {GENERIC_EXECUTE, ACCESS_READ_CONTROL, STATUS_SUCCESS},
        {GENERIC_ALL, TEST_ALL, STATUS_SUCCESS},
        {MAXIMUM_ALLOWED, TEST_ALL, STATUS_SUCCESS},
        {GENERIC_READ | GENERIC_WRITE, TEST_READ | TEST_WRITE, STATUS_SUCCESS},
        {TEST_READ | 4, 0, STATUS_ACCESS_DENIED},
        {ACCESS_SYNCHRONIZE, 0, STATUS_ACCESS_DENIED}, /* nobody can wait for this type */
    };
    handle_t handle, second;
    void *object;

    ktest_assert(test, ktest_make_type());
    ktest_assert_eq(test, ktest_create_object(NULL, 0, &handle), STATUS_SUCCESS);
    void *body = ktest_header_of(handle)->body;
    for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
        ktest_assert_eq(
            test, ob_open_object_by_pointer(body, 0, cases[i].wanted, NULL, USER_MODE, &second),
            cases[i].status);
        if (!second)
            continue;
        ktest_assert_eq(test, ktest_access_of(second), cases[i].granted);
        ntstatus read = ob_reference_object_by_handle(second & ~KERNEL_HANDLE_BIT, TEST_READ,
                                                      ktest_type, USER_MODE, &object, NULL);
        ktest_assert_eq(test, read,
                        cases[i].granted & TEST_READ ? STATUS_SUCCESS : STATUS_ACCESS_DENIED);
        if (NT_SUCCESS(read))
            ob_dereference_object(object);
        ob_close_handle(second, KERNEL_MODE);
    }
    ktest_assert_eq(
        test, ob_reference_object_by_handle(handle, 0, ex_event_type, KERNEL_MODE, &object, NULL),
        STATUS_OBJECT_TYPE_MISMATCH);
    ktest_assert(test, !object);
    ob_close_handle(handle, KERNEL_MODE);
    ktest_drop_type();
}

/* ---- handles
 * --------------------------------------------------------------------------------------- */

KTEST(handle, protected_one_is_not_closed)
{
    handle_t handle;

    ktest_assert(test, ktest_make_type());
    ktest_assert_eq(test, ktest_create_object(NULL, 0, &handle), STATUS_SUCCESS);
    ktest_assert_eq(test, ob_set_handle_attributes(handle, HANDLE_PROTECT_FROM_CLOSE, KERNEL_MODE),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ob_close_handle(handle, KERNEL_MODE), STATUS_HANDLE_NOT_CLOSABLE);
    ktest_assert_eq(test, ktest_seen.deleted, 0);
    ktest_assert_eq(test, ktest_access_of(handle), TEST_ALL); /* which stayed as it was */
    ob_set_handle_attributes(handle, 0, KERNEL_MODE);
    ktest_assert_eq(test, ob_close_handle(handle, KERNEL_MODE), STATUS_SUCCESS);
    ktest_assert_eq(test, ob_set_handle_attributes(handle, 0, KERNEL_MODE), STATUS_INVALID_HANDLE);
    ktest_drop_type();
}

KTEST(handle, tables_of_processes_inherit_and_close)
{
    struct handle_table *parent = ob_create_process_table(NULL), *child;
    struct object_header *header;
    handle_t handle, kept, lost;

    ktest_assert(test, parent && ktest_make_type());
    ktest_assert_eq(test, ktest_create_object(NULL, 0, &handle), STATUS_SUCCESS);
    header = ktest_header_of(handle);
    handle_t source = handle & ~KERNEL_HANDLE_BIT;
    ktest_assert_eq(test,
                    ob_duplicate_object(ob_kernel_handle_table, source, parent, 0, 0,
                                        DUPLICATE_SAME_ACCESS, USER_MODE, &lost),
                    STATUS_SUCCESS);
    ktest_assert_eq(test,
                    ob_duplicate_object(ob_kernel_handle_table, source, parent, TEST_READ,
                                        HANDLE_INHERIT, 0, USER_MODE, &kept),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, lost, 4);
    ktest_assert_eq(test, kept, 8);
    ktest_assert_eq(test, header->handle_count, 3);
    child = ob_create_process_table(parent);
    ktest_assert(test, child);
    ktest_assert_eq(test, child->handle_count, 1);
    ktest_assert_eq(test, header->handle_count, 4);
    ktest_assert(test, !ex_map_handle_to_pointer(child, lost));
    const struct handle_entry *entry = ex_map_handle_to_pointer(child, kept);
    ktest_assert(test, entry);
    ktest_assert_eq(test, ex_handle_access(entry), TEST_READ);
    ex_unlock_handle_table(child);
    /* The free handle below the inherited one is used again. */
    ktest_assert_eq(
        test,
        ob_duplicate_object(parent, kept, child, 0, 0, DUPLICATE_SAME_ACCESS, USER_MODE, &lost),
        STATUS_SUCCESS);
    ktest_assert_eq(test, lost, 4);
    ob_kill_process_table(child);
    ktest_assert_eq(test, header->handle_count, 3);
    ob_kill_process_table(parent);
    ktest_assert_eq(test, header->handle_count, 1);
    ktest_assert_eq(test, header->pointer_count, 1);
    ob_close_handle(handle, KERNEL_MODE);
    ktest_assert_eq(test, ktest_seen.deleted, 1);
    ktest_drop_type();
}

KTEST(handle, duplicate_grants_no_more_and_can_close_its_source)
{
    struct handle_table *table = ob_create_process_table(NULL);
    handle_t handle, reader, copy;

    ktest_assert(test, table && ktest_make_type());
    ktest_assert_eq(test, ktest_create_object(NULL, 0, &handle), STATUS_SUCCESS);
    handle_t source = handle & ~KERNEL_HANDLE_BIT;
    ktest_assert_eq(test,
                    ob_duplicate_object(ob_kernel_handle_table, source, table, TEST_READ,
                                        HANDLE_PROTECT_FROM_CLOSE, 0, USER_MODE, &reader),
                    STATUS_SUCCESS);
    ktest_assert_eq(test,
                    ob_duplicate_object(table, reader, table, TEST_WRITE, 0, 0, USER_MODE, &copy),
                    STATUS_ACCESS_DENIED);
    ktest_assert_eq(test, copy, 0);
    ktest_assert_eq(test, ob_duplicate_object(table, reader, table, 4, 0, 0, USER_MODE, &copy),
                    STATUS_ACCESS_DENIED);
    ktest_assert_eq(test, ob_duplicate_object(table, 0x100, table, 0, 0, 0, USER_MODE, &copy),
                    STATUS_INVALID_HANDLE);
    ktest_assert_eq(test,
                    ob_duplicate_object(table, reader, table, 0, 0,
                                        DUPLICATE_SAME_ACCESS | DUPLICATE_SAME_ATTRIBUTES |
                                            DUPLICATE_CLOSE_SOURCE,
                                        USER_MODE, &copy),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, table->handle_count, 2); /* the source is protected, and stays */
    const struct handle_entry *entry = ex_map_handle_to_pointer(table, copy);
    ktest_assert(test, entry);
    ktest_assert_eq(test, ex_handle_attributes(entry), HANDLE_PROTECT_FROM_CLOSE);
    ex_unlock_handle_table(table);
    ktest_assert_eq(test,
                    ob_duplicate_object(ob_kernel_handle_table, source, NULL, 0, 0,
                                        DUPLICATE_CLOSE_SOURCE, USER_MODE, &copy),
                    STATUS_SUCCESS); /* to nowhere: only ktest_seen.closed */
    ktest_assert_eq(test, ob_close_handle(handle, KERNEL_MODE), STATUS_INVALID_HANDLE);
    ktest_assert_eq(test, ktest_seen.deleted, 0);
    ob_kill_process_table(table); /* a protected handle does not outlive its process */
    ktest_assert_eq(test, ktest_seen.deleted, 1);
    ktest_drop_type();
}

/* Else the source could be closed in between as the object's last handle, and what goes with that
 * be gone when the copy comes. */
KTEST(handle, duplicate_is_counted_while_its_source_stays)
{
    struct handle_table *table = ob_create_process_table(NULL);
    handle_t handle, copy;

    ktest_assert(test, table && ktest_make_type());
    ktest_assert_eq(test, ktest_create_object(NULL, 0, &handle), STATUS_SUCCESS);
    ktest_seen.table = ob_kernel_handle_table;
    ktest_assert_eq(test,
                    ob_duplicate_object(ob_kernel_handle_table, handle & ~KERNEL_HANDLE_BIT, table,
                                        TEST_READ, 0, DUPLICATE_CLOSE_SOURCE, USER_MODE, &copy),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_seen.opened_locked, 1);
    ktest_assert_eq(test, ktest_seen.closed_last, 0);
    ob_kill_process_table(table);
    ktest_assert_eq(test, ktest_seen.closed_last, 1);
    ktest_drop_type();
}

/* Nobody opens it any more who would find it closed. */
KTEST(handle, the_last_one_goes_after_the_name)
{
    handle_t handle, other;

    ktest_assert(test, ktest_make_type());
    ktest_seen.name = u"\\BaseNamedObjects\\last";
    ktest_assert_eq(test, ktest_create_object(ktest_seen.name, 0, &handle), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_open_named(ktest_seen.name, 0, &other), STATUS_SUCCESS);
    ob_close_handle(other, KERNEL_MODE);
    ktest_assert_eq(test, ktest_seen.closed_last, 0);
    ob_close_handle(handle, KERNEL_MODE);
    ktest_assert_eq(test, ktest_seen.closed_last, 1);
    ktest_assert_eq(test, ktest_seen.closed_named, 0);
    ktest_assert_eq(test, ktest_seen.deleted, 1);
    ktest_drop_type();
}

KTEST(handle, wild_ones_are_refused)
{
    static const handle_t wild[] = {0,          1,          2,          3,          0x7FFFFFFC,
                                    0x80000000, 0xFFFFFFFF, 0xFFFFFFFC, 0x00200000, 0x000FFFFC};
    void *object;

    for (uint32_t i = 0; i < ARRAY_SIZE(wild); i++) {
        for (enum kprocessor_mode mode = KERNEL_MODE; mode <= USER_MODE; mode++) {
            ktest_assert_eq(test,
                            ob_reference_object_by_handle(wild[i], 0, NULL, mode, &object, NULL),
                            STATUS_INVALID_HANDLE);
            ktest_assert_eq(test, ob_close_handle(wild[i], mode), STATUS_INVALID_HANDLE);
        }
    }
}

#define MANY 3000u

KTEST(handle, table_grows_and_numbers_are_used_again)
{
    struct handle_table *table = ex_create_handle_table();
    static uint32_t object[4];
    struct handle_entry was;

    ktest_assert(test, table);
    for (uint32_t i = 1; i <= MANY; i++)
        ktest_assert_eq(test, ex_create_handle(table, object, i, 0), i * 4);
    ktest_assert_eq(test, table->handle_count, MANY);
    ktest_assert_eq(test, table->page_count, MANY / HANDLES_A_PAGE + 1);
    for (uint32_t i = 1; i <= MANY; i += 3) {
        ktest_assert_eq(test, ex_destroy_handle(table, i * 4 + i % 4, false, &was),
                        STATUS_SUCCESS); /* the low two bits do not matter */
        ktest_assert_eq(test, ex_handle_access(&was), i);
    }
    uint32_t last = (MANY - 1) / 3 * 3 + 1;
    for (uint32_t i = last; i <= MANY; i -= 3) /* the one ktest_seen.closed last comes first */
        ktest_assert_eq(test, ex_create_handle(table, object, 0, 0), i * 4);
    ktest_assert_eq(test, ex_create_handle(table, object, 0, 0), (MANY + 1) * 4);
    ktest_assert_eq(test, table->page_count, MANY / HANDLES_A_PAGE + 1);
    for (uint32_t i = 1; i <= MANY + 1; i++)
        ex_destroy_handle(table, i * 4, false, &was);
    ktest_assert_eq(test, table->handle_count, 0);
    ex_destroy_handle_table(table, NULL, NULL);
}

/* ---- dispatcher objects by handle
 * ------------------------------------------------------------------ */

KTEST(handle, waits_for_named_objects)
{
    handle_t event, again, semaphore, mutant, timer, reader;
    int64_t now = 0, soon = MILLISECONDS(60000);
    void *object;

    ktest_assert_eq(test,
                    ex_create_event(ktest_named(u"\\BaseNamedObjects\\event", 0), GENERIC_ALL,
                                    USER_MODE, EVENT_SYNCHRONIZATION_OBJECT, true, &event),
                    STATUS_SUCCESS);
    ktest_assert_eq(test,
                    ob_open_object_by_name(ktest_named(u"\\BaseNamedObjects\\event", 0),
                                           ex_event_type, ACCESS_SYNCHRONIZE, USER_MODE, &again),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ex_wait_for_handle(again, KERNEL_MODE, false, &now), STATUS_SUCCESS);
    ktest_assert_eq(test, ex_wait_for_handle(event, KERNEL_MODE, false, &now), STATUS_TIMEOUT);
    ktest_assert_eq(test,
                    ob_open_object_by_name(ktest_named(u"\\BaseNamedObjects\\event", 0),
                                           ex_event_type, 1, USER_MODE, &reader),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ex_wait_for_handle(reader & ~KERNEL_HANDLE_BIT, USER_MODE, false, &now),
                    STATUS_ACCESS_DENIED);
    ktest_assert_eq(test, ex_create_semaphore(NULL, GENERIC_ALL, USER_MODE, 2, 1, &semaphore),
                    STATUS_INVALID_PARAMETER);
    ktest_assert_eq(test, ex_create_semaphore(NULL, GENERIC_ALL, USER_MODE, 1, 1, &semaphore),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ex_wait_for_handle(semaphore, KERNEL_MODE, false, &now), STATUS_SUCCESS);
    ktest_assert_eq(test, ex_create_mutant(NULL, GENERIC_ALL, USER_MODE, true, &mutant),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ex_wait_for_handle(mutant, KERNEL_MODE, false, &now), STATUS_SUCCESS);
    ktest_assert_eq(
        test, ex_create_timer(NULL, GENERIC_ALL, USER_MODE, TIMER_NOTIFICATION_OBJECT, &timer),
        STATUS_SUCCESS);
    ob_reference_object_by_handle(timer, 0, ex_timer_type, KERNEL_MODE, &object, NULL);
    ke_set_timer(object, MILLISECONDS(1), NULL);
    ktest_assert_eq(test, ex_wait_for_handle(timer, KERNEL_MODE, false, &soon), STATUS_SUCCESS);
    ke_set_timer(object, MILLISECONDS(60000), NULL);
    ob_dereference_object(object);
    ob_close_handle(timer, KERNEL_MODE);  /* which cancels it */
    ob_close_handle(mutant, KERNEL_MODE); /* which we own */
    ktest_assert(test, is_list_empty(&ke_get_current_thread()->mutant_list_head));
    ob_close_handle(semaphore, KERNEL_MODE);
    ob_close_handle(reader, KERNEL_MODE);
    ob_close_handle(again, KERNEL_MODE);
    ob_close_handle(event, KERNEL_MODE);
    ktest_assert_eq(test, ex_wait_for_handle(event, KERNEL_MODE, false, &now),
                    STATUS_INVALID_HANDLE);
}

static void end_at_once(void *context)
{
    (void)context;
}

KTEST(handle, keeps_a_thread_that_has_ended)
{
    struct ethread *thread = ktest_thread(test, TEST_PRIORITY + 1, end_at_once, NULL);
    int64_t now = 0;
    handle_t handle;

    ktest_assert(test, thread);
    ktest_assert_eq(test,
                    ob_open_object_by_pointer(thread, 0, ACCESS_SYNCHRONIZE, ps_thread_type,
                                              KERNEL_MODE, &handle),
                    STATUS_SUCCESS);
    ob_dereference_object(thread);
    ktest_assert_eq(test, ob_header(thread)->pointer_count, 1);
    ktest_assert_eq(test, ex_wait_for_handle(handle, KERNEL_MODE, false, &now), STATUS_SUCCESS);
    ktest_assert_eq(test, thread->exit_status, STATUS_SUCCESS);
    ob_close_handle(handle, KERNEL_MODE);
}

/* ---- processes
 * ------------------------------------------------------------------------------------- */

static handle_t inherited_handle;
static ntstatus handle_status;

/* Handles are those of the thread's process. */
static void look_up_inherited(void *context)
{
    void *object = NULL;

    handle_status =
        ob_reference_object_by_handle(inherited_handle, 0, ex_event_type, USER_MODE, &object, NULL);
    if (object)
        ob_dereference_object(object);
    ke_wait_for_single_object(context, WR_USER_REQUEST, KERNEL_MODE, false, NULL);
}

KTEST(process, is_signalled_by_the_end_of_its_last_thread)
{
    struct eprocess *parent, *process;
    struct ethread *threads[2];
    struct kevent end;
    handle_t event;

    ke_initialize_event(&end, EVENT_SYNCHRONIZATION_OBJECT, false);
    ktest_assert_eq(test, ps_create_process(&parent, "parent", NULL), STATUS_SUCCESS);
    ktest_assert_eq(
        test,
        ex_create_event(NULL, GENERIC_ALL, USER_MODE, EVENT_NOTIFICATION_OBJECT, false, &event),
        STATUS_SUCCESS);
    ktest_assert_eq(test,
                    ob_duplicate_object(ob_kernel_handle_table, event & ~KERNEL_HANDLE_BIT,
                                        parent->object_table, 0, HANDLE_INHERIT,
                                        DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE, USER_MODE,
                                        &inherited_handle),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ps_create_process(&process, "child", parent), STATUS_SUCCESS);
    ob_dereference_object(parent); /* and its handle with it; the child's stays */
    handle_status = STATUS_PENDING;
    for (uint32_t i = 0; i < 2; i++)
        ktest_assert_eq(
            test,
            ps_create_thread(&threads[i], process, TEST_PRIORITY + 2, look_up_inherited, &end),
            STATUS_SUCCESS);
    ktest_assert_eq(test, handle_status, STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_wait(process, 0), STATUS_TIMEOUT);
    ke_set_event(&end, 0);
    ktest_join(threads[0]);
    ktest_assert_eq(test, ktest_wait(process, 0), STATUS_TIMEOUT);
    ke_set_event(&end, 0);
    ktest_assert_eq(test, ktest_wait(process, 0), STATUS_SUCCESS);
    ktest_join(threads[1]);
    ktest_assert_eq(test, ob_header(process)->pointer_count, 1);
    ob_dereference_object(process);
}
