/* The commit functions of the two pools (struct pool). */
#pragma once

#include "mm/pool_internal.h"

bool mi_commit_nonpaged(struct pool *pool, uint32_t first, uint32_t count);
void mi_decommit_nonpaged(struct pool *pool, uint32_t first, uint32_t count);
bool mi_commit_paged(struct pool *pool, uint32_t first, uint32_t count);
void mi_decommit_paged(struct pool *pool, uint32_t first, uint32_t count);

/* The pages that hold the bookkeeping of both pools, at the start of nonpaged pool; they are no
 * allocation and are not counted as the pool's. */
extern uint32_t mi_pool_bookkeeping_pages;
