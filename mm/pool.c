/*
 * The pools' face (ExAllocatePoolWithTag, ExFreePoolWithTag): small requests become blocks, larger
 * ones runs of pages. Misuse is a bug in the kernel and stops it with the pool's bug checks
 * (Bug Check Code Reference, 0x19 and 0xC2).
 *
 *   ex_allocate --> lookaside list of the size, or, where it is empty or the request large:
 *                   allocate_slowly --> pool_blocks.c: free lists, a page; or a run of pages
 *   ex_free ------> lookaside list, or, where it is full or the block the last of its page:
 *                   pool_blocks.c: joined to its neighbours; or a run of pages
 */
#include "mm/pool_block.h"
#include "mm/special_pool.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/irql.h"
#include "lib/string.h"
#include "mm/layout.h"

/* Parameter 1 of bug checks C2h and 19h. */
#define ZERO_BYTES        0x00
#define ALREADY_FREED     0x07
#define BAD_IRQL_ALLOCATE 0x08
#define BAD_IRQL_FREE     0x09
#define WRONG_TAG         0x0A
#define INVALID_ADDRESS   0x46
#define SIZE_CORRUPT      0x20
#define OVERRUN           0x21

#define LARGEST_REQUEST 0x10000000u /* beyond any pool; and more pages would overflow */

static void *allocate_run(struct pool *pool, uint32_t bytes, uint32_t tag)
{
    uint32_t page = mi_allocate_pool_pages(pool, BYTES_TO_PAGES(bytes));

    if (page == RTL_BITMAP_NONE)
        return NULL;
    uint8_t *p = (uint8_t *)mi_pool_page_address(pool, page);
    uint32_t slack = ROUND_UP(bytes, PAGE_SIZE) - bytes;
    pool->page[page] = (struct pool_page){tag, bytes};
    if (slack)
        memset(p + bytes, POOL_GUARD, slack);
    return p;
}

static inline struct pool_header **lookaside_link(struct pool_header *header)
{
    return (struct pool_header **)(header + 1);
}

/* The block of SIZE units that was freed last, off its lookaside list; NULL when there is none. */
static inline struct pool_header *pop_lookaside(struct pool *pool, uint32_t size)
{
    struct pool_lookaside *list = &pool->lookaside[size];
    struct pool_header *header = list->first;

    if (unlikely(!header))
        return NULL;
    if (unlikely(header->state != POOL_LOOKASIDE))
        ke_bug_check_ex(BAD_POOL_HEADER, SIZE_CORRUPT, (uintptr_t)header, (uintptr_t)list,
                        *(uint32_t *)header);
    list->first = *lookaside_link(header);
    list->depth--;
    return header;
}

/* HEADER, in use, goes on the lookaside list of its size. => false when it should not. */
static inline bool push_lookaside(struct pool *pool, struct pool_header *header,
                                  struct pool_header *next)
{
    uint32_t size = header->block_size;

    if (unlikely(size >= POOL_LOOKASIDES))
        return false;
    struct pool_lookaside *list = &pool->lookaside[size];
    if (unlikely(list->depth == POOL_LOOKASIDE_DEPTH || mi_pool_stands_alone(header, next)))
        return false;
    header->state = POOL_LOOKASIDE;
    *lookaside_link(header) = list->first;
    list->first = header;
    list->depth++;
    return true;
}

static bool drain_lookasides(struct pool *pool)
{
    struct pool_header *header;
    bool any = false;

    for (uint32_t size = 0; size < POOL_LOOKASIDES; size++) {
        while ((header = pop_lookaside(pool, size))) {
            mi_free_pool_block(pool, header);
            any = true;
        }
    }
    return any;
}

void mm_drain_pool(enum pool_type type)
{
    struct pool *pool = &mi_pools[type];
    kirql old = ke_raise_irql(pool->level);

    drain_lookasides(pool);
    ke_lower_irql(old);
}

/* No lookaside list has a block for the request, or special pool is to serve it. */
static __attribute__((noinline)) void *allocate_slowly(struct pool *pool, uint32_t bytes,
                                                       uint32_t tag, uintptr_t caller)
{
    void *p = NULL;

    if (bytes == 0)
        ke_bug_check_ex(BAD_POOL_CALLER, ZERO_BYTES, 0, (uintptr_t)(pool - mi_pools), tag);
    if (bytes > LARGEST_REQUEST)
        return NULL;
    if (mi_special_pool.on)
        p = mi_allocate_special_pool(pool, bytes, tag, caller);
    if (p)
        return p;
    do {
        p = bytes <= POOL_MAX_BLOCK ? mi_allocate_pool_block(pool, bytes, tag)
                                    : allocate_run(pool, bytes, tag);
    } while (!p && drain_lookasides(pool));
    return p;
}

void *ex_allocate_pool_with_tag(enum pool_type type, uint32_t bytes, uint32_t tag)
{
    struct pool *pool = &mi_pools[type];
    kirql old = ke_get_current_irql();
    struct pool_header *header = NULL;
    void *p;

    if (unlikely(old > pool->level))
        ke_bug_check_ex(BAD_POOL_CALLER, BAD_IRQL_ALLOCATE, old, type, bytes);
    ke_raise_irql_unchecked(pool->level); /* up there only the pool's own memory is touched */
    /* 0, which is a mistake, is not below either. */
    if (likely(bytes - 1 < POOL_LOOKASIDE_BYTES && !mi_special_pool.on))
        header = pop_lookaside(pool, mi_pool_units(bytes));
    p = likely(header) ? mi_pool_give_out(header, mi_pool_units(bytes), bytes, tag)
                       : allocate_slowly(pool, bytes, tag, (uintptr_t)__builtin_return_address(0));
    if (likely(p)) {
        pool->usage.allocations++;
        pool->usage.bytes += bytes;
    }
    ke_lower_irql(old);
    return p;
}

/* The pool whose addresses P is among, and the number of its page. */
static inline struct pool *pool_of(const void *p, uint32_t *page)
{
    struct pool *pool = &mi_pools[NONPAGED_POOL];

    if ((uintptr_t)p < MM_PFN_DATABASE)
        pool = &mi_pools[PAGED_POOL];
    *page = (uint32_t)((uintptr_t)p - pool->base) >> PAGE_SHIFT;
    return likely(*page < pool->allocated.size) ? pool : NULL;
}

static void free_run(struct pool *pool, uint32_t page, uint8_t *p, uint32_t tag)
{
    struct pool_page *info = &pool->page[page];
    uint32_t bytes = info->bytes;
    uint32_t slack = ROUND_UP(bytes, PAGE_SIZE) - bytes;

    if (info->tag != tag)
        ke_bug_check_ex(BAD_POOL_CALLER, WRONG_TAG, (uintptr_t)p, info->tag, tag);
    const uint8_t *wrong = mi_check_guard(p + bytes, slack);
    if (wrong)
        ke_bug_check_ex(BAD_POOL_HEADER, OVERRUN, (uintptr_t)p, bytes, *wrong);
    pool->usage.bytes -= bytes;
    mi_free_pool_pages(pool, page);
}

/* P is not in a page of blocks. */
static __attribute__((noinline)) void free_pages(struct pool *pool, uint32_t page, void *p,
                                                 uint32_t tag)
{
    if (!rtl_test_bit(&pool->allocated, page))
        ke_bug_check_ex(BAD_POOL_CALLER, ALREADY_FREED, 0, 0, (uintptr_t)p);
    if (((uintptr_t)p & (PAGE_SIZE - 1)) || !pool->page[page].bytes)
        ke_bug_check_ex(BAD_POOL_CALLER, INVALID_ADDRESS, (uintptr_t)p, 0, 0);
    free_run(pool, page, p, tag);
}

static inline void free_block(struct pool *pool, void *p, uint32_t tag)
{
    struct pool_header *header = (struct pool_header *)p - 1;

    if (unlikely((uintptr_t)p & (POOL_UNIT - 1) || mi_pool_ends_page(p)))
        mi_refuse_free(p, tag);
    struct pool_header *next = mi_pool_next(header);
    if (unlikely(!mi_pool_may_free(header, next, tag)))
        mi_refuse_free(p, tag);
    pool->usage.bytes -= mi_pool_block_bytes(header);
    if (unlikely(!push_lookaside(pool, header, next)))
        mi_free_pool_block(pool, header);
}

/* P is not in a pool's own region. */
static __attribute__((noinline)) void free_elsewhere(void *p, uint32_t tag, uintptr_t caller)
{
    if (!mi_is_special_address((uintptr_t)p))
        ke_bug_check_ex(BAD_POOL_CALLER, INVALID_ADDRESS, (uintptr_t)p, 0, 0);
    mi_free_special_pool(p, tag, caller);
}

void ex_free_pool_with_tag(void *p, uint32_t tag)
{
    uint32_t page;
    struct pool *pool = pool_of(p, &page);
    kirql old = ke_get_current_irql();

    if (unlikely(!pool)) {
        free_elsewhere(p, tag, (uintptr_t)__builtin_return_address(0));
        return;
    }
    if (unlikely(old > pool->level))
        ke_bug_check_ex(BAD_POOL_CALLER, BAD_IRQL_FREE, old, (uintptr_t)p, tag);
    ke_raise_irql_unchecked(pool->level); /* up there only the pool's own memory is touched */
    if (likely(pool->page[page].tag == POOL_BLOCKS_TAG))
        free_block(pool, p, tag);
    else
        free_pages(pool, page, p, tag);
    pool->usage.frees++;
    ke_lower_irql(old);
}

void mm_query_pool(enum pool_type type, struct pool_usage *out)
{
    *out = mi_pools[type].usage;
    out->blocks = out->allocations - out->frees;
}
