/*
 * Trimming: when the last free frame is gone, view pages are taken out of their views. They are
 * clean, so they go to the standby list, from where they are either taken for another use or come
 * back by a transition fault.
 */
#include "mm/mi.h"
#include "mm/view.h"

void mi_trim_page(struct mmpte *pte)
{
    pfn_t frame = pte->hard.page_frame_number;
    struct mmpfn *pfn = mi_pfn(frame);
    uint32_t protection = pfn->original_pte.soft.protection;

    pfn->modified |= pte->hard.dirty;
    mi_change_valid_pte(pte, mi_make_transition_pte(frame, protection),
                        mi_get_virtual_address_mapped_by_pte(pte));
    mi_decrement_share_count(frame);
}

uint32_t mi_trim_views(uint32_t count)
{
    uint32_t trimmed = 0;

    for (struct list_entry *at = mi_views.flink; at != &mi_views; at = at->flink) {
        struct subsection *subsection = CONTAINER_OF(at, struct subsection, links);
        for (uint32_t i = 0; i < subsection->page_count && trimmed < count; i++) {
            if (!subsection->base_pte[i].hard.valid)
                continue;
            mi_trim_page(subsection->base_pte + i);
            trimmed++;
        }
    }
    return trimmed;
}
