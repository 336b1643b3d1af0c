/* The two pools. */
#include "mm/pool_commit.h"
#include "kernel/ke/irql.h"

uint32_t mi_pool_bookkeeping_pages;

struct pool mi_pools[POOL_TYPES] = {
    [NONPAGED_POOL] = {.name = "nonpaged pool",
                       .level = DISPATCH_LEVEL,
                       .lock = KSPIN_LOCK_OF_RANK(LOCK_RANK_POOL),
                       .commit = mi_commit_nonpaged,
                       .decommit = mi_decommit_nonpaged},
    [PAGED_POOL] = {.name = "paged pool",
                    .level = APC_LEVEL,
                    .commit = mi_commit_paged,
                    .decommit = mi_decommit_paged},
};
