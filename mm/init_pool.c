/*
 * The pools' bookkeeping - two bits and a struct pool_page for each page - is laid out at the start
 * of nonpaged pool, in pages that are mapped here and stay.
 */
#include "mm/init.h"
#include "mm/pool_commit.h"
#include "kernel/ke/bugcheck.h"
#include "lib/string.h"

static uint32_t bitmap_bytes(uint32_t pages)
{
    return (pages + 31) / 32 * 4;
}

static uint32_t bookkeeping_bytes(uint32_t pages)
{
    return 2 * bitmap_bytes(pages) + pages * (uint32_t)sizeof(struct pool_page);
}

static char *lay_out(struct pool *pool, enum mm_region_id region, char *at)
{
    uint32_t pages = mm_region_pages(region);

    pool->base = mm_regions[region].start;
    ex_initialize_fast_mutex(&pool->mutex);
    pool->usage.limit = pages;
    rtl_initialize_bitmap(&pool->allocated, (uint32_t *)at, pages);
    at += bitmap_bytes(pages);
    rtl_initialize_bitmap(&pool->end_of_run, (uint32_t *)at, pages);
    at += bitmap_bytes(pages);
    pool->page = (struct pool_page *)at;
    for (uint32_t i = 0; i < POOL_PAGE_UNITS; i++)
        initialize_list_head(&pool->free_list[i]);
    return at + pages * sizeof(struct pool_page);
}

void mi_init_pools(void)
{
    uint32_t bytes = bookkeeping_bytes(mm_region_pages(MM_REGION_NONPAGED_POOL)) +
                     bookkeeping_bytes(mm_region_pages(MM_REGION_PAGED_POOL));
    struct pool *nonpaged = &mi_pools[NONPAGED_POOL];
    char *at = (char *)mm_regions[MM_REGION_NONPAGED_POOL].start;

    KPCR_WRITE(pool, &mi_pool_processor);
    mi_pool_bookkeeping_pages = BYTES_TO_PAGES(bytes);
    if (!mi_commit_nonpaged((uintptr_t)at, mi_pool_bookkeeping_pages))
        ke_bug_check_ex(MEMORY1_INITIALIZATION_FAILED, bytes, 0, 0, 0);
    memset(at, 0, mi_pool_bookkeeping_pages << PAGE_SHIFT);
    at = lay_out(nonpaged, MM_REGION_NONPAGED_POOL, at);
    lay_out(&mi_pools[PAGED_POOL], MM_REGION_PAGED_POOL, at);
    rtl_set_bits(&nonpaged->allocated, 0, mi_pool_bookkeeping_pages);
    rtl_set_bits(&nonpaged->end_of_run, mi_pool_bookkeeping_pages - 1, 1);
    nonpaged->page[0] = (struct pool_page){'kooB', mi_pool_bookkeeping_pages << PAGE_SHIFT};
    nonpaged->hint = mi_pool_bookkeeping_pages;
}
