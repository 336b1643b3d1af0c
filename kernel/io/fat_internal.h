/* What the files of the FAT reader, kernel/io/fat*.c, share. */
#pragma once

#include "kernel/io/fat.h"

#define FAT_FIRST_CLUSTER 2u
#define FAT_SLOT_SHIFT    5u
#define FAT_SLOT_BYTES    (1u << FAT_SLOT_SHIFT)

/* The disk's numbers are little-endian and need not be aligned. */
static inline uint32_t fat_get16(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8;
}

static inline uint32_t fat_get32(const uint8_t *bytes)
{
    return fat_get16(bytes) | fat_get16(bytes + 2) << 16;
}

/* Empties BLOCK. */
void fat_forget_block(struct fat_block *block);

/* Points *BYTES to the byte at OFFSET of the device and what follows it in its block, which BLOCK
 * caches until it is asked for another. OFFSET is within the volume. */
ntstatus fat_get_bytes(struct fat_volume *volume, struct fat_block *block, uint64_t offset,
                       const uint8_t **bytes);

/* Finds the chain that begins with the cluster FIRST, walked to its end. *CHAIN is good until the
 * next call. => STATUS_FILE_CORRUPT_ERROR when there is no such cluster, or the chain does not end.
 */
ntstatus fat_get_chain(struct fat_volume *volume, uint32_t first, struct fat_chain **chain);

/* Makes the run of CHAIN the one in which the cluster number INDEX of it, counted from 0, lies.
 * => STATUS_FILE_CORRUPT_ERROR when it ends before. */
ntstatus fat_seek(struct fat_volume *volume, struct fat_chain *chain, uint32_t index);

/* => where the byte at OFFSET of the file of CHAIN, which is in its run, is on the device. */
uint64_t fat_device_offset(const struct fat_volume *volume, const struct fat_chain *chain,
                           uint32_t offset);

/* A long name while its pieces are read, the last one first. All 0: there is none. */
struct fat_long_name {
    uint16_t length;  /* units, known from the first piece read */
    uint8_t wanted;   /* the number of the next piece; 0: it was the last */
    uint8_t checksum; /* of the short name to which the pieces belong */
};

enum fat_slot_kind {
    FAT_SLOT_END, /* nor is there anything behind it */
    FAT_SLOT_UNUSED,
    FAT_SLOT_LONG_NAME,
    FAT_SLOT_ENTRY
};

enum fat_slot_kind fat_slot_kind(const uint8_t *slot);

/* Takes the piece of a long name in SLOT into NAME (FAT_NAME_UNITS + 1 units). A piece that is out
 * of turn leaves no long name. */
void fat_take_piece(struct fat_long_name *long_name, const uint8_t *slot, uint16_t *name);

/* Fills *OUT from SLOT. OUT->name has the text of LONG_NAME already, and keeps it if it is whole
 * and of this entry. WIDE: cluster numbers have 32 bits, not 16. => false when it has no valid
 * name. */
bool fat_decode_slot(const uint8_t *slot, const struct fat_long_name *long_name, bool wide,
                     struct fat_entry *out);

/* May a name have C? */
bool fat_is_name_unit(uint16_t c);

/* Is NAME one of the names that every directory has, "." and ".."? */
bool fat_is_dots(const uint16_t *name, uint32_t units);
