/*
 * Copy-on-write: the page is shared, and was mapped read-only for that reason; a write gets the
 * process a page of its own.
 *
 *      before   the shared frame | copy-on-write | prototype        after   a new frame, writable
 *
 * The contents are copied from frame to frame. The new page has no prototype: it is private memory,
 * charged when the view was mapped.
 *
 * A page that is shared by cloning, and that nobody else maps any more, is not copied: it becomes
 * the process's own again, and writable.
 */
#include "mm/clone.h"
#include "mm/mi.h"
#include "mm/section.h"

uint32_t mi_private_protection(uint32_t protection)
{
    if (mi_is_copied_protection(protection))
        protection--; /* MM_READWRITE, MM_EXECUTE_READWRITE */
    return protection;
}

void mi_reclaim_clone_page(struct mm_address_space *space, struct mmpte *pte, uintptr_t va)
{
    pfn_t frame = pte->hard.page_frame_number;
    struct mmpfn *pfn = mi_pfn(frame);
    uint32_t protection = mi_private_protection(mi_protection_of_mapping(*pte));
    struct mmpte valid = mi_make_valid_pte(frame, protection);

    mi_release_clone_block(pfn->pte_address);
    mi_pfn(MI_NO_TABLE)->u2.share_count--;
    pfn->pte_address = pte;
    pfn->containing_page = mi_get_pte_address((uintptr_t)pte)->hard.page_frame_number;
    pfn->original_pte = mi_make_demand_zero_pte(protection);
    pfn->prototype_pte = 0;
    pfn->clone_page = 0;
    pfn->modified = 1;
    valid.hard.owner = 1;
    mi_change_valid_pte(pte, valid, va);
    space->private_pages++;
}

/* The last sharer: the page is there already. */
static ntstatus make_writable(struct mi_fault *fault, struct mm_address_space *space, kirql irql)
{
    mi_reclaim_clone_page(space, fault->pte, fault->va);
    fault->pte->hard.dirty = 1;
    mi_unlock_pfn(irql);
    fault->kind = MM_FAULT_MADE_WRITABLE;
    return STATUS_PAGE_FAULT_COPY_ON_WRITE;
}

/* => whether there was a frame for the copy. */
static bool copy_page(struct mm_address_space *space, struct mmpte *pte, uintptr_t va, bool dirty)
{
    struct mmpte before = *pte;
    pfn_t shared = before.hard.page_frame_number;
    uint32_t protection = mi_private_protection(mi_protection_of_mapping(before));

    mi_increment_reference_count(shared); /* it is not to be trimmed for its own copy */
    pfn_t frame = mi_remove_any_page();
    mi_decrement_reference_count(shared);
    if (unlikely(frame == PFN_NONE))
        return false;
    mi_copy_physical_page(frame, shared);
    mi_pfn(shared)->modified |= mi_is_dirty(before);        /* by another protection that it had */
    mi_write_pte(pte, mi_make_demand_zero_pte(protection)); /* the new page's original PTE */
    mi_initialize_pfn(frame, pte, true);
    struct mmpte valid = mi_make_valid_pte(frame, protection);
    valid.hard.owner = 1;
    valid.hard.dirty = dirty;
    mi_change_valid_pte(pte, valid, va);
    mi_user_table_pfn(pte)->u2.share_count--; /* mi_initialize_pfn counted the new page's */
    mi_decrement_share_count(shared);
    space->private_pages++;
    return true;
}

bool mi_make_private(struct mm_address_space *space, struct mmpte *pte, uintptr_t va, bool locked)
{
    pfn_t shared = pte->hard.page_frame_number;

    if (mi_is_clone(*pte) && mi_pfn(shared)->u2.share_count == 1) {
        mi_reclaim_clone_page(space, pte, va);
        return true;
    }
    if (!copy_page(space, pte, va, false))
        return false;
    if (locked) {
        mi_increment_reference_count(pte->hard.page_frame_number);
        mi_decrement_reference_count(shared);
    }
    return true;
}

ntstatus mi_copy_on_write(struct mi_fault *fault, struct mm_address_space *space, kirql irql)
{
    pfn_t shared = fault->before.hard.page_frame_number;

    if (mi_is_clone(fault->before) && mi_pfn(shared)->u2.share_count == 1)
        return make_writable(fault, space, irql);
    fault->kind =
        copy_page(space, fault->pte, fault->va, true) ? MM_FAULT_COPY_ON_WRITE : MM_FAULT_NO_MEMORY;
    mi_unlock_pfn(irql);
    return fault->kind == MM_FAULT_COPY_ON_WRITE ? STATUS_PAGE_FAULT_COPY_ON_WRITE
                                                 : STATUS_NO_MEMORY;
}
