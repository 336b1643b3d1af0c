/* Demand-zero faults, seen from paged pool. */
#include "kernel/ke/irql.h"
#include "lib/string.h"
#include "mm/fault.h"
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/pool.h"
#include "tests/kernel/ktest.h"

#define TAG       'zmeD'
#define PAGES     5u
#define UNTOUCHED 0x80u /* demand zero, READWRITE */

static bool is_zero(const volatile void *page)
{
    const volatile uint32_t *word = page;

    for (uint32_t i = 0; i < PAGE_SIZE / 4; i++)
        if (word[i])
            return false;
    return true;
}

static uint32_t faults(void)
{
    return mm_fault_counts[MM_FAULT_DEMAND_ZERO];
}

KTEST(demand_zero, committed_but_not_present)
{
    struct mm_counters before, after;
    mm_query_counters(&before);
    char *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGES * PAGE_SIZE, TAG);
    ktest_assert(test, p);
    mm_query_counters(&after);

    uint32_t tables = after.system_page_tables - before.system_page_tables;
    ktest_assert_eq(test, after.committed_pages - before.committed_pages, PAGES + tables);
    ktest_assert_eq(test, before.available_pages - after.available_pages, tables);
    for (uint32_t i = 0; i < PAGES; i++) {
        struct mmpte pte = mi_read_pte(mi_get_pte_address((uintptr_t)p + i * PAGE_SIZE));
        ktest_assert_eq(test, pte.value, UNTOUCHED);
        ktest_assert_eq(test, mi_pte_kind(pte), MI_PTE_DEMAND_ZERO);
    }
    ex_free_pool_with_tag(p, TAG);
}

KTEST(demand_zero, one_fault_a_page_and_none_for_the_second_touch)
{
    volatile char *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGES * PAGE_SIZE, TAG);
    ktest_assert(test, p);

    for (uint32_t i = 0; i < PAGES; i += 2) {
        uint32_t before = faults();
        ktest_write(p + i * PAGE_SIZE + 77, 1);
        ktest_assert_eq(test, faults() - before, 1);
        ktest_write(p + i * PAGE_SIZE + 4095, 2);
        ktest_read(p + i * PAGE_SIZE);
        ktest_assert_eq(test, faults() - before, 1);
    }
    for (uint32_t i = 1; i < PAGES; i += 2)
        ktest_assert_eq(test, mi_get_pte_address((uintptr_t)p + i * PAGE_SIZE)->value, UNTOUCHED);
    ex_free_pool_with_tag((void *)p, TAG);
}

/* Even where the frame was full of something else before. */
static void touch_and_check(struct ktest *test, volatile char *p, bool from_zeroed_list)
{
    uint32_t zeroed = MM_ZEROED_PAGES, free = MM_FREE_PAGES;
    pfn_t expected = mm_page_lists[from_zeroed_list ? ZEROED_PAGE_LIST : FREE_PAGE_LIST].flink;
    struct mmpte *pte = mi_get_pte_address((uintptr_t)p);

    ktest_read(p);
    ktest_assert_eq(test, zeroed - MM_ZEROED_PAGES, from_zeroed_list ? 1 : 0);
    ktest_assert_eq(test, free - MM_FREE_PAGES, from_zeroed_list ? 0 : 1);
    ktest_assert_eq(test, pte->hard.page_frame_number, expected);
    ktest_assert(test, is_zero(p));
}

KTEST(demand_zero, takes_the_zeroed_list_first)
{
    ktest_dirty_free_frames(PAGES);
    ktest_assert_eq(test, mm_zero_free_pages(PAGES), PAGES);
    volatile char *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGES * PAGE_SIZE, TAG);
    ktest_assert(test, p);

    for (uint32_t i = 0; i < 2 && !ktest_over(test); i++)
        touch_and_check(test, p + i * PAGE_SIZE, true);
    ex_free_pool_with_tag((void *)p, TAG);
}

KTEST(demand_zero, zeroes_in_the_fault_when_it_must)
{
    volatile char *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGES * PAGE_SIZE, TAG);
    ktest_assert(test, p);
    uint32_t moved = ktest_hide_zeroed_frames();

    ktest_dirty_free_frames(2);
    for (uint32_t i = 0; i < 2 && !ktest_over(test); i++)
        touch_and_check(test, p + i * PAGE_SIZE, false);
    ex_free_pool_with_tag((void *)p, TAG);
    mm_zero_free_pages(moved);
}

KTEST(demand_zero, pte_and_frame_after_a_write)
{
    volatile char *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);
    ktest_assert(test, p);
    ktest_write(p, 1);
    struct mmpte *pte = mi_get_pte_address((uintptr_t)p);
    struct mmpte_hardware hard = mi_read_pte(pte).hard;
    const struct mmpfn *pfn = mi_pfn(hard.page_frame_number);

    ktest_assert(test, hard.valid && hard.write && hard.dirty && hard.accessed);
    ktest_assert(test, !hard.owner && !hard.large_page && !hard.copy_on_write && !hard.prototype);
    ktest_assert_eq(test, hard.global, ke_has(KF_GLOBAL_PAGE));
    ktest_assert_eq(test, pfn->page_location, ACTIVE_AND_VALID);
    ktest_assert_eq(test, pfn->u2.share_count, 1);
    ktest_assert_eq(test, pfn->reference_count, 1);
    ktest_assert_eq(test, (uintptr_t)pfn->pte_address, (uintptr_t)pte);
    ktest_assert_eq(test, pfn->original_pte.value, UNTOUCHED);
    ktest_assert_eq(test, pfn->containing_page,
                    mi_get_pde_address((uintptr_t)p)->hard.page_frame_number);
    ex_free_pool_with_tag((void *)p, TAG);
}

KTEST(demand_zero, a_read_leaves_the_page_clean)
{
    volatile char *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);
    ktest_assert(test, p);
    ktest_read(p);
    ktest_assert(test, !mi_get_pte_address((uintptr_t)p)->hard.dirty);
    ex_free_pool_with_tag((void *)p, TAG);
}

KTEST(demand_zero, page_table_counts_its_pages)
{
    volatile char *p = ex_allocate_pool_with_tag(PAGED_POOL, 3 * PAGE_SIZE, TAG);
    ktest_assert(test, p);
    const struct mmpfn *table = mi_pfn(mi_get_pde_address((uintptr_t)p)->hard.page_frame_number);
    uint32_t before = table->u2.share_count;

    ktest_write(p, 1);
    ktest_assert_eq(test, table->u2.share_count, before + 1);
    ktest_write(p + PAGE_SIZE, 1);
    ktest_assert_eq(test, table->u2.share_count, before + 2);
    ex_free_pool_with_tag((void *)p, TAG);
    ktest_assert_eq(test, table->u2.share_count, before);
}

KTEST(demand_zero, freeing_gives_the_frames_back)
{
    volatile char *p = ex_allocate_pool_with_tag(PAGED_POOL, 3 * PAGE_SIZE, TAG);
    ktest_assert(test, p);
    ktest_write(p, 1);
    struct mmpte *pte = mi_get_pte_address((uintptr_t)p);
    pfn_t frame = mi_read_pte(pte).hard.page_frame_number;
    uint32_t available = mi_available_pages();

    ex_free_pool_with_tag((void *)p, TAG);
    ktest_assert_eq(test, mi_available_pages(), available + 1);
    ktest_assert_eq(test, mi_pfn(frame)->page_location, FREE_PAGE_LIST);
    ktest_assert_eq(test, mm_page_lists[FREE_PAGE_LIST].flink, frame);
    for (uint32_t i = 0; i < 3; i++)
        ktest_assert_eq(test, mi_read_pte(pte + i).value, 0);
}

/* A page that is there may be touched at any level: only one that must be brought may not. */
KTEST(demand_zero, a_valid_page_may_be_touched_at_dispatch_level)
{
    ktest_suspend_irql_check();
    volatile uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);
    ktest_assert(test, p);
    ktest_write(p, 1);
    kirql old = ke_raise_irql(DISPATCH_LEVEL);
    ktest_write(p, 2);
    ke_lower_irql(old);
    ktest_assert_eq(test, *p, 2);
    ex_free_pool_with_tag((void *)p, TAG);
}

/* The same instruction is resumed, with its registers: rep movs goes on in the middle. */
KTEST(demand_zero, string_instruction_resumes_across_pages)
{
    static const char pattern[16] = "0123456789abcdef";
    char *p = ex_allocate_pool_with_tag(PAGED_POOL, 3 * PAGE_SIZE, TAG);
    ktest_assert(test, p);
    uint32_t before = faults();

    memset(p, 0x5A, 3 * PAGE_SIZE);
    ktest_assert_eq(test, faults() - before, 3);
    memcpy(p + PAGE_SIZE - 8, pattern, sizeof(pattern));
    ktest_assert(test, !memcmp(p + PAGE_SIZE - 8, pattern, sizeof(pattern)));
    ktest_assert_eq(test, (uint8_t)p[PAGE_SIZE + 8], 0x5A);
    ex_free_pool_with_tag(p, TAG);
}
