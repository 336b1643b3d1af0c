/* What the large-page fault shares with the large-page allocator. */
#pragma once

#include "mm/mi.h"
#include "mm/mm.h"

/* The entry *PDE, not valid, becomes a large page of zeros, or stays as it is and the reason is
 * returned. PFN lock not held. */
enum mm_large_failure mi_make_large_page(struct mmpte *pde);
