/* The boot option irqlcheck: what a raise of IRQL does to pageable pages. */
#include "kernel/ke/irql.h"
#include "lib/string.h"
#include "mm/fault.h"
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/pool.h"
#include "tests/kernel/ktest.h"

#define TAG 'kcqI'

static enum mi_pte_kind kind_at(const volatile void *va)
{
    return mi_pte_kind(mi_read_pte(mi_get_pte_address((uintptr_t)va)));
}

static pfn_t frame_at(const volatile void *va)
{
    return mi_read_pte(mi_get_pte_address((uintptr_t)va)).hard.page_frame_number;
}

static void raise_and_lower(void)
{
    ke_lower_irql(ke_raise_irql(DISPATCH_LEVEL));
}

static ntstatus read_sevens(const struct mm_page_source *source, uint32_t offset, uint32_t bytes,
                            pfn_t frame)
{
    kirql irql = mi_lock_pfn();
    void *to = mi_map_page_in_hyper_space(frame);

    (void)source, (void)offset, (void)bytes;
    memset(to, 7, PAGE_SIZE);
    mi_unmap_page_in_hyper_space(to);
    mi_unlock_pfn(irql);
    return STATUS_SUCCESS;
}

static const struct mm_page_source sevens = {
    .name = "sevens", .bytes = 2 * PAGE_SIZE, .read_page = read_sevens};

KTEST(irql_check, a_raise_takes_paged_pool_out_of_its_ptes)
{
    mm_enable_irql_check();
    raise_and_lower(); /* what is there before goes first */
    volatile uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, 3 * PAGE_SIZE, TAG);
    ktest_assert(test, p);
    ktest_write(p, 5);
    pfn_t frame = frame_at(p);
    uint32_t faults = mm_fault_counts[MM_FAULT_TRANSITION];
    uint32_t modified = mm_page_lists[MODIFIED_PAGE_LIST].total;

    ktest_assert_eq(test, kind_at(p), MI_PTE_VALID);
    raise_and_lower();
    ktest_assert_eq(test, kind_at(p), MI_PTE_TRANSITION);
    ktest_assert_eq(test, kind_at(p + PAGE_SIZE), MI_PTE_DEMAND_ZERO);
    ktest_assert_eq(test, mi_pfn(frame)->page_location, MODIFIED_PAGE_LIST);
    ktest_assert_eq(test, mm_page_lists[MODIFIED_PAGE_LIST].total, modified + 1);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_assert_eq(test, ktest_read(p), 5);
    ktest_assert_eq(test, mm_fault_counts[MM_FAULT_TRANSITION], faults + 1);
    ktest_assert_eq(test, frame_at(p), frame);
    ktest_assert_eq(test, mi_pfn(frame)->page_location, ACTIVE_AND_VALID);
    ex_free_pool_with_tag((void *)p, TAG);
}

KTEST(irql_check, a_raise_takes_view_pages_to_standby)
{
    void *view;

    mm_enable_irql_check();
    ktest_assert_eq(test, mm_map_view_in_system_space(&sevens, &view), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_read(view), 7);
    pfn_t frame = frame_at(view);
    raise_and_lower();
    ktest_assert_eq(test, kind_at(view), MI_PTE_TRANSITION);
    ktest_assert_eq(test, mi_pfn(frame)->page_location, STANDBY_PAGE_LIST);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_assert_eq(test, ktest_read(view), 7);
    ktest_assert_eq(test, frame_at(view), frame);
    raise_and_lower();
    ktest_assert_eq(test, mm_unmap_view_in_system_space(view), STATUS_SUCCESS);
}

/* Nothing is lost, though each step leaves no page valid. */
KTEST(irql_check, memory_works_on_with_a_raise_after_each_step)
{
    mm_enable_irql_check();
    uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, 2 * PAGE_SIZE, TAG);
    uint8_t *small = ex_allocate_pool_with_tag(PAGED_POOL, 60, TAG);
    ktest_assert(test, p && small);
    for (uint32_t i = 0; i < 16; i++) {
        memset(p, (int)i, 2 * PAGE_SIZE);
        raise_and_lower();
        memcpy(small, p + PAGE_SIZE - 30, 60);
        raise_and_lower();
        ktest_assert_eq(test, kind_at(small), MI_PTE_TRANSITION);
        ktest_assert_eq(test, mm_verify(NULL), 0);
        ktest_assert_eq(test, kind_at(small), MI_PTE_TRANSITION);
        ktest_assert(test, small[0] == i && small[59] == i);
    }
    raise_and_lower();
    ex_free_pool_with_tag(small, TAG);
    raise_and_lower();
    ex_free_pool_with_tag(p, TAG);
}

/* Only the way from below DISPATCH_LEVEL up to it is checked; the PFN lock's is not. */
KTEST(irql_check, other_raises_take_nothing)
{
    mm_enable_irql_check();
    volatile uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);
    ktest_assert(test, p);
    ktest_write(p, 1);
    ke_lower_irql(ke_raise_irql(APC_LEVEL));
    ktest_assert_eq(test, kind_at(p), MI_PTE_VALID);
    mi_unlock_pfn(mi_lock_pfn());
    ktest_assert_eq(test, kind_at(p), MI_PTE_VALID);
    ex_free_pool_with_tag((void *)p, TAG);
}

KTEST(irql_check, nonpaged_memory_stays)
{
    mm_enable_irql_check();
    uint8_t *p = ex_allocate_pool_with_tag(NONPAGED_POOL, PAGE_SIZE, TAG);
    volatile uint8_t *paged = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);
    ktest_assert(test, p && paged);
    ktest_write(paged, 1); /* so that there is something to do */
    raise_and_lower();
    ktest_assert_eq(test, kind_at(p), MI_PTE_VALID);
    ktest_assert_eq(test, kind_at(paged), MI_PTE_TRANSITION);
    ex_free_pool_with_tag(p, TAG);
    ex_free_pool_with_tag((void *)paged, TAG);
}

/* Somebody refers to the frame, for an I/O, say: it goes to no list. */
KTEST(irql_check, a_referenced_page_is_on_no_list)
{
    mm_enable_irql_check();
    volatile uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);
    ktest_assert(test, p);
    ktest_write(p, 9);
    pfn_t frame = frame_at(p);
    ktest_reference_frame(frame);
    raise_and_lower();
    ktest_assert_eq(test, kind_at(p), MI_PTE_TRANSITION);
    ktest_assert_eq(test, mi_pfn(frame)->page_location, TRANSITION_PAGE);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_dereference_frame(frame);
    ktest_assert_eq(test, mi_pfn(frame)->page_location, MODIFIED_PAGE_LIST);
    ktest_assert_eq(test, ktest_read(p), 9);
    ex_free_pool_with_tag((void *)p, TAG);
}
