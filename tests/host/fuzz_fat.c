/*
 * Fuzzes the FAT reader: a well-formed volume, each four bytes of the input spoil a byte of it.
 * What is read must lie within the volume, lengths must be true, and it must end after few reads.
 */
// sources: kernel/io/fat.c kernel/io/fat_mount.c kernel/io/fat_chain.c
// sources: kernel/io/fat_slot.c kernel/io/fat_directory.c lib/unicode.c
#include "tests/host/fat_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAXIMUM_SPOILS 255u
#define LEVELS         3u
#define ENTRIES        200u /* looked at in a directory */

static struct {
    uint8_t *bytes;
    uint32_t size;
    uint32_t table, root, directory; /* where the parts worth spoiling are */
} volumes[3];
static struct fat_volume volume;
static uint8_t contents[0x10000];

static void require(bool condition)
{
    if (!condition)
        abort();
}

/* Long names and short, files in pieces, a directory in another. */
static void make(uint32_t which)
{
    static const uint32_t bits[] = {12, 16, 32}, clusters[] = {200, 4085, 200};
    char name[] = "MANY000    ";

    image_make(bits[which], 512, 1, clusters[which]);
    image_add_long(0, u"A long name of two.pieces", "ALONGN~1PIE", 0, image_take_file(9, 3),
                   9 * 512 - 7);
    uint32_t directory = image_add_directory(0, "DIRECTOR   ");
    uint32_t sub = image_add_directory(directory, "SUB        ");
    image_add(0, "FILE    BIN", 0, image_take_file(4, 1), 4 * 512);
    image_add(sub, "FILE    BIN", 0, image_take_file(1, 1), 1);
    for (uint32_t i = 0; i < 40; i++) {
        name[5] = (char)('0' + i / 10), name[6] = (char)('0' + i % 10);
        image_add(sub, name, 0, 0, 0);
    }
    image_add_long(directory, u"another long name", "ANOTHE~1   ", 0, image_take_file(3, 2), 1300);
    volumes[which].bytes = image.bytes;
    volumes[which].size = image.size;
    volumes[which].table = image.table_at;
    volumes[which].root = bits[which] == 32 ? image_cluster_at(2) : image.root_at;
    volumes[which].directory = image_cluster_at(directory);
    image.bytes = NULL; /* not to be freed by the next */
}

static uint8_t *spoiled_byte(uint32_t which, const uint8_t *spoil)
{
    uint32_t at = spoil[1] | (uint32_t)spoil[2] << 8;

    switch (spoil[0] % 4) {
    case 0:
        at %= 64;
        break;
    case 1:
        at = volumes[which].table + at % 512;
        break;
    case 2:
        at = volumes[which].root + at % 512;
        break;
    default:
        at = volumes[which].directory + at % 2048;
    }
    return &volumes[which].bytes[at];
}

static void limit_reads(uint32_t reads)
{
    require(image_reads <= reads);
    image_reads = 0;
}

/* The extents follow each other and come to the file's size; they are what fat_read reads. */
static void read_file(const struct fat_entry *file)
{
    uint32_t offset = 0, bytes = 0, read;
    uint32_t data_end = volume.cluster_count << volume.cluster_shift;
    uint64_t at;
    ntstatus status;

    while (NT_SUCCESS(status = fat_find_extent(&volume, file, offset, &at, &bytes))) {
        require(bytes && bytes <= file->size - offset);
        require(at >= volume.data_offset && at + bytes <= volume.data_offset + data_end);
        offset += bytes;
    }
    if (status != STATUS_END_OF_FILE) {
        require(status == STATUS_FILE_CORRUPT_ERROR && offset == 0);
        return;
    }
    require(offset == file->size);
    uint32_t from = offset / 3, wanted = sizeof(contents);
    status = fat_read(&volume, file, from, contents, wanted, &read);
    require(status == (offset ? STATUS_SUCCESS : STATUS_END_OF_FILE));
    require(read == (offset - from < wanted ? offset - from : wanted));
    if (!read)
        return;
    require(fat_find_extent(&volume, file, from + read - 1, &at, &bytes) == STATUS_SUCCESS);
    require(image.bytes[at] == contents[read - 1]);
}

/* What has a name in the root directory is found by it, or something earlier of the same name. */
static void find_again(const struct fat_entry *entry)
{
    static struct fat_entry found;
    struct unicode_string path = {(uint16_t)(entry->name_length * 2), 0, entry->name};

    require(entry->name_length && entry->name_length <= FAT_NAME_UNITS);
    require(!entry->name[entry->name_length] && !entry->short_name[entry->short_name_length]);
    ntstatus status = fat_find(&volume, &path, &found);
    if (entry->name[0] == '.' && status == STATUS_OBJECT_NAME_INVALID)
        return;
    require(status == STATUS_SUCCESS);
}

static bool is_known(ntstatus status, const struct fat_entry *directory)
{
    if (directory->first_cluster == 0 && status == STATUS_DISK_CORRUPT_ERROR)
        return true;
    return status == STATUS_NO_MORE_FILES ||
           (directory->name_length && status == STATUS_FILE_CORRUPT_ERROR);
}

/* All directories, as deep as they were made, and a little deeper: a spoiled one may hold itself.
 */
static void walk(uint32_t reads)
{
    static struct fat_entry entries[LEVELS + 1];
    uint32_t cursors[LEVELS] = {0}, left = ENTRIES, level = 0;
    struct unicode_string root = {0};

    require(fat_find(&volume, &root, &entries[0]) == STATUS_SUCCESS);
    while (left--) {
        struct fat_entry *entry = &entries[level + 1];
        uint32_t before = cursors[level];
        ntstatus status = fat_next_entry(&volume, &entries[level], &cursors[level], entry);
        limit_reads(reads);
        if (!NT_SUCCESS(status)) {
            require(cursors[level] == before && is_known(status, &entries[level]));
            if (level-- == 0)
                return;
            continue;
        }
        require(cursors[level] > before);
        if (level == 0)
            find_again(entry);
        image_reads = 0;
        read_file(entry);
        limit_reads(reads);
        if (level + 1 < LEVELS && (entry->attributes & FILE_ATTRIBUTE_DIRECTORY))
            cursors[++level] = 0;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t before[MAXIMUM_SPOILS];
    uint32_t which = size ? data[0] % 3 : 0, spoils = 0;

    for (uint32_t i = 0; i < ARRAY_SIZE(volumes) && !volumes[i].bytes; i++)
        make(i);
    image.bytes = volumes[which].bytes;
    image.size = volumes[which].size;
    for (; spoils < MAXIMUM_SPOILS && 1 + 4 * spoils + 4 <= size; spoils++) {
        uint8_t *byte = spoiled_byte(which, data + 1 + 4 * spoils);
        before[spoils] = *byte;
        *byte = data[1 + 4 * spoils + 3];
    }
    struct fat_device device = image_device();
    ntstatus status = fat_mount(&volume, &device);
    require(status == STATUS_SUCCESS || status == STATUS_UNRECOGNIZED_VOLUME);
    if (NT_SUCCESS(status)) /* chains of as many clusters, some of them walked thrice */
        walk(volume.cluster_count * 8 + 1000);
    while (spoils-- > 0)
        *spoiled_byte(which, data + 1 + 4 * spoils) = before[spoils];
    return 0;
}
