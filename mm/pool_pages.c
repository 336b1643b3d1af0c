/*
 * Runs of pool pages. Two bitmaps tell them apart: which pages are in use, and which of those end a
 * run. What it takes to make a page usable differs by pool and is the pool's own commit function.
 */
#include "mm/pool_internal.h"

uint32_t mi_allocate_pool_pages(struct pool *pool, uint32_t count)
{
    mi_assert_pool_locked(pool);
    uint32_t first = rtl_find_clear_bits_and_set(&pool->allocated, count, pool->hint);

    if (first == RTL_BITMAP_NONE)
        return first;
    if (!pool->commit(mi_pool_page_address(pool, first), count)) {
        rtl_clear_bits(&pool->allocated, first, count);
        return RTL_BITMAP_NONE;
    }
    rtl_set_bits(&pool->end_of_run, first + count - 1, 1);
    pool->hint = first + count;
    pool->usage.pages += count;
    return first;
}

uint32_t mi_pool_run_length(const struct pool *pool, uint32_t first)
{
    uint32_t last = first;

    while (!rtl_test_bit(&pool->end_of_run, last))
        last++;
    return last - first + 1;
}

void mi_free_pool_pages(struct pool *pool, uint32_t first)
{
    uint32_t count = mi_pool_run_length(pool, first);

    mi_assert_pool_locked(pool);
    pool->page[first] = (struct pool_page){0, 0};
    rtl_clear_bits(&pool->end_of_run, first + count - 1, 1);
    pool->decommit(mi_pool_page_address(pool, first), count);
    rtl_clear_bits(&pool->allocated, first, count);
    if (first < pool->hint)
        pool->hint = first; /* low addresses first: page tables that exist are used again */
    pool->usage.pages -= count;
}
