/*
 * Demand zero: the address was promised a page of zeros and is touched for the first time.
 *
 *      before   0 ... protection ... 0        after   frame | bits of the protection | valid
 *
 * The frame is filled before it is mapped, so that nobody can see what it held, and filled ahead of
 * time where the zero-page path has been busy.
 */
#include "mm/fault.h"
#include "mm/mi.h"
#include "mm/page_read.h"

static inline ntstatus make_zero_page(struct mi_fault *fault, uint32_t extra_bits, kirql irql)
{
    struct mmpte *pte = fault->pte;
    struct mmpte valid;
    bool zeroed;

    if (unlikely(mi_pager_delay))
        return mi_resolve_slowly(fault, extra_bits, irql);
    pfn_t frame = extra_bits & HW_OWNER ? mi_remove_zero_page(&zeroed)
                                        : mi_remove_zero_page_promised(&zeroed);
    if (unlikely(frame == PFN_NONE)) {
        mi_unlock_pfn(irql);
        fault->kind = MM_FAULT_NO_MEMORY;
        return STATUS_NO_MEMORY;
    }
    if (!zeroed)
        mi_zero_physical_page(frame);
    /* Born modified: there is nothing on disk that it could be read from again. */
    mi_initialize_pfn(frame, pte, true);
    valid = mi_make_valid_pte(frame, fault->before.soft.protection);
    valid.value |= extra_bits;
    if (fault->error_code & PF_WRITE)
        valid.hard.dirty = 1;
    mi_write_valid_pte(pte, valid);
    mi_unlock_pfn(irql);
    fault->kind = MM_FAULT_DEMAND_ZERO;
    return STATUS_PAGE_FAULT_DEMAND_ZERO;
}

ntstatus mi_make_zero_page(struct mi_fault *fault, uint32_t extra_bits, kirql irql)
{
    return make_zero_page(fault, extra_bits, irql);
}

ntstatus mi_resolve_demand_zero_fault(struct mi_fault *fault)
{
    kirql irql = mi_lock_pfn();

    if (unlikely(mi_pte_changed(fault)))
        return mi_dismiss_fault(fault, irql);
    return make_zero_page(fault, mi_kernel_pte_bits, irql);
}
