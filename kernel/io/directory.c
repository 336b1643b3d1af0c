/*
 * Listing directories. Where a listing stands is the file object's: a place in the directory, and
 * the pattern that was given when it began. As on every FAT volume an entry is listed when its long
 * or its short name matches.
 */
#include "kernel/io/name_expression.h"
#include "kernel/io/query.h"
#include "kernel/io/volume.h"
#include "lib/string.h"

static struct unicode_string long_name(const struct fat_entry *entry)
{
    return (struct unicode_string){(uint16_t)(entry->name_length * 2), 0, entry->name};
}

static struct unicode_string short_name(const struct fat_entry *entry)
{
    return (struct unicode_string){(uint16_t)(entry->short_name_length * 2), 0, entry->short_name};
}

ntstatus io_begin_listing(struct file_object *directory, const struct unicode_string *pattern,
                          bool restart, bool *first)
{
    *first = !directory->listing;
    if (*first && pattern && pattern->length && !io_copy_name(&directory->pattern, pattern))
        return STATUS_INSUFFICIENT_RESOURCES;
    directory->listing = true;
    if (restart)
        directory->cursor = 0;
    return STATUS_SUCCESS;
}

static bool is_wanted(const struct unicode_string *pattern, const struct fat_entry *entry)
{
    struct unicode_string long_one = long_name(entry), short_one = short_name(entry);

    return !pattern->length || io_is_name_in_expression(pattern, &long_one) ||
           io_is_name_in_expression(pattern, &short_one);
}

ntstatus io_next_listed(const struct file_object *directory, uint32_t *cursor,
                        struct fat_entry *entry)
{
    ntstatus status;

    do
        status = io_next_entry(directory->file, cursor, entry);
    while (NT_SUCCESS(status) && !is_wanted(&directory->pattern, entry));
    return status;
}

uint32_t io_directory_information_bytes(uint32_t information_class)
{
    switch (information_class) {
    case FILE_DIRECTORY_INFORMATION:
        return offsetof(struct file_both_directory_information, ea_size);
    case FILE_FULL_DIRECTORY_INFORMATION:
        return offsetof(struct file_both_directory_information, short_name_length);
    case FILE_BOTH_DIRECTORY_INFORMATION:
        return offsetof(struct file_both_directory_information, file_name);
    case FILE_NAMES_INFORMATION:
        return offsetof(struct file_names_information, file_name);
    default:
        return 0;
    }
}

/* Only the name's length comes with it. */
static void format_names(const struct fat_entry *entry, void *buffer)
{
    struct file_names_information *info = buffer;

    *info = (struct file_names_information){.file_name_length = entry->name_length * 2u};
}

void io_format_entry(const struct file_object *directory, const struct fat_entry *entry,
                     uint32_t information_class, struct file_both_directory_information *info)
{
    struct unicode_string long_one = long_name(entry), short_one = short_name(entry);

    if (information_class == FILE_NAMES_INFORMATION) {
        format_names(entry, info);
        return;
    }
    *info = (struct file_both_directory_information){
        .times = io_file_times(entry),
        .end_of_file = entry->size,
        .allocation_size = io_round_to_clusters(directory->file->volume, entry->size),
        .file_attributes = io_file_attributes(entry),
        .file_name_length = entry->name_length * 2u,
    };
    if (rtl_equal_unicode_string(&long_one, &short_one, true))
        return; /* it is short enough itself */
    info->short_name_length = (uint8_t)short_one.length;
    memcpy(info->short_name, entry->short_name, short_one.length);
}
