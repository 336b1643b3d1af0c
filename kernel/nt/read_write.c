/*
 * Reading and writing. The bytes go by way of a buffer of the kernel's, a piece at a time, so that
 * no driver has to do with memory that may be anything.
 */
#include "kernel/nt/nt.h"
#include "kernel/nt/request.h"

#define TAG   'WdeR'
#define PIECE PAGE_SIZE

/* Offsets that are none: where the file stands, and its end. */
#define USE_FILE_POINTER (-2ll)
#define WRITE_TO_THE_END (-1ll)

struct transfer {
    struct file_object *file;
    char *caller; /* the caller's buffer */
    uint32_t length, done;
    uint64_t offset;
    bool write;
};

/* The next piece, at most LEFT bytes, by way of BUFFER. */
static ntstatus move_piece(struct transfer *t, char *buffer, uint32_t left, uint32_t *moved)
{
    ntstatus status = STATUS_SUCCESS;

    *moved = 0;
    if (t->write)
        status = rtl_copy_from_user(buffer, t->caller + t->done, left);
    if (NT_SUCCESS(status))
        status = t->write ? io_write_file(t->file, t->offset + t->done, buffer, left, moved)
                          : io_read_file(t->file, t->offset + t->done, buffer, left, moved);
    if (NT_SUCCESS(status) && !t->write)
        status = rtl_copy_to_user(t->caller + t->done, buffer, *moved);
    return status;
}

/* A stream is read once: the next read might have to wait. */
static bool is_over(const struct transfer *t, uint32_t piece, uint32_t moved)
{
    return moved < piece || t->done == t->length || (t->file->device->stream && !t->write);
}

static ntstatus move(struct transfer *t)
{
    uint32_t piece, moved;
    ntstatus status;
    char *buffer =
        ex_allocate_pool_with_tag(NONPAGED_POOL, t->length < PIECE ? t->length : PIECE, TAG);

    if (!buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    do {
        piece = t->length - t->done < PIECE ? t->length - t->done : PIECE;
        status = move_piece(t, buffer, piece, &moved);
        if (NT_SUCCESS(status))
            t->done += moved;
    } while (NT_SUCCESS(status) && !is_over(t, piece, moved));
    ex_free_pool_with_tag(buffer, TAG);
    return status == STATUS_END_OF_FILE && t->done ? STATUS_SUCCESS : status;
}

/* *OFFSET becomes where to begin. => whether that is where the file stands, which then moves. */
static ntstatus find_offset(const struct transfer *t, const int64_t *at, int64_t *offset,
                            bool *position)
{
    bool synchronous = t->file->options & FILE_SYNCHRONOUS_IO;
    ntstatus status = STATUS_SUCCESS;

    *offset = USE_FILE_POINTER;
    if (at)
        status = rtl_copy_from_user(offset, at, sizeof(*offset));
    if (!NT_SUCCESS(status))
        return status;
    *position = synchronous;
    if (*offset >= 0 || t->file->device->stream)
        return STATUS_SUCCESS;
    if (*offset == USE_FILE_POINTER)
        return synchronous ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    return *offset == WRITE_TO_THE_END && t->write ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

/* A file without buffers is read in whole blocks. */
static bool is_aligned(const struct transfer *t)
{
    return !(t->file->options & FILE_NO_INTERMEDIATE_BUFFERING) ||
           !((t->length | (uint32_t)t->offset) & (FAT_BLOCK_BYTES - 1));
}

/* The file's lock keeps others that use its position out meanwhile; a stream has none. */
static ntstatus transfer(struct transfer *t, const int64_t *offset_at)
{
    struct file_object *file = t->file;
    int64_t offset;
    bool position, stream = file->device->stream;
    ntstatus status = find_offset(t, offset_at, &offset, &position);

    if (!NT_SUCCESS(status) || !t->length)
        return status;
    if (stream)
        return move(t);
    if (position)
        ex_acquire_push_lock_exclusive(&file->lock);
    if (offset == USE_FILE_POINTER)
        t->offset = file->current_byte_offset;
    else
        t->offset = offset < 0 ? 0 : (uint64_t)offset; /* of the end the driver says that it is not
                                                          to be written */
    status = is_aligned(t) ? move(t) : STATUS_INVALID_PARAMETER;
    if (position && NT_SUCCESS(status))
        file->current_byte_offset = t->offset + t->done;
    if (position)
        ex_release_push_lock_exclusive(&file->lock);
    return status;
}

static ntstatus run(struct nt_request *request, void *buffer, uint32_t length,
                    const int64_t *offset, bool write)
{
    struct transfer t = {.file = request->file, .caller = buffer, .length = length, .write = write};
    bool probed = ke_get_previous_mode() == KERNEL_MODE || nt_probe((uintptr_t)buffer, length);
    ntstatus status = probed ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;

    if (!write) /* what a stream has given it does not give again */
        status = rtl_probe_user_buffer(buffer, length);
    if (NT_SUCCESS(status))
        status = transfer(&t, offset);
    return nt_end_request(request, status, NT_SUCCESS(status) ? t.done : 0);
}

ntstatus nt_read_file(handle_t file, handle_t event, const void *apc_routine,
                      const void *apc_context, struct io_status_block *block, void *buffer,
                      uint32_t length, const int64_t *offset, const uint32_t *key)
{
    struct nt_request request;
    ntstatus status =
        nt_begin_request(file, FILE_READ_DATA, false, event, apc_routine, block, &request);

    (void)apc_context, (void)key; /* for completion ports, and for locks on parts of files */
    return NT_SUCCESS(status) ? run(&request, buffer, length, offset, false) : status;
}

ntstatus nt_write_file(handle_t file, handle_t event, const void *apc_routine,
                       const void *apc_context, struct io_status_block *block, const void *buffer,
                       uint32_t length, const int64_t *offset, const uint32_t *key)
{
    struct nt_request request;
    ntstatus status = nt_begin_request(file, FILE_WRITE_DATA | FILE_APPEND_DATA, true, event,
                                       apc_routine, block, &request);

    (void)apc_context, (void)key;
    return NT_SUCCESS(status) ? run(&request, (void *)(uintptr_t)buffer, length, offset, true)
                              : status;
}

ntstatus nt_flush_buffers_file(handle_t file, struct io_status_block *block)
{
    struct nt_request request;
    ntstatus status =
        nt_begin_request(file, FILE_WRITE_DATA | FILE_APPEND_DATA, true, 0, NULL, block, &request);

    return NT_SUCCESS(status) ? nt_end_request(&request, io_flush_file(request.file), 0) : status;
}
