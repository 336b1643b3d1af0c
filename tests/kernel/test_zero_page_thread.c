/* The zero-page thread: it works when nobody else does. */
#include "mm/mi.h"
#include "mm/mm.h"
#include "tests/kernel/threads.h"

#define FRAMES 24u

static uint32_t total(enum mmlists list)
{
    return *(volatile uint32_t *)&mm_page_lists[list].total;
}

static void sleep_ms(uint32_t milliseconds)
{
    ke_delay_execution_thread(KERNEL_MODE, false, MILLISECONDS(milliseconds));
}

/* Sleep while free pages become less; => when none are left, or none was zeroed for ten seconds. */
static void wait_for_zeroing(void)
{
    uint32_t left = total(FREE_PAGE_LIST);

    for (uint32_t tries = 0; left && tries < 10000; tries++) {
        sleep_ms(1);
        if (total(FREE_PAGE_LIST) < left)
            tries = 0;
        left = total(FREE_PAGE_LIST);
    }
}

KTEST(zero_page_thread, zeroes_what_is_free_and_waits_for_more)
{
    ktest_suspend_irql_check();
    enum mm_large_failure why;
    struct ethread *thread = ktest_thread(test, LOW_PRIORITY, mm_zero_page_thread, NULL);

    ktest_assert(test, thread);
    uint32_t available = mi_available_pages();
    wait_for_zeroing();
    ktest_assert_eq(test, total(FREE_PAGE_LIST), 0);
    ktest_assert_eq(test, mi_available_pages(), available);
    for (uint32_t tries = 0; ktest_state(thread) != THREAD_WAITING && tries < 10000; tries++)
        sleep_ms(1);
    ktest_assert_eq(test, ktest_state(thread), THREAD_WAITING);
    ktest_assert_eq(test, thread->tcb.wait_reason, WR_FREE_PAGE);

    pfn_t first = mm_allocate_contiguous_frames(FRAMES, 1, &why);
    ktest_assert(test, first != PFN_NONE);
    kirql irql = mi_lock_pfn();
    void *page = mi_map_page_in_hyper_space(first);
    *(uint32_t *)page = 0xDEADBEEF;
    mi_unmap_page_in_hyper_space(page);
    mi_unlock_pfn(irql);
    mm_free_contiguous_frames(first, FRAMES);
    ktest_assert_eq(test, ktest_state(thread), THREAD_READY); /* woken, but we go on */
    ktest_assert_eq(test, total(FREE_PAGE_LIST), FRAMES);
    wait_for_zeroing();
    ktest_assert_eq(test, mi_pfn(first)->page_location, ZEROED_PAGE_LIST);
    irql = mi_lock_pfn();
    page = mi_map_page_in_hyper_space(first);
    uint32_t word = *(uint32_t *)page;
    mi_unmap_page_in_hyper_space(page);
    mi_unlock_pfn(irql);
    ktest_assert_eq(test, word, 0);
    ps_terminate_thread(thread, STATUS_SUCCESS);
    ktest_join(thread);
}

KTEST(zero_page_thread, never_takes_the_processor_from_anybody)
{
    ktest_suspend_irql_check();
    struct ethread *thread = ktest_thread(test, LOW_PRIORITY, mm_zero_page_thread, NULL);
    uint32_t zeroed = total(ZEROED_PAGE_LIST);

    ktest_assert(test, thread);
    uint64_t start = ke_query_interrupt_time();
    while (ke_query_interrupt_time() - start < 300000) /* longer than a quantum */
        ;
    ktest_assert_eq(test, thread->tcb.context_switches, 0);
    ktest_assert_eq(test, total(ZEROED_PAGE_LIST), zeroed);
    ps_terminate_thread(thread, STATUS_SUCCESS);
    ktest_join(thread);
}
