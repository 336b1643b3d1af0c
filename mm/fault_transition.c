/*
 * Transition: the page was taken out of its view but nobody has needed the frame since. It goes
 * from the standby or modified list straight back; no page is read and nothing is copied.
 *
 *      before   frame | transition | protection        after   the same frame, valid
 *
 * A page that is still being read for another thread is in transition too; then there is a read to
 * wait for (page_read.c).
 */
#include "mm/fault.h"
#include "mm/mi.h"
#include "mm/page_read.h"

ntstatus mi_resolve_transition_fault(struct mi_fault *fault)
{
    kirql irql = mi_lock_pfn();

    if (unlikely(mi_pte_changed(fault)))
        return mi_dismiss_fault(fault, irql);
    return mi_bring_back(fault, mi_kernel_pte_bits, irql);
}

ntstatus mi_bring_back(struct mi_fault *fault, uint32_t extra_bits, kirql irql)
{
    pfn_t frame = fault->before.trans.page_frame_number;

    if (unlikely(mi_pfn(frame)->read_in_progress))
        return mi_wait_for_page_read(fault, frame, irql);
    mi_reactivate_pfn(frame);
    struct mmpte valid = mi_make_valid_pte(frame, fault->before.trans.protection);
    valid.value |= extra_bits;
    if (fault->error_code & PF_WRITE)
        valid.hard.dirty = 1;
    mi_write_valid_pte(fault->pte, valid);
    mi_unlock_pfn(irql);
    fault->kind = MM_FAULT_TRANSITION;
    return STATUS_PAGE_FAULT_TRANSITION;
}
