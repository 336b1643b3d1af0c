/* Types, which are objects too: their type is Type, whose type is itself. */
#include "kernel/ob/ob_internal.h"
#include "lib/atomic.h"

struct object_type *ob_type_type;

static void delete_type(void *type)
{
    (void)type;
    interlocked_decrement(&ob_totals.types);
}

static const struct object_type_initializer type_info = {
    .valid_access = STANDARD_RIGHTS_REQUIRED | 1,
    .body_bytes = sizeof(struct object_type),
    .pool = NONPAGED_POOL,
    .delete = delete_type,
};

static void fill(struct object_type *type, const uint16_t *name,
                 const struct object_type_initializer *info)
{
    type->info = *info;
    rtl_init_unicode_string(&type->name, name);
}

ntstatus ob_publish_type(struct object_type *type)
{
    static const uint16_t folder[] = u"\\ObjectTypes";
    struct unicode_string path;
    struct object_attributes attributes = {.name = &path};
    handle_t directory;
    ntstatus status;

    rtl_init_unicode_string(&path, folder);
    attributes.attributes = OBJ_KERNEL_HANDLE;
    status = ob_open_object_by_name(&attributes, ob_directory_type, 0, KERNEL_MODE, &directory);
    if (!NT_SUCCESS(status))
        return status;
    attributes = (struct object_attributes){
        .root_directory = directory, .name = &type->name, .attributes = OBJ_PERMANENT};
    status = ob_insert_object(type, &attributes, 0, KERNEL_MODE, NULL);
    ob_close_handle(directory, KERNEL_MODE);
    return status;
}

ntstatus ob_create_object_type(const uint16_t *name, const struct object_type_initializer *info,
                               struct object_type **type)
{
    void *object;
    ntstatus status;

    ke_assert_irql_at_most(PASSIVE_LEVEL);
    status = ob_create_object(ob_type_type, &object);

    if (!NT_SUCCESS(status))
        return status;
    fill(object, name, info);
    interlocked_increment(&ob_totals.types);
    status = ob_root_directory ? ob_publish_type(object) : STATUS_SUCCESS;
    if (NT_SUCCESS(status))
        *type = object;
    return status;
}

/* The first type cannot be made as others are: there is none to make it of. */
void ob_init_types(void)
{
    static struct object_type pattern;
    void *object;

    fill(&pattern, u"Type", &type_info);
    if (!NT_SUCCESS(ob_create_object(&pattern, &object)))
        return; /* found out by whoever needs the type */
    ob_type_type = object;
    fill(ob_type_type, u"Type", &type_info);
    ob_header(object)->type = ob_type_type;
    ob_type_type->total_objects = 1;
}
