/*
 * The pools' face (ExAllocatePoolWithTag, ExFreePoolWithTag): small requests become blocks, larger
 * ones runs of pages. Misuse is a bug in the kernel and stops it with the pool's bug checks
 * (Bug Check Code Reference, 0x19 and 0xC2).
 */
#include "mm/low_resources.h"
#include "mm/pool_lookaside.h"
#include "mm/special_pool.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/irql.h"
#include "lib/string.h"

/* Parameter 1 of bug checks C2h and 19h. */
#define ZERO_BYTES        0x00
#define ALREADY_FREED     0x07
#define BAD_IRQL_ALLOCATE 0x08
#define BAD_IRQL_FREE     0x09
#define WRONG_TAG         0x0A
#define INVALID_ADDRESS   0x46
#define OVERRUN           0x21

static inline kirql lock_pool(struct pool *pool)
{
    if (likely(pool->level == DISPATCH_LEVEL))
        return ke_acquire_spin_lock_unchecked(&pool->lock); /* it touches nothing else */
    ex_acquire_fast_mutex(&pool->mutex);
    return PASSIVE_LEVEL; /* the mutex keeps it */
}

static inline void unlock_pool(struct pool *pool, kirql old)
{
    if (likely(pool->level == DISPATCH_LEVEL))
        ke_release_spin_lock(&pool->lock, old);
    else
        ex_release_fast_mutex(&pool->mutex);
}

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

static inline void *allocate(struct pool *pool, uint32_t bytes, uint32_t tag)
{
    return likely(bytes <= POOL_MAX_BLOCK) ? mi_allocate_pool_block(pool, bytes, tag)
                                           : allocate_run(pool, bytes, tag);
}

static __attribute__((noinline)) void *allocate_from(struct pool *pool, uint32_t bytes,
                                                     uint32_t tag, uintptr_t caller)
{
    kirql old = ke_get_current_irql();

    if (unlikely(bytes == 0))
        ke_bug_check_ex(BAD_POOL_CALLER, ZERO_BYTES, 0, (uint32_t)(pool - mi_pools), tag);
    if (unlikely(old > pool->level))
        ke_bug_check_ex(BAD_POOL_CALLER, BAD_IRQL_ALLOCATE, old, (uint32_t)(pool - mi_pools),
                        bytes);
    if (unlikely(bytes > 0x10000000u)) /* beyond any pool; and its pages would overflow */
        return NULL;
    if (mm_inject_resource_failure(pool == &mi_pools[NONPAGED_POOL] ? MM_RESOURCE_NONPAGED_POOL
                                                                    : MM_RESOURCE_PAGED_POOL))
        return NULL;
    void *special = mi_special_pool.on ? mi_allocate_special_pool(pool, bytes, tag, caller) : NULL;
    if (special)
        return special;
    old = lock_pool(pool);
    void *p = allocate(pool, bytes, tag);
    if (unlikely(!p) && pool == &mi_pools[NONPAGED_POOL] && mi_flush_pool_lookaside())
        p = allocate(pool, bytes, tag);
    if (likely(p)) {
        pool->usage.blocks++;
        pool->usage.allocations++;
        pool->usage.bytes += bytes;
    }
    unlock_pool(pool, old);
    return p;
}

void *ex_allocate_pool_with_tag(enum pool_type type, uint32_t bytes, uint32_t tag)
{
    void *p = likely(type == NONPAGED_POOL) ? mi_take_kept_block(bytes, tag) : NULL;

    return likely(p)
               ? p
               : allocate_from(&mi_pools[type], bytes, tag, (uintptr_t)__builtin_return_address(0));
}

static struct pool *pool_of(const void *p)
{
    for (uint32_t i = 0; i < POOL_TYPES; i++) {
        struct pool *pool = &mi_pools[i];
        if ((uintptr_t)p - pool->base < (uintptr_t)pool->allocated.size << PAGE_SHIFT)
            return pool;
    }
    ke_bug_check_ex(BAD_POOL_CALLER, INVALID_ADDRESS, (uintptr_t)p, 0, 0);
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

static __attribute__((noinline)) void free_to_pool(void *p, uint32_t tag, uintptr_t caller)
{
    if (mi_is_special_address((uintptr_t)p)) {
        mi_free_special_pool(p, tag, caller);
        return;
    }
    struct pool *pool = pool_of(p);
    uint32_t page = (uint32_t)((uintptr_t)p - pool->base) >> PAGE_SHIFT;
    kirql old = ke_get_current_irql();

    if (unlikely(old > pool->level))
        ke_bug_check_ex(BAD_POOL_CALLER, BAD_IRQL_FREE, old, (uintptr_t)p, tag);
    old = lock_pool(pool);
    if (unlikely(!rtl_test_bit(&pool->allocated, page)))
        ke_bug_check_ex(BAD_POOL_CALLER, ALREADY_FREED, 0, 0, (uintptr_t)p);
    if (pool->page[page].tag == POOL_BLOCKS_TAG)
        mi_free_pool_block(pool, p, tag);
    else if (((uintptr_t)p & (PAGE_SIZE - 1)) || !pool->page[page].bytes)
        ke_bug_check_ex(BAD_POOL_CALLER, INVALID_ADDRESS, (uintptr_t)p, 0, 0);
    else
        free_run(pool, page, p, tag);
    pool->usage.blocks--;
    unlock_pool(pool, old);
}

void ex_free_pool_with_tag(void *p, uint32_t tag)
{
    if (unlikely(!mi_keep_block(p, tag)))
        free_to_pool(p, tag, (uintptr_t)__builtin_return_address(0));
}

bool mm_trim_nonpaged_pool(void)
{
    struct pool *pool = &mi_pools[NONPAGED_POOL];
    kirql old = lock_pool(pool);
    bool any = mi_flush_pool_lookaside();

    unlock_pool(pool, old);
    return any;
}

void mm_keep_pool_blocks(bool keep)
{
    kirql old = lock_pool(&mi_pools[NONPAGED_POOL]);

    mi_flush_pool_lookaside();
    KPCR_READ(pool)->limit = keep ? POOL_LOOKASIDE_DEPTH : 0;
    unlock_pool(&mi_pools[NONPAGED_POOL], old);
}

void mm_query_pool(enum pool_type type, struct pool_usage *out)
{
    *out = mi_pools[type].usage;
    if (type != NONPAGED_POOL)
        return;
    out->blocks += mi_pool_processor.blocks;
    out->bytes += mi_pool_processor.bytes;
    out->allocations += mi_pool_processor.allocations;
}
