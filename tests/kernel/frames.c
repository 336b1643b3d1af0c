/* What several tests do to free frames. */
#include "lib/string.h"
#include "mm/mi.h"
#include "tests/kernel/ktest.h"

void ktest_dirty_free_frames(uint32_t count)
{
    for (pfn_t frame = mm_page_lists[FREE_PAGE_LIST].flink; count--;
         frame = mi_pfn(frame)->u1.flink) {
        void *page = mi_map_page_in_hyper_space(frame);
        memset(page, 0xAA, PAGE_SIZE);
        mi_unmap_page_in_hyper_space(page);
    }
}

static void hide(uint32_t *first, pfn_t frame)
{
    mi_pfn(frame)->u1.flink = *first;
    *first = frame;
}

void ktest_take_free_frames(uint32_t *first)
{
    *first = PFN_NONE;
    while (MM_FREE_PAGES + MM_ZEROED_PAGES)
        hide(first, mi_remove_any_page());
}

void ktest_take_all_frames(uint32_t *first)
{
    kirql irql = mi_lock_pfn();
    pfn_t frame;

    *first = PFN_NONE;
    while ((frame = mi_remove_any_page()) != PFN_NONE)
        hide(first, frame);
    mi_unlock_pfn(irql);
}

void ktest_give_frames_back(uint32_t *first, uint32_t count)
{
    kirql irql = mi_lock_pfn();

    for (; count && *first != PFN_NONE; count--) {
        pfn_t frame = *first;
        *first = mi_pfn(frame)->u1.flink;
        mi_insert_page_in_list(FREE_PAGE_LIST, frame);
    }
    mi_unlock_pfn(irql);
}
