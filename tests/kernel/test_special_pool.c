/*
 * Special pool: where an allocation lies, what is around it, and what becomes of its addresses. It
 * is turned on for each test where the boot option specialpool did not.
 */
#include "lib/string.h"
#include "mm/fault.h"
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/special_pool.h"
#include "tests/kernel/ktest.h"

#define TAG 'cpsT'

static bool turned_on;

static void begin(void)
{
    turned_on = !mi_special_pool.on;
    if (turned_on)
        mm_enable_special_pool();
}

static void end(void)
{
    if (!turned_on)
        return;
    void *bookkeeping = mi_special_pool.used.buffer;
    mi_special_pool = (struct mi_special_pool){.on = false};
    ex_free_pool_with_tag(bookkeeping, MI_SPECIAL_POOL_TAG);
}

static struct pool_usage usage(enum pool_type type)
{
    struct pool_usage u;

    mm_query_pool(type, &u);
    return u;
}

static bool is_mapped_or_promised(uintptr_t va)
{
    return mi_read_pte(mi_get_pte_address(va)).value != 0;
}

/* P is where BYTES belong: up against the end of their last page, nothing mapped behind them. */
static void check_place(struct ktest *test, const uint8_t *p, uint32_t bytes)
{
    uintptr_t behind = (uintptr_t)p + bytes, page_end = ROUND_UP(behind, PAGE_SIZE);
    uint32_t alignment = bytes < PAGE_SIZE ? 8 : PAGE_SIZE;

    ktest_assert(test, mi_is_special_address((uintptr_t)p));
    ktest_assert_eq(test, (uintptr_t)p & (alignment - 1), 0);
    ktest_assert(test, page_end - behind < alignment);
    ktest_assert(test, !is_mapped_or_promised(page_end));
    ktest_assert(test, !mi_check_special_fill(behind, page_end));
    ktest_assert(test, !mi_check_special_fill(ROUND_DOWN((uintptr_t)p, PAGE_SIZE), (uintptr_t)p));
}

static void each_size(struct ktest *test, enum pool_type type)
{
    static const uint32_t sizes[] = {1, 7, 8, 9, 100, 4088, 4089, 4095, 4096, 4097, 8192, 12289};

    for (uint32_t i = 0; i < ARRAY_SIZE(sizes) && !ktest_over(test); i++) {
        struct pool_usage before = usage(type);
        uint8_t *p = ex_allocate_pool_with_tag(type, sizes[i], TAG);
        ktest_assert(test, p);
        check_place(test, p, sizes[i]);
        memset(p, 0x77, sizes[i]);
        ktest_assert_eq(test, usage(type).pages - before.pages, BYTES_TO_PAGES(sizes[i]));
        ktest_assert_eq(test, usage(type).bytes - before.bytes, sizes[i]);
        ktest_assert_eq(test, usage(type).blocks - before.blocks, 1);
        ktest_assert_eq(test, mm_verify(NULL), 0);
        ex_free_pool_with_tag(p, TAG);
        ktest_assert_eq(test, usage(type).pages, before.pages);
        ktest_assert_eq(test, mm_verify(NULL), 0);
    }
}

KTEST(special_pool, allocations_end_where_their_page_does)
{
    begin();
    each_size(test, NONPAGED_POOL);
    each_size(test, PAGED_POOL);
    end();
}

KTEST(special_pool, nonpaged_is_present_and_paged_is_promised)
{
    begin();
    uint8_t *nonpaged = ex_allocate_pool_with_tag(NONPAGED_POOL, 2 * PAGE_SIZE, TAG);
    uint8_t *paged = ex_allocate_pool_with_tag(PAGED_POOL, 2 * PAGE_SIZE, TAG);
    ktest_assert(test, nonpaged && paged);
    for (uint32_t i = 0; i < 2; i++) {
        ktest_assert(test, mm_is_address_writable((uintptr_t)nonpaged + i * PAGE_SIZE));
        ktest_assert_eq(test, mi_pte_kind(*mi_get_pte_address((uintptr_t)paged + i * PAGE_SIZE)),
                        MI_PTE_DEMAND_ZERO);
    }
    ex_free_pool_with_tag(nonpaged, TAG);
    ex_free_pool_with_tag(paged, TAG);
    end();
}

KTEST(special_pool, freed_pages_are_gone_at_once)
{
    begin();
    uint8_t *p = ex_allocate_pool_with_tag(NONPAGED_POOL, PAGE_SIZE + 8, TAG);
    ktest_assert(test, p);
    ex_free_pool_with_tag(p, TAG);
    ktest_assert(test, !is_mapped_or_promised((uintptr_t)p));
    ktest_assert(test, !is_mapped_or_promised((uintptr_t)p + PAGE_SIZE));
    end();
}

/* A page and its guard page: all other pairs of the region come first. */
KTEST(special_pool, addresses_come_round_last)
{
    begin();
    uint32_t taken = rtl_number_of_set_bits(&mi_special_pool.used);
    uint32_t pairs = (mi_special_pool.used.size - taken) / 2, others = 0;
    uint8_t *first = ex_allocate_pool_with_tag(NONPAGED_POOL, 16, TAG), *p;

    ktest_assert(test, first);
    ex_free_pool_with_tag(first, TAG);
    do {
        p = ex_allocate_pool_with_tag(NONPAGED_POOL, 16, TAG);
        ktest_assert(test, p && others++ < pairs);
        ex_free_pool_with_tag(p, TAG);
    } while (p > first + PAGE_SIZE || p + PAGE_SIZE < first);
    ktest_assert(test, others + taken >= pairs - 1); /* what is taken leaves gaps of one page */
    end();
}

KTEST(special_pool, a_full_region_falls_back_to_the_ordinary_pool)
{
    begin();
    uint32_t fallbacks = mi_special_pool.fallbacks, size = mi_special_pool.used.size;

    mi_special_pool.used.size = 0;
    void *block = ex_allocate_pool_with_tag(NONPAGED_POOL, 40, TAG);
    void *run = ex_allocate_pool_with_tag(PAGED_POOL, 2 * PAGE_SIZE, TAG);
    mi_special_pool.used.size = size;
    ktest_assert(test, block && run);
    ktest_assert_eq(test, mi_special_pool.fallbacks - fallbacks, 2);
    ktest_assert(test, !mi_is_special_address((uintptr_t)block));
    ktest_assert(test, !mi_is_special_address((uintptr_t)run));
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ex_free_pool_with_tag(block, TAG);
    ex_free_pool_with_tag(run, TAG);
    end();
}

KTEST(special_pool, the_commit_limit_holds)
{
    begin();
    uint32_t spare = mm_total_commit_limit - mm_total_committed_pages;
    ktest_assert(test, mm_charge_commitment(MM_COMMIT_CONTIGUOUS, spare - 2));
    void *p = ex_allocate_pool_with_tag(NONPAGED_POOL, 4 * PAGE_SIZE, TAG);
    mm_return_commitment(MM_COMMIT_CONTIGUOUS, spare - 2);
    ktest_assert(test, !p);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    end();
}

KTEST(special_pool, remembers_who_allocated_and_who_freed)
{
    begin();
    void *p = ex_allocate_pool_with_tag(PAGED_POOL, 50, TAG);
    ktest_assert(test, p);
    const struct special_page *a = &mi_special_pool.page[mi_special_page_number((uintptr_t)p)];
    ktest_assert_eq(test, a->tag, TAG);
    ktest_assert_eq(test, a->bytes, 50);
    ktest_assert(test, a->allocated_by && !a->freed_by);
    ex_free_pool_with_tag(p, TAG);
    ktest_assert(test, a->freed_by > a->allocated_by && a->freed_by - a->allocated_by < 1024);
    ktest_assert_eq(test, a->tag, TAG);
    end();
}

/* Flip bits at a place, verify, flip them back. */
#define sees_damage(place, bits)          \
    ({                                    \
        (place) ^= (bits);                \
        uint32_t seen_ = mm_verify(NULL); \
        (place) ^= (bits);                \
        seen_ && !mm_verify(NULL);        \
    })

KTEST(special_pool, verify_sees_damage)
{
    begin();
    uint8_t *p = ex_allocate_pool_with_tag(NONPAGED_POOL, 21, TAG);
    uint8_t *run = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE + 5, TAG);
    ktest_assert(test, p && run);
    struct mmpte *guard = mi_get_pte_address((uintptr_t)p) + 1;
    bool seen = sees_damage(p[-1], 1) && sees_damage(*(p - ((uintptr_t)p & 0xFFF)), 1) &&
                sees_damage(p[21], 1) && sees_damage(run[PAGE_SIZE + 5], 1) &&
                sees_damage(guard->value, 0x80) &&
                sees_damage(mi_special_pool.used.buffer[0], 1u << 31) &&
                sees_damage(mi_pools[NONPAGED_POOL].usage.pages, 1);
    ex_free_pool_with_tag(run, TAG);
    ex_free_pool_with_tag(p, TAG);
    end();
    ktest_assert(test, seen);
}
