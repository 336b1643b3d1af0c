/*
 * The boot sector of a FAT volume, and what follows from it: where the parts lie.
 *
 *      | reserved sectors | table | table | root directory | cluster 2 | cluster 3 | ...
 *
 * FAT32 has no root directory there, it is in clusters like any other. FAT12 and FAT16 differ by
 * the number of clusters alone (Microsoft's FAT specification, section 3.5). That number decides on
 * FAT32 there too; here a table whose 16-bit size is 0 does, as tools make small FAT32 volumes.
 */
#include "kernel/io/fat_internal.h"
#include "lib/string.h"

/* Where things are in the boot sector. */
#define BOOT_JUMP                0u
#define BOOT_SECTOR_BYTES        11u
#define BOOT_CLUSTER_SECTORS     13u
#define BOOT_RESERVED_SECTORS    14u
#define BOOT_TABLES              16u
#define BOOT_ROOT_SLOTS          17u
#define BOOT_SECTORS_16          19u
#define BOOT_MEDIA               21u
#define BOOT_TABLE_SECTORS_16    22u
#define BOOT_SECTORS_32          32u
#define BOOT_FAT32_TABLE_SECTORS 36u
#define BOOT_FAT32_FLAGS         40u
#define BOOT_FAT32_VERSION       42u
#define BOOT_FAT32_ROOT_CLUSTER  44u
#define BOOT_SIGNATURE           510u

#define FLAGS_ACTIVE_TABLE 0x0Fu /* the table in use, ... */
#define FLAGS_ONE_TABLE    0x80u /* ... when the tables are not all kept alike */

#define FAT12_MAXIMUM_CLUSTERS 4084u
#define FAT16_MAXIMUM_CLUSTERS 65524u
#define FAT32_MAXIMUM_CLUSTERS 0x0FFFFFF5u

/* The boot sector's numbers, and what is computed from them, in sectors. */
struct layout {
    uint32_t sector_bytes;
    uint32_t cluster_sectors;
    uint32_t reserved;
    uint32_t tables;
    uint32_t table_sectors;
    uint32_t root_slots;
    uint32_t sectors;
    bool fat32;
    uint32_t active_table;
    uint32_t root_cluster;
    uint64_t root;
    uint64_t data;
};

static bool is_power_of_2(uint32_t value)
{
    return value && !(value & (value - 1));
}

static uint32_t log_2(uint32_t power)
{
    return (uint32_t)__builtin_ctz(power);
}

static bool has_boot_marks(const uint8_t *boot)
{
    bool jump = boot[BOOT_JUMP] == 0xE9 || (boot[BOOT_JUMP] == 0xEB && boot[BOOT_JUMP + 2] == 0x90);
    bool media = boot[BOOT_MEDIA] == 0xF0 || boot[BOOT_MEDIA] >= 0xF8;

    return jump && media && boot[BOOT_SIGNATURE] == 0x55 && boot[BOOT_SIGNATURE + 1] == 0xAA;
}

/* The number of sectors has two fields; one of them is 0, or both agree. => 0: they do not. */
static uint32_t total_sectors(const uint8_t *boot)
{
    uint32_t small = fat_get16(boot + BOOT_SECTORS_16);
    uint32_t large = fat_get32(boot + BOOT_SECTORS_32);

    if (small && large && small != large)
        return 0;
    return small ? small : large;
}

static bool get_fat32(const uint8_t *boot, struct layout *layout)
{
    uint32_t flags = fat_get16(boot + BOOT_FAT32_FLAGS);

    layout->table_sectors = fat_get32(boot + BOOT_FAT32_TABLE_SECTORS);
    layout->root_cluster = fat_get32(boot + BOOT_FAT32_ROOT_CLUSTER);
    layout->active_table = flags & FLAGS_ONE_TABLE ? flags & FLAGS_ACTIVE_TABLE : 0;
    return layout->root_slots == 0 && fat_get16(boot + BOOT_FAT32_VERSION) == 0;
}

/* Take the numbers from the boot sector. => whether each one, for itself, may be. */
static bool get_numbers(const uint8_t *boot, struct layout *layout)
{
    layout->sector_bytes = fat_get16(boot + BOOT_SECTOR_BYTES);
    layout->cluster_sectors = boot[BOOT_CLUSTER_SECTORS];
    layout->reserved = fat_get16(boot + BOOT_RESERVED_SECTORS);
    layout->tables = boot[BOOT_TABLES];
    layout->root_slots = fat_get16(boot + BOOT_ROOT_SLOTS);
    layout->sectors = total_sectors(boot);
    layout->table_sectors = fat_get16(boot + BOOT_TABLE_SECTORS_16);
    layout->fat32 = layout->table_sectors == 0;
    if (layout->fat32 ? !get_fat32(boot, layout) : layout->root_slots == 0)
        return false;
    return is_power_of_2(layout->sector_bytes) && layout->sector_bytes >= 512 &&
           layout->sector_bytes <= 4096 && is_power_of_2(layout->cluster_sectors) &&
           layout->reserved && layout->active_table < layout->tables;
}

/* Compute where the parts begin. => whether all of them fit, into the volume and the device. */
static bool place_parts(struct layout *layout, uint64_t device_bytes)
{
    uint32_t root_bytes = layout->root_slots << FAT_SLOT_SHIFT;
    uint32_t sector_shift = log_2(layout->sector_bytes);

    if (root_bytes & (layout->sector_bytes - 1))
        return false;
    layout->root = layout->reserved + (uint64_t)layout->tables * layout->table_sectors;
    layout->data = layout->root + (root_bytes >> sector_shift);
    return layout->data < layout->sectors &&
           (uint64_t)layout->sectors << sector_shift <= device_bytes;
}

/* => the bits of a table's entry, or 0 when the table or the root directory cannot be. */
static uint32_t table_bits(const struct layout *layout, uint32_t clusters)
{
    uint64_t table_bytes = (uint64_t)layout->table_sectors * layout->sector_bytes;
    uint32_t bits = layout->fat32 ? 32 : clusters <= FAT12_MAXIMUM_CLUSTERS ? 12 : 16;
    uint32_t maximum = layout->fat32 ? FAT32_MAXIMUM_CLUSTERS : FAT16_MAXIMUM_CLUSTERS;
    uint32_t end = FAT_FIRST_CLUSTER + clusters;

    if (clusters == 0 || clusters > maximum || table_bytes * 8 < (uint64_t)end * bits)
        return 0;
    if (layout->fat32 && (layout->root_cluster < FAT_FIRST_CLUSTER || layout->root_cluster >= end))
        return 0;
    return bits;
}

static void fill(struct fat_volume *volume, const struct layout *layout)
{
    uint32_t sector_shift = log_2(layout->sector_bytes);
    uint64_t table = layout->reserved + (uint64_t)layout->active_table * layout->table_sectors;

    volume->cluster_shift = sector_shift + log_2(layout->cluster_sectors);
    volume->root_cluster = layout->root_cluster;
    volume->root_slots = layout->root_slots;
    volume->table_offset = table << sector_shift;
    volume->root_offset = layout->root << sector_shift;
    volume->data_offset = layout->data << sector_shift;
}

ntstatus fat_mount(struct fat_volume *volume, struct fat_device *device)
{
    struct layout layout = {0};
    const uint8_t *boot;

    if (device->bytes < FAT_BLOCK_BYTES)
        return STATUS_UNRECOGNIZED_VOLUME;
    memset(volume, 0, sizeof(*volume));
    volume->device = device;
    fat_forget_block(&volume->table);
    fat_forget_block(&volume->directory);
    ntstatus status = fat_get_bytes(volume, &volume->directory, 0, &boot);
    if (!NT_SUCCESS(status))
        return status;
    if (!has_boot_marks(boot) || !get_numbers(boot, &layout) ||
        !place_parts(&layout, device->bytes))
        return STATUS_UNRECOGNIZED_VOLUME;
    volume->cluster_count =
        (layout.sectors - (uint32_t)layout.data) >> log_2(layout.cluster_sectors);
    volume->bits = table_bits(&layout, volume->cluster_count);
    if (!volume->bits)
        return STATUS_UNRECOGNIZED_VOLUME;
    fill(volume, &layout);
    return STATUS_SUCCESS;
}
