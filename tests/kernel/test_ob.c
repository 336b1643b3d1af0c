/* Objects: counts, names, handles, access, and the end of each. */
#include "kernel/ex/objects.h"
#include "kernel/ob/ob.h"
#include "lib/string.h"
#include "tests/kernel/threads.h"

/* ---- a type of the test's own
 * ----------------------------------------------------------------------- */

static struct object_type *test_type;
static uint32_t opened, closed, closed_last, deleted, delete_irql;

static void on_open(void *object, uint32_t access)
{
    (void)object, (void)access;
    opened++;
}

static void on_close(void *object, uint32_t access, bool last)
{
    (void)object, (void)access;
    closed++;
    closed_last += last;
}

static void on_delete(void *object)
{
    (void)object;
    deleted++;
    delete_irql = ke_get_current_irql();
}

#define TEST_READ  0x1u
#define TEST_WRITE 0x2u
#define TEST_ALL   (STANDARD_RIGHTS_REQUIRED | TEST_READ | TEST_WRITE)

static bool make_type(void)
{
    static const struct object_type_initializer info = {
        .mapping = {TEST_READ, TEST_WRITE, ACCESS_READ_CONTROL, TEST_ALL},
        .valid_access = TEST_ALL,
        .body_bytes = 40,
        .pool = NONPAGED_POOL, /* it is dereferenced at DISPATCH_LEVEL */
        .delete = on_delete,
        .open = on_open,
        .close = on_close,
    };

    opened = closed = closed_last = deleted = 0;
    return NT_SUCCESS(ob_create_object_type(u"Test", &info, &test_type));
}

/* Its last name gone, the type goes as any object does. */
static void drop_type(void)
{
    ob_make_temporary_object(test_type);
}

static struct unicode_string name;

static struct object_attributes *named(const uint16_t *text, uint32_t attributes)
{
    static struct object_attributes a;

    rtl_init_unicode_string(&name, text);
    a = (struct object_attributes){.name = &name, .attributes = attributes};
    return &a;
}

static ntstatus create(const uint16_t *text, uint32_t attributes, handle_t *handle)
{
    void *object;
    ntstatus status = ob_create_object(test_type, &object);

    if (!NT_SUCCESS(status))
        return status;
    return ob_insert_object(object, text ? named(text, attributes) : NULL, GENERIC_ALL, USER_MODE,
                            handle);
}

static struct object_header *header_of(handle_t handle)
{
    void *object;

    if (!NT_SUCCESS(ob_reference_object_by_handle(handle, 0, NULL, KERNEL_MODE, &object, NULL)))
        return NULL;
    struct object_header *header = ob_header(object);
    ob_dereference_object(object);
    return header;
}

KTEST(ob, a_type_is_an_object_with_a_name)
{
    void *type;

    ktest_assert_eq(
        test, ob_reference_object_by_name(named(u"\\ObjectTypes\\Type", 0), ob_type_type, &type),
        STATUS_SUCCESS);
    ktest_assert_eq(test, (uintptr_t)type, (uintptr_t)ob_type_type);
    ob_dereference_object(type);
    ktest_assert_eq(test,
                    ob_reference_object_by_name(
                        named(u"\\objecttypes\\EVENT", OBJ_CASE_INSENSITIVE), NULL, &type),
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

    ktest_assert(test, make_type());
    ktest_assert_eq(test, create(NULL, 0, &handle), STATUS_SUCCESS);
    struct object_header *header = header_of(handle);
    ktest_assert(test, header);
    ktest_assert_eq(test, header->pointer_count, 1);
    ktest_assert_eq(test, header->handle_count, 1);
    ktest_assert_eq(test, test_type->total_objects, 1);
    ktest_assert_eq(test, test_type->total_handles, 1);
    ktest_assert_eq(
        test, ob_open_object_by_pointer(header->body, 0, TEST_READ, test_type, USER_MODE, &second),
        STATUS_SUCCESS);
    ktest_assert_eq(test, header->pointer_count, 2);
    ktest_assert_eq(test, header->handle_count, 2);
    ktest_assert_eq(test, ob_close_handle(handle, KERNEL_MODE), STATUS_SUCCESS);
    ktest_assert_eq(test, deleted, 0);
    ktest_assert_eq(test, ob_close_handle(handle, KERNEL_MODE), STATUS_INVALID_HANDLE);
    ob_reference_object(header->body);
    ktest_assert_eq(test, ob_close_handle(second, KERNEL_MODE), STATUS_SUCCESS);
    ktest_assert_eq(test, header->handle_count, 0);
    ktest_assert_eq(test, deleted, 0); /* there is a pointer */
    ob_dereference_object(header->body);
    ktest_assert_eq(test, deleted, 1);
    ktest_assert_eq(test, opened, 2);
    ktest_assert_eq(test, closed, 2);
    ktest_assert_eq(test, closed_last, 1);
    ktest_assert_eq(test, test_type->total_objects, 0);
    drop_type();
}

KTEST(ob, deletion_at_a_raised_level_is_left_to_a_worker)
{
    void *object;

    ktest_assert(test, make_type());
    ktest_assert_eq(test, ob_create_object(test_type, &object), STATUS_SUCCESS);
    kirql irql = ke_raise_irql(DISPATCH_LEVEL);
    ob_dereference_object(object);
    ktest_assert_eq(test, deleted, 0);
    ke_lower_irql(irql); /* the worker is better than we */
    ktest_assert_eq(test, deleted, 1);
    ktest_assert_eq(test, delete_irql, PASSIVE_LEVEL);
    drop_type();
}

/* ---- names
 * ----------------------------------------------------------------------------------------- */

static ntstatus open_named(const uint16_t *text, uint32_t attributes, handle_t *handle)
{
    return ob_open_object_by_name(named(text, attributes), test_type, TEST_READ, USER_MODE, handle);
}

KTEST(ob, name_goes_with_the_last_handle)
{
    handle_t handle, second;
    char text[64];

    ktest_assert(test, make_type());
    ktest_assert_eq(test, create(u"\\BaseNamedObjects\\fleeting", 0, &handle), STATUS_SUCCESS);
    struct object_header *header = header_of(handle);
    ktest_assert_eq(test, header->pointer_count, 2); /* handle and name */
    ktest_assert_eq(test, ob_query_name_string(header->body, text, sizeof(text)), 26);
    ktest_assert(test, !strcmp(text, "\\BaseNamedObjects\\fleeting"));
    ktest_assert_eq(test, open_named(u"\\BaseNamedObjects\\fleeting", 0, &second), STATUS_SUCCESS);
    ktest_assert_eq(test, (uintptr_t)header_of(second), (uintptr_t)header);
    ob_close_handle(handle, KERNEL_MODE);
    ktest_assert_eq(test, header->handle_count, 1);
    ob_reference_object(header->body);
    ob_close_handle(second, KERNEL_MODE);
    ktest_assert_eq(test, open_named(u"\\BaseNamedObjects\\fleeting", 0, &second),
                    STATUS_OBJECT_NAME_NOT_FOUND);
    ktest_assert_eq(test, header->pointer_count, 1); /* the name's has gone */
    ktest_assert_eq(test, ob_query_name_string(header->body, text, sizeof(text)), 0);
    ktest_assert_eq(test, create(u"\\BaseNamedObjects\\fleeting", 0, &second), STATUS_SUCCESS);
    ob_close_handle(second, KERNEL_MODE);
    ob_dereference_object(header->body);
    ktest_assert_eq(test, deleted, 2);
    drop_type();
}

KTEST(ob, permanent_object_stays_until_it_is_made_temporary)
{
    handle_t handle;

    ktest_assert(test, make_type());
    ktest_assert_eq(test, create(u"\\BaseNamedObjects\\lasting", OBJ_PERMANENT, &handle),
                    STATUS_SUCCESS);
    struct object_header *header = header_of(handle);
    ob_close_handle(handle, KERNEL_MODE);
    ktest_assert_eq(test, deleted, 0);
    ktest_assert_eq(test, open_named(u"\\BaseNamedObjects\\lasting", 0, &handle), STATUS_SUCCESS);
    ob_make_temporary_object(header->body);
    ktest_assert_eq(test, deleted, 0); /* it has a handle */
    ob_close_handle(handle, KERNEL_MODE);
    ktest_assert_eq(test, deleted, 1);
    ktest_assert_eq(test, create(u"\\BaseNamedObjects\\lasting", OBJ_PERMANENT, NULL),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, open_named(u"\\BaseNamedObjects\\lasting", 0, &handle), STATUS_SUCCESS);
    header = header_of(handle);
    ob_close_handle(handle, KERNEL_MODE);
    ob_make_temporary_object(header->body);
    ktest_assert_eq(test, deleted, 2);
    ktest_assert_eq(test, create(u"\\BaseNamedObjects\\x", 0, NULL), STATUS_INVALID_PARAMETER);
    ktest_assert_eq(test, deleted, 3);
    drop_type();
}

KTEST(ob, collisions_and_open_if)
{
    handle_t handle, second;

    ktest_assert(test, make_type());
    ktest_assert_eq(test, create(u"\\BaseNamedObjects\\one", 0, &handle), STATUS_SUCCESS);
    ktest_assert_eq(test, create(u"\\BaseNamedObjects\\one", 0, &second),
                    STATUS_OBJECT_NAME_COLLISION);
    ktest_assert_eq(test, second, 0);
    ktest_assert_eq(test, deleted, 1);
    ktest_assert_eq(test, create(u"\\BaseNamedObjects\\ONE", 0, &second), STATUS_SUCCESS);
    ob_close_handle(second, KERNEL_MODE); /* case matters unless said otherwise */
    ktest_assert_eq(test, create(u"\\BaseNamedObjects\\ONE", OBJ_CASE_INSENSITIVE, &second),
                    STATUS_OBJECT_NAME_COLLISION);
    ktest_assert_eq(test, create(u"\\BaseNamedObjects\\one", OBJ_OPENIF, &second),
                    STATUS_OBJECT_NAME_EXISTS);
    ktest_assert_eq(test, (uintptr_t)header_of(second), (uintptr_t)header_of(handle));
    ktest_assert_eq(test, header_of(handle)->handle_count, 2);
    ktest_assert_eq(test, deleted, 4);
    ob_close_handle(second, KERNEL_MODE);
    ktest_assert_eq(test,
                    ex_create_event(named(u"\\BaseNamedObjects\\one", OBJ_OPENIF), GENERIC_ALL,
                                    USER_MODE, EVENT_NOTIFICATION_OBJECT, false, &second),
                    STATUS_OBJECT_TYPE_MISMATCH);
    ktest_assert_eq(test,
                    ob_open_object_by_name(named(u"\\BaseNamedObjects\\one", 0), ex_event_type, 0,
                                           USER_MODE, &second),
                    STATUS_OBJECT_TYPE_MISMATCH);
    ob_close_handle(handle, KERNEL_MODE);
    ktest_assert_eq(test, deleted, 5);
    drop_type();
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

    ktest_assert(test, make_type());
    for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
        ktest_assert_eq(test, open_named(cases[i].path, 0, &handle), cases[i].status);
        ktest_assert_eq(test, handle, 0);
    }
    ktest_assert_eq(test, create(u"\\Nowhere\\x", 0, &handle), STATUS_OBJECT_PATH_NOT_FOUND);
    ktest_assert_eq(test, create(u"\\x\\", 0, &handle), STATUS_OBJECT_NAME_INVALID);
    ktest_assert_eq(test, create(u"\\y", 0x80000000, &handle), STATUS_INVALID_PARAMETER);
    ktest_assert_eq(test, deleted, 3);
    drop_type();
}

KTEST(ob, directories_hold_directories_and_names_can_be_relative)
{
    handle_t outer, inner, handle, found;
    struct unicode_string relative;
    char text[64];

    ktest_assert(test, make_type());
    ktest_assert_eq(test, ob_create_directory(named(u"\\Outer", 0), &outer), STATUS_SUCCESS);
    ktest_assert_eq(test, ob_create_directory(named(u"\\Outer\\Inner", 0), &inner), STATUS_SUCCESS);
    ktest_assert_eq(test, create(u"\\Outer\\Inner\\leaf", 0, &handle), STATUS_SUCCESS);
    rtl_init_unicode_string(&relative, u"Inner\\leaf");
    struct object_attributes attributes = {.root_directory = outer, .name = &relative};
    ktest_assert_eq(test,
                    ob_open_object_by_name(&attributes, test_type, TEST_READ, USER_MODE, &found),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, (uintptr_t)header_of(found), (uintptr_t)header_of(handle));
    ob_query_name_string(header_of(found)->body, text, sizeof(text));
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
    ktest_assert_eq(test, open_named(u"\\Outer\\Inner\\leaf", 0, &found),
                    STATUS_OBJECT_PATH_NOT_FOUND);
    ob_close_handle(inner, KERNEL_MODE);
    ob_close_handle(handle, KERNEL_MODE);
    ktest_assert_eq(test, deleted, 1);
    drop_type();
}

KTEST(ob, symbolic_links_are_followed_but_not_for_ever)
{
    handle_t links[4], handle, found;
    struct unicode_string target;

    ktest_assert(test, make_type());
    rtl_init_unicode_string(&target, u"\\BaseNamedObjects");
    ktest_assert_eq(test, ob_create_symbolic_link(named(u"\\Local", 0), &target, &links[0]),
                    STATUS_SUCCESS);
    rtl_init_unicode_string(&target, u"\\Local");
    ktest_assert_eq(test, ob_create_symbolic_link(named(u"\\Again", 0), &target, &links[1]),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, create(u"\\Again\\linked", 0, &handle), STATUS_SUCCESS);
    ktest_assert_eq(test, open_named(u"\\BaseNamedObjects\\linked", 0, &found), STATUS_SUCCESS);
    ktest_assert_eq(test, (uintptr_t)header_of(found), (uintptr_t)header_of(handle));
    ob_close_handle(found, KERNEL_MODE);
    ktest_assert_eq(
        test,
        ob_open_object_by_name(named(u"\\Again", 0), ob_symbolic_link_type, 1, USER_MODE, &found),
        STATUS_SUCCESS); /* the link itself, for who wants a link */
    ktest_assert_eq(test, (uintptr_t)header_of(found), (uintptr_t)header_of(links[1]));
    ob_close_handle(found, KERNEL_MODE);
    ktest_assert_eq(
        test, ob_open_object_by_name(named(u"\\Again", 0), ob_directory_type, 1, USER_MODE, &found),
        STATUS_SUCCESS); /* where it leads, for who wants a directory */
    ob_close_handle(found, KERNEL_MODE);
    rtl_init_unicode_string(&target, u"\\Tock");
    ktest_assert_eq(test, ob_create_symbolic_link(named(u"\\Tick", 0), &target, &links[2]),
                    STATUS_SUCCESS);
    rtl_init_unicode_string(&target, u"\\Tick");
    ktest_assert_eq(test, ob_create_symbolic_link(named(u"\\Tock", 0), &target, &links[3]),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, open_named(u"\\Tick\\x", 0, &found), STATUS_OBJECT_NAME_NOT_FOUND);
    rtl_init_unicode_string(&target, u"nowhere");
    ktest_assert_eq(test, ob_create_symbolic_link(named(u"\\Bad", 0), &target, &found),
                    STATUS_OBJECT_PATH_SYNTAX_BAD);
    for (uint32_t i = 0; i < 4; i++)
        ob_close_handle(links[i], KERNEL_MODE);
    ob_close_handle(handle, KERNEL_MODE);
    ktest_assert_eq(test, deleted, 1);
    drop_type();
}

KTEST(ob, exclusive_object_has_one_handle)
{
    handle_t handle, second;

    ktest_assert(test, make_type());
    ktest_assert_eq(test, create(u"\\BaseNamedObjects\\mine", OBJ_EXCLUSIVE, &handle),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, open_named(u"\\BaseNamedObjects\\mine", 0, &second),
                    STATUS_ACCESS_DENIED);
    ktest_assert_eq(
        test, ob_open_object_by_pointer(header_of(handle)->body, 0, 0, NULL, KERNEL_MODE, &second),
        STATUS_ACCESS_DENIED);
    ktest_assert_eq(test, header_of(handle)->handle_count, 1);
    ob_close_handle(handle, KERNEL_MODE);
    ktest_assert_eq(test, deleted, 1);
    drop_type();
}

/* ---- access
 * ---------------------------------------------------------------------------------------- */

static uint32_t access_of(handle_t handle)
{
    struct handle_entry entry = {0};
    void *object;

    if (NT_SUCCESS(ob_reference_object_by_handle(handle, 0, NULL, KERNEL_MODE, &object, &entry)))
        ob_dereference_object(object);
    return ex_handle_access(&entry);
}

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

    ktest_assert(test, make_type());
    ktest_assert_eq(test, create(NULL, 0, &handle), STATUS_SUCCESS);
    void *body = header_of(handle)->body;
    for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
        ktest_assert_eq(
            test, ob_open_object_by_pointer(body, 0, cases[i].wanted, NULL, USER_MODE, &second),
            cases[i].status);
        if (!second)
            continue;
        ktest_assert_eq(test, access_of(second), cases[i].granted);
        ntstatus read = ob_reference_object_by_handle(second & ~KERNEL_HANDLE_BIT, TEST_READ,
                                                      test_type, USER_MODE, &object, NULL);
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
    drop_type();
}

/* ---- handles
 * --------------------------------------------------------------------------------------- */

KTEST(handle, protected_one_is_not_closed)
{
    handle_t handle;

    ktest_assert(test, make_type());
    ktest_assert_eq(test, create(NULL, 0, &handle), STATUS_SUCCESS);
    ktest_assert_eq(test, ob_set_handle_attributes(handle, HANDLE_PROTECT_FROM_CLOSE, KERNEL_MODE),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ob_close_handle(handle, KERNEL_MODE), STATUS_HANDLE_NOT_CLOSABLE);
    ktest_assert_eq(test, deleted, 0);
    ktest_assert_eq(test, access_of(handle), TEST_ALL); /* which stayed as it was */
    ob_set_handle_attributes(handle, 0, KERNEL_MODE);
    ktest_assert_eq(test, ob_close_handle(handle, KERNEL_MODE), STATUS_SUCCESS);
    ktest_assert_eq(test, ob_set_handle_attributes(handle, 0, KERNEL_MODE), STATUS_INVALID_HANDLE);
    drop_type();
}

KTEST(handle, tables_of_processes_inherit_and_close)
{
    struct handle_table *parent = ob_create_process_table(NULL), *child;
    struct object_header *header;
    handle_t handle, kept, lost;

    ktest_assert(test, parent && make_type());
    ktest_assert_eq(test, create(NULL, 0, &handle), STATUS_SUCCESS);
    header = header_of(handle);
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
    ktest_assert_eq(test, deleted, 1);
    drop_type();
}

KTEST(handle, duplicate_grants_no_more_and_can_close_its_source)
{
    struct handle_table *table = ob_create_process_table(NULL);
    handle_t handle, reader, copy;

    ktest_assert(test, table && make_type());
    ktest_assert_eq(test, create(NULL, 0, &handle), STATUS_SUCCESS);
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
                    STATUS_SUCCESS); /* to nowhere: only closed */
    ktest_assert_eq(test, ob_close_handle(handle, KERNEL_MODE), STATUS_INVALID_HANDLE);
    ktest_assert_eq(test, deleted, 0);
    ob_kill_process_table(table); /* a protected handle does not outlive its process */
    ktest_assert_eq(test, deleted, 1);
    drop_type();
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
    for (uint32_t i = last; i <= MANY; i -= 3) /* the one closed last comes first */
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
                    ex_create_event(named(u"\\BaseNamedObjects\\event", 0), GENERIC_ALL, USER_MODE,
                                    EVENT_SYNCHRONIZATION_OBJECT, true, &event),
                    STATUS_SUCCESS);
    ktest_assert_eq(test,
                    ob_open_object_by_name(named(u"\\BaseNamedObjects\\event", 0), ex_event_type,
                                           ACCESS_SYNCHRONIZE, USER_MODE, &again),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ex_wait_for_handle(again, KERNEL_MODE, false, &now), STATUS_SUCCESS);
    ktest_assert_eq(test, ex_wait_for_handle(event, KERNEL_MODE, false, &now), STATUS_TIMEOUT);
    ktest_assert_eq(test,
                    ob_open_object_by_name(named(u"\\BaseNamedObjects\\event", 0), ex_event_type, 1,
                                           USER_MODE, &reader),
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

/* ---- bugs
 * ------------------------------------------------------------------------------------------ */

KTEST_FATAL(ob, dereferenced_too_often)
{
    void *object;

    make_type();
    ob_create_object(test_type, &object);
    ob_header(object)->pointer_count = 0;
    ob_dereference_object(object);
}

KTEST_FATAL(ob, referenced_when_it_is_gone)
{
    void *object;

    make_type();
    ob_create_object(test_type, &object);
    ob_header(object)->pointer_count = 0;
    ob_reference_object(object);
}
