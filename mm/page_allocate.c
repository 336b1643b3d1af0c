/*
 * Handing out frames: a zeroed one where zeros are wanted, else a free one, else the page that has
 * been on standby longest. Whoever calls holds the PFN lock and makes the frame active at once.
 */
#include "mm/low_resources.h"
#include "mm/mi.h"
#include "mm/view.h"

#define TRIMMED_AT_ONCE 16u

static inline pfn_t remove_head(enum mmlists name)
{
    struct mmpfn_list *list = &mm_page_lists[name];
    pfn_t frame = list->flink;
    pfn_t next = mi_pfn(frame)->u1.flink;

    list->flink = next;
    if (next == PFN_NONE)
        list->blink = PFN_NONE;
    else
        mi_pfn(next)->u2.blink = PFN_NONE;
    list->total--;
    return frame;
}

/* Nothing is zeroed or free: take the page that has been on standby longest, and when there is none
 * either, make views and processes give up clean pages. */
static __attribute__((noinline)) pfn_t remove_standby_page(void)
{
    if (!mm_page_lists[STANDBY_PAGE_LIST].total)
        mi_trim_views(TRIMMED_AT_ONCE);
    while (!mm_page_lists[STANDBY_PAGE_LIST].total) /* a page goes there from its last process */
        if (!mi_trim_address_spaces(TRIMMED_AT_ONCE))
            return PFN_NONE; /* none has such a page, or somebody refers to each */
    pfn_t frame = remove_head(STANDBY_PAGE_LIST);
    mi_restore_transition_pte(frame);
    return frame;
}

pfn_t mi_remove_zero_page_promised(bool *zeroed)
{
    *zeroed = mm_page_lists[ZEROED_PAGE_LIST].total != 0;
    return likely(*zeroed) ? remove_head(ZEROED_PAGE_LIST) : mi_remove_any_page_promised();
}

pfn_t mi_remove_any_page_promised(void)
{
    if (likely(mm_page_lists[FREE_PAGE_LIST].total))
        return remove_head(FREE_PAGE_LIST);
    if (mm_page_lists[ZEROED_PAGE_LIST].total)
        return remove_head(ZEROED_PAGE_LIST);
    return remove_standby_page();
}

pfn_t mi_remove_zero_page(bool *zeroed)
{
    return mm_inject_resource_failure(MM_RESOURCE_PAGES) ? PFN_NONE
                                                         : mi_remove_zero_page_promised(zeroed);
}

pfn_t mi_remove_any_page(void)
{
    return mm_inject_resource_failure(MM_RESOURCE_PAGES) ? PFN_NONE : mi_remove_any_page_promised();
}
