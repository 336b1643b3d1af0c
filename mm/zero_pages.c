/*
 * The zero-page path: free frames are filled with zeros ahead of need, so that a demand-zero fault
 * finds its page ready. Whoever has nothing better to do calls this.
 */
#include "mm/mi.h"
#include "mm/mm.h"

uint32_t mm_zero_free_pages(uint32_t count)
{
    uint32_t done = 0;

    for (; done < count; done++) {
        kirql irql = mi_lock_pfn();
        pfn_t frame = mm_page_lists[FREE_PAGE_LIST].flink;
        if (frame != PFN_NONE) {
            mi_unlink_page_from_list(frame);
            mi_zero_physical_page(frame);
            mi_insert_page_in_list(ZEROED_PAGE_LIST, frame);
        }
        mi_unlock_pfn(irql); /* a page at a time: nobody waits long for the lock */
        if (frame == PFN_NONE)
            break;
    }
    return done;
}
