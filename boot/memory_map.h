/*
 * The physical memory map inside struct boot_info: which bytes are RAM the kernel may use.
 *
 * Safety before size: a byte that any source calls something other than usable RAM is never
 * reported as usable, not even when the table overflows. Usable ranges are given up first, the
 * smallest before the others, and `ranges_dropped` counts what found no room.
 */
#pragma once

#include "boot/boot_info.h"

#define MEMORY_MAP_USABLE 1u /* the firmware's number for ordinary RAM */

/*
 * Adds `length` bytes at physical address `base`. `firmware_type` is the number that multiboot,
 * E820 and GRUB's form of the UEFI map use: 1 usable, 3 ACPI tables, 4 ACPI non-volatile, 5
 * defective, any other reserved. Where ranges overlap the most restrictive type wins, whatever the
 * order of the calls. A range that runs over the end of the 64-bit space is clipped (its very last
 * byte is never kept, so that base + length is always a number); an empty range is ignored. The
 * table stays sorted and disjoint.
 */
void memory_map_add(struct boot_info *info, uint64_t base, uint64_t length, uint32_t firmware_type);

/* Merges neighbours of the same type: due once after the last addition, before the questions below.
 */
void memory_map_normalise(struct boot_info *info);

/* => whether every byte of the frame is usable RAM. */
bool memory_map_frame_usable(const struct boot_info *info, pfn_t frame);

/* => bytes of usable RAM, partial frames and everything above 4 GB included. */
uint64_t memory_map_usable_bytes(const struct boot_info *info);

/* => bytes of usable RAM at 4 GB and above, which paging without PAE cannot reach. */
uint64_t memory_map_above_4g(const struct boot_info *info);

/*
 * Walks the runs of whole usable frames below 4 GB in ascending order. Set *cursor to 0 before the
 * first call and leave it alone between calls. Two runs never touch.
 * => true with the next run in *first and *count (at least 1); false behind the last one.
 */
bool memory_map_next_run(const struct boot_info *info, uint32_t *cursor, pfn_t *first,
                         pfn_t *count);
