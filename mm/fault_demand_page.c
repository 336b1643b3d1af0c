/*
 * Demand page: the address belongs to a view of a file and the page is not in memory. It is read
 * from the file; only this page, as the exercise has it.
 *
 *      before   subsection form      meanwhile   transition, read in progress      after   valid
 *
 * The thread holds no lock while it reads, and may sleep. It stays at APC_LEVEL, so that it cannot
 * be terminated in between; others may fault on the page, and wait for the same read (page_read.c),
 * or take the PTE away. The PTE turns valid only when the contents are right.
 */
#include "mm/fault.h"
#include "mm/mi.h"
#include "mm/view.h"
#include "mm/mm.h"
#include "mm/page_read.h"

ntstatus mi_resolve_mapped_file_fault(struct mi_fault *fault)
{
    struct subsection *subsection = mi_subsection_of(fault->before);
    uint32_t protection = fault->before.subsect.protection;
    kirql irql = mi_lock_pfn();

    if (unlikely(mi_pte_changed(fault)))
        return mi_dismiss_fault(fault, irql);
    pfn_t frame = mi_remove_any_page_promised();
    if (unlikely(frame == PFN_NONE)) {
        mi_unlock_pfn(irql);
        fault->kind = MM_FAULT_NO_MEMORY;
        return STATUS_NO_MEMORY;
    }
    mi_begin_page_read(frame, fault->pte, protection);
    subsection->references++;
    mi_unlock_pfn(APC_LEVEL);

    ntstatus status = mi_read_subsection_page(subsection, fault->pte, frame);

    mi_lock_pfn();
    fault->kind = likely(NT_SUCCESS(status)) ? MM_FAULT_DEMAND_PAGE : MM_FAULT_IN_PAGE_ERROR;
    mi_end_page_read(frame, NT_SUCCESS(status), mi_kernel_pte_bits);
    mi_dereference_subsection(subsection);
    mi_unlock_pfn(irql);
    return likely(NT_SUCCESS(status)) ? STATUS_PAGE_FAULT_PAGING_FILE : STATUS_IN_PAGE_ERROR;
}
