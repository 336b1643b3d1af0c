/*
 * Volumes: the first boot module that is a FAT file system is \Device\Volume0, and C:. It is read
 * only: what would write says STATUS_MEDIA_WRITE_PROTECTED, as a disk with its notch covered does.
 */
#include "kernel/io/volume.h"
#include "kernel/io/module.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/startup.h"
#include "lib/string.h"

#define TAG 'loVI'

#define WRITING_ACCESS (FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_DELETE_CHILD | ACCESS_DELETE)

/* ---- the disk beneath, and pages from it -------------------------------------------------------
 */

static ntstatus read_disk(struct fat_device *disk, uint64_t offset, void *buffer, uint32_t bytes)
{
    struct io_volume *volume = CONTAINER_OF(disk, struct io_volume, disk);

    io_module_read(volume->module, (uint32_t)offset, buffer, bytes);
    return STATUS_SUCCESS;
}

/* The bytes lie in as many extents as the file system made of them. */
ntstatus io_read_file_page(const struct mm_page_source *source, uint32_t offset, uint32_t bytes,
                           pfn_t frame)
{
    struct io_file *file = CONTAINER_OF(source, struct io_file, source);
    struct io_volume *volume = file->volume;
    uint32_t at = 0, here;
    ntstatus status = STATUS_SUCCESS;
    uint64_t from;

    if (offset >= file->entry.size || bytes > file->entry.size - offset)
        return STATUS_END_OF_FILE;
    ex_acquire_push_lock_exclusive(&volume->lock);
    while (at < bytes) {
        status = fat_find_extent(&volume->fat, &file->entry, offset + at, &from, &here);
        if (!NT_SUCCESS(status))
            break;
        if (here > bytes - at)
            here = bytes - at;
        io_module_read_to_frame(volume->module, (uint32_t)from, frame, at, here);
        at += here;
    }
    ex_release_push_lock_exclusive(&volume->lock);
    if (NT_SUCCESS(status) && at < PAGE_SIZE)
        io_clear_rest_of_frame(frame, at);
    return status;
}

/* ---- opening -----------------------------------------------------------------------------------
 */

/* May what exists, FILE, be opened so? */
static ntstatus check_existing(const struct io_file *file, const struct file_object *object,
                               const struct io_open_packet *packet, bool separator_last)
{
    bool directory = file->entry.attributes & FILE_ATTRIBUTE_DIRECTORY;

    if (directory && (packet->options & FILE_NON_DIRECTORY_FILE))
        return STATUS_FILE_IS_A_DIRECTORY;
    if (!directory && (packet->options & FILE_DIRECTORY_FILE))
        return STATUS_NOT_A_DIRECTORY;
    if (!directory && separator_last)
        return STATUS_OBJECT_NAME_INVALID;
    if (packet->disposition == FILE_CREATE)
        return STATUS_OBJECT_NAME_COLLISION;
    if (packet->disposition != FILE_OPEN && packet->disposition != FILE_OPEN_IF)
        return STATUS_MEDIA_WRITE_PROTECTED;
    return object->access & WRITING_ACCESS ? STATUS_MEDIA_WRITE_PROTECTED : STATUS_SUCCESS;
}

/* What a look-up that failed with STATUS means to the opener: nothing can be created. */
static ntstatus missing(ntstatus status, const struct io_open_packet *packet)
{
    bool create = packet->disposition != FILE_OPEN && packet->disposition != FILE_OVERWRITE;

    if (status == STATUS_NOT_A_DIRECTORY) /* one on the way */
        return STATUS_OBJECT_PATH_NOT_FOUND;
    return status == STATUS_OBJECT_NAME_NOT_FOUND && create ? STATUS_MEDIA_WRITE_PROTECTED : status;
}

/* The volume's lock is held. */
static ntstatus open_file(struct io_volume *volume, struct file_object *object,
                          struct unicode_string *path, struct io_open_packet *packet)
{
    bool separator_last = path->length > 2 && path->buffer[path->length / 2 - 1] == '\\';
    struct io_file *file;

    if (separator_last)
        path->length -= 2;
    ntstatus status = io_find_file(volume, path, &file);
    if (!NT_SUCCESS(status))
        return missing(status, packet);
    status = check_existing(file, object, packet, separator_last);
    if (NT_SUCCESS(status) && !io_copy_name(&object->name, path))
        status = STATUS_INSUFFICIENT_RESOURCES;
    if (NT_SUCCESS(status))
        status = io_check_share_access(&file->share, object->access, packet->share, true);
    if (!NT_SUCCESS(status)) {
        io_forget_file(file);
        return status;
    }
    object->shared = true;
    object->file = file;
    packet->information = FILE_OPENED;
    return STATUS_SUCCESS;
}

static ntstatus create(struct file_object *object, const struct unicode_string *path,
                       struct io_open_packet *packet)
{
    struct io_volume *volume = object->device->extension;
    struct unicode_string rest = *path;

    if (packet->maximum) /* what can be had does not include it */
        object->access &= ~WRITING_ACCESS;
    if (!path->length) /* the volume itself */
        return object->access & WRITING_ACCESS ? STATUS_MEDIA_WRITE_PROTECTED
                                               : io_open_device(path, packet);
    if ((packet->options & FILE_DIRECTORY_FILE) && (packet->options & FILE_NON_DIRECTORY_FILE))
        return STATUS_INVALID_PARAMETER;
    ex_acquire_push_lock_exclusive(&volume->lock);
    ntstatus status = open_file(volume, object, &rest, packet);
    ex_release_push_lock_exclusive(&volume->lock);
    return status;
}

static void cleanup(struct file_object *object)
{
    struct io_volume *volume = object->device->extension;

    ex_acquire_push_lock_exclusive(&volume->lock);
    if (object->shared)
        io_remove_share_access(&object->file->share, object->access, object->share);
    object->shared = false;
    ex_release_push_lock_exclusive(&volume->lock);
}

static void close(struct file_object *object)
{
    cleanup(object); /* it may never have had a handle */
    if (object->file)
        io_dereference_file(object->file);
    io_free_name(&object->name);
}

/* ---- what is asked of files --------------------------------------------------------------------
 */

static bool is_file(const struct file_object *object)
{
    return object->file && !(object->file->entry.attributes & FILE_ATTRIBUTE_DIRECTORY);
}

static ntstatus read(struct file_object *object, uint64_t offset, void *buffer, uint32_t bytes,
                     uint32_t *done)
{
    struct io_volume *volume = object->device->extension;

    if (!is_file(object))
        return STATUS_INVALID_DEVICE_REQUEST;
    if (offset >= object->file->entry.size)
        return STATUS_END_OF_FILE;
    ex_acquire_push_lock_exclusive(&volume->lock);
    ntstatus status =
        fat_read(&volume->fat, &object->file->entry, (uint32_t)offset, buffer, bytes, done);
    ex_release_push_lock_exclusive(&volume->lock);
    return status;
}

static ntstatus write(struct file_object *object, uint64_t offset, const void *buffer,
                      uint32_t bytes, uint32_t *done)
{
    (void)offset, (void)buffer, (void)bytes, (void)done;
    return is_file(object) ? STATUS_MEDIA_WRITE_PROTECTED : STATUS_INVALID_DEVICE_REQUEST;
}

static ntstatus flush(struct file_object *object)
{
    (void)object;
    return STATUS_MEDIA_WRITE_PROTECTED;
}

static const struct io_driver driver = {
    .create = create,
    .cleanup = cleanup,
    .close = close,
    .read = read,
    .write = write,
    .flush = flush,
};

struct io_volume *io_volume_of(const struct file_object *file)
{
    return file->device->driver == &driver ? file->device->extension : NULL;
}

ntstatus io_next_entry(struct io_file *directory, uint32_t *cursor, struct fat_entry *out)
{
    struct io_volume *volume = directory->volume;

    ex_acquire_push_lock_exclusive(&volume->lock);
    ntstatus status = fat_next_entry(&volume->fat, &directory->entry, cursor, out);
    ex_release_push_lock_exclusive(&volume->lock);
    return status;
}

uint32_t io_round_to_clusters(const struct io_volume *volume, uint32_t bytes)
{
    return ROUND_UP(bytes, 1u << volume->fat.cluster_shift);
}

uint32_t io_allocation_size(const struct io_file *file)
{
    return io_round_to_clusters(file->volume, file->entry.size);
}

/* ---- mounting ----------------------------------------------------------------------------------
 */

static bool mount(struct io_volume *volume, const struct boot_module *module)
{
    volume->module = module;
    volume->disk = (struct fat_device){.bytes = module->end - module->start, .read = read_disk};
    return NT_SUCCESS(fat_mount(&volume->fat, &volume->disk));
}

void io_init_volumes(void)
{
    struct io_volume *volume = ex_allocate_pool_with_tag(NONPAGED_POOL, sizeof(*volume), TAG);
    const struct device_object device = {
        .driver = &driver,
        .type = FILE_DEVICE_DISK,
        .characteristics = FILE_READ_ONLY_DEVICE | FILE_DEVICE_IS_MOUNTED,
        .extension = volume,
    };

    if (!volume)
        ke_bug_check_ex(PHASE0_INITIALIZATION_FAILED, 5, 4, 0, 0);
    for (uint32_t i = 0; i < boot_information.module_count; i++) {
        if (!mount(volume, &boot_information.modules[i]))
            continue;
        ex_initialize_push_lock(&volume->lock, "volume");
        initialize_list_head(&volume->files);
        volume->device = io_create_device(u"\\Device\\Volume0", &device);
        if (!volume->device)
            ke_bug_check_ex(PHASE0_INITIALIZATION_FAILED, 5, 5, 0, 0);
        io_create_symbolic_link(u"\\??\\C:", u"\\Device\\Volume0");
        return;
    }
    ex_free_pool_with_tag(volume, TAG);
}
