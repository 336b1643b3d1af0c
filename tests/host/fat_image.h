/*
 * Builds FAT volumes in memory, well-formed ones that the including program then spoils, and a
 * device that holds the volume and ends the program when it is read outside. Stands for itself, so
 * that a misunderstanding of the format would have to be made twice; test_fat_mtools.c reads
 * volumes that others made. For one program.
 */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "kernel/io/fat.h"

static struct {
    uint8_t *bytes;
    uint32_t size;
    uint32_t bits, sector_bytes, cluster_bytes, clusters;
    uint32_t table_at, table_bytes; /* the first of two tables */
    uint32_t root_at, root_slots;
    uint32_t data_at;
    uint32_t next_cluster; /* none from here on is taken */
} image;

static inline void image_put16(uint32_t at, uint32_t value)
{
    image.bytes[at] = (uint8_t)value;
    image.bytes[at + 1] = (uint8_t)(value >> 8);
}

static inline void image_put32(uint32_t at, uint32_t value)
{
    image_put16(at, value);
    image_put16(at + 2, value >> 16);
}

static inline uint32_t image_get16(uint32_t at)
{
    return image.bytes[at] | (uint32_t)image.bytes[at + 1] << 8;
}

static inline uint32_t image_get32(uint32_t at)
{
    return image_get16(at) | image_get16(at + 2) << 16;
}

/* Where the entry of `cluster` begins in the first table; FAT12: its first byte. */
static inline uint32_t image_table_at(uint32_t cluster)
{
    return image.table_at + cluster * image.bits / 8;
}

static inline void image_link(uint32_t cluster, uint32_t value)
{
    for (uint32_t table = 0; table < 2; table++) {
        uint32_t at = image_table_at(cluster) + table * image.table_bytes;
        if (image.bits == 32)
            image_put32(at, (image_get32(at) & 0xF0000000) | (value & 0x0FFFFFFF));
        else if (image.bits == 16)
            image_put16(at, value);
        else if (cluster % 2)
            image_put16(at, (image_get16(at) & 0x000F) | (value & 0xFFF) << 4);
        else
            image_put16(at, (image_get16(at) & 0xF000) | (value & 0xFFF));
    }
}

static inline uint32_t image_linked(uint32_t cluster)
{
    uint32_t at = image_table_at(cluster);

    if (image.bits == 32)
        return image_get32(at) & 0x0FFFFFFF;
    if (image.bits == 16)
        return image_get16(at);
    return image_get16(at) >> (cluster % 2 ? 4 : 0) & 0xFFF;
}

static inline uint32_t image_end_mark(void)
{
    return image.bits == 12 ? 0xFF8 : image.bits == 16 ? 0xFFFF : 0x0FFFFFFF;
}

static inline bool image_is_last(uint32_t cluster)
{
    return image_linked(cluster) >= (image_end_mark() & ~7u);
}

static inline uint32_t image_cluster_at(uint32_t cluster)
{
    return image.data_at + (cluster - 2) * image.cluster_bytes;
}

/* A chain of `count` clusters, each `step` behind the one before. => the first. */
static inline uint32_t image_take(uint32_t count, uint32_t step)
{
    uint32_t first = image.next_cluster;

    image.next_cluster += (count - 1) * step + 1;
    if (image.next_cluster > image.clusters + 2)
        abort();
    for (uint32_t i = 0; i < count; i++) {
        uint32_t cluster = first + i * step;
        image_link(cluster, i == count - 1 ? image_end_mark() : cluster + step);
    }
    return first;
}

static inline void image_boot_sector(uint32_t cluster_sectors, uint32_t reserved)
{
    uint32_t sectors = image.size / image.sector_bytes;
    uint32_t table_sectors = image.table_bytes / image.sector_bytes;

    memcpy(image.bytes, "\xEB\x3C\x90TOKOS   ", 11);
    image_put16(11, image.sector_bytes);
    image.bytes[13] = (uint8_t)cluster_sectors;
    image_put16(14, reserved);
    image.bytes[16] = 2;
    image_put16(17, image.root_slots);
    image_put16(19, sectors < 0x10000 ? sectors : 0);
    image.bytes[21] = 0xF8;
    image_put32(32, sectors < 0x10000 ? 0 : sectors);
    if (image.bits == 32) {
        image_put32(36, table_sectors);
        image_put32(44, 2);
    } else {
        image_put16(22, table_sectors);
    }
    image_put16(510, 0xAA55);
}

static inline uint32_t image_round(uint32_t bytes)
{
    return ROUND_UP(bytes, image.sector_bytes);
}

static inline void image_free(void)
{
    free(image.bytes);
    image.bytes = NULL;
}

/* An empty volume. It is freed by the next call, or image_free. */
static inline void image_make(uint32_t bits, uint32_t sector_bytes, uint32_t cluster_sectors,
                              uint32_t clusters)
{
    uint32_t reserved = bits == 32 ? 4 : 1;

    image_free();
    image.bits = bits;
    image.sector_bytes = sector_bytes;
    image.cluster_bytes = cluster_sectors * sector_bytes;
    image.clusters = clusters;
    image.table_at = reserved * sector_bytes;
    image.table_bytes = image_round(((clusters + 2) * bits + 7) / 8);
    image.root_slots = bits == 32 ? 0 : sector_bytes / 32 * 2;
    image.root_at = image.table_at + 2 * image.table_bytes;
    image.data_at = image.root_at + image.root_slots * 32;
    image.size = image.data_at + clusters * image.cluster_bytes;
    image.bytes = calloc(image.size, 1);
    image_boot_sector(cluster_sectors, reserved);
    for (uint32_t cluster = 0; bits == 32 && cluster < clusters + 2; cluster++)
        for (uint32_t table = 0; table < 2; table++) /* the high four bits mean nothing */
            image_put32(image_table_at(cluster) + table * image.table_bytes, 0xA0000000);
    image_link(0, image_end_mark());
    image_link(1, image_end_mark());
    image.next_cluster = 2;
    if (bits == 32)
        image_take(1, 1);
}

/* Byte `at` of the file that begins with cluster `first`. */
static inline uint8_t image_pattern(uint32_t first, uint32_t at)
{
    return (uint8_t)((first * 0x9E3779B1u + at * 0x85EBCA6Bu) >> 23);
}

/* A file's clusters, filled. => the first. */
static inline uint32_t image_take_file(uint32_t count, uint32_t step)
{
    uint32_t first = image_take(count, step);

    for (uint32_t i = 0; i < count * image.cluster_bytes; i++) {
        uint32_t cluster = first + i / image.cluster_bytes * step;
        image.bytes[image_cluster_at(cluster) + i % image.cluster_bytes] = image_pattern(first, i);
    }
    return first;
}

/* The first slot from `at` on, in `bytes` bytes, which no one has. => 0: none. */
static inline uint32_t image_free_slot(uint32_t at, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i += 32)
        if (image.bytes[at + i] == 0)
            return at + i;
    return 0;
}

/* => where the next slot of the directory is that begins with cluster `directory`, 0: the root. */
static inline uint32_t image_new_slot(uint32_t directory)
{
    uint32_t slot, cluster = directory ? directory : 2;

    if (directory == 0 && image.bits != 32) {
        slot = image_free_slot(image.root_at, image.root_slots * 32);
        if (!slot)
            abort();
        return slot;
    }
    for (;; cluster = image_linked(cluster)) {
        slot = image_free_slot(image_cluster_at(cluster), image.cluster_bytes);
        if (slot)
            return slot;
        if (image_is_last(cluster))
            image_link(cluster, image_take(1, 1));
    }
}

/* Adds an entry; `name` has 11 characters. => where its slot is. */
static inline uint32_t image_add(uint32_t directory, const char *name, uint32_t attributes,
                                 uint32_t first, uint32_t size)
{
    uint32_t at = image_new_slot(directory);

    memcpy(image.bytes + at, name, 11);
    image.bytes[at + 11] = (uint8_t)attributes;
    image_put16(at + 20, image.bits == 32 ? first >> 16 : 0xFFFF); /* not the cluster's there */
    image_put16(at + 22, 13 << 11 | 37 << 5 | 21);                 /* 13:37:42 */
    image_put16(at + 24, (2004 - 1980) << 9 | 2 << 5 | 29);        /* 29 February 2004 */
    image_put16(at + 26, first);
    image_put32(at + 28, size);
    return at;
}

static inline uint8_t image_checksum(const char *name)
{
    uint8_t sum = 0;

    for (int i = 0; i < 11; i++)
        sum = (uint8_t)((sum >> 1 | (sum & 1) << 7) + (uint8_t)name[i]);
    return sum;
}

/* Adds piece `number`, counted from 1, of a long name of `units` units. => where its slot is. */
static inline uint32_t image_add_piece(uint32_t directory, const uint16_t *name, uint32_t units,
                                       uint32_t number, uint8_t checksum)
{
    uint32_t at = image_new_slot(directory);

    image.bytes[at] = (uint8_t)(number | (number * 13 >= units ? 0x40 : 0));
    image.bytes[at + 11] = 0x0F;
    image.bytes[at + 13] = checksum;
    for (uint32_t i = 0; i < 13; i++) {
        uint32_t place = i < 5 ? 1 + 2 * i : i < 11 ? 14 + 2 * (i - 5) : 28 + 2 * (i - 11);
        uint32_t unit = (number - 1) * 13 + i;
        image_put16(at + place, unit < units ? name[unit] : unit == units ? 0 : 0xFFFF);
    }
    return at;
}

/* Adds an entry with a long name. => where the slot of the short one is. */
static inline uint32_t image_add_long(uint32_t directory, const uint16_t *name,
                                      const char *short_name, uint32_t attributes, uint32_t first,
                                      uint32_t size)
{
    uint32_t units = 0;

    while (name[units])
        units++;
    for (uint32_t number = (units + 12) / 13; number > 0; number--)
        image_add_piece(directory, name, units, number, image_checksum(short_name));
    return image_add(directory, short_name, attributes, first, size);
}

/* Adds an empty directory. => its first cluster. */
static inline uint32_t image_add_directory(uint32_t parent, const char *name)
{
    uint32_t first = image_take(1, 1);

    image_add(parent, name, FILE_ATTRIBUTE_DIRECTORY, first, 99); /* a size means nothing */
    image_add(first, ".          ", FILE_ATTRIBUTE_DIRECTORY, first, 0);
    image_add(first, "..         ", FILE_ATTRIBUTE_DIRECTORY, parent, 0);
    return first;
}

/* The image as a device. */
static uint32_t image_reads;                   /* counts the reads */
static uint32_t image_fail_after = UINT32_MAX; /* reads that still succeed */

static inline ntstatus image_read(struct fat_device *device, uint64_t offset, void *buffer,
                                  uint32_t bytes)
{
    if (bytes == 0 || offset > device->bytes || bytes > device->bytes - offset)
        abort();
    image_reads++;
    if (image_fail_after == 0) {
        memset(buffer, 0xA5, bytes);
        return STATUS_UNSUCCESSFUL;
    }
    if (image_fail_after != UINT32_MAX)
        image_fail_after--;
    memcpy(buffer, image.bytes + offset, bytes);
    return STATUS_SUCCESS;
}

static inline struct fat_device image_device(void)
{
    return (struct fat_device){.bytes = image.size, .read = image_read};
}
