/* How many frames in use it takes, at random places, until no large page can be had. */
#include "mm/mi.h"
#include "mm/mm.h"
#include "tests/kernel/ktest.h"

static bool all_available(pfn_t first)
{
    for (const struct mmpfn *pfn = mi_pfn(first), *end = pfn + LARGE_PAGE_PAGES; pfn < end; pfn++)
        if (pfn->rom || pfn->page_location > STANDBY_PAGE_LIST)
            return false;
    return true;
}

/* => how many large pages could be made. */
static uint32_t count_runs(void)
{
    kirql irql = mi_lock_pfn();
    uint32_t runs = 0;

    for (pfn_t run = 0; run + LARGE_PAGE_PAGES <= mm_highest_physical_page + 1;
         run += LARGE_PAGE_PAGES)
        runs += all_available(run);
    mi_unlock_pfn(irql);
    return runs;
}

static void take_random_frames(uint32_t count, pfn_t *chain)
{
    while (count) {
        kirql irql = mi_lock_pfn();
        count -= ktest_take_frame(ktest_random() % (mm_highest_physical_page + 1), chain);
        mi_unlock_pfn(irql);
    }
}

/* The allocator's answer must be the one that the count leads to expect. */
static void check_allocator(struct ktest *test, uint32_t runs)
{
    enum mm_large_failure why;
    pfn_t run = mm_allocate_contiguous_frames(LARGE_PAGE_PAGES, LARGE_PAGE_PAGES, &why);

    ktest_assert_eq(test, why, runs ? MM_LARGE_OK : MM_LARGE_FRAGMENTED);
    ktest_assert_eq(test, run != PFN_NONE, runs != 0);
    if (run != PFN_NONE)
        mm_free_contiguous_frames(run, LARGE_PAGE_PAGES);
}

KTEST(fragmentation, few_frames_at_random_places_are_enough)
{
    pfn_t chain = PFN_NONE;
    uint32_t all = count_runs(), runs = all, taken = 0, available = mi_available_pages();

    if (!all) {
        ktest_skip(test, "no 4 MB lie together");
        return;
    }
    for (uint32_t goal = 4; runs && goal < available / 2; goal *= 2) {
        take_random_frames(goal - taken, &chain);
        taken = goal;
        runs = count_runs();
        ktest_note("%4u frames in use: %u of %u large pages left, %u MB available", taken, runs,
                   all, mi_available_pages() >> 8);
        check_allocator(test, runs);
    }
    ktest_free_chain(chain);
    ktest_assert_eq(test, count_runs(), all);
}
