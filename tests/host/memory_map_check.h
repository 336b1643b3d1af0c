/*
 * What holds for the memory map of every struct boot_info, for the tests and the fuzzer.
 */
#pragma once

#include "boot/boot_info.h"

/* => whether the table is sorted, disjoint, merged and without empty or overflowing ranges. */
static inline bool memory_map_in_order(const struct boot_info *info)
{
    if (info->range_count > BOOT_MAX_RANGES)
        return false;
    for (uint32_t i = 0; i < info->range_count; ++i) {
        const struct boot_range *range = &info->ranges[i];
        const struct boot_range *next = range + 1;
        uint64_t end = range->base + range->length;

        if (end <= range->base || (unsigned int)range->type > BOOT_RANGE_BAD)
            return false;
        if (i + 1 == info->range_count)
            break;
        if (next->base < end || (next->base == end && next->type == range->type))
            return false;
    }
    return true;
}
