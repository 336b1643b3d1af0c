/* Directories: entries one after another, and the one that has a name. */
#include "kernel/io/fat_internal.h"
#include "lib/string.h"

/* A directory is 2 MB at most, by the specification; one that seems longer is not a directory. */
#define MAXIMUM_SLOTS 65536u

/* A directory by where it begins; 0 is the root directory, also where ".." says so. */
static ntstatus first_cluster_of(const struct fat_entry *directory, uint32_t *first)
{
    if (!(directory->attributes & FILE_ATTRIBUTE_DIRECTORY))
        return STATUS_NOT_A_DIRECTORY;
    *first = directory->first_cluster;
    if (*first == 0 && directory->name_length &&
        !fat_is_dots(directory->name, directory->name_length))
        return STATUS_FILE_CORRUPT_ERROR;
    return STATUS_SUCCESS;
}

/* *OFFSET is where slot INDEX of the directory is that has a chain, from cluster FIRST on. */
static ntstatus find_slot(struct fat_volume *volume, uint32_t first, uint32_t index,
                          uint64_t *offset)
{
    struct fat_chain *chain;
    uint32_t slots_shift = volume->cluster_shift - FAT_SLOT_SHIFT;
    ntstatus status = fat_get_chain(volume, first, &chain);

    if (!NT_SUCCESS(status))
        return status;
    if (chain->clusters > MAXIMUM_SLOTS >> slots_shift)
        return STATUS_FILE_CORRUPT_ERROR;
    if (index >> slots_shift >= chain->clusters)
        return STATUS_NO_MORE_FILES;
    status = fat_seek(volume, chain, index >> slots_shift);
    if (NT_SUCCESS(status))
        *offset = fat_device_offset(volume, chain, index << FAT_SLOT_SHIFT);
    return status;
}

/* Points *SLOT to slot INDEX of the directory that begins with FIRST, in the cached block. */
static ntstatus get_slot(struct fat_volume *volume, uint32_t first, uint32_t index,
                         const uint8_t **slot)
{
    uint64_t offset = volume->root_offset + ((uint64_t)index << FAT_SLOT_SHIFT);
    bool root = first == 0;

    if (root && volume->root_cluster == 0) {
        if (index >= volume->root_slots)
            return STATUS_NO_MORE_FILES;
    } else {
        ntstatus status = find_slot(volume, root ? volume->root_cluster : first, index, &offset);
        if (root && status == STATUS_FILE_CORRUPT_ERROR)
            return STATUS_DISK_CORRUPT_ERROR;
        if (!NT_SUCCESS(status))
            return status;
    }
    return fat_get_bytes(volume, &volume->directory, offset, slot);
}

/* fat_next_entry for the directory that begins with FIRST. The slots end by themselves. */
static ntstatus next_entry(struct fat_volume *volume, uint32_t first, uint32_t *cursor,
                           struct fat_entry *out)
{
    struct fat_long_name long_name = {0};
    const uint8_t *slot;

    for (uint32_t index = *cursor;; index++) {
        ntstatus status = get_slot(volume, first, index, &slot);
        if (!NT_SUCCESS(status))
            return status;
        switch (fat_slot_kind(slot)) {
        case FAT_SLOT_END:
            return STATUS_NO_MORE_FILES;
        case FAT_SLOT_LONG_NAME:
            fat_take_piece(&long_name, slot, out->name);
            continue;
        case FAT_SLOT_ENTRY:
            if (fat_decode_slot(slot, &long_name, volume->bits == 32, out)) {
                *cursor = index + 1;
                return STATUS_SUCCESS;
            }
            break;
        case FAT_SLOT_UNUSED:
            break;
        }
        long_name = (struct fat_long_name){0};
    }
}

ntstatus fat_next_entry(struct fat_volume *volume, const struct fat_entry *directory,
                        uint32_t *cursor, struct fat_entry *out)
{
    uint32_t first;
    ntstatus status = first_cluster_of(directory, &first);

    return NT_SUCCESS(status) ? next_entry(volume, first, cursor, out) : status;
}

static bool has_name(const struct fat_entry *entry, const struct unicode_string *name)
{
    const struct unicode_string long_name = {
        .length = (uint16_t)(entry->name_length * 2),
        .buffer = entry->name,
    };
    const struct unicode_string short_name = {
        .length = (uint16_t)(entry->short_name_length * 2),
        .buffer = entry->short_name,
    };

    return rtl_equal_unicode_string(&long_name, name, true) ||
           rtl_equal_unicode_string(&short_name, name, true);
}

/* Replace the directory *ENTRY by its entry NAME. => STATUS_NO_MORE_FILES: it has none. */
static ntstatus enter(struct fat_volume *volume, const struct unicode_string *name,
                      struct fat_entry *entry)
{
    uint32_t first, cursor = 0;
    ntstatus status = first_cluster_of(entry, &first);

    while (NT_SUCCESS(status)) {
        status = next_entry(volume, first, &cursor, entry);
        if (NT_SUCCESS(status) && has_name(entry, name))
            break;
    }
    return status;
}

/* Take COUNT units off the beginning of S. */
static void skip(struct unicode_string *s, uint32_t count)
{
    s->buffer += count;
    s->length = (uint16_t)(s->length - count * 2);
}

/* Take the first name off PATH, with the separator behind it if there is one; a separator at the
 * end leaves *MORE although nothing is left. */
static void next_name(struct unicode_string *path, struct unicode_string *name, bool *more)
{
    uint32_t units = path->length / 2, length = 0;

    while (length < units && path->buffer[length] != '\\')
        length++;
    *name = (struct unicode_string){.length = (uint16_t)(length * 2), .buffer = path->buffer};
    *more = length < units;
    skip(path, length + *more);
}

static bool is_valid_name(const struct unicode_string *name)
{
    uint32_t units = name->length / 2;

    if (units == 0 || units > FAT_NAME_UNITS || fat_is_dots(name->buffer, units))
        return false;
    for (uint32_t i = 0; i < units; i++)
        if (!fat_is_name_unit(name->buffer[i]))
            return false;
    return true;
}

/* PATH has a name or more. */
static bool is_valid_path(struct unicode_string path)
{
    struct unicode_string name;
    bool more = true;

    while (more) {
        next_name(&path, &name, &more);
        if (!is_valid_name(&name))
            return false;
    }
    return true;
}

/* A directory that a way comes to again lies in itself, and the way could go on for ever. One that
 * was met is remembered, and another one after twice as many steps (Brent's algorithm). */
struct way {
    uint32_t met, steps, limit;
};

static bool is_met_again(struct way *way, uint32_t first_cluster)
{
    if (way->met && way->met == first_cluster)
        return true;
    if (++way->steps > way->limit)
        *way = (struct way){.met = first_cluster, .limit = way->limit * 2 + 1};
    return false;
}

ntstatus fat_find(struct fat_volume *volume, const struct unicode_string *path,
                  struct fat_entry *out)
{
    struct unicode_string rest = *path, name;
    struct way way = {0};
    bool more = true;

    memset(out, 0, sizeof(*out));
    out->attributes = FILE_ATTRIBUTE_DIRECTORY;
    if (rest.length >= 2 && rest.buffer[0] == '\\')
        skip(&rest, 1);
    if (rest.length < 2)
        return STATUS_SUCCESS;
    if (!is_valid_path(rest))
        return STATUS_OBJECT_NAME_INVALID;
    while (more) {
        next_name(&rest, &name, &more);
        ntstatus status = enter(volume, &name, out);
        if (status == STATUS_NO_MORE_FILES)
            return more ? STATUS_OBJECT_PATH_NOT_FOUND : STATUS_OBJECT_NAME_NOT_FOUND;
        if (NT_SUCCESS(status) && more && is_met_again(&way, out->first_cluster))
            status = STATUS_FILE_CORRUPT_ERROR;
        if (!NT_SUCCESS(status))
            return status;
    }
    return STATUS_SUCCESS;
}
