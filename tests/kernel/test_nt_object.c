/* The services about handles and names, called from the kernel. */
#include "kernel/nt/nt.h"
#include "kernel/ps/ps.h"
#include "lib/string.h"
#include "tests/kernel/objects.h"

#define NAME u"\\BaseNamedObjects\\Thing"

static handle_t make_event(const uint16_t *text)
{
    handle_t handle = 0;

    nt_create_event(&handle, GENERIC_ALL, text ? ktest_nt_named(text, 0) : NULL, 0, false);
    return handle;
}

static ntstatus duplicate(handle_t source, handle_t target, uint32_t access, uint32_t options,
                          handle_t *copy)
{
    return nt_duplicate_object(NT_CURRENT_PROCESS, source, target, copy, access, 0, options);
}

/* ---- duplicates
 * ------------------------------------------------------------------------------------ */

KTEST(nt_object, duplicates_within_a_process)
{
    handle_t event = make_event(NULL), copy;

    ktest_assert_eq(test, duplicate(event, NT_CURRENT_PROCESS, EVENT_QUERY_STATE, 0, &copy),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_access_of(copy), EVENT_QUERY_STATE);
    ktest_assert_eq(test, ktest_header_of(copy)->handle_count, 2);
    nt_close(copy);
    ktest_assert_eq(test,
                    duplicate(event, NT_CURRENT_PROCESS, 0,
                              DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE, &copy),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_header_of(copy)->handle_count, 1);
    ktest_assert_eq(test, ktest_access_of(copy), ex_event_type->info.valid_access);
    ktest_assert_eq(test, duplicate(event, NT_CURRENT_PROCESS, 0, DUPLICATE_SAME_ACCESS, &event),
                    STATUS_INVALID_HANDLE);
    ktest_assert_eq(test, event, 0);
    ktest_assert_eq(test, duplicate(copy, 0, 0, 0, NULL), STATUS_INVALID_PARAMETER);
    ktest_assert_eq(test, duplicate(copy, 0, 0, DUPLICATE_CLOSE_SOURCE, NULL), STATUS_SUCCESS);
    ktest_assert_eq(test, nt_close(copy), STATUS_INVALID_HANDLE);
}

KTEST(nt_object, duplicates_pseudo_handles)
{
    handle_t copy;

    ktest_assert_eq(
        test, duplicate(NT_CURRENT_THREAD, NT_CURRENT_PROCESS, 0, DUPLICATE_SAME_ACCESS, &copy),
        STATUS_SUCCESS);
    ktest_assert_eq(test, (uintptr_t)ktest_header_of(copy)->body,
                    (uintptr_t)ps_get_current_thread());
    ktest_assert_eq(test, ktest_access_of(copy), ps_thread_type->info.valid_access);
    nt_close(copy);
    ktest_assert_eq(test,
                    duplicate(NT_CURRENT_PROCESS, NT_CURRENT_PROCESS, PROCESS_DUP_HANDLE, 0, &copy),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, (uintptr_t)ktest_header_of(copy)->body,
                    (uintptr_t)ps_initial_system_process);
    ktest_assert_eq(test, ktest_access_of(copy), PROCESS_DUP_HANDLE);
    nt_close(copy);
}

KTEST(nt_object, duplicates_into_another_process_and_out_of_it)
{
    handle_t event = make_event(NULL), process_handle, there, back;
    struct object_header *header = ktest_header_of(event);
    struct eprocess *process;

    ktest_assert_eq(test, ps_create_process(&process, "other", NULL), STATUS_SUCCESS);
    ktest_assert_eq(test,
                    ob_open_object_by_pointer(process, 0, GENERIC_ALL, ps_process_type, KERNEL_MODE,
                                              &process_handle),
                    STATUS_SUCCESS);
    ktest_assert_eq(test,
                    nt_duplicate_object(NT_CURRENT_PROCESS, event, process_handle, &there, 0,
                                        OBJ_INHERIT, DUPLICATE_SAME_ACCESS),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, there, 4);
    ktest_assert_eq(test, header->handle_count, 2);
    ktest_assert_eq(test, process->object_table->handle_count, 1);
    const struct handle_entry *entry = ex_map_handle_to_pointer(process->object_table, there);
    ktest_assert_eq(test, ex_handle_attributes(entry), HANDLE_INHERIT);
    ex_unlock_handle_table(process->object_table);
    ktest_assert_eq(test,
                    nt_duplicate_object(process_handle, there, NT_CURRENT_PROCESS, &back,
                                        EVENT_MODIFY_STATE, 0, DUPLICATE_CLOSE_SOURCE),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, process->object_table->handle_count, 0);
    ktest_assert_eq(test, ktest_access_of(back), EVENT_MODIFY_STATE);
    nt_close(back);
    /* Each process's own handle of itself. */
    ktest_assert_eq(test,
                    nt_duplicate_object(process_handle, NT_CURRENT_PROCESS, NT_CURRENT_PROCESS,
                                        &back, 0, 0, DUPLICATE_SAME_ACCESS),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, (uintptr_t)ktest_header_of(back)->body, (uintptr_t)process);
    ktest_assert_eq(test, ktest_access_of(back), ps_process_type->info.valid_access);
    nt_close(back);
    /* The source is closed, whatever becomes of the rest. */
    ktest_assert_eq(
        test,
        nt_duplicate_object(NT_CURRENT_PROCESS, event, event, &back, 0, 0, DUPLICATE_CLOSE_SOURCE),
        STATUS_OBJECT_TYPE_MISMATCH);
    ktest_assert_eq(test, nt_close(event), STATUS_INVALID_HANDLE);
    ktest_assert_eq(test, process->object_table_users, 1);
    nt_close(process_handle);
    ob_dereference_object(process);
}

KTEST(nt_object, table_stays_while_another_process_works_on_it)
{
    struct eprocess *process;
    struct object_header *header;
    handle_t event = make_event(NULL), there;

    header = ktest_header_of(event);
    ktest_assert_eq(test, ps_create_process(&process, "other", NULL), STATUS_SUCCESS);
    struct handle_table *table = ps_reference_handle_table(process);
    ktest_assert_eq(test, (uintptr_t)table, (uintptr_t)process->object_table);
    process->object_table = NULL; /* as at its end */
    ps_dereference_handle_table(process, table);
    ktest_assert(test, !ps_reference_handle_table(process));
    ktest_assert_eq(test, ob_open_object_in(table, header->body, GENERIC_ALL, 0, USER_MODE, &there),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, header->handle_count, 2);
    ps_dereference_handle_table(process, table);
    ktest_assert_eq(test, header->handle_count, 1);
    nt_close(event);
    ob_dereference_object(process);
}

/* ---- questions
 * ------------------------------------------------------------------------------------- */

KTEST(nt_object, tells_counts_and_access)
{
    struct object_basic_information information;
    handle_t event = make_event(NAME), copy;
    uint32_t returned = 0;

    ktest_assert_eq(test, duplicate(event, NT_CURRENT_PROCESS, EVENT_QUERY_STATE, 0, &copy),
                    STATUS_SUCCESS);
    ktest_assert_eq(test,
                    nt_query_object(copy, OBJECT_BASIC_INFORMATION, &information,
                                    sizeof(information), &returned),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, returned, 56);
    ktest_assert_eq(test, information.attributes, 0);
    ktest_assert_eq(test, information.granted_access, EVENT_QUERY_STATE);
    ktest_assert_eq(test, information.handle_count, 2);
    ktest_assert_eq(test, information.pointer_count, 4); /* the name's, and the question's */
    ktest_assert_eq(test, information.name_information_length, 8 + sizeof(NAME));
    ktest_assert_eq(test, information.type_information_length, 96 + 12);
    ktest_assert_eq(test, nt_query_object(copy, OBJECT_BASIC_INFORMATION, &information, 55, NULL),
                    STATUS_INFO_LENGTH_MISMATCH);
    ktest_assert_eq(test, nt_query_object(copy, 3, &information, 56, NULL),
                    STATUS_INVALID_INFO_CLASS);
    ktest_assert_eq(test, nt_query_object(0, OBJECT_BASIC_INFORMATION, &information, 56, NULL),
                    STATUS_INVALID_HANDLE);
    ktest_assert_eq(
        test, nt_query_object(NT_CURRENT_PROCESS, OBJECT_BASIC_INFORMATION, &information, 56, NULL),
        STATUS_SUCCESS);
    ktest_assert_eq(test, information.granted_access, ps_process_type->info.valid_access);
    nt_close(copy);
    nt_close(event);
}

KTEST(nt_object, tells_its_name)
{
    static struct {
        struct unicode_string name;
        uint16_t text[40];
    } answer;
    handle_t event = make_event(NAME), unnamed = make_event(NULL);
    const uint32_t whole = sizeof(struct unicode_string) + sizeof(NAME);
    uint32_t returned = 0;

    ktest_assert_eq(test,
                    nt_query_object(event, OBJECT_NAME_INFORMATION, &answer, whole, &returned),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, returned, whole);
    ktest_assert_eq(test, answer.name.length, sizeof(NAME) - 2);
    ktest_assert_eq(test, answer.name.maximum_length, sizeof(NAME));
    ktest_assert_eq(test, (uintptr_t)answer.name.buffer, (uintptr_t)answer.text);
    ktest_assert(test, !memcmp(answer.text, NAME, sizeof(NAME)));
    ktest_assert_eq(test,
                    nt_query_object(event, OBJECT_NAME_INFORMATION, &answer, whole - 1, &returned),
                    STATUS_BUFFER_OVERFLOW);
    ktest_assert_eq(test, nt_query_object(event, OBJECT_NAME_INFORMATION, &answer, 7, &returned),
                    STATUS_INFO_LENGTH_MISMATCH);
    ktest_assert_eq(test, returned, whole);
    ktest_assert_eq(
        test, nt_query_object(unnamed, OBJECT_NAME_INFORMATION, &answer, sizeof(answer), &returned),
        STATUS_SUCCESS);
    ktest_assert_eq(test, returned, sizeof(struct unicode_string));
    ktest_assert(test, !answer.name.length && !answer.name.buffer);
    nt_close(unnamed);
    nt_close(event);
}

KTEST(nt_object, tells_its_type)
{
    static struct {
        struct object_type_information type;
        uint16_t text[20];
    } answer;
    handle_t event = make_event(NULL);
    uint32_t returned = 0;

    ktest_assert_eq(
        test, nt_query_object(event, OBJECT_TYPE_INFORMATION, &answer, sizeof(answer), &returned),
        STATUS_SUCCESS);
    ktest_assert_eq(test, returned, 96 + 12);
    ktest_assert_eq(test, answer.type.name.length, 10);
    ktest_assert_eq(test, (uintptr_t)answer.type.name.buffer, (uintptr_t)answer.text);
    ktest_assert(test, !memcmp(answer.text, u"Event", 12));
    ktest_assert_eq(test, answer.type.total_objects, ex_event_type->total_objects);
    ktest_assert_eq(test, answer.type.valid_access, 0x1F0003);
    ktest_assert_eq(test,
                    nt_query_object(event, OBJECT_TYPE_INFORMATION, &answer, 96 + 11, &returned),
                    STATUS_INFO_LENGTH_MISMATCH);
    nt_close(event);
}

KTEST(nt_object, handle_flags_are_set)
{
    struct object_handle_flag_information flags = {1, 1};
    handle_t event = make_event(NULL);

    ktest_assert_eq(test, nt_set_information_object(event, 0, &flags, 2),
                    STATUS_INVALID_INFO_CLASS);
    ktest_assert_eq(test,
                    nt_set_information_object(event, OBJECT_HANDLE_FLAG_INFORMATION, &flags, 1),
                    STATUS_INFO_LENGTH_MISMATCH);
    ktest_assert_eq(test,
                    nt_set_information_object(event, OBJECT_HANDLE_FLAG_INFORMATION, &flags, 2),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, nt_close(event), STATUS_HANDLE_NOT_CLOSABLE);
    flags = (struct object_handle_flag_information){0};
    ktest_assert_eq(test, nt_query_object(event, OBJECT_HANDLE_FLAG_INFORMATION, &flags, 2, NULL),
                    STATUS_SUCCESS);
    ktest_assert(test, flags.inherit && flags.protect_from_close);
    flags.protect_from_close = 0;
    ktest_assert_eq(test,
                    nt_set_information_object(event, OBJECT_HANDLE_FLAG_INFORMATION, &flags, 2),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, nt_close(event), STATUS_SUCCESS);
    ktest_assert_eq(test,
                    nt_set_information_object(event, OBJECT_HANDLE_FLAG_INFORMATION, &flags, 2),
                    STATUS_INVALID_HANDLE);
}

/* ---- names
 * ----------------------------------------------------------------------------------------- */

KTEST(nt_object, directories_hold_names)
{
    handle_t outer, inner, event, again;
    uint16_t text[20];

    ktest_assert_eq(test,
                    nt_create_directory_object(&outer, GENERIC_ALL, ktest_nt_named(u"\\Outer", 0)),
                    STATUS_SUCCESS);
    struct nt_object_attributes *attributes = ktest_nt_named(u"Inner", 0);
    attributes->root_directory = outer;
    ktest_assert_eq(test, nt_create_directory_object(&inner, GENERIC_ALL, attributes),
                    STATUS_SUCCESS);
    attributes = ktest_nt_named(u"x", 0);
    attributes->root_directory = inner;
    ktest_assert_eq(test, nt_create_event(&event, GENERIC_ALL, attributes, 0, 0), STATUS_SUCCESS);
    ktest_assert_eq(test, ob_query_name(ktest_header_of(event)->body, text, sizeof(text)), 28);
    ktest_assert(test, !memcmp(text, u"\\Outer\\Inner\\x", 28));
    ktest_assert_eq(test, ob_query_name(ob_root_directory, text, sizeof(text)), 2);
    ktest_assert_eq(
        test, nt_open_directory_object(&again, GENERIC_READ, ktest_nt_named(u"\\Outer\\Inner", 0)),
        STATUS_SUCCESS);
    nt_close(again);
    ktest_assert_eq(test,
                    nt_open_event(&again, GENERIC_READ, ktest_nt_named(u"\\Outer\\Inner\\x", 0)),
                    STATUS_SUCCESS);
    nt_close(again);
    nt_close(event);
    nt_close(inner);
    nt_close(outer);
}

KTEST(nt_object, links_lead_elsewhere_and_tell_where)
{
    static uint16_t text[40];
    struct unicode_string target, answer = {.maximum_length = 34, .buffer = text};
    handle_t event = make_event(NAME), link, again;
    uint32_t returned = 0;

    rtl_init_unicode_string(&target, u"\\BaseNamedObjects");
    ktest_assert_eq(
        test,
        nt_create_symbolic_link_object(&link, GENERIC_ALL, ktest_nt_named(u"\\Link", 0), &target),
        STATUS_SUCCESS);
    ktest_assert_eq(test, nt_open_event(&again, GENERIC_READ, ktest_nt_named(u"\\Link\\Thing", 0)),
                    STATUS_SUCCESS);
    nt_close(again);
    nt_close(event);
    ktest_assert_eq(
        test,
        nt_open_symbolic_link_object(&again, SYMBOLIC_LINK_QUERY, ktest_nt_named(u"\\Link", 0)),
        STATUS_SUCCESS);
    ktest_assert_eq(test, nt_query_symbolic_link_object(again, &answer, NULL), STATUS_SUCCESS);
    ktest_assert_eq(test, answer.length, 34);
    ktest_assert(test, !memcmp(text, u"\\BaseNamedObjects", 34));
    ktest_assert_eq(test, nt_query_symbolic_link_object(again, &answer, &returned),
                    STATUS_BUFFER_TOO_SMALL);
    ktest_assert_eq(test, returned, 36);
    answer.maximum_length = 36;
    text[17] = 0xFFFF;
    ktest_assert_eq(test, nt_query_symbolic_link_object(again, &answer, &returned), STATUS_SUCCESS);
    ktest_assert_eq(test, text[17], 0);
    nt_close(again);
    nt_close(link);
}

KTEST(nt_object, permanence_ends)
{
    handle_t event, again;

    ktest_assert_eq(test,
                    nt_create_event(&event, GENERIC_ALL, ktest_nt_named(NAME, OBJ_PERMANENT), 0, 0),
                    STATUS_SUCCESS);
    nt_close(event);
    ktest_assert_eq(test, nt_open_event(&event, ACCESS_DELETE, ktest_nt_named(NAME, 0)),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, nt_make_temporary_object(event), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_header_of(event)->flags & OBJ_PERMANENT, 0);
    nt_close(event);
    ktest_assert_eq(test, nt_open_event(&again, ACCESS_DELETE, ktest_nt_named(NAME, 0)),
                    STATUS_OBJECT_NAME_NOT_FOUND);
}
