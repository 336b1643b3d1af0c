/*
 * The files of a volume that are open. Each has one struct io_file, found again when it is opened
 * again: so there is one place for its sections, and one for who shares it with whom.
 */
#include "kernel/io/volume.h"
#include "lib/string.h"

#define TAG 'liFI'

static void free_file(struct io_file *file)
{
    io_free_name(&file->name);
    ex_free_pool_with_tag(file, TAG);
}

/* A file has its first cluster to itself; what has none is known by its path. */
static bool is_same(const struct io_file *a, const struct io_file *b)
{
    if (a->entry.first_cluster || b->entry.first_cluster)
        return a->entry.first_cluster == b->entry.first_cluster;
    return rtl_equal_unicode_string(&a->name, &b->name, true);
}

/* => the open file that is the same as FILE, or NULL. */
static struct io_file *find_open(struct io_volume *volume, const struct io_file *file)
{
    for (struct list_entry *at = volume->files.flink; at != &volume->files; at = at->flink) {
        struct io_file *known = CONTAINER_OF(at, struct io_file, links);
        if (is_same(known, file))
            return known;
    }
    return NULL;
}

static void reference_source(struct mm_page_source *source)
{
    io_reference_file(CONTAINER_OF(source, struct io_file, source));
}

static void dereference_source(struct mm_page_source *source)
{
    io_dereference_file(CONTAINER_OF(source, struct io_file, source));
}

ntstatus io_find_file(struct io_volume *volume, const struct unicode_string *path,
                      struct io_file **out)
{
    struct io_file *file = ex_allocate_pool_with_tag(NONPAGED_POOL, sizeof(*file), TAG);

    if (!file)
        return STATUS_INSUFFICIENT_RESOURCES;
    memset(file, 0, sizeof(*file));
    ntstatus status = fat_find(&volume->fat, path, &file->entry);
    if (NT_SUCCESS(status) && !io_copy_name(&file->name, path))
        status = STATUS_INSUFFICIENT_RESOURCES;
    if (!NT_SUCCESS(status)) {
        free_file(file);
        return status;
    }
    struct io_file *known = find_open(volume, file);
    if (known) {
        free_file(file);
        known->references++;
        *out = known;
        return STATUS_SUCCESS;
    }
    file->volume = volume;
    file->references = 1;
    file->source = (struct mm_page_source){
        .name = "file",
        .bytes = file->entry.size,
        .read_page = io_read_file_page,
        .reference = reference_source,
        .dereference = dereference_source,
    };
    insert_tail_list(&volume->files, &file->links);
    *out = file;
    return STATUS_SUCCESS;
}

void io_forget_file(struct io_file *file)
{
    if (--file->references)
        return;
    remove_entry_list(&file->links);
    free_file(file);
}

void io_reference_file(struct io_file *file)
{
    ex_acquire_push_lock_exclusive(&file->volume->lock);
    file->references++;
    ex_release_push_lock_exclusive(&file->volume->lock);
}

void io_dereference_file(struct io_file *file)
{
    struct io_volume *volume = file->volume;

    ex_acquire_push_lock_exclusive(&volume->lock);
    io_forget_file(file);
    ex_release_push_lock_exclusive(&volume->lock);
}
