/*
 * What is known of a file, class by class. A device that is no volume has a size of 0 and a
 * position, and nothing else.
 */
#include "kernel/io/query.h"
#include "kernel/io/volume.h"
#include "lib/string.h"

typedef ntstatus (*query)(struct file_object *file, uint32_t access, void *answer);

static ntstatus query_basic(struct file_object *file, uint32_t access, void *answer)
{
    struct file_basic_information *info = answer;

    (void)access;
    if (!file->file)
        return STATUS_INVALID_DEVICE_REQUEST;
    info->times = io_file_times(&file->file->entry);
    info->file_attributes = io_file_attributes(&file->file->entry);
    return STATUS_SUCCESS;
}

static ntstatus query_standard(struct file_object *file, uint32_t access, void *answer)
{
    struct file_standard_information *info = answer;

    (void)access;
    info->number_of_links = 1;
    if (!file->file)
        return STATUS_SUCCESS;
    info->allocation_size = io_allocation_size(file->file);
    info->end_of_file = file->file->entry.size;
    info->directory = (file->file->entry.attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    return STATUS_SUCCESS;
}

/* A number by which files are told apart; only two empty ones may have the same, by chance. */
static ntstatus query_internal(struct file_object *file, uint32_t access, void *answer)
{
    uint64_t *index_number = answer;

    (void)access;
    if (!file->file)
        return STATUS_INVALID_DEVICE_REQUEST;
    *index_number = file->file->entry.first_cluster;
    if (!*index_number) /* an empty file, or the root directory */
        *index_number = (uint64_t)rtl_hash_unicode_string(&file->file->name, true) << 32;
    return STATUS_SUCCESS;
}

static ntstatus query_nothing(struct file_object *file, uint32_t access, void *answer)
{
    (void)file, (void)access, (void)answer;
    return STATUS_SUCCESS;
}

static ntstatus query_access(struct file_object *file, uint32_t access, void *answer)
{
    (void)file;
    *(uint32_t *)answer = access;
    return STATUS_SUCCESS;
}

static ntstatus query_mode(struct file_object *file, uint32_t access, void *answer)
{
    (void)access;
    *(uint32_t *)answer =
        file->options & (FILE_WRITE_THROUGH | FILE_SEQUENTIAL_ONLY | FILE_SYNCHRONOUS_IO |
                         FILE_NO_INTERMEDIATE_BUFFERING | FILE_DELETE_ON_CLOSE);
    return STATUS_SUCCESS;
}

static ntstatus query_position(struct file_object *file, uint32_t access, void *answer)
{
    (void)access;
    ex_acquire_push_lock_exclusive(&file->lock);
    *(uint64_t *)answer = file->current_byte_offset;
    ex_release_push_lock_exclusive(&file->lock);
    return STATUS_SUCCESS;
}

ntstatus io_query_network_open(const struct file_object *file,
                               struct file_network_open_information *info)
{
    if (!file->file)
        return STATUS_INVALID_DEVICE_REQUEST;
    info->times = io_file_times(&file->file->entry);
    info->allocation_size = io_allocation_size(file->file);
    info->end_of_file = file->file->entry.size;
    info->file_attributes = io_file_attributes(&file->file->entry);
    return STATUS_SUCCESS;
}

static ntstatus query_network_open(struct file_object *file, uint32_t access, void *answer)
{
    (void)access;
    return io_query_network_open(file, answer);
}

static ntstatus query_attribute_tag(struct file_object *file, uint32_t access, void *answer)
{
    struct file_attribute_tag_information *info = answer;

    (void)access;
    if (!file->file)
        return STATUS_INVALID_DEVICE_REQUEST;
    info->file_attributes = io_file_attributes(&file->file->entry);
    return STATUS_SUCCESS;
}

/* The classes with answers of one size, and the right that each needs. */
static const struct {
    uint32_t bytes;
    uint32_t access;
    query query;
} queries[] = {
    [FILE_BASIC_INFORMATION] = {sizeof(struct file_basic_information), FILE_READ_ATTRIBUTES,
                                query_basic},
    [FILE_STANDARD_INFORMATION] = {sizeof(struct file_standard_information), 0, query_standard},
    [FILE_INTERNAL_INFORMATION] = {sizeof(uint64_t), 0, query_internal},
    [FILE_EA_INFORMATION] = {sizeof(uint32_t), 0, query_nothing},
    [FILE_ACCESS_INFORMATION] = {sizeof(uint32_t), 0, query_access},
    [FILE_POSITION_INFORMATION] = {sizeof(uint64_t), 0, query_position},
    [FILE_MODE_INFORMATION] = {sizeof(uint32_t), 0, query_mode},
    [FILE_ALIGNMENT_INFORMATION] = {sizeof(uint32_t), 0, query_nothing},
    [FILE_NETWORK_OPEN_INFORMATION] = {sizeof(struct file_network_open_information),
                                       FILE_READ_ATTRIBUTES, query_network_open},
    [FILE_ATTRIBUTE_TAG_INFORMATION] = {sizeof(struct file_attribute_tag_information),
                                        FILE_READ_ATTRIBUTES, query_attribute_tag},
};

/* The name is as long as it is: what does not fit is left off, and said. */
static ntstatus query_name(const struct file_object *file, void *buffer, uint32_t length,
                           uint32_t *returned)
{
    struct file_name_information *info = buffer;
    uint32_t room = length - (uint32_t)sizeof(*info);

    if (!file->file)
        return STATUS_INVALID_DEVICE_REQUEST;
    info->file_name_length = file->name.length;
    if (room > file->name.length)
        room = file->name.length;
    memcpy(info->file_name, file->name.buffer, room);
    *returned = (uint32_t)sizeof(*info) + room;
    return room < file->name.length ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

uint32_t io_file_information_bytes(uint32_t information_class)
{
    if (information_class == FILE_NAME_INFORMATION)
        return sizeof(uint64_t); /* what ntifs.h's structure comes to */
    return information_class < ARRAY_SIZE(queries) ? queries[information_class].bytes : 0;
}

uint32_t io_file_information_access(uint32_t information_class)
{
    return information_class < ARRAY_SIZE(queries) ? queries[information_class].access : 0;
}

ntstatus io_query_file(struct file_object *file, uint32_t access, uint32_t information_class,
                       void *buffer, uint32_t length, uint32_t *returned)
{
    *returned = 0;
    if (information_class == FILE_NAME_INFORMATION)
        return query_name(file, buffer, length, returned);
    memset(buffer, 0, queries[information_class].bytes);
    ntstatus status = queries[information_class].query(file, access, buffer);
    if (NT_SUCCESS(status))
        *returned = queries[information_class].bytes;
    return status;
}
