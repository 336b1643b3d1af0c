/* Copying what arguments lead to. */
#include "kernel/nt/capture.h"

#define TAG 'tpaC'

ntstatus nt_capture_unicode_string(const struct unicode_string *from, struct unicode_string *to)
{
    struct unicode_string said;
    ntstatus status = rtl_copy_from_user(&said, from, sizeof(said));

    *to = (struct unicode_string){0};
    if (!NT_SUCCESS(status) || !said.length)
        return status;
    if (said.length & 1)
        return STATUS_OBJECT_NAME_INVALID;
    uint16_t *text = ex_allocate_pool_with_tag(PAGED_POOL, said.length, TAG);
    if (!text)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = rtl_copy_from_user(text, said.buffer, said.length);
    if (!NT_SUCCESS(status)) {
        ex_free_pool_with_tag(text, TAG);
        return status;
    }
    *to = (struct unicode_string){said.length, said.length, text};
    return STATUS_SUCCESS;
}

void nt_release_unicode_string(struct unicode_string *string)
{
    if (string->buffer)
        ex_free_pool_with_tag((void *)string->buffer, TAG);
    string->buffer = NULL;
}

static ntstatus check(struct nt_object_attributes *said)
{
    if (said->length != sizeof(*said) || (said->attributes & ~OBJ_VALID_ATTRIBUTES))
        return STATUS_INVALID_PARAMETER;
    if (ke_get_previous_mode() == KERNEL_MODE)
        return STATUS_SUCCESS;
    said->attributes &= ~OBJ_KERNEL_HANDLE;
    return said->root_directory & KERNEL_HANDLE_BIT ? STATUS_INVALID_HANDLE : STATUS_SUCCESS;
}

ntstatus nt_capture_object_attributes(const struct nt_object_attributes *from,
                                      struct nt_captured_attributes *to)
{
    struct nt_object_attributes said;
    ntstatus status = rtl_copy_from_user(&said, from, sizeof(said));

    *to = (struct nt_captured_attributes){.name = {0}};
    if (NT_SUCCESS(status))
        status = check(&said);
    if (NT_SUCCESS(status) && said.object_name)
        status = nt_capture_unicode_string(said.object_name, &to->name);
    if (!NT_SUCCESS(status))
        return status;
    to->attributes = (struct object_attributes){
        .root_directory = said.root_directory,
        .name = said.object_name ? &to->name : NULL,
        .attributes = said.attributes,
    };
    return STATUS_SUCCESS;
}

ntstatus nt_capture_optional_attributes(const struct nt_object_attributes *from,
                                        struct nt_captured_attributes *to)
{
    if (from)
        return nt_capture_object_attributes(from, to);
    *to = (struct nt_captured_attributes){.name = {0}};
    return STATUS_SUCCESS;
}

void nt_release_object_attributes(struct nt_captured_attributes *captured)
{
    nt_release_unicode_string(&captured->name);
}
