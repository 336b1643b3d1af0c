/* mm_verify, the pools and the commit charge. */
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/pool_commit.h"
#include "mm/special_pool.h"
#include "mm/verify.h"

struct found {
    struct pool_usage usage;
    uint32_t lookaside; /* blocks in the state of those on lookaside lists */
};

/* A page of paged pool that was never touched holds nothing. */
static void check_run(const struct pool *pool, uint32_t page, uint32_t pages,
                      struct pool_usage *found)
{
    const struct pool_page *info = &pool->page[page];
    uintptr_t start = mi_pool_page_address(pool, page), end = start + (pages << PAGE_SHIFT);
    uint32_t slack = (pages << PAGE_SHIFT) - info->bytes;

    found->blocks++;
    found->bytes += info->bytes;
    if (BYTES_TO_PAGES(info->bytes) != pages) {
        mi_verify_failed("%s: run at %08x has %u pages for %u bytes", pool->name, (uint32_t)start,
                         pages, info->bytes);
        return;
    }
    const void *guard = slack ? mi_verify_look_at(end - slack) : NULL;
    if (guard && mi_check_guard(guard, slack))
        mi_verify_failed("%s: run at %08x was written past its end", pool->name, (uint32_t)start);
    mi_verify_look_away(guard);
}

static bool check_block(const struct pool_header *header, struct found *found)
{
    uint32_t asked = mi_pool_block_bytes(header);

    switch (header->state) {
    case POOL_IN_USE:
        found->usage.blocks++;
        found->usage.bytes += asked;
        return header->slack >= POOL_GUARD_MIN &&
               !mi_check_guard((const uint8_t *)(header + 1) + asked, header->slack);
    case POOL_CACHED:
        found->lookaside++;
        return header->block_size < POOL_LOOKASIDE_UNITS;
    default:
        return header->state == POOL_FREE;
    }
}

/* Does the page's chain of blocks hold together, its guards included? */
static bool check_blocks(const struct pool_header *header, struct found *found)
{
    const struct pool_header *end = header + POOL_PAGE_UNITS;
    uint32_t previous = 0;

    while (header < end) {
        uint32_t size = header->block_size;
        if (size < 2 || header->previous_size != previous || size > (uint32_t)(end - header))
            return false;
        if (!check_block(header, found))
            return false;
        previous = size;
        header += size;
    }
    return header == end;
}

static void check_page(const struct pool *pool, uint32_t page, uint32_t pages, struct found *found)
{
    uintptr_t va = mi_pool_page_address(pool, page);

    found->usage.pages += pages;
    if (pool->page[page].tag != POOL_BLOCKS_TAG) {
        check_run(pool, page, pages, &found->usage);
        return;
    }
    const void *blocks = mi_verify_look_at(va);
    if (!blocks || !check_blocks(blocks, found))
        mi_verify_failed("%s: the blocks in page %08x do not hold together", pool->name,
                         (uint32_t)va);
    mi_verify_look_away(blocks);
}

static void compare(const struct pool *pool, const struct found *found)
{
    struct pool_usage counted;
    uint32_t lookaside = 0;

    mm_query_pool((enum pool_type)(pool - mi_pools), &counted);
    for (uint32_t i = 0; i < POOL_LOOKASIDE_UNITS && pool == &mi_pools[NONPAGED_POOL]; i++)
        lookaside += mi_pool_processor.lookaside[i].depth;
    if (found->usage.pages != counted.pages || found->usage.blocks != counted.blocks ||
        found->usage.bytes != counted.bytes)
        mi_verify_failed("%s: found %u pages, %u blocks, %u bytes; counted %u, %u, %u", pool->name,
                         found->usage.pages, found->usage.blocks, found->usage.bytes, counted.pages,
                         counted.blocks, counted.bytes);
    if (found->lookaside != lookaside)
        mi_verify_failed("%s: %u blocks are kept, %u are on the lists", pool->name,
                         found->lookaside, lookaside);
}

/* The runs from page FIRST on; before it lies only what is not the pool's to give. */
static void check_pool(const struct pool *pool, uint32_t first)
{
    struct found found = {0};
    uint32_t page = first;

    while (page < pool->allocated.size) {
        if (!rtl_test_bit(&pool->allocated, page)) {
            page++;
            continue;
        }
        uint32_t pages = mi_pool_run_length(pool, page);
        check_page(pool, page, pages, &found);
        page += pages;
    }
    if (rtl_number_of_set_bits(&pool->allocated) != found.usage.pages + first)
        mi_verify_failed("%s: %u pages are marked as in use, %u found", pool->name,
                         rtl_number_of_set_bits(&pool->allocated), found.usage.pages + first);
    mi_verify_special_pool(pool == &mi_pools[PAGED_POOL] ? PAGED_POOL : NONPAGED_POOL,
                           &found.usage);
    compare(pool, &found);
}

void mi_verify_pools(void)
{
    check_pool(&mi_pools[NONPAGED_POOL], mi_pool_bookkeeping_pages);
    check_pool(&mi_pools[PAGED_POOL], 0);
}

static void check_kind(enum mm_commit_kind kind, uint32_t expected, const char *name)
{
    if (mi_committed[kind] != expected)
        mi_verify_failed("%s: %u pages committed, %u in use", name, mi_committed[kind], expected);
}

void mi_verify_commitment(void)
{
    uint32_t sum = 0;

    for (uint32_t i = 0; i < MM_COMMIT_KINDS; i++)
        sum += mi_committed[i];
    if (sum != mm_total_committed_pages)
        mi_verify_failed("commit charge is %u, its parts add up to %u", mm_total_committed_pages,
                         sum);
    if (mm_total_committed_pages > mm_total_commit_limit)
        mi_verify_failed("commit charge %u is beyond its limit %u", mm_total_committed_pages,
                         mm_total_commit_limit);
    check_kind(MM_COMMIT_NONPAGED_POOL,
               mi_pools[NONPAGED_POOL].usage.pages + mi_pool_bookkeeping_pages, "nonpaged pool");
    check_kind(MM_COMMIT_PROCESS_PAGES, mi_verify_private_commitment(), "private memory");
    check_kind(MM_COMMIT_LOCKED_PAGES, mi_verify_lock_commitment(), "locked pages");
    check_kind(MM_COMMIT_PROCESS_TABLES, mi_verify_table_commitment(), "processes' page tables");
    check_kind(MM_COMMIT_SECTIONS, mi_verify_section_commitment(), "sections");
    check_kind(MM_COMMIT_PAGED_POOL, mi_pools[PAGED_POOL].usage.pages, "paged pool");
}
