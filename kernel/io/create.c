/*
 * Opening files: what is wrong with the wish itself is said before anything is looked up. The
 * combinations that are refused are those that NtCreateFile's documentation names.
 */
#include "kernel/io/io.h"

/* A directory may be asked for with these alone, and only be opened or created. */
#define DIRECTORY_OPTIONS                                                                    \
    (FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO | FILE_WRITE_THROUGH | FILE_DELETE_ON_CLOSE | \
     FILE_OPEN_FOR_BACKUP_INTENT | FILE_OPEN_BY_FILE_ID)

static bool valid_directory_wish(const struct io_open_packet *packet)
{
    return !(packet->options & ~DIRECTORY_OPTIONS) &&
           (packet->disposition == FILE_OPEN || packet->disposition == FILE_CREATE ||
            packet->disposition == FILE_OPEN_IF);
}

/* ACCESS is as the caller said it. */
static bool valid_wish(const struct io_open_packet *packet, uint32_t access)
{
    uint32_t options = packet->options;

    if ((options & ~FILE_VALID_OPTIONS) || (packet->share & ~FILE_SHARE_VALID) ||
        packet->disposition >= FILE_DISPOSITIONS)
        return false;
    if ((options & FILE_SYNCHRONOUS_IO) == FILE_SYNCHRONOUS_IO ||
        ((options & FILE_SYNCHRONOUS_IO) && !(access & ACCESS_SYNCHRONIZE)))
        return false;
    if ((options & FILE_DELETE_ON_CLOSE) && !(access & ACCESS_DELETE))
        return false;
    if ((options & FILE_NO_INTERMEDIATE_BUFFERING) && (access & FILE_APPEND_DATA))
        return false;
    return !(options & FILE_DIRECTORY_FILE) || valid_directory_wish(packet);
}

/* An access mask that asks for all of this asks for SYNCHRONIZE too. */
static uint32_t spell_out(uint32_t access)
{
    uint32_t generic = GENERIC_ALL | GENERIC_EXECUTE | GENERIC_WRITE | GENERIC_READ;

    return access & (generic | MAXIMUM_ALLOWED) ? access | ACCESS_SYNCHRONIZE : access;
}

/* The handle grants what the driver left of the wish. */
static ntstatus open_handle(const struct object_attributes *attributes, enum kprocessor_mode mode,
                            handle_t *handle)
{
    void *object;
    ntstatus status = ob_reference_object_by_name(attributes, io_file_type, &object);

    if (!NT_SUCCESS(status))
        return status;
    const struct file_object *file = object;
    status = ob_open_object_by_pointer(object, attributes->attributes, file->access, io_file_type,
                                       mode, handle);
    ob_dereference_object(object);
    return status;
}

ntstatus io_create_file(const struct object_attributes *attributes, struct io_open_packet *packet,
                        enum kprocessor_mode mode, handle_t *handle)
{
    struct object_attributes named = *attributes;
    uint32_t asked = packet->access;

    ke_assert_irql_at_most(PASSIVE_LEVEL);
    *handle = 0;
    if (!valid_wish(packet, spell_out(asked)))
        return STATUS_INVALID_PARAMETER;
    packet->maximum = (asked & MAXIMUM_ALLOWED) != 0;
    ntstatus status = ob_grant_access(io_file_type, asked, mode, &packet->access);
    if (!NT_SUCCESS(status))
        return status;
    named.parse_context = packet;
    return open_handle(&named, mode, handle);
}

ntstatus io_open_device(const struct unicode_string *path, struct io_open_packet *packet)
{
    if (path->length)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    if (packet->options & FILE_DIRECTORY_FILE)
        return STATUS_NOT_A_DIRECTORY;
    packet->information = FILE_OPENED;
    return STATUS_SUCCESS;
}
