/*
 * Demand page: the address belongs to a view of a file and the page is not in memory. It is read
 * from the file; only this page, as the exercise has it.
 *
 *      before   subsection form      meanwhile   transition, read in progress      after   valid
 *
 * No lock is held while the page is read. The frame is filled through hyperspace: the PTE turns
 * valid only when the contents are right.
 */
#include "mm/fault.h"
#include "mm/mi.h"
#include "mm/mm.h"

static ntstatus read_page(const struct subsection *subsection, struct mi_fault *fault, pfn_t frame)
{
    uint32_t page = (uint32_t)(fault->pte - subsection->base_pte);
    void *window = mi_map_page_in_hyper_space(frame);
    ntstatus status = subsection->source->read_page(subsection->source, page, window);

    mi_unmap_page_in_hyper_space(window);
    return status;
}

static void make_valid(struct mi_fault *fault, pfn_t frame, uint32_t protection)
{
    struct mmpte valid = mi_make_valid_pte(frame, protection);

    valid.value |= mi_kernel_pte_bits;
    mi_write_valid_pte(fault->pte, valid);
    fault->kind = MM_FAULT_DEMAND_PAGE;
    fault->io_bytes = PAGE_SIZE;
}

static void undo(struct mi_fault *fault, pfn_t frame)
{
    mi_write_pte(fault->pte, fault->before);
    mi_set_pfn_deleted(frame);
    fault->kind = MM_FAULT_IN_PAGE_ERROR;
}

ntstatus mi_resolve_mapped_file_fault(struct mi_fault *fault)
{
    const struct subsection *subsection = mi_subsection_of(fault->before);
    uint32_t protection = fault->before.subsect.protection;
    kirql irql = mi_lock_pfn();
    pfn_t frame = mi_remove_any_page();

    if (unlikely(frame == PFN_NONE)) {
        mi_unlock_pfn(irql);
        fault->kind = MM_FAULT_NO_MEMORY;
        return STATUS_NO_MEMORY;
    }
    mi_begin_page_read(frame, fault->pte, protection);
    mi_unlock_pfn(irql);

    ntstatus status = read_page(subsection, fault, frame);

    irql = mi_lock_pfn();
    if (likely(NT_SUCCESS(status)))
        make_valid(fault, frame, protection);
    else
        undo(fault, frame);
    mi_end_page_read(frame, NT_SUCCESS(status));
    mi_unlock_pfn(irql);
    return NT_SUCCESS(status) ? STATUS_PAGE_FAULT_PAGING_FILE : STATUS_IN_PAGE_ERROR;
}
