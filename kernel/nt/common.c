/* What the services about objects have in common. */
#include "kernel/nt/common.h"

ntstatus nt_probe_result(void *at, uint32_t bytes)
{
    uint64_t value;

    return at ? rtl_probe_user(at, &value, bytes) : STATUS_SUCCESS;
}

void nt_write_result(void *at, const void *result, uint32_t bytes)
{
    if (at)
        (void)rtl_copy_to_user(at, result, bytes);
}

/* ---- making and opening -----------------------------------------------------------------------
 */

ntstatus nt_probe_handle(handle_t *handle_at)
{
    return rtl_write_user_word(handle_at, 0);
}

ntstatus nt_capture_new_attributes(const struct nt_object_attributes *from,
                                   struct nt_captured_attributes *to)
{
    ntstatus status = nt_capture_optional_attributes(from, to);

    if (!NT_SUCCESS(status) || !(to->attributes.attributes & OBJ_PERMANENT) ||
        ke_get_previous_mode() == KERNEL_MODE)
        return status;
    nt_release_object_attributes(to);
    return STATUS_PRIVILEGE_NOT_HELD;
}

ntstatus nt_begin_creation(struct nt_creation *creation, handle_t *handle_at,
                           const struct nt_object_attributes *attributes_at)
{
    ntstatus status = nt_probe_handle(handle_at);

    creation->handle_at = handle_at;
    creation->attributes = NULL;
    creation->captured.name.buffer = NULL;
    if (!NT_SUCCESS(status) || !attributes_at)
        return status;
    status = nt_capture_new_attributes(attributes_at, &creation->captured);
    if (NT_SUCCESS(status))
        creation->attributes = &creation->captured.attributes;
    return status;
}

ntstatus nt_end_creation(struct nt_creation *creation, ntstatus status)
{
    nt_release_object_attributes(&creation->captured);
    if (NT_SUCCESS(status))
        nt_write_result(creation->handle_at, &creation->handle, sizeof(creation->handle));
    return status;
}

ntstatus nt_open_object(handle_t *handle_at, uint32_t access,
                        const struct nt_object_attributes *attributes_at,
                        const struct object_type *type)
{
    struct nt_captured_attributes captured;
    handle_t handle;
    ntstatus status = nt_probe_handle(handle_at);

    if (NT_SUCCESS(status) && !attributes_at)
        status = STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status))
        status = nt_capture_object_attributes(attributes_at, &captured);
    if (!NT_SUCCESS(status))
        return status;
    status =
        ob_open_object_by_name(&captured.attributes, type, access, ke_get_previous_mode(), &handle);
    nt_release_object_attributes(&captured);
    if (NT_SUCCESS(status))
        nt_write_result(handle_at, &handle, sizeof(handle));
    return status;
}

/* ---- asking -----------------------------------------------------------------------------------
 */

ntstatus nt_query(const struct nt_query *query, handle_t handle, uint32_t information_class,
                  void *buffer, uint32_t length, uint32_t *returned)
{
    uint64_t information[NT_MOST_INFORMATION / sizeof(uint64_t)];
    void *object;

    if (information_class != 0)
        return STATUS_INVALID_INFO_CLASS;
    if (length != query->bytes)
        return STATUS_INFO_LENGTH_MISMATCH;
    ntstatus status = nt_reference_object(handle, query->access, *query->type, &object, NULL);
    if (!NT_SUCCESS(status))
        return status;
    query->fill(object, information);
    ob_dereference_object(object);
    status = rtl_copy_to_user(buffer, information, query->bytes);
    if (NT_SUCCESS(status) && returned)
        status = rtl_copy_to_user(returned, &query->bytes, sizeof(query->bytes));
    return status;
}
