/* The pools: sizes, alignment, joining, limits, and a long random walk. */
#include "lib/string.h"
#include "mm/fault.h"
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/pool_internal.h"
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

    uint32_t kept = 0;

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
        ktest_assert_eq(test, usage(type).blocks, before.blocks);
        ktest_assert_eq(test, usage(type).bytes, before.bytes);
        bool was_kept = mm_trim_nonpaged_pool();
        ktest_assert(test, !was_kept || (type == NONPAGED_POOL && sizes[i] < 256));
        kept += was_kept;
        ktest_assert_eq(test, usage(type).pages, before.pages);
    }
    /* Small blocks are kept, but for one that had to be taken a unit too large. */
    ktest_assert(test, type == PAGED_POOL || kept >= 4);
}

/* Take all free blocks of at least BYTES that are left in pages already cut up, so that what is
 * allocated next lies in a page of its own; the last of them is returned, each linked to the one
 * before. */
static void **fill_pages(uint32_t bytes)
{
    void **last = NULL;
    uint32_t pages = usage(NONPAGED_POOL).pages;

    for (;;) {
        void **block = ex_allocate_pool_with_tag(NONPAGED_POOL, bytes, TAG);
        if (!block || usage(NONPAGED_POOL).pages != pages) {
            if (block)
                ex_free_pool_with_tag(block, TAG);
            mm_trim_nonpaged_pool();
            return last;
        }
        *block = last;
        last = block;
    }
}

static void free_all(void **last)
{
    while (last) {
        void **before = *last;
        ex_free_pool_with_tag(last, TAG);
        last = before;
    }
}

KTEST(pool, small_block_that_was_freed_is_given_out_again)
{
    ktest_suspend_special_pool();
    void **filling = fill_pages(24);
    struct pool_usage before = usage(NONPAGED_POOL);
    void *first = ex_allocate_pool_with_tag(NONPAGED_POOL, 100, TAG);
    ktest_assert(test, first);
    ex_free_pool_with_tag(first, TAG);
    ktest_assert_eq(test, usage(NONPAGED_POOL).blocks, before.blocks);
    ktest_assert_eq(test, usage(NONPAGED_POOL).pages, before.pages + 1);
    /* 97 to 104 bytes need blocks of the same size; each has its own tag, length and guard. */
    uint8_t *second = ex_allocate_pool_with_tag(NONPAGED_POOL, 97, 'rehO');
    ktest_assert_eq(test, (uintptr_t)second, (uintptr_t)first);
    ktest_assert_eq(test, usage(NONPAGED_POOL).bytes, before.bytes + 97);
    for (uint32_t i = 97; i < 104; i++)
        ktest_assert_eq(test, second[i], POOL_GUARD);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ex_free_pool_with_tag(second, 'rehO');
    ktest_assert(test, mm_trim_nonpaged_pool());
    ktest_assert(test, !mm_trim_nonpaged_pool());
    ktest_assert_eq(test, usage(NONPAGED_POOL).pages, before.pages);
    free_all(filling);
}

KTEST(pool, keeps_a_few_blocks_of_a_size_and_no_more)
{
    ktest_suspend_special_pool();
    struct pool_usage before = usage(NONPAGED_POOL);
    void *blocks[2 * POOL_LOOKASIDE_DEPTH];

    for (uint32_t i = 0; i < ARRAY_SIZE(blocks); i++)
        ktest_assert(test, (blocks[i] = ex_allocate_pool_with_tag(NONPAGED_POOL, 24, TAG)));
    for (uint32_t i = 0; i < ARRAY_SIZE(blocks); i++)
        ex_free_pool_with_tag(blocks[i], TAG);
    uint32_t units = (24 + POOL_HEADER + POOL_GUARD_MIN + POOL_UNIT - 1) / POOL_UNIT;
    ktest_assert_eq(test, mi_pool_processor.lookaside[units].depth, POOL_LOOKASIDE_DEPTH);
    ktest_assert_eq(test, usage(NONPAGED_POOL).blocks, before.blocks);
    ktest_assert_eq(test, mm_verify(NULL), 0);
}

KTEST(pool, nonpaged_of_every_size)
{
    ktest_suspend_special_pool();
    all_sizes(test, NONPAGED_POOL);
}

KTEST(pool, paged_of_every_size)
{
    ktest_suspend_special_pool();
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
    void **filling = fill_pages(500);
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
    free_all(filling);
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

/* Two frames are left, and three are wanted: what was charged for is given back whole. */
KTEST(pool, nonpaged_without_frames_takes_nothing)
{
    kirql irql = mi_lock_pfn();
    pfn_t first = ktest_take_free_frames(), last = mi_pfn(mi_pfn(first)->u1.flink)->u1.flink;

    mi_pfn(mi_pfn(first)->u1.flink)->u1.flink = PFN_NONE;
    ktest_give_frames_back(first);
    mi_unlock_pfn(irql);
    uint32_t committed = mm_total_committed_pages, available = mi_available_pages();
    void *p = ex_allocate_pool_with_tag(NONPAGED_POOL, 3 * PAGE_SIZE, TAG);
    uint32_t committed_after = mm_total_committed_pages, available_after = mi_available_pages();
    irql = mi_lock_pfn();
    ktest_give_frames_back(last);
    mi_unlock_pfn(irql);
    ktest_assert(test, !p);
    ktest_assert_eq(test, available, 2);
    ktest_assert_eq(test, available_after, 2);
    ktest_assert_eq(test, committed_after, committed);
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
