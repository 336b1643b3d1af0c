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
