/* Symbolic links: objects that send the look-up elsewhere. */
#include "kernel/ob/ob_internal.h"
#include "lib/string.h"

struct object_type *ob_symbolic_link_type;

struct object_symbolic_link {
    struct unicode_string target; /* of its own */
};

static void delete_link(void *object)
{
    struct object_symbolic_link *link = object;

    if (link->target.buffer)
        ex_free_pool_with_tag((void *)link->target.buffer, OB_TAG);
}

struct unicode_string ob_link_target(const struct object_header *header)
{
    return ((const struct object_symbolic_link *)header->body)->target;
}

ntstatus ob_create_symbolic_link_object(const struct object_attributes *attributes, uint32_t access,
                                        enum kprocessor_mode mode,
                                        const struct unicode_string *target, handle_t *handle)
{
    uint16_t *copy;
    void *object;
    ntstatus status;

    if (target->length < sizeof(uint16_t) || target->buffer[0] != OBJ_NAME_PATH_SEPARATOR)
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    status = ob_create_object(ob_symbolic_link_type, &object);
    if (!NT_SUCCESS(status))
        return status;
    copy = ex_allocate_pool_with_tag(NONPAGED_POOL, target->length, OB_TAG);
    if (!copy) {
        ob_dereference_object(object);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    memcpy(copy, target->buffer, target->length);
    ((struct object_symbolic_link *)object)->target = (struct unicode_string){
        .length = target->length, .maximum_length = target->length, .buffer = copy};
    return ob_insert_object(object, attributes, access, mode, handle);
}

ntstatus ob_create_symbolic_link(const struct object_attributes *attributes,
                                 const struct unicode_string *target, handle_t *handle)
{
    return ob_create_symbolic_link_object(attributes, GENERIC_ALL, KERNEL_MODE, target, handle);
}

const struct unicode_string *ob_symbolic_link_target(const void *link)
{
    return &((const struct object_symbolic_link *)link)->target;
}

void ob_init_symbolic_links(void)
{
    static const struct object_type_initializer info = {
        .mapping = {0x20001, 0x20000, 0x20001, STANDARD_RIGHTS_REQUIRED | 1},
        .valid_access = STANDARD_RIGHTS_REQUIRED | 1,
        .body_bytes = sizeof(struct object_symbolic_link),
        .pool = NONPAGED_POOL,
        .delete = delete_link,
    };

    ob_create_object_type(u"SymbolicLink", &info, &ob_symbolic_link_type);
}
