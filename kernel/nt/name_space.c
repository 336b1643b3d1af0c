/* Directories and symbolic links for programs, and the end of permanence. */
#include "kernel/nt/common.h"

ntstatus nt_create_directory_object(handle_t *handle, uint32_t access,
                                    const struct nt_object_attributes *attributes)
{
    struct nt_creation creation;
    ntstatus status = nt_begin_creation(&creation, handle, attributes);

    if (!NT_SUCCESS(status))
        return status;
    status = ob_create_directory_object(creation.attributes, access, ke_get_previous_mode(),
                                        &creation.handle);
    return nt_end_creation(&creation, status);
}

ntstatus nt_open_directory_object(handle_t *handle, uint32_t access,
                                  const struct nt_object_attributes *attributes)
{
    return nt_open_object(handle, access, attributes, ob_directory_type);
}

/* What is permanent was made by the kernel, for all. On NT its security descriptor keeps programs
 * from deleting it. */
static bool may_delete(const void *object)
{
    return ke_get_previous_mode() == KERNEL_MODE || !(ob_header(object)->flags & OBJ_PERMANENT);
}

ntstatus nt_make_temporary_object(handle_t handle)
{
    void *object;
    ntstatus status = nt_reference_object(handle, ACCESS_DELETE, NULL, &object, NULL);

    if (!NT_SUCCESS(status))
        return status;
    if (may_delete(object))
        ob_make_temporary_object(object);
    else
        status = STATUS_ACCESS_DENIED;
    ob_dereference_object(object);
    return status;
}

/* ---- symbolic links ---------------------------------------------------------------------------
 */

ntstatus nt_create_symbolic_link_object(handle_t *handle, uint32_t access,
                                        const struct nt_object_attributes *attributes,
                                        const struct unicode_string *target_at)
{
    struct nt_creation creation;
    struct unicode_string target;
    ntstatus status = nt_begin_creation(&creation, handle, attributes);

    if (!NT_SUCCESS(status))
        return status;
    status = nt_capture_unicode_string(target_at, &target);
    if (NT_SUCCESS(status)) {
        status = ob_create_symbolic_link_object(creation.attributes, access, ke_get_previous_mode(),
                                                &target, &creation.handle);
        nt_release_unicode_string(&target);
    }
    return nt_end_creation(&creation, status);
}

ntstatus nt_open_symbolic_link_object(handle_t *handle, uint32_t access,
                                      const struct nt_object_attributes *attributes)
{
    return nt_open_object(handle, access, attributes, ob_symbolic_link_type);
}

/* The caller's string TO at STRING_AT gets TARGET, with a terminator if it is to be COUNTED with
 * one. */
static ntstatus give(const struct unicode_string *target, struct unicode_string to,
                     struct unicode_string *string_at, uint32_t *counted)
{
    static const uint16_t terminator;
    uint32_t bytes = target->length + (counted ? (uint32_t)sizeof(terminator) : 0);

    if (counted) {
        ntstatus status = rtl_copy_to_user(counted, &bytes, sizeof(bytes));
        if (!NT_SUCCESS(status))
            return status;
    }
    if (bytes > to.maximum_length)
        return STATUS_BUFFER_TOO_SMALL;
    char *text = (char *)(uintptr_t)to.buffer;
    ntstatus status = rtl_copy_to_user(text, target->buffer, target->length);
    if (NT_SUCCESS(status) && counted)
        status = rtl_copy_to_user(text + target->length, &terminator, sizeof(terminator));
    to.length = target->length;
    return NT_SUCCESS(status) ? rtl_copy_to_user(string_at, &to, sizeof(to)) : status;
}

ntstatus nt_query_symbolic_link_object(handle_t handle, struct unicode_string *string_at,
                                       uint32_t *returned)
{
    struct unicode_string string;
    void *link;
    ntstatus status = rtl_probe_user(string_at, &string, sizeof(string));

    if (NT_SUCCESS(status))
        status =
            nt_reference_object(handle, SYMBOLIC_LINK_QUERY, ob_symbolic_link_type, &link, NULL);
    if (!NT_SUCCESS(status))
        return status;
    status = give(ob_symbolic_link_target(link), string, string_at, returned);
    ob_dereference_object(link);
    return status;
}
