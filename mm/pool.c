/*
 * The pools' face (ExAllocatePoolWithTag, ExFreePoolWithTag): small requests become blocks, larger
 * ones runs of pages. Misuse is a bug in the kernel and stops it with the pool's bug checks
 * (Bug Check Code Reference, 0x19 and 0xC2).
 */
#include "mm/pool_internal.h"
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

void *ex_allocate_pool_with_tag(enum pool_type type, uint32_t bytes, uint32_t tag)
{
    struct pool *pool = &mi_pools[type];
    kirql old = ke_get_current_irql();
    void *p;

    if (unlikely(bytes == 0))
        ke_bug_check_ex(BAD_POOL_CALLER, ZERO_BYTES, 0, type, tag);
    if (unlikely(old > pool->level))
        ke_bug_check_ex(BAD_POOL_CALLER, BAD_IRQL_ALLOCATE, old, type, bytes);
    if (unlikely(bytes > 0x10000000u)) /* beyond any pool; and its pages would overflow */
        return NULL;
    ke_raise_irql(pool->level);
    p = likely(bytes <= POOL_MAX_BLOCK) ? mi_allocate_pool_block(pool, bytes, tag)
                                        : allocate_run(pool, bytes, tag);
    if (likely(p)) {
        pool->usage.blocks++;
        pool->usage.allocations++;
        pool->usage.bytes += bytes;
    }
    ke_lower_irql(old);
    return p;
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

void ex_free_pool_with_tag(void *p, uint32_t tag)
{
    struct pool *pool = pool_of(p);
    uint32_t page = (uint32_t)((uintptr_t)p - pool->base) >> PAGE_SHIFT;
    kirql old = ke_get_current_irql();

    if (unlikely(old > pool->level))
        ke_bug_check_ex(BAD_POOL_CALLER, BAD_IRQL_FREE, old, (uintptr_t)p, tag);
    ke_raise_irql(pool->level);
    if (unlikely(!rtl_test_bit(&pool->allocated, page)))
        ke_bug_check_ex(BAD_POOL_CALLER, ALREADY_FREED, 0, 0, (uintptr_t)p);
    if (pool->page[page].tag == POOL_BLOCKS_TAG)
        mi_free_pool_block(pool, p, tag);
    else if (((uintptr_t)p & (PAGE_SIZE - 1)) || !pool->page[page].bytes)
        ke_bug_check_ex(BAD_POOL_CALLER, INVALID_ADDRESS, (uintptr_t)p, 0, 0);
    else
        free_run(pool, page, p, tag);
    pool->usage.blocks--;
    pool->usage.frees++;
    ke_lower_irql(old);
}

void mm_query_pool(enum pool_type type, struct pool_usage *out)
{
    *out = mi_pools[type].usage;
}
