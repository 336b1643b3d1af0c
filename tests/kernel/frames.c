/* What several tests do to free frames. */
#include "lib/string.h"
#include "mm/mi.h"
#include "tests/kernel/ktest.h"

void ktest_reference_frame(uint32_t frame)
{
    kirql irql = mi_lock_pfn();

    mi_increment_reference_count(frame);
    mi_unlock_pfn(irql);
}

void ktest_dereference_frame(uint32_t frame)
{
    kirql irql = mi_lock_pfn();

    mi_decrement_reference_count(frame);
    mi_unlock_pfn(irql);
}

void ktest_dirty_free_frames(uint32_t count)
{
    for (pfn_t frame = mm_page_lists[FREE_PAGE_LIST].flink; count--;
         frame = mi_pfn(frame)->u1.flink) {
        void *page = mi_map_page_in_hyper_space(frame);
        memset(page, 0xAA, PAGE_SIZE);
        mi_unmap_page_in_hyper_space(page);
    }
}
