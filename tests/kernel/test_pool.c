/* The pools: sizes, alignment, joining, limits, and a long random walk. */
#include "lib/string.h"
#include "mm/fault.h"
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/pool_commit.h"
#include "tests/kernel/ktest.h"

#define TAG 'tloP'

static struct pool_usage usage(enum pool_type type)
{
    struct pool_usage u;

    mm_query_pool(type, &u);
    return u;
}

static void all_sizes(struct ktest *test, enum pool_type type)
{
    static const uint32_t sizes[] = {1,    2,    7,    8,    9,    12,   13,   100,  2040, 4000,
                                     4064, 4065, 4068, 4069, 4080, 4095, 4096, 4097, 12288};

    for (uint32_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        struct pool_usage before = usage(type);
        uint8_t *p = ex_allocate_pool_with_tag(type, sizes[i], TAG);
        ktest_assert(test, p);
        ktest_assert_eq(test, (uintptr_t)p & (sizes[i] >= PAGE_SIZE ? PAGE_SIZE - 1 : 7), 0);
        ktest_assert_eq(test, usage(type).bytes - before.bytes, sizes[i]);
        ktest_assert_eq(test, usage(type).blocks - before.blocks, 1);
        memset(p, 0xE7, sizes[i]);
        ktest_assert_eq(test, mm_verify(NULL), 0);
        ex_free_pool_with_tag(p, TAG);
        ktest_assert_eq(test, usage(type).pages, before.pages);
    }
}

KTEST(pool, nonpaged_of_every_size)
{
    all_sizes(test, NONPAGED_POOL);
}

KTEST(pool, paged_of_every_size)
{
    all_sizes(test, PAGED_POOL);
}

KTEST(pool, nonpaged_is_present_at_once)
{
    uint32_t faults = mm_fault_counts[MM_FAULT_DEMAND_ZERO];
    uint8_t *p = ex_allocate_pool_with_tag(NONPAGED_POOL, 3 * PAGE_SIZE, TAG);
    ktest_assert(test, p);
    for (uint32_t i = 0; i < 3; i++)
        ktest_assert(test, mm_is_address_writable((uintptr_t)p + i * PAGE_SIZE));
    memset(p, 1, 3 * PAGE_SIZE);
    ktest_assert_eq(test, mm_fault_counts[MM_FAULT_DEMAND_ZERO], faults);
    ex_free_pool_with_tag(p, TAG);
    ktest_assert(test, !mm_is_address_valid((uintptr_t)p));
}

KTEST(pool, freed_neighbours_are_joined)
{
    ktest_suspend_special_pool();
    void *a = ex_allocate_pool_with_tag(NONPAGED_POOL, 1000, TAG);
    void *b = ex_allocate_pool_with_tag(NONPAGED_POOL, 1000, TAG);
    void *c = ex_allocate_pool_with_tag(NONPAGED_POOL, 1000, TAG);
    ktest_assert(test, a && b && c);
    ex_free_pool_with_tag(a, TAG);
    ex_free_pool_with_tag(c, TAG);
    ex_free_pool_with_tag(b, TAG);
    void *d = ex_allocate_pool_with_tag(NONPAGED_POOL, 3000, TAG);
    ktest_assert_eq(test, (uintptr_t)d, (uintptr_t)a);
    ex_free_pool_with_tag(d, TAG);
}

/* Two blocks, so that neither is the last of its page when it is freed. */
KTEST(pool, a_small_block_freed_is_the_next_of_its_size)
{
    ktest_suspend_special_pool();
    uint32_t blocks = usage(NONPAGED_POOL).blocks;
    void *keep = ex_allocate_pool_with_tag(NONPAGED_POOL, 40, TAG);
    void *p = ex_allocate_pool_with_tag(NONPAGED_POOL, 40, TAG);
    ktest_assert(test, keep && p);
    uint32_t units = ((struct pool_header *)p - 1)->block_size;
    const struct pool_lookaside *list = &mi_pools[NONPAGED_POOL].lookaside[units];

    ex_free_pool_with_tag(p, TAG);
    ktest_assert_eq(test, list->depth, 1);
    ktest_assert_eq(test, ((struct pool_header *)p - 1)->state, POOL_LOOKASIDE);
    ktest_assert_eq(test, usage(NONPAGED_POOL).blocks - blocks, 1);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    void *other = ex_allocate_pool_with_tag(NONPAGED_POOL, 60, TAG);
    void *same = ex_allocate_pool_with_tag(NONPAGED_POOL, 37, TAG);
    ktest_assert(test, other != p);
    ktest_assert_eq(test, (uintptr_t)same, (uintptr_t)p);
    ktest_assert_eq(test, list->depth, 0);
    ex_free_pool_with_tag(other, TAG);
    ex_free_pool_with_tag(same, TAG);
    ex_free_pool_with_tag(keep, TAG);
}

KTEST(pool, lookaside_lists_are_bounded_and_drained)
{
    ktest_suspend_special_pool();
    void *p[3 * POOL_LOOKASIDE_DEPTH];
    uint32_t pages = usage(NONPAGED_POOL).pages, kept = 0;

    for (uint32_t i = 0; i < ARRAY_SIZE(p); i++)
        ktest_assert(test, (p[i] = ex_allocate_pool_with_tag(NONPAGED_POOL, 100, TAG)));
    for (uint32_t i = 0; i < ARRAY_SIZE(p); i++)
        ex_free_pool_with_tag(p[i], TAG);
    for (uint32_t i = 0; i < POOL_LOOKASIDES; i++)
        kept += mi_pools[NONPAGED_POOL].lookaside[i].depth;
    ktest_assert_eq(test, kept, POOL_LOOKASIDE_DEPTH);
    ktest_assert(test, usage(NONPAGED_POOL).pages > pages);
    mm_drain_pool(NONPAGED_POOL);
    ktest_assert_eq(test, usage(NONPAGED_POOL).pages, pages);
}

static bool fail_once(uintptr_t va, uint32_t pages)
{
    (void)va, (void)pages;
    mi_pools[NONPAGED_POOL].commit = mi_commit_nonpaged;
    return false;
}

/* The page that is wanted is there, but blocks on a lookaside list lie in it. */
KTEST(pool, a_shortage_drains_the_lookaside_lists)
{
    ktest_suspend_special_pool();
    void *p[2 * POOL_LOOKASIDE_DEPTH];

    for (uint32_t i = 0; i < ARRAY_SIZE(p); i++)
        ktest_assert(test, (p[i] = ex_allocate_pool_with_tag(NONPAGED_POOL, 100, TAG)));
    for (uint32_t i = 0; i < ARRAY_SIZE(p); i++)
        ex_free_pool_with_tag(p[i], TAG);
    mi_pools[NONPAGED_POOL].commit = fail_once;
    void *large = ex_allocate_pool_with_tag(NONPAGED_POOL, 3500, TAG);
    mi_pools[NONPAGED_POOL].commit = mi_commit_nonpaged;
    ktest_assert(test, large);
    ex_free_pool_with_tag(large, TAG);
}

KTEST(pool, smallest_block_that_fits_is_taken)
{
    ktest_suspend_special_pool();
    void *keep[3], *small, *large, *p;

    large = ex_allocate_pool_with_tag(NONPAGED_POOL, 500, TAG);
    keep[0] = ex_allocate_pool_with_tag(NONPAGED_POOL, 20, TAG);
    small = ex_allocate_pool_with_tag(NONPAGED_POOL, 100, TAG);
    keep[1] = ex_allocate_pool_with_tag(NONPAGED_POOL, 20, TAG);
    ktest_assert(test, large && small && keep[0] && keep[1]);
    ex_free_pool_with_tag(large, TAG);
    ex_free_pool_with_tag(small, TAG);
    p = ex_allocate_pool_with_tag(NONPAGED_POOL, 98, TAG);
    ktest_assert_eq(test, (uintptr_t)p, (uintptr_t)small);
    ex_free_pool_with_tag(p, TAG);
    ex_free_pool_with_tag(keep[0], TAG);
    ex_free_pool_with_tag(keep[1], TAG);
}

static void too_much(struct ktest *test, enum pool_type type)
{
    struct pool_usage before = usage(type);

    ktest_assert(test, !ex_allocate_pool_with_tag(type, (before.limit + 1) << PAGE_SHIFT, TAG));
    ktest_assert(test, !ex_allocate_pool_with_tag(type, 0xFFFFFFFF, TAG));
    ktest_assert(test, !ex_allocate_pool_with_tag(type, 0xFFFFF001, TAG));
    ktest_assert_eq(test, usage(type).pages, before.pages);
    ktest_assert_eq(test, usage(type).blocks, before.blocks);
}

KTEST(pool, too_much_returns_null_and_takes_nothing)
{
    too_much(test, NONPAGED_POOL);
    too_much(test, PAGED_POOL);
}

KTEST(pool, nonpaged_exhausted_by_runs_recovers)
{
    void *chain = NULL, **p;
    uint32_t got = 0;

    while ((p = ex_allocate_pool_with_tag(NONPAGED_POOL, 16 * PAGE_SIZE, TAG))) {
        *p = chain;
        chain = p;
        got++;
    }
    uint32_t failures = mm_verify(NULL);
    while (chain) {
        p = chain;
        chain = *p;
        ex_free_pool_with_tag(p, TAG);
    }
    ktest_assert(test, got >= usage(NONPAGED_POOL).limit / 16 / 2);
    ktest_assert_eq(test, failures, 0);
}

/* The promise is refused when it is made, not when it falls due. */
KTEST(pool, paged_respects_the_commit_limit)
{
    uint32_t spare = mm_total_commit_limit - mm_total_committed_pages;

    ktest_assert(test, mm_charge_commitment(MM_COMMIT_CONTIGUOUS, spare - 2));
    void *p = ex_allocate_pool_with_tag(PAGED_POOL, 4 * PAGE_SIZE, TAG);
    bool beyond = mm_charge_commitment(MM_COMMIT_CONTIGUOUS, 3);
    mm_return_commitment(MM_COMMIT_CONTIGUOUS, spare - 2);
    ktest_assert(test, !p);
    ktest_assert(test, !beyond);
}

/* ---- a random walk
 * ------------------------------------------------------------------------------- */

#define SLOTS 64u
#define STEPS 4000u

struct slot {
    uint8_t *p;
    uint32_t bytes;
    uint8_t fill;
};

static bool intact(const struct slot *slot)
{
    for (uint32_t i = 0; i < slot->bytes; i++)
        if (slot->p[i] != slot->fill)
            return false;
    return true;
}

static void random_walk(struct ktest *test, enum pool_type type)
{
    static struct slot slots[SLOTS];

    memset(slots, 0, sizeof(slots));
    for (uint32_t step = 0; step < STEPS + SLOTS; step++) {
        struct slot *slot = &slots[step < STEPS ? ktest_random() % SLOTS : step - STEPS];
        if (slot->p) {
            ktest_assert(test, intact(slot));
            ex_free_pool_with_tag(slot->p, TAG);
            slot->p = NULL;
        } else if (step < STEPS) {
            uint32_t r = ktest_random();
            slot->bytes = 1 + (r & 15 ? r >> 8 & 1023 : r >> 8 & 8191);
            slot->fill = (uint8_t)step;
            slot->p = ex_allocate_pool_with_tag(type, slot->bytes, TAG);
            ktest_assert(test, slot->p);
            memset(slot->p, slot->fill, slot->bytes);
        }
    }
}

KTEST(pool, random_walk_nonpaged)
{
    random_walk(test, NONPAGED_POOL);
}

KTEST(pool, random_walk_paged)
{
    random_walk(test, PAGED_POOL);
}
