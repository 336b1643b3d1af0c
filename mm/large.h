/* What the large-page fault shares with the large-page allocator. */
#pragma once

#include "mm/mi.h"
#include "mm/mm.h"

/* A directory entry for the large page whose first frame is FIRST. */
static inline struct mmpte mi_make_large_pde(pfn_t first)
{
    struct mmpte value = mi_make_kernel_pte(first, MM_READWRITE);

    value.hard.large_page = 1;
    return value;
}

/* The entry *PDE, not valid, maps the 1024 frames from FIRST on, which nobody has. PFN lock held.
 */
void mi_map_large_page(struct mmpte *pde, pfn_t first);
