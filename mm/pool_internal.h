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
 * blocks hang on a list for their exact size; a bitmap says which lists hold anything, so the
 * smallest block that fits is found in a few steps. A run of pages has no header: its tag and size
 * stand in the pool's page table of its own, struct pool_page.
 */
#pragma once

#include "kernel/ke/fast_mutex.h"
#include "lib/bitmap.h"
#include "lib/list.h"
#include "mm/mm.h"
#include "mm/pool.h"

#define POOL_UNIT_SHIFT   3u
#define POOL_UNIT         8u
#define POOL_PAGE_UNITS   (PAGE_SIZE >> POOL_UNIT_SHIFT)
#define POOL_HEADER       8u
#define POOL_GUARD_MIN    4u
#define POOL_GUARD        0xFDu
#define POOL_SIZE_CORRUPT 0x20u /* parameter 1 of bug check 19h: a header makes no sense */
#define POOL_GUARD_WORD   0xFDFDFDFDu
typedef uint32_t __attribute__((aligned(1), may_alias)) unaligned_u32;
/* So large a block leaves room for a free one behind it: the page itself is never one block. */
#define POOL_MAX_UNITS (POOL_PAGE_UNITS - 2u)
#define POOL_MAX_BLOCK ((POOL_MAX_UNITS << POOL_UNIT_SHIFT) - POOL_HEADER - POOL_GUARD_MIN)

enum pool_block_state {
    POOL_FREE = 0,
    POOL_CACHED = 0x15, /* freed, and kept for the next request of its size (lookaside) */
    POOL_IN_USE = 0x2A
};

/* Small nonpaged blocks that were freed are kept, a few of each size, and given out again as they
 * are: most requests are of a size that was just given back. (NT's small pool lookaside lists) */
#define POOL_LOOKASIDE_UNITS 36u /* blocks of fewer units are kept: 256 bytes and their guard */
#define POOL_LOOKASIDE_DEPTH 8u
struct pool_lookaside {
    struct pool_header *first; /* linked through the word behind each header */
    uint32_t depth;
};

/* Each processor has its own, so that no lock is needed; used at DISPATCH_LEVEL. */
struct pool_processor {
    struct pool_lookaside lookaside[POOL_LOOKASIDE_UNITS];
    uint32_t limit;                      /* blocks that a list may keep */
    uint32_t blocks, bytes, allocations; /* to be added to the pool's usage; they may be negative */
};
extern struct pool_processor mi_pool_processor; /* the boot processor's */

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

/* Guarded by the spin lock (nonpaged) or by the mutex (paged, because touching its pages may
 * fault). */
struct pool {
    const char *name;
    kirql level; /* the highest that it may be used at, and that its lock raises to */
    struct kspin_lock lock;
    struct fast_mutex mutex;
    uintptr_t base;
    struct rtl_bitmap allocated;  /* a bit a page */
    struct rtl_bitmap end_of_run; /* set for the last page of each run */
    struct pool_page *page;
    uint32_t hint;                                /* where to look for pages next */
    struct list_entry free_list[POOL_PAGE_UNITS]; /* by size in units */
    uint32_t list_map[POOL_PAGE_UNITS / 32];      /* which lists are not empty */
    struct pool_usage usage;
    /* Make PAGES from VA on usable / give them back. */
    bool (*commit)(uintptr_t va, uint32_t pages);
    void (*decommit)(uintptr_t va, uint32_t pages);
};

extern struct pool mi_pools[POOL_TYPES];

/* In functions whose caller must have locked POOL. */
static inline void mi_assert_pool_locked(const struct pool *pool)
{
    if (likely(pool->level == DISPATCH_LEVEL))
        ke_assert_spin_lock_held(&pool->lock);
    else
        ex_assert_fast_mutex_held(&pool->mutex);
}

/* pool_pages.c: runs of pages. => the first page's number, RTL_BITMAP_NONE when there is no room.
 */
uint32_t mi_allocate_pool_pages(struct pool *pool, uint32_t count);
void mi_free_pool_pages(struct pool *pool, uint32_t first);
uint32_t mi_pool_run_length(const struct pool *pool, uint32_t first);

/* pool_blocks.c: blocks within pages. BYTES is at most POOL_MAX_BLOCK. */
void *mi_allocate_pool_block(struct pool *pool, uint32_t bytes, uint32_t tag);
/* Checks header, guard and tag, and bugchecks. */
void mi_free_pool_block(struct pool *pool, void *p, uint32_t tag);
/* A block that was freed, with all checks passed, goes back to its page. */
void mi_give_back_pool_block(struct pool *pool, struct pool_header *header);

/* This processor's kept blocks, and its part of the usage, go back to the pool. Nonpaged pool
 * locked.
 * => whether there were any blocks. */
bool mi_flush_pool_lookaside(void);
/* => bytes asked for. */
uint32_t mi_pool_block_bytes(const struct pool_header *header);

/* Is the guard of SLACK bytes, at least POOL_GUARD_MIN, at P untouched? => the first wrong byte, or
 * NULL. */
const uint8_t *mi_check_guard(const void *p, uint32_t slack);

static inline uintptr_t mi_pool_page_address(const struct pool *pool, uint32_t page)
{
    return pool->base + (page << PAGE_SHIFT);
}
