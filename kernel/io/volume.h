/* Volumes: FAT file systems on boot modules. */
#pragma once

#include "boot/boot_info.h"
#include "kernel/io/file_information.h"
#include "kernel/io/io.h"

struct io_volume {
    struct fat_device disk;
    const struct boot_module *module;
    struct device_object *device;
    struct ex_push_lock lock; /* guards fat and files */
    struct fat_volume fat;
    struct list_entry files; /* struct io_file */
};

/* The entry of FILE, a directory, at *CURSOR or behind it: fat_next_entry. PASSIVE_LEVEL. */
ntstatus io_next_entry(struct io_file *directory, uint32_t *cursor, struct fat_entry *out);

/* => how many bytes FILE takes on its volume. */
uint32_t io_allocation_size(const struct io_file *file);
/* => bytes rounded up to whole clusters. */
uint32_t io_round_to_clusters(const struct io_volume *volume, uint32_t bytes);

/* The volume of FILE, be it a file of it or the volume itself; NULL: another device. */
struct io_volume *io_volume_of(const struct file_object *file);

/* ---- between the volume's files ---- */

/* The file that is PATH on VOLUME in *OUT, with a reference, and that reference's end, which may be
 * the file's. The volume's lock is held. */
ntstatus io_find_file(struct io_volume *volume, const struct unicode_string *path,
                      struct io_file **out);
void io_forget_file(struct io_file *file);
/* The page source of files. */
ntstatus io_read_file_page(const struct mm_page_source *source, uint32_t offset, uint32_t bytes,
                           pfn_t frame);

/* FAT's attributes as programs know them. */
static inline uint32_t io_file_attributes(const struct fat_entry *entry)
{
    return entry->attributes ? entry->attributes : FILE_ATTRIBUTE_NORMAL;
}

/* The reader of FAT knows when a file was written, and nothing of the other times. */
static inline struct file_times io_file_times(const struct fat_entry *entry)
{
    return (struct file_times){entry->write_time, entry->write_time, entry->write_time,
                               entry->write_time};
}
