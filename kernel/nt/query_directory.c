/*
 * Listing a directory. Entries are written to the caller's buffer one after another as long as they
 * fit, each on 8 bytes, and each told where the next one is once there is one.
 */
#include "kernel/io/query.h"
#include "kernel/nt/capture.h"
#include "kernel/nt/nt.h"
#include "kernel/nt/request.h"

#define TAG 'riDQ'

struct listing {
    struct file_object *directory;
    char *buffer; /* the caller's */
    uint32_t length;
    uint32_t information_class;
    uint32_t fixed; /* bytes of an entry before the name */
    uint32_t used;  /* bytes of the buffer */
    uint32_t last;  /* where in it the last entry begins */
};

/* Write ENTRY at AT, with as much of its name as fits. */
static ntstatus write_entry(struct listing *l, const struct fat_entry *entry, uint32_t at)
{
    struct file_both_directory_information info;
    uint32_t name = entry->name_length * 2u, room = l->length - at - l->fixed,
             offset = at - l->last;

    if (room > name)
        room = name;
    io_format_entry(l->directory, entry, l->information_class, &info);
    ntstatus status = rtl_copy_to_user(l->buffer + at, &info, l->fixed);
    if (NT_SUCCESS(status))
        status = rtl_copy_to_user(l->buffer + at + l->fixed, entry->name, room);
    if (NT_SUCCESS(status) && at) /* next_entry_offset, the first field */
        status = rtl_copy_to_user(l->buffer + l->last, &offset, sizeof(offset));
    if (!NT_SUCCESS(status))
        return status;
    l->last = at;
    l->used = at + l->fixed + room;
    return room < name ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

/* One entry more. => STATUS_NO_MORE_FILES, also when the next one does not fit behind others;
 * STATUS_BUFFER_OVERFLOW: the name of the only one does not. */
static ntstatus next(struct listing *l, struct fat_entry *entry)
{
    uint32_t cursor = l->directory->cursor, at = ROUND_UP(l->used, 8u);
    ntstatus status = io_next_listed(l->directory, &cursor, entry);

    if (!NT_SUCCESS(status))
        return status;
    if (at && (at > l->length || l->length - at < l->fixed + entry->name_length * 2u))
        return STATUS_NO_MORE_FILES;
    status = write_entry(l, entry, at);
    if (!NT_ERROR(status))
        l->directory->cursor = cursor;
    return status;
}

/* The directory's lock is held. */
static ntstatus list(struct listing *l, const struct unicode_string *pattern, bool single,
                     bool restart)
{
    bool first;
    struct fat_entry *entry = ex_allocate_pool_with_tag(NONPAGED_POOL, sizeof(*entry), TAG);
    ntstatus status = entry ? io_begin_listing(l->directory, pattern, restart, &first)
                            : STATUS_INSUFFICIENT_RESOURCES;

    if (NT_SUCCESS(status)) {
        do
            status = next(l, entry);
        while (status == STATUS_SUCCESS && !single);
        if (status == STATUS_NO_MORE_FILES && l->used)
            status = STATUS_SUCCESS;
        else if (status == STATUS_NO_MORE_FILES && first)
            status = STATUS_NO_SUCH_FILE;
    }
    if (entry)
        ex_free_pool_with_tag(entry, TAG);
    return status;
}

static ntstatus query(struct nt_request *request, struct listing *l,
                      const struct unicode_string *pattern_at, bool single, bool restart)
{
    struct unicode_string pattern = {0};
    ntstatus status = STATUS_SUCCESS;

    l->directory = request->file;
    if (!l->directory->file)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (!(l->directory->file->entry.attributes & FILE_ATTRIBUTE_DIRECTORY))
        return STATUS_INVALID_PARAMETER;
    if (pattern_at)
        status = nt_capture_unicode_string(pattern_at, &pattern);
    if (!NT_SUCCESS(status))
        return status;
    ex_acquire_push_lock_exclusive(&l->directory->lock);
    status = list(l, &pattern, single, restart);
    ex_release_push_lock_exclusive(&l->directory->lock);
    nt_release_unicode_string(&pattern);
    return status;
}

ntstatus nt_query_directory_file(handle_t file, handle_t event, const void *apc_routine,
                                 const void *apc_context, struct io_status_block *block,
                                 void *buffer, uint32_t length, uint32_t information_class,
                                 uint32_t single, const struct unicode_string *pattern,
                                 uint32_t restart)
{
    struct listing l = {.buffer = buffer,
                        .length = length,
                        .information_class = information_class,
                        .fixed = io_directory_information_bytes(information_class)};
    struct nt_request request;

    (void)apc_context;
    if (!l.fixed)
        return STATUS_INVALID_INFO_CLASS;
    if (length < ROUND_UP(l.fixed + 2, 4u)) /* the structure, with the first unit of the name */
        return STATUS_INFO_LENGTH_MISMATCH;
    ntstatus status =
        nt_begin_request(file, FILE_LIST_DIRECTORY, false, event, apc_routine, block, &request);
    if (!NT_SUCCESS(status))
        return status;
    /* BOOLEANs: the other bytes of their words are anything. */
    status = query(&request, &l, pattern, single & 0xFF, restart & 0xFF);
    return nt_end_request(&request, status, NT_ERROR(status) ? 0 : l.used);
}
