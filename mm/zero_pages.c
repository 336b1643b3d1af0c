/*
 * The zero-page thread (MmZeroPageThread): free frames are filled with zeros ahead of need, so that
 * a demand-zero fault finds its page ready. At priority 0 it runs only when no other thread wants
 * to; when nothing is left to zero it sleeps until there are some free frames again.
 */
#include "mm/zero_pages.h"
#include "mm/mi.h"
#include "mm/mm.h"

/* => whether there is something to zero; if not, the next free frames wake the thread. */
static bool more_to_zero(void)
{
    kirql irql = mi_lock_pfn();
    bool more = mm_page_lists[FREE_PAGE_LIST].total != 0;

    mi_zero_page_thread_waits = !more;
    mi_unlock_pfn(irql);
    return more;
}

void mm_zero_page_thread(void *context)
{
    (void)context;
    for (;;) {
        if (more_to_zero())
            mm_zero_free_pages(MI_ENOUGH_TO_ZERO);
        else
            ke_wait_for_single_object(&mi_zeroing_event, WR_FREE_PAGE, KERNEL_MODE, false, NULL);
    }
}

uint32_t mm_zero_free_pages(uint32_t count)
{
    uint32_t done = 0;

    ke_assert_irql_at_most(APC_LEVEL);
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
