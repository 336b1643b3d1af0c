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

void ktest_take_all_frames(uint32_t *first, uint32_t left)
{
    kirql irql = mi_lock_pfn();
    pfn_t frame;

    *first = PFN_NONE;
    while ((frame = mi_remove_any_page()) != PFN_NONE)
        hide(first, frame);
    for (; left && *first != PFN_NONE; left--) {
        frame = *first;
        *first = mi_pfn(frame)->u1.flink;
        mi_insert_page_in_list(FREE_PAGE_LIST, frame);
    }
    mi_unlock_pfn(irql);
}

void ktest_give_frames_back(uint32_t first)
{
    kirql irql = mi_lock_pfn();

    while (first != PFN_NONE) {
        pfn_t next = mi_pfn(first)->u1.flink;
        mi_insert_page_in_list(FREE_PAGE_LIST, first);
        first = next;
    }
    mi_unlock_pfn(irql);
}

bool ktest_take_frame(pfn_t frame, pfn_t *chain)
{
    struct mmpfn *pfn = mi_pfn(frame);

    if (pfn->rom || pfn->page_location > FREE_PAGE_LIST)
        return false;
    mi_unlink_page_from_list(frame);
    pfn->page_location = ACTIVE_AND_VALID;
    pfn->reference_count = 1;
    pfn->u2.share_count = 0;
    pfn->u1.flink = *chain;
    mm_page_lists[ACTIVE_AND_VALID].total++;
    *chain = frame;
    return true;
}

void ktest_free_chain(pfn_t chain)
{
    kirql irql = mi_lock_pfn();

    while (chain != PFN_NONE) {
        pfn_t next = mi_pfn(chain)->u1.flink;
        mi_free_frames(chain, 1);
        chain = next;
    }
    mi_unlock_pfn(irql);
}
