/* Asking about files and volumes by handle, and setting what can be set. */
#include "kernel/io/query.h"
#include "kernel/nt/nt.h"
#include "kernel/nt/request.h"
#include "lib/string.h"

#define TAG     'ryuQ'
#define MAXIMUM 0x10200u /* the longest name, and what is before it */

/* Who answers: a file, or its volume. */
typedef ntstatus (*answerer)(struct nt_request *request, uint32_t information_class, void *buffer,
                             uint32_t length, uint32_t *returned);

static ntstatus answer_file(struct nt_request *request, uint32_t information_class, void *buffer,
                            uint32_t length, uint32_t *returned)
{
    return io_query_file(request->file, request->granted, information_class, buffer, length,
                         returned);
}

static ntstatus answer_volume(struct nt_request *request, uint32_t information_class, void *buffer,
                              uint32_t length, uint32_t *returned)
{
    return io_query_volume(request->file, information_class, buffer, length, returned);
}

/* The answer is made in the kernel and then copied; there is none longer than MAXIMUM. */
static ntstatus answer(struct nt_request *request, answerer ask, uint32_t information_class,
                       void *buffer, uint32_t length)
{
    uint32_t returned = 0, room = length < MAXIMUM ? length : MAXIMUM;
    char *copy = ex_allocate_pool_with_tag(PAGED_POOL, room, TAG);
    ntstatus status = STATUS_INSUFFICIENT_RESOURCES;

    if (copy)
        status = ask(request, information_class, copy, room, &returned);
    if (returned) {
        ntstatus copied = rtl_copy_to_user(buffer, copy, returned);
        status = NT_SUCCESS(copied) ? status : copied;
    }
    if (copy)
        ex_free_pool_with_tag(copy, TAG);
    return nt_end_request(request, status, NT_ERROR(status) ? 0 : returned);
}

ntstatus nt_query_information_file(handle_t file, struct io_status_block *block, void *buffer,
                                   uint32_t length, uint32_t information_class)
{
    uint32_t bytes = io_file_information_bytes(information_class);
    struct nt_request request;

    if (!bytes)
        return STATUS_INVALID_INFO_CLASS;
    if (length < bytes)
        return STATUS_INFO_LENGTH_MISMATCH;
    ntstatus status = nt_begin_request(file, io_file_information_access(information_class), false,
                                       0, NULL, block, &request);
    return NT_SUCCESS(status) ? answer(&request, answer_file, information_class, buffer, length)
                              : status;
}

ntstatus nt_query_volume_information_file(handle_t file, struct io_status_block *block,
                                          void *buffer, uint32_t length, uint32_t information_class)
{
    uint32_t bytes = io_volume_information_bytes(information_class);
    struct nt_request request;

    if (!bytes)
        return STATUS_INVALID_INFO_CLASS;
    if (length < bytes)
        return STATUS_INFO_LENGTH_MISMATCH;
    ntstatus status = nt_begin_request(file, 0, false, 0, NULL, block, &request);
    return NT_SUCCESS(status) ? answer(&request, answer_volume, information_class, buffer, length)
                              : status;
}

/* What can be set on other systems, the bytes it takes, and the right. */
static const struct {
    uint32_t bytes, access;
} settings[] = {
    [FILE_BASIC_INFORMATION] = {sizeof(struct file_basic_information), FILE_WRITE_ATTRIBUTES},
    [FILE_RENAME_INFORMATION] = {16, ACCESS_DELETE},
    [FILE_LINK_INFORMATION] = {16, 0},
    [FILE_DISPOSITION_INFORMATION] = {1, ACCESS_DELETE},
    [FILE_POSITION_INFORMATION] = {sizeof(uint64_t), 0},
    [FILE_ALLOCATION_INFORMATION] = {sizeof(uint64_t), FILE_WRITE_DATA},
    [FILE_END_OF_FILE_INFORMATION] = {sizeof(uint64_t), FILE_WRITE_DATA},
};

static ntstatus set_position(struct file_object *file, const int64_t *at)
{
    int64_t position;
    ntstatus status = rtl_copy_from_user(&position, at, sizeof(position));

    if (!NT_SUCCESS(status))
        return status;
    if (position < 0 || !(file->options & FILE_SYNCHRONOUS_IO))
        return STATUS_INVALID_PARAMETER;
    ex_acquire_push_lock_exclusive(&file->lock);
    file->current_byte_offset = (uint64_t)position;
    ex_release_push_lock_exclusive(&file->lock);
    return STATUS_SUCCESS;
}

ntstatus nt_set_information_file(handle_t file, struct io_status_block *block, const void *buffer,
                                 uint32_t length, uint32_t information_class)
{
    struct nt_request request;
    bool known = information_class < ARRAY_SIZE(settings) && settings[information_class].bytes;

    if (!known)
        return STATUS_INVALID_INFO_CLASS;
    if (length < settings[information_class].bytes)
        return STATUS_INFO_LENGTH_MISMATCH;
    ntstatus status =
        nt_begin_request(file, settings[information_class].access, false, 0, NULL, block, &request);
    if (!NT_SUCCESS(status))
        return status;
    if (information_class == FILE_POSITION_INFORMATION)
        status = set_position(request.file, buffer);
    else
        status = request.file->file ? STATUS_MEDIA_WRITE_PROTECTED : STATUS_INVALID_DEVICE_REQUEST;
    return nt_end_request(&request, status, 0);
}
