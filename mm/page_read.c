/*
 * One read, any number of faults. The first thread that faults on a page reads it; the PTE is in
 * transition meanwhile, and the frame says so:
 *
 *      PTE (transition) -> frame: read_in_progress, u1.waiters -> waiter -> waiter -> NULL
 *                                                                 |         |
 *                                     on the stack of a thread each, with an event to wait on
 *
 * When the read is over the reader signals each. A waiter's memory is its own, and it goes on only
 * when it was signalled: so nobody refers to a stack that is not there any more. All threads then
 * try their access again; if the read has failed, each of them reads, and gets its own error.
 *
 * A frame whose PTE was deleted while it was read is freed by the end of the read, which is the
 * last reference to it.
 */
#include "mm/page_read.h"
#include "mm/mi.h"

void (*mi_pager_delay)(void);

static inline void begin_read(pfn_t frame, struct mmpte *pte, pfn_t table, uint32_t protection)
{
    struct mmpfn *pfn = mi_pfn(frame);

    pfn->pte_address = pte;
    pfn->original_pte = *pte;
    pfn->containing_page = table;
    pfn->u1.waiters = NULL;
    pfn->u2.share_count = 0;
    pfn->reference_count = 1;
    pfn->page_location = TRANSITION_PAGE;
    pfn->modified = 0;
    pfn->read_in_progress = 1;
    mi_pfn(table)->u2.share_count++;
    mm_page_lists[TRANSITION_PAGE].total++;
    mi_write_pte(pte, mi_make_transition_pte(frame, protection));
}

void mi_begin_page_read(pfn_t frame, struct mmpte *pte, uint32_t protection)
{
    begin_read(frame, pte, mi_get_pte_address((uintptr_t)pte)->hard.page_frame_number, protection);
}

void mi_begin_prototype_read(pfn_t frame, struct mmpte *prototype)
{
    begin_read(frame, prototype, MI_NO_TABLE, prototype->subsect.protection);
    mi_pfn(frame)->prototype_pte = 1;
}

ntstatus mi_dismiss_fault(struct mi_fault *fault, kirql irql)
{
    mi_unlock_pfn(irql);
    fault->kind = MM_FAULT_DISMISSED;
    return STATUS_SUCCESS;
}

static __attribute__((noinline)) void release_waiters(struct mi_read_waiter *waiter)
{
    while (waiter) {
        struct mi_read_waiter *next = waiter->next; /* it is gone once it is signalled */
        ke_set_event(&waiter->read_ended, IO_DISK_INCREMENT);
        waiter = next;
    }
}

/* The read has failed: everything is as it was before. */
static void undo(struct mmpfn *pfn, pfn_t frame)
{
    if (!((uintptr_t)pfn->pte_address & 1)) {
        mi_write_pte(pfn->pte_address, pfn->original_pte);
        mi_set_pfn_deleted(frame);
    }
    mi_decrement_reference_count(frame);
}

void mi_end_page_read(pfn_t frame, bool success, uint32_t extra_bits)
{
    struct mmpfn *pfn = mi_pfn(frame);
    struct mi_read_waiter *waiters = pfn->u1.waiters;

    pfn->read_in_progress = 0;
    if (unlikely(waiters))
        release_waiters(waiters);
    if (unlikely(!success || ((uintptr_t)pfn->pte_address & 1))) {
        undo(pfn, frame);
        return;
    }
    uint32_t protection = mi_read_pte(pfn->pte_address).trans.protection; /* it may have changed */
    if (!mi_protection_allows(protection, false) || mi_is_guard_protection(protection)) {
        mi_decrement_reference_count(frame);
        return;
    }
    struct mmpte valid = mi_make_valid_pte(frame, protection);
    valid.value |= extra_bits;
    mi_write_valid_pte(pfn->pte_address, valid);
    mm_page_lists[TRANSITION_PAGE].total--;
    mm_page_lists[ACTIVE_AND_VALID].total++;
    pfn->page_location = ACTIVE_AND_VALID;
    pfn->u2.share_count = 1;
}

void mi_end_prototype_read(pfn_t frame, bool success)
{
    struct mmpfn *pfn = mi_pfn(frame);
    struct mi_read_waiter *waiters = pfn->u1.waiters;

    pfn->read_in_progress = 0;
    release_waiters(waiters);
    if (!success || ((uintptr_t)pfn->pte_address & 1))
        undo(pfn, frame);
    else
        mi_decrement_reference_count(frame);
}

ntstatus mi_wait_for_page_read(struct mi_fault *fault, pfn_t frame, kirql irql)
{
    struct mmpfn *pfn = mi_pfn(frame);
    struct mi_read_waiter waiter = {.next = pfn->u1.waiters};

    ke_initialize_event(&waiter.read_ended, EVENT_NOTIFICATION_OBJECT, false);
    pfn->u1.waiters = &waiter;
    mi_unlock_pfn(APC_LEVEL); /* not to be terminated while the frame refers to this stack */
    ke_wait_for_single_object(&waiter.read_ended, WR_PAGE_IN, KERNEL_MODE, false, NULL);
    ke_lower_irql(irql);
    fault->kind = MM_FAULT_COLLIDED;
    return STATUS_PAGE_FAULT_TRANSITION;
}

ntstatus mi_resolve_slowly(struct mi_fault *fault, uint32_t extra_bits, kirql irql)
{
    bool zeroed;
    pfn_t frame = mi_remove_zero_page(&zeroed);

    if (frame == PFN_NONE) {
        mi_unlock_pfn(irql);
        fault->kind = MM_FAULT_NO_MEMORY;
        return STATUS_NO_MEMORY;
    }
    if (!zeroed)
        mi_zero_physical_page(frame);
    mi_begin_page_read(frame, fault->pte, fault->before.soft.protection);
    mi_pfn(frame)->modified = 1; /* there is nothing that it could be read from again */
    mi_unlock_pfn(APC_LEVEL);
    mi_pager_delay();
    mi_lock_pfn();
    mi_end_page_read(frame, true, extra_bits);
    /* As if it had been made at once; but PTE and page table may have gone meanwhile. */
    if ((fault->error_code & PF_WRITE) && mi_pfn(frame)->page_location == ACTIVE_AND_VALID)
        fault->pte->hard.dirty = 1;
    mi_unlock_pfn(irql);
    fault->kind = MM_FAULT_DEMAND_ZERO;
    return STATUS_PAGE_FAULT_DEMAND_ZERO;
}
