/* Large pages: what they are, what they cost, and when there are none. */
#include "mm/fault.h"
#include "mm/low_resources.h"
#include "mm/mi.h"
#include "mm/mm.h"
#include "tests/kernel/threads.h"

/* Without 4 MB pages the only right answer is "no", with the reason; the tests below then end. */
#define SMALL_MACHINE 0x1000u /* frames: 16 MB */

/* On a machine of 16 MB the kernel and the boot modules may lie in all the runs there are. */
static bool has_no_run(struct ktest *test)
{
    enum mm_large_failure why;
    pfn_t run = mm_allocate_contiguous_frames(LARGE_PAGE_PAGES, LARGE_PAGE_PAGES, &why);

    if (run != PFN_NONE) {
        mm_free_contiguous_frames(run, LARGE_PAGE_PAGES);
        return false;
    }
    if (mm_highest_physical_page >= SMALL_MACHINE)
        return false; /* there ought to be one: the test will say so */
    ktest_skip(test, "no 4 MB lie together");
    return true;
}

static void *allocate(struct ktest *test, uint32_t count)
{
    enum mm_large_failure why;
    void *p = mm_allocate_large_pages(count, MM_LARGE_NOW, &why);

    if (ke_has(KF_LARGE_PAGE) ? (!p || why != MM_LARGE_OK) : (p || why != MM_LARGE_UNSUPPORTED))
        ktest_fail_eq(test, __FILE__, __LINE__, "why == expected", why,
                      ke_has(KF_LARGE_PAGE) ? MM_LARGE_OK : MM_LARGE_UNSUPPORTED);
    return p;
}

static uint32_t words_that_are_not(const volatile uint32_t *p, uint32_t step, uint32_t factor)
{
    uint32_t wrong = 0;

    for (uint32_t i = 0; i < LARGE_PAGE_SIZE / 4; i += step)
        wrong += p[i] != i * factor;
    return wrong;
}

KTEST(large, one_directory_entry_maps_4_mb)
{
    if (has_no_run(test))
        return;
    uint32_t tables = mi_system_page_tables, available = mi_available_pages();
    volatile uint32_t *p = allocate(test, 1);
    if (!p)
        return;
    struct mmpte *pde = mi_get_pde_address((uintptr_t)p);
    struct mmpte_hardware hard = mi_read_pte(pde).hard;

    ktest_assert_eq(test, (uintptr_t)p & (LARGE_PAGE_SIZE - 1), 0);
    ktest_assert(test, hard.valid && hard.large_page && hard.write && !hard.owner);
    ktest_assert_eq(test, hard.global, ke_has(KF_GLOBAL_PAGE));
    ktest_assert_eq(test, hard.page_frame_number & (LARGE_PAGE_PAGES - 1), 0);
    ktest_assert_eq(test, mi_system_page_tables, tables);
    ktest_assert_eq(test, available - mi_available_pages(), LARGE_PAGE_PAGES);
    ktest_assert_eq(test, words_that_are_not(p, 1, 0), 0);
    for (uint32_t i = 0; i < LARGE_PAGE_SIZE / 4; i += 257)
        p[i] = i * 3;
    ktest_assert_eq(test, words_that_are_not(p, 257, 3), 0);
    mm_free_large_pages((void *)p, 1);
    ktest_assert_eq(test, mi_read_pte(pde).value, 0);
    ktest_assert_eq(test, mi_available_pages(), available);
}

KTEST(large, frames_are_contiguous_and_owned)
{
    if (has_no_run(test))
        return;
    char *p = allocate(test, 1);
    if (!p)
        return;
    struct mmpte *pde = mi_get_pde_address((uintptr_t)p);
    pfn_t first = mi_read_pte(pde).hard.page_frame_number;

    for (uint32_t i = 0; i < LARGE_PAGE_PAGES; i++) {
        const struct mmpfn *pfn = mi_pfn(first + i);
        ktest_assert_eq(test, mm_get_physical_address((uintptr_t)p + i * PAGE_SIZE + 5),
                        ((first + i) << PAGE_SHIFT) + 5);
        ktest_assert_eq(test, pfn->page_location, ACTIVE_AND_VALID);
        ktest_assert_eq(test, pfn->u2.share_count, 1);
        ktest_assert_eq(test, (uintptr_t)pfn->pte_address, (uintptr_t)pde);
    }
    ktest_assert_eq(test, mm_verify(NULL), 0);
    mm_free_large_pages(p, 1);
    for (uint32_t i = 0; i < LARGE_PAGE_PAGES; i++)
        ktest_assert_eq(test, mi_pfn(first + i)->page_location, FREE_PAGE_LIST);
}

/* The contents that a frame had before do not show through, and those of a freed large page are
 * gone from the TLB: the same address shows the next page's zeros. */
KTEST(large, the_tlb_forgets_a_freed_page)
{
    if (has_no_run(test))
        return;
    for (uint32_t round = 0; round < 3; round++) {
        volatile uint32_t *p = allocate(test, 1);
        if (!p)
            return;
        ktest_assert_eq(test, p[5], 0);
        ktest_assert_eq(test, p[LARGE_PAGE_SIZE / 4 - 1], 0);
        p[5] = p[LARGE_PAGE_SIZE / 4 - 1] = 0xDEADBEEF;
        mm_free_large_pages((void *)p, 1);
        ktest_assert(test, !mm_is_address_valid((uintptr_t)p));
    }
}

/* The freed entry gets another page's value, and no flush: it is that page's memory that is seen.
 */
KTEST(large, the_tlb_does_not_map_what_was_freed)
{
    enum mm_large_failure why;

    if (!ke_has(KF_LARGE_PAGE) || has_no_run(test))
        return;
    volatile uint32_t *a = mm_allocate_large_pages(1, MM_LARGE_NOW, &why);
    volatile uint32_t *b = mm_allocate_large_pages(1, MM_LARGE_NOW, &why);
    ktest_assert(test, a);
    uint32_t seen = 2;
    a[5] = 1;
    if (b) {
        b[5] = 2;
        struct mmpte *pde = mi_get_pde_address((uintptr_t)a);
        struct mmpte other = mi_read_pte(mi_get_pde_address((uintptr_t)b));
        mm_free_large_pages((void *)a, 1);
        mi_write_pte(pde, other);
        seen = a[5];
        mi_change_valid_pte(pde, (struct mmpte){.value = 0}, (uintptr_t)a);
        a = b;
    }
    mm_free_large_pages((void *)a, 1);
    ktest_assert_eq(test, seen, 2);
}

KTEST(large, on_demand_takes_one_fault_for_4_mb)
{
    if (has_no_run(test))
        return;
    enum mm_large_failure why;
    uint32_t committed = mm_total_committed_pages;
    char *p = mm_allocate_large_pages(1, MM_LARGE_ON_DEMAND, &why);
    ktest_assert(test, p && why == MM_LARGE_OK);
    struct mmpte *pde = mi_get_pde_address((uintptr_t)p);
    ktest_assert_eq(test, mi_pte_kind(mi_read_pte(pde)), MI_PTE_DEMAND_ZERO);

    uint32_t large = mm_fault_counts[MM_FAULT_LARGE], split = mm_fault_counts[MM_FAULT_LARGE_SPLIT];
    uint32_t zero = mm_fault_counts[MM_FAULT_DEMAND_ZERO];
    for (uint32_t i = 0; i < 8; i++)
        ktest_write(p + i * (LARGE_PAGE_SIZE / 8), 1);
    bool supported = ke_has(KF_LARGE_PAGE);
    ktest_assert_eq(test, mm_fault_counts[MM_FAULT_LARGE] - large, supported ? 1 : 0);
    ktest_assert_eq(test, mm_fault_counts[MM_FAULT_LARGE_SPLIT] - split, supported ? 0 : 1);
    ktest_assert_eq(test, mm_fault_counts[MM_FAULT_DEMAND_ZERO] - zero, supported ? 0 : 8);
    ktest_assert_eq(test, mi_read_pte(pde).hard.large_page, supported);
    ktest_assert_eq(test, mm_total_committed_pages - committed, LARGE_PAGE_PAGES + !supported);
    mm_free_large_pages(p, 1);
    ktest_assert_eq(test, mi_read_pte(pde).value, 0);
}

KTEST(large, untouched_on_demand_pages_cost_only_commitment)
{
    enum mm_large_failure why;
    uint32_t available = mi_available_pages(), committed = mm_total_committed_pages;
    void *p = mm_allocate_large_pages(2, MM_LARGE_ON_DEMAND, &why);

    ktest_assert(test, p);
    ktest_assert_eq(test, mi_available_pages(), available);
    /* Each may come as small pages, and need a page table. */
    ktest_assert_eq(test, mm_total_committed_pages - committed, 2 * (LARGE_PAGE_PAGES + 1));
    mm_free_large_pages(p, 2);
    ktest_assert_eq(test, mm_total_committed_pages, committed);
}

/* ---- the exercise's question: when can a large allocation be satisfied?
 * ---------------------------- */

/* Take one frame out of each run of 1024 that is wholly available; the frames are chained. */
static pfn_t pin_one_frame_in_each_run(uint32_t *pinned)
{
    pfn_t chain = PFN_NONE;
    kirql irql = mi_lock_pfn();

    for (pfn_t run = 0; run + LARGE_PAGE_PAGES <= mm_highest_physical_page + 1;
         run += LARGE_PAGE_PAGES)
        *pinned += ktest_take_frame(run + LARGE_PAGE_PAGES / 2, &chain);
    mi_unlock_pfn(irql);
    return chain;
}

KTEST(large, fails_when_fragmented_though_enough_pages_are_free)
{
    if (has_no_run(test))
        return;
    enum mm_large_failure why;
    uint32_t pinned = 0;
    pfn_t chain = pin_one_frame_in_each_run(&pinned);
    uint32_t available = mi_available_pages();
    pfn_t run = mm_allocate_contiguous_frames(LARGE_PAGE_PAGES, LARGE_PAGE_PAGES, &why);
    pfn_t shorter = PFN_NONE;
    enum mm_large_failure why_shorter = MM_LARGE_OK;

    if (run == PFN_NONE)
        shorter = mm_allocate_contiguous_frames(LARGE_PAGE_PAGES / 4, 1, &why_shorter);
    if (shorter != PFN_NONE)
        mm_free_contiguous_frames(shorter, LARGE_PAGE_PAGES / 4);
    ktest_free_chain(chain);
    ktest_note("%u frames of %u in use make a 4 MB page impossible with %u MB free", pinned,
               mm_highest_physical_page + 1, available >> 8);
    ktest_assert(test, pinned > 0 && available > LARGE_PAGE_PAGES);
    ktest_assert_eq(test, run, PFN_NONE);
    ktest_assert_eq(test, why, MM_LARGE_FRAGMENTED);
    ktest_assert(test, shorter != PFN_NONE);
    run = mm_allocate_contiguous_frames(LARGE_PAGE_PAGES, LARGE_PAGE_PAGES, &why);
    ktest_assert(test, run != PFN_NONE && why == MM_LARGE_OK);
    mm_free_contiguous_frames(run, LARGE_PAGE_PAGES);
}

KTEST(large, a_fault_falls_back_to_small_pages_when_fragmented)
{
    enum mm_large_failure why;
    uint32_t pinned = 0;
    char *p = mm_allocate_large_pages(1, MM_LARGE_ON_DEMAND, &why);
    ktest_assert(test, p);
    pfn_t chain = pin_one_frame_in_each_run(&pinned);
    uint32_t split = mm_fault_counts[MM_FAULT_LARGE_SPLIT];
    uint32_t zero = mm_fault_counts[MM_FAULT_DEMAND_ZERO];

    ktest_write(p, 1);
    ktest_write(p + LARGE_PAGE_SIZE - 1, 2);
    uint8_t first = ktest_read(p), middle = ktest_read(p + LARGE_PAGE_SIZE / 2);
    uint32_t failures = mm_verify(NULL);
    ktest_free_chain(chain);
    ktest_assert_eq(test, mm_fault_counts[MM_FAULT_LARGE_SPLIT] - split, 1);
    ktest_assert_eq(test, mm_fault_counts[MM_FAULT_DEMAND_ZERO] - zero, 3);
    ktest_assert_eq(test, first, 1);
    ktest_assert_eq(test, middle, 0);
    ktest_assert_eq(test, failures, 0);
    mm_free_large_pages(p, 1);
    ktest_assert(test, ktest_tlb_forgot((uintptr_t)mi_get_pte_address((uintptr_t)p)));
}

/* Two threads have met the same promise; the page is written before the second one goes on. */
static void fault_twice(struct ktest *test, char *p, enum mm_fault_kind kind)
{
    struct mi_fault first = {.va = (uintptr_t)p, .error_code = PF_WRITE};

    first.pte = mi_get_pde_address(first.va);
    first.before = mi_read_pte(first.pte);
    struct mi_fault second = first;
    ntstatus status = mi_resolve_large_zero_fault(&first);
    ktest_write(p + 5, 1);
    uint32_t available = mi_available_pages(), tables = mi_system_page_tables;
    struct mmpte pde = mi_read_pte(first.pte);
    ntstatus again = mi_resolve_large_zero_fault(&second);
    ktest_assert(test, NT_SUCCESS(status));
    ktest_assert_eq(test, first.kind, kind);
    ktest_assert_eq(test, again, STATUS_SUCCESS);
    ktest_assert_eq(test, second.kind, MM_FAULT_DISMISSED);
    ktest_assert_eq(test, mi_read_pte(first.pte).value, pde.value);
    ktest_assert_eq(test, mi_available_pages(), available);
    ktest_assert_eq(test, mi_system_page_tables, tables);
    ktest_assert_eq(test, ktest_read(p + 5), 1);
    ktest_assert_eq(test, mm_verify(NULL), 0);
}

KTEST(large, what_another_thread_has_made_is_not_made_again)
{
    enum mm_large_failure why;

    if (has_no_run(test))
        return;
    char *p = mm_allocate_large_pages(1, MM_LARGE_ON_DEMAND, &why);
    ktest_assert(test, p);
    fault_twice(test, p, ke_has(KF_LARGE_PAGE) ? MM_FAULT_LARGE : MM_FAULT_LARGE_SPLIT);
    mm_free_large_pages(p, 1);
}

KTEST(large, what_another_thread_has_split_is_not_split_again)
{
    enum mm_large_failure why;
    uint32_t pinned = 0;
    char *p = mm_allocate_large_pages(1, MM_LARGE_ON_DEMAND, &why);

    ktest_assert(test, p);
    pfn_t chain = pin_one_frame_in_each_run(&pinned);
    fault_twice(test, p, MM_FAULT_LARGE_SPLIT);
    ktest_free_chain(chain);
    mm_free_large_pages(p, 1);
}

/* The page table was promised with the page: nothing more need be granted. */
KTEST(large, a_promise_is_split_at_the_commit_limit)
{
    static const struct mm_low_resource NOTHING_MORE[MM_RESOURCES] = {
        [MM_RESOURCE_COMMIT] = {.at = 1, .which = MM_REFUSE_FROM},
        [MM_RESOURCE_PAGES] = {.at = 1, .which = MM_REFUSE_FROM}};
    enum mm_large_failure why;
    uint32_t pinned = 0, committed = mm_total_committed_pages;
    char *p = mm_allocate_large_pages(1, MM_LARGE_ON_DEMAND, &why);

    ktest_assert(test, p);
    struct mi_fault fault = {.va = (uintptr_t)p, .pte = mi_get_pde_address((uintptr_t)p)};
    fault.before = mi_read_pte(fault.pte);
    pfn_t chain = pin_one_frame_in_each_run(&pinned);
    mm_set_low_resources(NOTHING_MORE);
    ntstatus status = mi_resolve_large_zero_fault(&fault);
    mm_set_low_resources(NULL);
    ktest_free_chain(chain);
    ktest_assert_eq(test, status, STATUS_SUCCESS);
    ktest_assert_eq(test, fault.kind, MM_FAULT_LARGE_SPLIT);
    ktest_assert_eq(test, mm_total_committed_pages - committed, LARGE_PAGE_PAGES + 1);
    mm_free_large_pages(p, 1);
    ktest_assert_eq(test, mm_total_committed_pages, committed);
}

/* Somebody who uses a page while it is being made, or soon after. */
struct intruder {
    volatile uint32_t *at;
    uint32_t seen;
};

static void use_soon(void *context)
{
    struct intruder *i = context;

    ke_delay_execution_thread(KERNEL_MODE, false, MILLISECONDS(1));
    i->seen = *i->at;
    *i->at = 1;
}

/* The last word, which is zeroed last: from the second round on the frames hold what was written.
 */
KTEST(large, a_page_that_two_threads_make_is_zero_and_keeps_what_is_written)
{
    enum mm_large_failure why;
    uint32_t before = mm_fault_counts[MM_FAULT_DISMISSED];

    if (has_no_run(test))
        return;
    for (uint32_t round = 0; round < 4; round++) {
        volatile uint32_t *p = mm_allocate_large_pages(1, MM_LARGE_ON_DEMAND, &why);
        ktest_assert(test, p);
        struct intruder intruder = {.at = p + LARGE_PAGE_SIZE / 4 - 1, .seen = 999};
        struct ethread *thread = ktest_thread(test, TEST_PRIORITY + 2, use_soon, &intruder);
        uint64_t start = ke_query_interrupt_time();
        while (ke_query_interrupt_time() == start) /* the next tick of the clock wakes it */
            ;
        ktest_write(p, 1);
        ktest_join(thread);
        ktest_assert_eq(test, intruder.seen, 0);
        ktest_assert_eq(test, *intruder.at, 1);
        ktest_assert_eq(test, mm_verify(NULL), 0);
        mm_free_large_pages((void *)p, 1);
    }
    ktest_note("%u of 4 were made by both", mm_fault_counts[MM_FAULT_DISMISSED] - before);
}

/* There are 4 MB once: the first of two large pages can be had, and must go again. */
KTEST(large, all_or_none_are_made)
{
    if (!ke_has(KF_LARGE_PAGE) || has_no_run(test))
        return;
    enum mm_large_failure why;
    uint32_t pinned = 0;
    void *one = mm_allocate_large_pages(1, MM_LARGE_NOW, &why);
    ktest_assert(test, one);
    pfn_t chain = pin_one_frame_in_each_run(&pinned);
    mm_free_large_pages(one, 1);
    uint32_t available = mi_available_pages(), committed = mm_total_committed_pages;
    void *two = mm_allocate_large_pages(2, MM_LARGE_NOW, &why);
    uint32_t left = mi_available_pages();
    ktest_free_chain(chain);
    ktest_assert(test, !two);
    ktest_assert_eq(test, why, MM_LARGE_FRAGMENTED);
    ktest_assert_eq(test, left, available);
    ktest_assert_eq(test, mm_total_committed_pages, committed);
}

KTEST(large, failures_say_why_and_leave_nothing)
{
    enum mm_large_failure why;

    if (!ke_has(KF_LARGE_PAGE))
        return;
    ktest_assert(test, !mm_allocate_large_pages(0, MM_LARGE_NOW, &why));
    ktest_assert_eq(test, why, MM_LARGE_ADDRESSES);
    ktest_assert(test, !mm_allocate_large_pages(65, MM_LARGE_NOW, &why));
    ktest_assert_eq(test, why, MM_LARGE_ADDRESSES);
    if (mm_total_commit_limit < 64 * LARGE_PAGE_PAGES) {
        ktest_assert(test, !mm_allocate_large_pages(64, MM_LARGE_NOW, &why));
        ktest_assert_eq(test, why, MM_LARGE_COMMIT);
    }
}

KTEST(contiguous, alignment_and_length_are_kept)
{
    static const struct {
        uint32_t count, alignment;
    } cases[] = {{1, 1}, {3, 1}, {16, 16}, {33, 4}, {100, 256}, {1024, 1}, {512, 512}};
    enum mm_large_failure why;

    for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
        pfn_t first = mm_allocate_contiguous_frames(cases[i].count, cases[i].alignment, &why);
        ktest_assert(test, first != PFN_NONE && why == MM_LARGE_OK);
        ktest_assert_eq(test, first & (cases[i].alignment - 1), 0);
        for (uint32_t n = 0; n < cases[i].count; n++)
            ktest_assert_eq(test, mi_pfn(first + n)->page_location, ACTIVE_AND_VALID);
        ktest_assert_eq(test, mm_verify(NULL), 0);
        mm_free_contiguous_frames(first, cases[i].count);
    }
}

/* Of 40 neighbours, all that is free, 16 begin at a multiple of 16. */
KTEST(contiguous, only_aligned_frames_will_do)
{
    enum mm_large_failure why;
    int reason;
    pfn_t run = mm_allocate_contiguous_frames(64, 64, &why);
    ktest_assert(test, run != PFN_NONE);
    kirql irql = mi_lock_pfn();
    pfn_t hidden = ktest_take_free_frames();
    mi_free_frames(run + 1, 40);
    pfn_t found = mi_find_contiguous_frames(16, 16, &reason);
    if (found != PFN_NONE)
        mi_free_frames(found, 16);
    mi_free_frames(run, 1);
    mi_free_frames(run + 41, 23);
    ktest_give_frames_back(hidden);
    mi_unlock_pfn(irql);
    mm_return_commitment(MM_COMMIT_CONTIGUOUS, 64);
    ktest_assert_eq(test, found, run + 16);
}

KTEST(contiguous, too_much_is_short_of_memory)
{
    int why;
    kirql irql = mi_lock_pfn();
    pfn_t first = mi_find_contiguous_frames(mi_available_pages() + 1, 1, &why);
    pfn_t none = mi_find_contiguous_frames(0, 1, &why);

    mi_unlock_pfn(irql);
    ktest_assert_eq(test, first, PFN_NONE);
    ktest_assert_eq(test, none, PFN_NONE);
    ktest_assert_eq(test, why, MM_LARGE_SHORT);
}
