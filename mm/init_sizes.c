/*
 * How large the regions are on this machine. Each rule is a share of RAM between two bounds; the
 * upper bound is what the address map leaves, the lower what a 16 MB machine needs to work at all.
 */
#include "mm/init.h"

#define MB_PAGES            256u
#define SYSTEM_PTES_MINIMUM 2048u
#define PAGES_PER_SPECIAL   2u /* special pool: as much as RAM, and as many guard pages */
#define RAM_PER_NONPAGED    8u /* an eighth of RAM may become nonpaged pool */

static uint32_t clamp(uint32_t value, uint32_t low, uint32_t high)
{
    return value < low ? low : value > high ? high : value;
}

static void set_pages(enum mm_region_id id, uintptr_t start, uint32_t pages)
{
    mm_regions[id].start = start;
    mm_regions[id].end = start + (pages << PAGE_SHIFT) - 1;
}

void mi_init_sizes(void)
{
    uint32_t ram = mi_boot_usable_frames;
    uint32_t database = BYTES_TO_PAGES((MI_NO_TABLE + 1) * (uint32_t)sizeof(struct mmpfn));
    uintptr_t pool = MM_PFN_DATABASE + (database << PAGE_SHIFT);

    set_pages(MM_REGION_PFN_DATABASE, MM_PFN_DATABASE, database);
    set_pages(MM_REGION_NONPAGED_POOL, pool,
              clamp(ram / RAM_PER_NONPAGED, MB_PAGES, 64 * MB_PAGES));
    set_pages(
        MM_REGION_PAGED_POOL, MM_PAGED_POOL_START,
        clamp(ROUND_UP(ram, PTES_PER_PAGE), 16 * MB_PAGES, mm_region_pages(MM_REGION_PAGED_POOL)));
    set_pages(MM_REGION_SPECIAL_POOL, MM_SPECIAL_POOL_START,
              clamp(ROUND_UP(ram, PTES_PER_PAGE) * PAGES_PER_SPECIAL, 16 * MB_PAGES,
                    mm_region_pages(MM_REGION_SPECIAL_POOL)));
    set_pages(MM_REGION_SYSTEM_PTES, MM_SYSTEM_PTE_START,
              clamp(ROUND_UP(ram / 2, PTES_PER_PAGE), SYSTEM_PTES_MINIMUM,
                    mm_region_pages(MM_REGION_SYSTEM_PTES)));
}
