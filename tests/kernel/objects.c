/* A type of object for tests. */
#include "tests/kernel/objects.h"

struct object_type *ktest_type;
struct ktest_seen ktest_seen;

static void on_open(void *object, uint32_t access)
{
    (void)object, (void)access;
    ktest_seen.opened++;
    ktest_seen.opened_locked += ktest_seen.table && ktest_seen.table->lock.value;
}

static bool is_found(const uint16_t *text)
{
    void *object;

    if (!NT_SUCCESS(ob_reference_object_by_name(ktest_named(text, 0), ktest_type, &object)))
        return false;
    ob_dereference_object(object);
    return true;
}

static void on_close(void *object, uint32_t access, bool last)
{
    (void)object, (void)access;
    ktest_seen.closed++;
    ktest_seen.closed_last += last;
    ktest_seen.closed_named += last && ktest_seen.name && is_found(ktest_seen.name);
}

static void on_delete(void *object)
{
    (void)object;
    ktest_seen.deleted++;
    ktest_seen.delete_irql = ke_get_current_irql();
}

bool ktest_make_type(void)
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

    ktest_seen = (struct ktest_seen){.opened = 0};
    return NT_SUCCESS(ob_create_object_type(u"Test", &info, &ktest_type));
}

/* Its last name gone, the type goes as any object does. */
void ktest_drop_type(void)
{
    ob_make_temporary_object(ktest_type);
}

static struct unicode_string name;

struct object_attributes *ktest_named(const uint16_t *text, uint32_t attributes)
{
    static struct object_attributes a;

    rtl_init_unicode_string(&name, text);
    a = (struct object_attributes){.name = &name, .attributes = attributes};
    return &a;
}

struct nt_object_attributes *ktest_nt_named(const uint16_t *text, uint32_t attributes)
{
    static struct nt_object_attributes a;

    rtl_init_unicode_string(&name, text);
    a = (struct nt_object_attributes){
        .length = sizeof(a), .object_name = &name, .attributes = attributes};
    return &a;
}

ntstatus ktest_create_object(const uint16_t *text, uint32_t attributes, handle_t *handle)
{
    void *object;
    ntstatus status = ob_create_object(ktest_type, &object);

    if (!NT_SUCCESS(status))
        return status;
    return ob_insert_object(object, text ? ktest_named(text, attributes) : NULL, GENERIC_ALL,
                            USER_MODE, handle);
}

ntstatus ktest_open_named(const uint16_t *text, uint32_t attributes, handle_t *handle)
{
    return ob_open_object_by_name(ktest_named(text, attributes), ktest_type, TEST_READ, USER_MODE,
                                  handle);
}

struct object_header *ktest_header_of(handle_t handle)
{
    void *object;

    if (!NT_SUCCESS(ob_reference_object_by_handle(handle, 0, NULL, KERNEL_MODE, &object, NULL)))
        return NULL;
    struct object_header *header = ob_header(object);
    ob_dereference_object(object);
    return header;
}

uint32_t ktest_access_of(handle_t handle)
{
    struct handle_entry entry = {0};
    void *object;

    if (NT_SUCCESS(ob_reference_object_by_handle(handle, 0, NULL, KERNEL_MODE, &object, &entry)))
        ob_dereference_object(object);
    return ex_handle_access(&entry);
}
