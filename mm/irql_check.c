/*
 * The boot option irqlcheck: code at DISPATCH_LEVEL may not touch pageable memory, but as long as
 * the page happens to be there it goes unnoticed. So on each raise from below DISPATCH_LEVEL to it
 * or above, every valid page that could be paged out is taken out of its PTE. A touch at the raised
 * level is bug check 0Ah then, for certain; a touch below it is a transition fault, and costs no
 * more than that.
 *
 *      ke_raise_irql --> ke_irql_raise_hook --> mi_trim_pageable:
 *            regions mapped on demand --> page tables with pages --> valid PTEs whose frame has an
 *            original PTE to go back to
 *
 * Pages become valid by faults alone, so where none was resolved since the last time there is
 * nothing to do. Not checked is the PFN lock's own raise: a fault takes it, and an instruction that
 * needs two pageable pages would never have both. Nor is the pools', whose code up there touches
 * the pool alone.
 */
#include "kernel/ke/irql.h"
#include "mm/fault.h"
#include "mm/mi.h"
#include "mm/system_directory.h"
#include "mm/view.h"
#include "mm/mm.h"

static uint32_t brought_before; /* what pages_brought said when all were taken; PFN lock */

static uint32_t pages_brought(void)
{
    return mm_fault_counts[MM_FAULT_DEMAND_ZERO] + mm_fault_counts[MM_FAULT_DEMAND_PAGE] +
           mm_fault_counts[MM_FAULT_TRANSITION];
}

/* A page made for the kernel for good has no original PTE. */
static bool is_pageable(struct mmpte pte)
{
    return pte.hard.valid && mi_is_pfn(pte.hard.page_frame_number) &&
           mi_pfn(pte.hard.page_frame_number)->original_pte.value;
}

static void trim_table(uintptr_t va)
{
    struct mmpte pde = mi_read_system_pde(va);
    struct mmpte *pte = mi_get_pte_address(va);

    if (!pde.hard.valid || pde.hard.large_page ||
        mi_pfn(pde.hard.page_frame_number)->u2.share_count == 1)
        return; /* there is no table, or no page in it */
    for (uint32_t i = 0; i < PTES_PER_PAGE; i++)
        if (is_pageable(mi_read_pte(pte + i)))
            mi_trim_page(pte + i);
}

void mi_trim_pageable(void)
{
    uint32_t brought = pages_brought();

    if (brought == brought_before)
        return;
    kirql irql = mi_lock_pfn();
    for (uint32_t i = 0; i < MM_REGION_COUNT; i++) {
        const struct mm_region *region = &mm_regions[i];
        if (region->mapping != MM_MAP_ON_DEMAND)
            continue;
        for (uint32_t offset = 0; offset <= region->end - region->start; offset += LARGE_PAGE_SIZE)
            trim_table(region->start + offset);
    }
    brought_before = brought;
    mi_unlock_pfn(irql);
}

void mm_enable_irql_check(void)
{
    ke_irql_raise_hook = mi_trim_pageable;
}
