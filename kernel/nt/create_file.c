/* Opening files, and asking about one by its name, for which it is opened for a moment. */
#include "kernel/io/query.h"
#include "kernel/nt/common.h"
#include "kernel/nt/nt.h"
#include "kernel/nt/request.h"
#include "lib/string.h"

/* The results can be written? Before anything is done. */
static ntstatus probe_results(handle_t *handle_at, struct io_status_block *block)
{
    ntstatus status = nt_probe_handle(handle_at);

    return NT_SUCCESS(status) ? nt_probe_status_block(block) : status;
}

static ntstatus tell(handle_t handle, handle_t *handle_at, const struct io_open_packet *packet,
                     struct io_status_block *block)
{
    struct io_status_block value = {STATUS_SUCCESS, packet->information};
    ntstatus status = rtl_write_user_word(handle_at, handle);

    if (NT_SUCCESS(status))
        status = rtl_copy_to_user(block, &value, sizeof(value));
    if (!NT_SUCCESS(status))
        ob_close_handle(handle, ke_get_previous_mode());
    return status;
}

static ntstatus open_file(handle_t *handle_at, struct io_open_packet *packet,
                          const struct nt_object_attributes *attributes,
                          struct io_status_block *block)
{
    struct nt_captured_attributes captured;
    handle_t handle;
    ntstatus status = probe_results(handle_at, block);

    if (NT_SUCCESS(status))
        status = nt_capture_object_attributes(attributes, &captured);
    if (!NT_SUCCESS(status))
        return status;
    status = io_create_file(&captured.attributes, packet, ke_get_previous_mode(), &handle);
    nt_release_object_attributes(&captured);
    return NT_SUCCESS(status) ? tell(handle, handle_at, packet, block) : status;
}

/* A file that is made gets the size at ALLOCATION_SIZE; here none is made, but it must make sense.
 */
static ntstatus check_allocation_size(const int64_t *at)
{
    int64_t size = 0;
    ntstatus status = at ? rtl_copy_from_user(&size, at, sizeof(size)) : STATUS_SUCCESS;

    return NT_SUCCESS(status) && size < 0 ? STATUS_INVALID_PARAMETER : status;
}

ntstatus nt_create_file(handle_t *handle, uint32_t access,
                        const struct nt_object_attributes *attributes,
                        struct io_status_block *block, const int64_t *allocation_size,
                        uint32_t file_attributes, uint32_t share, uint32_t disposition,
                        uint32_t options, const void *ea, uint32_t ea_bytes)
{
    struct io_open_packet packet = {.access = access,
                                    .share = share,
                                    .disposition = (enum io_disposition)disposition,
                                    .options = options};
    ntstatus status = check_allocation_size(allocation_size);

    if (!NT_SUCCESS(status))
        return status;
    if (file_attributes & ~FILE_ATTRIBUTE_VALID)
        return STATUS_INVALID_PARAMETER;
    if (ea && ea_bytes)
        return STATUS_EAS_NOT_SUPPORTED;
    return open_file(handle, &packet, attributes, block);
}

ntstatus nt_open_file(handle_t *handle, uint32_t access,
                      const struct nt_object_attributes *attributes, struct io_status_block *block,
                      uint32_t share, uint32_t options)
{
    struct io_open_packet packet = {
        .access = access, .share = share, .disposition = FILE_OPEN, .options = options};

    return open_file(handle, &packet, attributes, block);
}

/* The file of ATTRIBUTES, looked at. */
static ntstatus query(const struct nt_object_attributes *attributes,
                      struct file_network_open_information *info)
{
    struct io_open_packet packet = {
        .access = FILE_READ_ATTRIBUTES, .share = FILE_SHARE_VALID, .disposition = FILE_OPEN};
    struct nt_captured_attributes captured;
    void *file;
    ntstatus status = nt_capture_object_attributes(attributes, &captured);

    if (!NT_SUCCESS(status))
        return status;
    captured.attributes.parse_context = &packet;
    status = ob_reference_object_by_name(&captured.attributes, io_file_type, &file);
    nt_release_object_attributes(&captured);
    if (!NT_SUCCESS(status))
        return status;
    memset(info, 0, sizeof(*info));
    status = io_query_network_open(file, info);
    ob_dereference_object(file);
    return status;
}

ntstatus nt_query_attributes_file(const struct nt_object_attributes *attributes,
                                  struct file_basic_information *info_at)
{
    struct file_network_open_information info;
    ntstatus status = query(attributes, &info);

    if (!NT_SUCCESS(status))
        return status;
    struct file_basic_information basic = {info.times, info.file_attributes, 0};
    return rtl_copy_to_user(info_at, &basic, sizeof(basic));
}

ntstatus nt_query_full_attributes_file(const struct nt_object_attributes *attributes,
                                       struct file_network_open_information *info_at)
{
    struct file_network_open_information info;
    ntstatus status = query(attributes, &info);

    return NT_SUCCESS(status) ? rtl_copy_to_user(info_at, &info, sizeof(info)) : status;
}
