/* The commit functions of the two pools (struct pool). */
#pragma once

#include "mm/pool_internal.h"

/* PAGES from VA on become usable; the nonpaged one wants their page tables there. */
bool mi_commit_nonpaged(uintptr_t va, uint32_t pages);
void mi_decommit_nonpaged(uintptr_t va, uint32_t pages);
bool mi_commit_paged(uintptr_t va, uint32_t pages);
void mi_decommit_paged(uintptr_t va, uint32_t pages);

/* The pages that hold the bookkeeping of both pools, at the start of nonpaged pool; they are no
 * allocation and are not counted as the pool's. */
extern uint32_t mi_pool_bookkeeping_pages;
