/* !layout: the table of regions and of the kernel image's parts, as they are on this machine. */
#include "kernel/kd/kd_internal.h"
#include "mm/pte.h"
#include "mm/regions.h"

void kd_show_layout(void)
{
    for (uint32_t i = 0; i < MM_REGION_COUNT; i++) {
        const struct mm_region *region = &mm_regions[i];
        dbg_print("  %08x-%08x  %-14s %s\n", (uint32_t)region->start, (uint32_t)region->end,
                  region->name, region->use);
        if (region->mapping != MM_MAP_IMAGE)
            continue;
        for (uint32_t p = 0; p < mm_image_part_count; p++) {
            const struct mm_image_part *part = &mm_image_parts[p];
            if (part->protection != MM_ZERO_ACCESS)
                dbg_print("    %08x-%08x  %-12s %s\n", (uint32_t)part->start,
                          (uint32_t)part->end - 1, part->name,
                          part->protection == MM_READWRITE ? "writable" : "read-only");
        }
    }
}
