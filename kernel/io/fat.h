/*
 * FAT12, FAT16 and FAT32 volumes with long names, for reading. Pure: what is known of the disk is a
 * function that reads from it, and nothing is allocated. Nothing on the disk is believed: whatever
 * it holds, a call ends, reads within the device only, and gives an error or lengths that are true.
 *
 * A volume has caches, so one caller at a time may be inside it, the constant-looking calls
 * included. All functions run at the level at which device->read may be called; none of their
 * frames is larger than a few hundred bytes. What device->read fails with is handed on.
 */
#pragma once

#include "lib/status.h"
#include "lib/unicode.h"

struct fat_device {
    uint64_t bytes;
    /* Reads BYTES bytes at OFFSET, both of them within the device. The volume's own reads are of
     * FAT_BLOCK_BYTES, at multiples of it; those of fat_read are as its caller asks. */
    ntstatus (*read)(struct fat_device *device, uint64_t offset, void *buffer, uint32_t bytes);
};

#define FAT_BLOCK_BYTES 512u
#define FAT_CHAINS      8u

/* Part of the device, cached. */
struct fat_block {
    uint64_t offset; /* all ones: nothing is cached */
    uint8_t bytes[FAT_BLOCK_BYTES];
};

/*
 * The clusters of one file or directory, as far as they are known: their number, and one run of
 * clusters that lie together. Who reads on finds the next run from there, so that reading a whole
 * file in small pieces walks its chain twice and no more, even if FAT_CHAINS are read by turns.
 */
struct fat_chain {
    uint32_t first;        /* cluster; 0: this one is unused */
    uint32_t clusters;     /* all of them: the chain has been walked to its end */
    uint32_t run_index;    /* how many come before the run */
    uint32_t run_cluster;  /* where the run begins */
    uint32_t run_clusters; /* 0: no run is known, `next` is where the first begins */
    uint32_t next;         /* the cluster after the run, 0: the run is the last */
};

/* More than 1 KB: not for the stack. Its fields are for kernel/io/fat*.c. */
struct fat_volume {
    struct fat_device *device;
    uint32_t bits;          /* of an entry of the table: 12, 16 or 32 */
    uint32_t cluster_shift; /* a cluster has 1 << this bytes */
    uint32_t cluster_count; /* they are numbered from 2 on */
    uint32_t root_cluster;  /* 0: the root directory lies at root_offset */
    uint32_t root_slots;
    uint64_t table_offset; /* of the table in use; in bytes from the device's beginning, as all */
    uint64_t root_offset;
    uint64_t data_offset; /* of cluster 2 */
    struct fat_block table;
    struct fat_block directory;
    struct fat_chain chains[FAT_CHAINS];
    uint32_t next_chain; /* which of them is given up next */
};

#define FAT_NAME_UNITS       255u
#define FAT_SHORT_NAME_UNITS 12u

#define FILE_ATTRIBUTE_READONLY  0x01u
#define FILE_ATTRIBUTE_HIDDEN    0x02u
#define FILE_ATTRIBUTE_SYSTEM    0x04u
#define FILE_ATTRIBUTE_DIRECTORY 0x10u
#define FILE_ATTRIBUTE_ARCHIVE   0x20u

/* A file or a directory. Names are terminated as well as counted. */
struct fat_entry {
    uint64_t write_time;    /* 100 ns since 1601, in the writer's time zone; 0: there is none */
    uint32_t first_cluster; /* 0: an empty file, or the root directory */
    uint32_t size;          /* bytes; 0 for a directory */
    uint8_t attributes;     /* FILE_ATTRIBUTE_ */
    uint8_t short_name_length;
    uint16_t name_length; /* units; 0 for the root directory and nothing else */
    uint16_t short_name[FAT_SHORT_NAME_UNITS + 1]; /* as on the disk, in capitals, with the dot */
    uint16_t name[FAT_NAME_UNITS + 1];             /* the long name, or else the short one */
};

/*
 * Makes VOLUME stand for the file system on DEVICE, which must stay as long as VOLUME is used.
 * Reads the boot sector only. => STATUS_UNRECOGNIZED_VOLUME when it is not FAT, contradicts itself,
 * or tells of more than DEVICE has; VOLUME is then not to be used.
 */
ntstatus fat_mount(struct fat_volume *volume, struct fat_device *device);

/*
 * Finds the file or directory PATH, names separated by backslashes, with or without one at the
 * beginning; no name at all is the root directory. Case does not matter, and a file answers to its
 * short name too. *OUT is unspecified after a failure. =>
 *      STATUS_OBJECT_NAME_INVALID: a name is empty (as behind a backslash at the end), too long,
 * "." or "..", or has a unit that no name has; told before anything is read
 *      STATUS_OBJECT_PATH_NOT_FOUND, STATUS_OBJECT_NAME_NOT_FOUND: a name, the last one, is missing
 *      STATUS_NOT_A_DIRECTORY: a name but the last is a file's
 *      STATUS_FILE_CORRUPT_ERROR, STATUS_DISK_CORRUPT_ERROR: a directory, the root directory, on
 *          the way cannot be read to where the name would be, or lies in itself
 */
ntstatus fat_find(struct fat_volume *volume, const struct unicode_string *path,
                  struct fat_entry *out);

/*
 * Gives the entry of DIRECTORY at *CURSOR or behind it, and moves *CURSOR, which begins with 0,
 * behind that. "." and ".." are given where the disk has them; the volume's label, deleted entries
 * and those whose name fat_find would refuse are not. OUT is not DIRECTORY. =>
 * STATUS_NO_MORE_FILES; STATUS_NOT_A_DIRECTORY; STATUS_FILE_CORRUPT_ERROR,
 * STATUS_DISK_CORRUPT_ERROR as fat_find. *CURSOR stays as it was then, and *OUT is unspecified.
 */
ntstatus fat_next_entry(struct fat_volume *volume, const struct fat_entry *directory,
                        uint32_t *cursor, struct fat_entry *out);

/*
 * Finds where the byte at OFFSET of FILE is on the device, and how many bytes of FILE, that one
 * included, lie there together: as many as there are, never 0. => STATUS_END_OF_FILE when FILE has
 * no such byte (a directory has none); STATUS_FILE_CORRUPT_ERROR when FILE's clusters, anywhere,
 * form a loop, lead to a cluster that is free, bad or none, or are too few for its size.
 */
ntstatus fat_find_extent(struct fat_volume *volume, const struct fat_entry *file, uint32_t offset,
                         uint64_t *device_offset, uint32_t *bytes);

/*
 * Reads BYTES bytes, or as many as there are, from OFFSET of FILE on. *READ is their number, 0
 * after a failure. => as fat_find_extent; reading no bytes succeeds anywhere.
 */
ntstatus fat_read(struct fat_volume *volume, const struct fat_entry *file, uint32_t offset,
                  void *buffer, uint32_t bytes, uint32_t *read);
