/*
 * Pools: the kernel's heaps. Nonpaged pool is always resident; paged pool is committed when it is
 * allocated and present when it is touched. Every allocation carries a four-character tag.
 */
#pragma once

#include "lib/types.h"

enum pool_type {
    NONPAGED_POOL,
    PAGED_POOL,
    POOL_TYPES
};

/*
 * BYTES (not 0) from POOL, aligned to 8 bytes, or to a page when BYTES is a page or more. Contents
 * are undefined, except that paged pool's whole pages start as zeros.
 * => NULL when the pool or the commit limit is exhausted.
 * IRQL: nonpaged up to DISPATCH_LEVEL, paged up to APC_LEVEL; bug check C2h otherwise.
 */
void *ex_allocate_pool_with_tag(enum pool_type pool, uint32_t bytes, uint32_t tag);

/* Free P, which must have been allocated with TAG. A block whose end was overwritten is bug check
 * 19h; a wrong tag, a second free or an address that is no allocation is bug check C2h. */
void ex_free_pool_with_tag(void *p, uint32_t tag);

/* Give back the pages of nonpaged pool that only hold freed blocks kept for the next request.
 * => whether any block was kept. Up to DISPATCH_LEVEL. Done too when an allocation finds no room.
 */
bool mm_trim_nonpaged_pool(void);

/* From now on freed blocks of nonpaged pool are not kept / are kept: so that each request comes to
 * the pool itself. Up to DISPATCH_LEVEL. */
void mm_keep_pool_blocks(bool keep);

struct pool_usage {
    uint32_t blocks;      /* allocations outstanding */
    uint32_t bytes;       /* bytes asked for in them */
    uint32_t pages;       /* pages of the pool in use */
    uint32_t limit;       /* pages the pool can have */
    uint32_t allocations; /* since boot */
};
void mm_query_pool(enum pool_type pool, struct pool_usage *out);
