/* Objects: their counts, their names, and the end of each. */
#include "lib/string.h"
#include "tests/kernel/objects.h"

KTEST(ob, a_type_is_an_object_with_a_name)
{
    void *type;

    ktest_assert_eq(
        test,
        ob_reference_object_by_name(ktest_named(u"\\ObjectTypes\\Type", 0), ob_type_type, &type),
        STATUS_SUCCESS);
    ktest_assert_eq(test, (uintptr_t)type, (uintptr_t)ob_type_type);
    ob_dereference_object(type);
    ktest_assert_eq(test,
                    ob_reference_object_by_name(
                        ktest_named(u"\\objecttypes\\EVENT", OBJ_CASE_INSENSITIVE), NULL, &type),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, (uintptr_t)type, (uintptr_t)ex_event_type);
    ob_dereference_object(type);
}

KTEST(ob, a_type_can_be_made_once)
{
    struct object_type *other;

    ktest_assert(test, ob_type_type->total_objects >= 8);
    ktest_assert_eq(test, ob_create_object_type(u"Event", &ex_event_type->info, &other),
                    STATUS_OBJECT_NAME_COLLISION);
}

KTEST(ob, counts_pointers_and_handles)
{
    handle_t handle, second;

    ktest_assert(test, ktest_make_type());
    ktest_assert_eq(test, ktest_create_object(NULL, 0, &handle), STATUS_SUCCESS);
    struct object_header *header = ktest_header_of(handle);
    ktest_assert(test, header);
    ktest_assert_eq(test, header->pointer_count, 1);
    ktest_assert_eq(test, header->handle_count, 1);
    ktest_assert_eq(test, ktest_type->total_objects, 1);
    ktest_assert_eq(test, ktest_type->total_handles, 1);
    ktest_assert_eq(
        test, ob_open_object_by_pointer(header->body, 0, TEST_READ, ktest_type, USER_MODE, &second),
        STATUS_SUCCESS);
    ktest_assert_eq(test, header->pointer_count, 2);
    ktest_assert_eq(test, header->handle_count, 2);
    ktest_assert_eq(test, ob_close_handle(handle, KERNEL_MODE), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_seen.deleted, 0);
    ktest_assert_eq(test, ob_close_handle(handle, KERNEL_MODE), STATUS_INVALID_HANDLE);
    ob_reference_object(header->body);
    ktest_assert_eq(test, ob_close_handle(second, KERNEL_MODE), STATUS_SUCCESS);
    ktest_assert_eq(test, header->handle_count, 0);
    ktest_assert_eq(test, ktest_seen.deleted, 0); /* there is a pointer */
    ob_dereference_object(header->body);
    ktest_assert_eq(test, ktest_seen.deleted, 1);
    ktest_assert_eq(test, ktest_seen.opened, 2);
    ktest_assert_eq(test, ktest_seen.closed, 2);
    ktest_assert_eq(test, ktest_seen.closed_last, 1);
    ktest_assert_eq(test, ktest_type->total_objects, 0);
    ktest_drop_type();
}

KTEST(ob, deletion_at_a_raised_level_is_left_to_a_worker)
{
    void *object;

    ktest_assert(test, ktest_make_type());
    ktest_assert_eq(test, ob_create_object(ktest_type, &object), STATUS_SUCCESS);
    kirql irql = ke_raise_irql(DISPATCH_LEVEL);
    ob_dereference_object(object);
    ktest_assert_eq(test, ktest_seen.deleted, 0);
    ke_lower_irql(irql); /* the worker is better than we */
    ktest_assert_eq(test, ktest_seen.deleted, 1);
    ktest_assert_eq(test, ktest_seen.delete_irql, PASSIVE_LEVEL);
    ktest_drop_type();
}

/* ---- names
 * ----------------------------------------------------------------------------------------- */

KTEST(ob, name_goes_with_the_last_handle)
{
    handle_t handle, second;
    char text[64];

    ktest_assert(test, ktest_make_type());
    ktest_assert_eq(test, ktest_create_object(u"\\BaseNamedObjects\\fleeting", 0, &handle),
                    STATUS_SUCCESS);
    struct object_header *header = ktest_header_of(handle);
    ktest_assert_eq(test, header->pointer_count, 2); /* handle and name */
    ktest_assert_eq(test, ob_query_name_string(header->body, text, sizeof(text)), 26);
    ktest_assert(test, !strcmp(text, "\\BaseNamedObjects\\fleeting"));
    ktest_assert_eq(test, ktest_open_named(u"\\BaseNamedObjects\\fleeting", 0, &second),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, (uintptr_t)ktest_header_of(second), (uintptr_t)header);
    ob_close_handle(handle, KERNEL_MODE);
    ktest_assert_eq(test, header->handle_count, 1);
    ob_reference_object(header->body);
    ob_close_handle(second, KERNEL_MODE);
    ktest_assert_eq(test, ktest_open_named(u"\\BaseNamedObjects\\fleeting", 0, &second),
                    STATUS_OBJECT_NAME_NOT_FOUND);
    ktest_assert_eq(test, header->pointer_count, 1); /* the name's has gone */
    ktest_assert_eq(test, ob_query_name_string(header->body, text, sizeof(text)), 0);
    ktest_assert_eq(test, ktest_create_object(u"\\BaseNamedObjects\\fleeting", 0, &second),
                    STATUS_SUCCESS);
    ob_close_handle(second, KERNEL_MODE);
    ob_dereference_object(header->body);
    ktest_assert_eq(test, ktest_seen.deleted, 2);
    ktest_drop_type();
}

KTEST(ob, permanent_object_stays_until_it_is_made_temporary)
{
    handle_t handle;

    ktest_assert(test, ktest_make_type());
    ktest_assert_eq(test,
                    ktest_create_object(u"\\BaseNamedObjects\\lasting", OBJ_PERMANENT, &handle),
                    STATUS_SUCCESS);
    struct object_header *header = ktest_header_of(handle);
    ob_close_handle(handle, KERNEL_MODE);
    ktest_assert_eq(test, ktest_seen.deleted, 0);
    ktest_assert_eq(test, ktest_open_named(u"\\BaseNamedObjects\\lasting", 0, &handle),
                    STATUS_SUCCESS);
    ob_make_temporary_object(header->body);
    ktest_assert_eq(test, ktest_seen.deleted, 0); /* it has a handle */
    ob_close_handle(handle, KERNEL_MODE);
    ktest_assert_eq(test, ktest_seen.deleted, 1);
    ktest_assert_eq(test, ktest_create_object(u"\\BaseNamedObjects\\lasting", OBJ_PERMANENT, NULL),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_open_named(u"\\BaseNamedObjects\\lasting", 0, &handle),
                    STATUS_SUCCESS);
    header = ktest_header_of(handle);
    ob_close_handle(handle, KERNEL_MODE);
    ob_make_temporary_object(header->body);
    ktest_assert_eq(test, ktest_seen.deleted, 2);
    ktest_assert_eq(test, ktest_create_object(u"\\BaseNamedObjects\\x", 0, NULL),
                    STATUS_INVALID_PARAMETER);
    ktest_assert_eq(test, ktest_seen.deleted, 3);
    ktest_drop_type();
}

KTEST(ob, collisions_and_open_if)
{
    handle_t handle, second;

    ktest_assert(test, ktest_make_type());
    ktest_assert_eq(test, ktest_create_object(u"\\BaseNamedObjects\\one", 0, &handle),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_create_object(u"\\BaseNamedObjects\\one", 0, &second),
                    STATUS_OBJECT_NAME_COLLISION);
    ktest_assert_eq(test, second, 0);
    ktest_assert_eq(test, ktest_seen.deleted, 1);
    ktest_assert_eq(test, ktest_create_object(u"\\BaseNamedObjects\\ONE", 0, &second),
                    STATUS_SUCCESS);
    ob_close_handle(second, KERNEL_MODE); /* case matters unless said otherwise */
    ktest_assert_eq(test,
                    ktest_create_object(u"\\BaseNamedObjects\\ONE", OBJ_CASE_INSENSITIVE, &second),
                    STATUS_OBJECT_NAME_COLLISION);
    ktest_assert_eq(test, ktest_create_object(u"\\BaseNamedObjects\\one", OBJ_OPENIF, &second),
                    STATUS_OBJECT_NAME_EXISTS);
    ktest_assert_eq(test, (uintptr_t)ktest_header_of(second), (uintptr_t)ktest_header_of(handle));
    ktest_assert_eq(test, ktest_header_of(handle)->handle_count, 2);
    ktest_assert_eq(test, ktest_seen.deleted, 4);
    ob_close_handle(second, KERNEL_MODE);
    ktest_assert_eq(test,
                    ex_create_event(ktest_named(u"\\BaseNamedObjects\\one", OBJ_OPENIF),
                                    GENERIC_ALL, USER_MODE, EVENT_NOTIFICATION_OBJECT, false,
                                    &second),
                    STATUS_OBJECT_TYPE_MISMATCH);
    ktest_assert_eq(test,
                    ob_open_object_by_name(ktest_named(u"\\BaseNamedObjects\\one", 0),
                                           ex_event_type, 0, USER_MODE, &second),
                    STATUS_OBJECT_TYPE_MISMATCH);
    ob_close_handle(handle, KERNEL_MODE);
    ktest_assert_eq(test, ktest_seen.deleted, 5);
    ktest_drop_type();
}

KTEST(ob, wrong_paths_have_their_statuses)
{
    static const struct {
        const uint16_t *path;
        ntstatus status;
    } cases[] = {
        {u"\\BaseNamedObjects\\nothing", STATUS_OBJECT_NAME_NOT_FOUND},
        {u"\\Nowhere\\nothing", STATUS_OBJECT_PATH_NOT_FOUND},
        {u"\\ObjectTypes\\Type\\deeper", STATUS_OBJECT_TYPE_MISMATCH},
        {u"relative", STATUS_OBJECT_PATH_SYNTAX_BAD},
        {u"\\BaseNamedObjects\\", STATUS_OBJECT_NAME_INVALID},
        {u"\\BaseNamedObjects\\\\x", STATUS_OBJECT_NAME_INVALID},
        {u"\\\\", STATUS_OBJECT_NAME_INVALID},
        {u"", STATUS_OBJECT_PATH_SYNTAX_BAD},
        {u"\\", STATUS_OBJECT_TYPE_MISMATCH}, /* the root, which is a directory */
    };
    handle_t handle;

    ktest_assert(test, ktest_make_type());
    for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
        ktest_assert_eq(test, ktest_open_named(cases[i].path, 0, &handle), cases[i].status);
        ktest_assert_eq(test, handle, 0);
    }
    ktest_assert_eq(test, ktest_create_object(u"\\Nowhere\\x", 0, &handle),
                    STATUS_OBJECT_PATH_NOT_FOUND);
    ktest_assert_eq(test, ktest_create_object(u"\\x\\", 0, &handle), STATUS_OBJECT_NAME_INVALID);
    ktest_assert_eq(test, ktest_create_object(u"\\y", 0x80000000, &handle),
                    STATUS_INVALID_PARAMETER);
    ktest_assert_eq(test, ktest_seen.deleted, 3);
    ktest_drop_type();
}

KTEST(ob, directories_hold_directories_and_names_can_be_relative)
{
    handle_t outer, inner, handle, found;
    struct unicode_string relative;
    char text[64];

    ktest_assert(test, ktest_make_type());
    ktest_assert_eq(test, ob_create_directory(ktest_named(u"\\Outer", 0), &outer), STATUS_SUCCESS);
    ktest_assert_eq(test, ob_create_directory(ktest_named(u"\\Outer\\Inner", 0), &inner),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_create_object(u"\\Outer\\Inner\\leaf", 0, &handle), STATUS_SUCCESS);
    rtl_init_unicode_string(&relative, u"Inner\\leaf");
    struct object_attributes attributes = {.root_directory = outer, .name = &relative};
    ktest_assert_eq(test,
                    ob_open_object_by_name(&attributes, ktest_type, TEST_READ, USER_MODE, &found),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, (uintptr_t)ktest_header_of(found), (uintptr_t)ktest_header_of(handle));
    ob_query_name_string(ktest_header_of(found)->body, text, sizeof(text));
    ktest_assert(test, !strcmp(text, "\\Outer\\Inner\\leaf"));
    ob_close_handle(found, KERNEL_MODE);
    rtl_init_unicode_string(&relative, u"\\Outer\\Inner");
    ktest_assert_eq(test, ob_open_object_by_name(&attributes, NULL, 0, USER_MODE, &found),
                    STATUS_OBJECT_PATH_SYNTAX_BAD); /* absolute, with a root */
    attributes.root_directory = handle;
    ktest_assert_eq(test, ob_open_object_by_name(&attributes, NULL, 0, USER_MODE, &found),
                    STATUS_OBJECT_TYPE_MISMATCH);
    attributes.root_directory = 0x7FFC;
    ktest_assert_eq(test, ob_open_object_by_name(&attributes, NULL, 0, USER_MODE, &found),
                    STATUS_INVALID_HANDLE);
    ob_close_handle(outer, KERNEL_MODE); /* the directory loses its name and keeps its entries */
    ktest_assert_eq(test, ktest_open_named(u"\\Outer\\Inner\\leaf", 0, &found),
                    STATUS_OBJECT_PATH_NOT_FOUND);
    ob_close_handle(inner, KERNEL_MODE);
    ob_close_handle(handle, KERNEL_MODE);
    ktest_assert_eq(test, ktest_seen.deleted, 1);
    ktest_drop_type();
}

KTEST(ob, symbolic_links_are_followed_but_not_for_ever)
{
    handle_t links[4], handle, found;
    struct unicode_string target;

    ktest_assert(test, ktest_make_type());
    rtl_init_unicode_string(&target, u"\\BaseNamedObjects");
    ktest_assert_eq(test, ob_create_symbolic_link(ktest_named(u"\\Local", 0), &target, &links[0]),
                    STATUS_SUCCESS);
    rtl_init_unicode_string(&target, u"\\Local");
    ktest_assert_eq(test, ob_create_symbolic_link(ktest_named(u"\\Again", 0), &target, &links[1]),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_create_object(u"\\Again\\linked", 0, &handle), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_open_named(u"\\BaseNamedObjects\\linked", 0, &found),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, (uintptr_t)ktest_header_of(found), (uintptr_t)ktest_header_of(handle));
    ob_close_handle(found, KERNEL_MODE);
    ktest_assert_eq(test,
                    ob_open_object_by_name(ktest_named(u"\\Again", 0), ob_symbolic_link_type, 1,
                                           USER_MODE, &found),
                    STATUS_SUCCESS); /* the link itself, for who wants a link */
    ktest_assert_eq(test, (uintptr_t)ktest_header_of(found), (uintptr_t)ktest_header_of(links[1]));
    ob_close_handle(found, KERNEL_MODE);
    ktest_assert_eq(
        test,
        ob_open_object_by_name(ktest_named(u"\\Again", 0), ob_directory_type, 1, USER_MODE, &found),
        STATUS_SUCCESS); /* where it leads, for who wants a directory */
    ob_close_handle(found, KERNEL_MODE);
    rtl_init_unicode_string(&target, u"\\Tock");
    ktest_assert_eq(test, ob_create_symbolic_link(ktest_named(u"\\Tick", 0), &target, &links[2]),
                    STATUS_SUCCESS);
    rtl_init_unicode_string(&target, u"\\Tick");
    ktest_assert_eq(test, ob_create_symbolic_link(ktest_named(u"\\Tock", 0), &target, &links[3]),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_open_named(u"\\Tick\\x", 0, &found), STATUS_OBJECT_NAME_NOT_FOUND);
    rtl_init_unicode_string(&target, u"nowhere");
    ktest_assert_eq(test, ob_create_symbolic_link(ktest_named(u"\\Bad", 0), &target, &found),
                    STATUS_OBJECT_PATH_SYNTAX_BAD);
    for (uint32_t i = 0; i < 4; i++)
        ob_close_handle(links[i], KERNEL_MODE);
    ob_close_handle(handle, KERNEL_MODE);
    ktest_assert_eq(test, ktest_seen.deleted, 1);
    ktest_drop_type();
}

KTEST(ob, exclusive_object_has_one_handle)
{
    handle_t handle, second;

    ktest_assert(test, ktest_make_type());
    ktest_assert_eq(test, ktest_create_object(u"\\BaseNamedObjects\\mine", OBJ_EXCLUSIVE, &handle),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_open_named(u"\\BaseNamedObjects\\mine", 0, &second),
                    STATUS_ACCESS_DENIED);
    ktest_assert_eq(
        test,
        ob_open_object_by_pointer(ktest_header_of(handle)->body, 0, 0, NULL, KERNEL_MODE, &second),
        STATUS_ACCESS_DENIED);
    ktest_assert_eq(test, ktest_header_of(handle)->handle_count, 1);
    ob_close_handle(handle, KERNEL_MODE);
    ktest_assert_eq(test, ktest_seen.deleted, 1);
    ktest_drop_type();
}

/* ---- bugs
 * ------------------------------------------------------------------------------------------ */

KTEST_FATAL(ob, dereferenced_too_often)
{
    void *object;

    ktest_make_type();
    ob_create_object(ktest_type, &object);
    ob_header(object)->pointer_count = 0;
    ob_dereference_object(object);
}

KTEST_FATAL(ob, referenced_when_it_is_gone)
{
    void *object;

    ktest_make_type();
    ob_create_object(ktest_type, &object);
    ob_header(object)->pointer_count = 0;
    ob_reference_object(object);
}
