/*
 * Copy-on-write: the page is shared, and was mapped read-only for that reason; a write gets the
 * process a page of its own.
 *
 *      before   the shared frame | copy-on-write | prototype        after   a new frame, writable
 *
 * The contents are copied from frame to frame. The new page has no prototype: it is private memory,
 * charged when the view was mapped.
 */
#include "mm/mi.h"
#include "mm/section.h"

uint32_t mi_private_protection(uint32_t protection)
{
    uint32_t access = protection & MM_EXECUTE_WRITECOPY;

    if (access == MM_WRITECOPY || access == MM_EXECUTE_WRITECOPY)
        protection--; /* MM_READWRITE, MM_EXECUTE_READWRITE */
    return protection;
}

ntstatus mi_copy_on_write(struct mi_fault *fault, struct mm_address_space *space, kirql irql)
{
    struct mmpte *pte = fault->pte;
    pfn_t shared = fault->before.hard.page_frame_number;
    struct mmpfn *table = mi_user_table_pfn(pte);
    uint32_t protection = mi_private_protection(mi_protection_of_mapping(fault->before));
    pfn_t frame = mi_remove_any_page();

    if (unlikely(frame == PFN_NONE)) {
        mi_unlock_pfn(irql);
        fault->kind = MM_FAULT_NO_MEMORY;
        return STATUS_NO_MEMORY;
    }
    mi_copy_physical_page(frame, shared);
    mi_write_pte(pte, mi_make_demand_zero_pte(protection)); /* the new page's original PTE */
    mi_initialize_pfn(frame, pte, true);
    struct mmpte valid = mi_make_valid_pte(frame, protection);
    valid.hard.owner = 1;
    valid.hard.dirty = 1;
    mi_change_valid_pte(pte, valid, fault->va);
    table->u2.share_count--; /* the shared page's; mi_initialize_pfn counted the new one's */
    mi_decrement_share_count(shared);
    space->private_pages++;
    mi_unlock_pfn(irql);
    fault->kind = MM_FAULT_COPY_ON_WRITE;
    return STATUS_PAGE_FAULT_COPY_ON_WRITE;
}
