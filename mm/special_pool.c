/*
 * Special pool (the boot option specialpool): each allocation gets pages of its own, ends where its
 * last page does, and is followed by a page that is never mapped. A read or write beyond the end
 * faults at once, and one after the free does too: the pages are given back, and their addresses
 * come round again as late as the region allows.
 *
 *         pages of the allocation               guard page
 *    +----------------------------------------+- - - - - - - - -+-------- next one
 *    | SPECIAL_FILL ...   | asked for    |fill|  never mapped   |
 *    +----------------------------------------+- - - - - - - - -+--------
 *                         ^ aligned to 8   0 to 7 bytes
 *
 * The fill is checked by the free. A request of a page or more begins at a page, as the pool
 * promises; its fill is all behind it. What is remembered of each page, struct special_page,
 * outlives the free, so that the bugcheck can name whose memory it was.
 *
 * The region's page tables are made as the addresses are gone through, and stay. Nonpaged
 * allocations get frames, paged ones demand-zero PTEs, by the commit functions of their pool, and
 * count as its pages.
 */
#include "mm/special_pool.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/dbgprint.h"
#include "kernel/ke/irql.h"
#include "kernel/ke/symbols.h"
#include "lib/string.h"
#include "mm/mi.h"

/* Parameter 4 of bug check C1h, and parameter 1 of C2h. */
#define NOT_ALLOCATED  0x20
#define BAD_ADDRESS    0x22
#define DAMAGED_BEFORE 0x23
#define DAMAGED_BEHIND 0x24
#define WRONG_TAG      0x0A
#define BAD_IRQL_FREE  0x09

#define GUARD_PAGES   1u
#define SPARE_FRAMES  128u /* special pool leaves the last frames to others */
#define LARGEST_BYTES 0x4000000u

struct mi_special_pool mi_special_pool;
static struct kspin_lock lock = KSPIN_LOCK_OF_RANK(LOCK_RANK_POOL);

void mm_enable_special_pool(void)
{
    struct mi_special_pool *special = &mi_special_pool;
    uint32_t pages = mm_region_pages(MM_REGION_SPECIAL_POOL);
    uint32_t bitmap = ROUND_UP(pages, 32) / 8;
    uint32_t bytes = bitmap + pages * (uint32_t)sizeof(struct special_page);
    char *at = ex_allocate_pool_with_tag(NONPAGED_POOL, bytes, MI_SPECIAL_POOL_TAG);

    if (!at)
        ke_bug_check_ex(MEMORY1_INITIALIZATION_FAILED, bytes, 0, 0, 0);
    memset(at, 0, bytes);
    rtl_initialize_bitmap(&special->used, (uint32_t *)at, pages);
    special->page = (struct special_page *)(at + bitmap);
    special->base = mm_regions[MM_REGION_SPECIAL_POOL].start;
    special->hint = 0;
    special->on = true;
}

static uint32_t pages_of(const struct special_page *a)
{
    return BYTES_TO_PAGES(a->bytes);
}

static struct pool *pool_of(const struct special_page *a)
{
    return &mi_pools[a->paged ? PAGED_POOL : NONPAGED_POOL];
}

static uintptr_t end_of(const struct special_page *a)
{
    return mi_special_address(a->first + pages_of(a));
}

uintptr_t mi_special_allocation(const struct special_page *a)
{
    return end_of(a) - ROUND_UP((uint32_t)a->bytes, a->bytes < PAGE_SIZE ? POOL_UNIT : PAGE_SIZE);
}

/* Addresses for COUNT pages and a guard, usable. => the first page, or RTL_BITMAP_NONE. */
static uint32_t reserve(struct pool *pool, uint32_t count)
{
    struct mi_special_pool *special = &mi_special_pool;
    uint32_t first;

    if (pool->usage.pages + count > pool->usage.limit ||
        mi_available_pages() < count + SPARE_FRAMES)
        return RTL_BITMAP_NONE;
    first = rtl_find_clear_bits_and_set(&special->used, count + GUARD_PAGES, special->hint);
    if (first == RTL_BITMAP_NONE)
        return first;
    uintptr_t va = mi_special_address(first);
    if (!mi_make_system_page_tables(va, count + GUARD_PAGES) || !pool->commit(va, count)) {
        rtl_clear_bits(&special->used, first, count + GUARD_PAGES);
        return RTL_BITMAP_NONE;
    }
    special->hint = first + count + GUARD_PAGES;
    pool->usage.pages += count;
    return first;
}

static struct special_page *describe(uint32_t first, const struct pool *pool, uint32_t bytes,
                                     uint32_t tag, uintptr_t caller)
{
    struct special_page *a = &mi_special_pool.page[first];

    for (uint32_t i = 1; i <= BYTES_TO_PAGES(bytes); i++)
        a[i].first = first;
    *a = (struct special_page){.first = first,
                               .tag = tag,
                               .bytes = bytes & 0x7FFFFFFF,
                               .paged = pool == &mi_pools[PAGED_POOL],
                               .allocated_by = (uint32_t)caller};
    return a;
}

/* Paged pages are touched here: at the pool's level, not above. */
static void *fill(const struct special_page *a)
{
    uintptr_t start = mi_special_address(a->first), p = mi_special_allocation(a);
    uintptr_t behind = p + a->bytes;

    memset((void *)start, SPECIAL_FILL, p - start);
    memset((void *)behind, SPECIAL_FILL, end_of(a) - behind);
    return (void *)p;
}

void *mi_allocate_special_pool(struct pool *pool, uint32_t bytes, uint32_t tag, uintptr_t caller)
{
    struct special_page *a = NULL;
    kirql old = ke_acquire_spin_lock_unchecked(&lock);
    uint32_t first =
        bytes <= LARGEST_BYTES ? reserve(pool, BYTES_TO_PAGES(bytes)) : RTL_BITMAP_NONE;

    if (first != RTL_BITMAP_NONE)
        a = describe(first, pool, bytes, tag, caller);
    else
        mi_special_pool.fallbacks++;
    if (a) {
        pool->usage.blocks++;
        pool->usage.allocations++;
        pool->usage.bytes += bytes;
    }
    ke_release_spin_lock(&lock, old);
    return a ? fill(a) : NULL;
}

/* The allocation that has page VA, or had it last; NULL when there never was one, or it has been
 * forgotten because another one begins where it did. */
static struct special_page *allocation_at(uintptr_t va)
{
    uint32_t page = mi_special_page_number(va);
    struct special_page *a = &mi_special_pool.page[mi_special_pool.page[page].first];

    return a->allocated_by && page <= a->first + pages_of(a) ? a : NULL;
}

static void tell(const struct special_page *a)
{
    dbg_print("\nspecial pool: %u bytes at %08x, tag %.4s, allocated by ", a->bytes,
              (uint32_t)mi_special_allocation(a), (const char *)&a->tag);
    ke_print_symbol(a->allocated_by);
    if (a->freed_by) {
        dbg_print(", freed by ");
        ke_print_symbol(a->freed_by);
    }
    dbg_print("\n");
}

const uint8_t *mi_check_special_fill(uintptr_t start, uintptr_t end)
{
    for (const uint8_t *at = (const uint8_t *)start; at < (const uint8_t *)end; at++)
        if (*at != SPECIAL_FILL)
            return at;
    return NULL;
}

static void check_fill(const struct special_page *a, uintptr_t p)
{
    const uint8_t *before = mi_check_special_fill(mi_special_address(a->first), p);
    const uint8_t *behind = mi_check_special_fill(p + a->bytes, end_of(a));

    if (!before && !behind)
        return;
    tell(a);
    ke_bug_check_ex(SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION, p,
                    (uintptr_t)(behind ? behind : before), 0,
                    behind ? DAMAGED_BEHIND : DAMAGED_BEFORE);
}

/* => the allocation that begins at P; bugchecks when none does, or it is not to be freed so. */
static struct special_page *check_free(uintptr_t p, uint32_t tag, kirql irql)
{
    struct special_page *a = allocation_at(p);

    if (a && (a->freed_by || mi_special_allocation(a) != p || a->tag != tag))
        tell(a);
    if (!a || a->freed_by)
        ke_bug_check_ex(SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION, p, 0, 0, NOT_ALLOCATED);
    if (mi_special_allocation(a) != p)
        ke_bug_check_ex(SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION, p, a->bytes, end_of(a) - p,
                        BAD_ADDRESS);
    if (irql > pool_of(a)->level)
        ke_bug_check_ex(BAD_POOL_CALLER, BAD_IRQL_FREE, irql, p, tag);
    if (a->tag != tag)
        ke_bug_check_ex(BAD_POOL_CALLER, WRONG_TAG, p, a->tag, tag);
    return a;
}

void mi_free_special_pool(void *p, uint32_t tag, uintptr_t caller)
{
    struct special_page *a = check_free((uintptr_t)p, tag, ke_get_current_irql());
    struct pool *pool = pool_of(a);
    uint32_t count = pages_of(a);

    check_fill(a, (uintptr_t)p);
    kirql old = ke_acquire_spin_lock_unchecked(&lock);
    a->freed_by = (uint32_t)caller;
    pool->decommit(mi_special_address(a->first), count);
    rtl_clear_bits(&mi_special_pool.used, a->first, count + GUARD_PAGES);
    pool->usage.pages -= count;
    pool->usage.bytes -= a->bytes;
    pool->usage.blocks--;
    ke_release_spin_lock(&lock, old);
}

void mi_special_pool_fault(uintptr_t va, uint32_t write, struct ktrap_frame *frame)
{
    const struct special_page *a = mi_is_special_address(va) ? allocation_at(va) : NULL;

    if (!a || (!a->freed_by && va < end_of(a)))
        return; /* never used; or it is there and should not be touched at this IRQL */
    tell(a);
    ke_bug_check_with_frame(a->freed_by ? PAGE_FAULT_IN_FREED_SPECIAL_POOL
                                        : PAGE_FAULT_BEYOND_END_OF_ALLOCATION,
                            va, write, frame->eip, 0, frame);
}
