/*
 * How a pool is built, for its own files, mm_verify and the tests.
 *
 * The pool hands out runs of pages, and cuts single pages into blocks for smaller requests:
 *
 *   page   +--------+------------------+-------+--------+-----------------------+
 *          | header | what was asked   | guard | header | free: list links ...  |
 *          +--------+------------------+-------+--------+-----------------------+
 *           8 bytes                     4 to 19 bytes of POOL_GUARD
 *
 * Sizes are in units of 8 bytes. A block's neighbours are found from its header's two sizes; freed
 * neighbours are joined, and a page that is one free block goes back to the run allocator. Free
 * blocks hang on a list for their exact size; a bitmap says which lists hold anything, and a word
 * which words of it do, so the smallest block that fits is found without a search. A run of pages
 * has no header: its tag and size stand in the pool's page table of its own, struct pool_page.
 */
#pragma once

#include "lib/bitmap.h"
#include "lib/list.h"
#include "mm/mm.h"
#include "mm/pool.h"

#define POOL_UNIT_SHIFT 3u
#define POOL_UNIT       8u
#define POOL_PAGE_UNITS (PAGE_SIZE >> POOL_UNIT_SHIFT)
#define POOL_HEADER     8u
#define POOL_GUARD_MIN  4u
#define POOL_GUARD      0xFDu
/* So large a block leaves room for a free one behind it: the page itself is never one block. */
#define POOL_MAX_UNITS (POOL_PAGE_UNITS - 2u)
#define POOL_MAX_BLOCK ((POOL_MAX_UNITS << POOL_UNIT_SHIFT) - POOL_HEADER - POOL_GUARD_MIN)

enum pool_block_state {
    POOL_FREE = 0,
    POOL_LOOKASIDE = 0x15,
    POOL_IN_USE = 0x2A
};

struct pool_header {
    uint16_t previous_size : 9; /* units; 0: the first block of its page */
    uint16_t slack : 7;         /* bytes behind what was asked for: the guard's length */
    uint16_t block_size : 9;    /* units, this header included */
    uint16_t state : 7;         /* enum pool_block_state */
    uint32_t tag;
};
_Static_assert(sizeof(struct pool_header) == POOL_HEADER, "a header is one unit");

/* One a page of the pool. */
struct pool_page {
    uint32_t tag;   /* of the run that begins here; POOL_BLOCKS_TAG: cut into blocks */
    uint32_t bytes; /* asked for, of the run that begins here */
};
#define POOL_BLOCKS_TAG 0xFFFFFFFFu

/* Small blocks of one size that were freed last, linked through their first word. To their
 * neighbours they are in use, so that neither allocating nor freeing them moves anything. */
struct pool_lookaside {
    struct pool_header *first;
    uint32_t depth;
};
#define POOL_LOOKASIDE_BYTES 256u
#define POOL_LOOKASIDES      35u /* by size in units */
#define POOL_LOOKASIDE_DEPTH 8u

/* Guarded by raising to DISPATCH_LEVEL (nonpaged) or APC_LEVEL (paged), `level`. */
struct pool {
    const char *name;
    uint8_t level;
    uintptr_t base;
    struct rtl_bitmap allocated;  /* a bit a page */
    struct rtl_bitmap end_of_run; /* set for the last page of each run */
    struct pool_page *page;
    uint32_t hint;                                /* where to look for pages next */
    struct list_entry free_list[POOL_PAGE_UNITS]; /* by size in units */
    uint32_t list_map[POOL_PAGE_UNITS / 32];      /* which lists are not empty */
    uint32_t word_map;                            /* which words of list_map are not 0 */
    struct pool_lookaside lookaside[POOL_LOOKASIDES];
    struct pool_usage usage; /* blocks is not kept: it is allocations - frees */
    /* Make PAGES from VA on usable / give them back. */
    bool (*commit)(uintptr_t va, uint32_t pages);
    void (*decommit)(uintptr_t va, uint32_t pages);
};

extern struct pool mi_pools[POOL_TYPES];

/* pool_pages.c: runs of pages. => the first page's number, RTL_BITMAP_NONE when there is no room.
 */
uint32_t mi_allocate_pool_pages(struct pool *pool, uint32_t count);
void mi_free_pool_pages(struct pool *pool, uint32_t first);
uint32_t mi_pool_run_length(const struct pool *pool, uint32_t first);

/* pool_blocks.c: blocks within pages. BYTES is at most POOL_MAX_BLOCK. */
void *mi_allocate_pool_block(struct pool *pool, uint32_t bytes, uint32_t tag);
/* The block of HEADER, in use or off its lookaside list, becomes free. */
void mi_free_pool_block(struct pool *pool, struct pool_header *header);
/* P, in a page of blocks, may not be freed with TAG: bugcheck with the reason, from the most to the
 * least telling. */
NORETURN void mi_refuse_free(void *p, uint32_t tag);
/* => the bytes asked for. */
static inline uint32_t mi_pool_block_bytes(const struct pool_header *header)
{
    return ((uint32_t)header->block_size << POOL_UNIT_SHIFT) - POOL_HEADER - header->slack;
}

/* Is the guard of SLACK bytes at P untouched? => the first wrong byte, or NULL. */
const uint8_t *mi_check_guard(const void *p, uint32_t slack);

static inline uintptr_t mi_pool_page_address(const struct pool *pool, uint32_t page)
{
    return pool->base + (page << PAGE_SHIFT);
}
