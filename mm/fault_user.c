/*
 * Faults at addresses of user space, by user mode or by the kernel on its behalf.
 *
 *   no address space, or above its end       access violation
 *   IRQL >= DISPATCH_LEVEL                    bugcheck 0Ah, as in system space
 *   no page table, or the entry is zero       the VADs decide (mi_check_virtual_address):
 *       no VAD, or not committed              access violation
 *       a view of a section                   fault_prototype.c
 *       committed                             as the demand-zero entry that the VAD stands for
 *   decommitted                               access violation
 *   valid, write to a copy-on-write page      fault_copy_on_write.c
 *   valid, write to a read-only page          access violation
 *   valid otherwise                           dismissed
 *   the protection does not allow the access  access violation
 *   guard page                                fault_guard.c; of a stack, fault_stack.c
 *   demand zero                               fault_demand_zero.c
 *   transition                                fault_transition.c
 *
 * All of it is decided under the PFN lock, from one look at the entry; VADs do not change while it
 * is held.
 */
#include "arch/i386/guarded.h"
#include "arch/i386/trap.h"
#include "mm/address_space.h"
#include "mm/fault.h"
#include "mm/mi.h"
#include "mm/page_read.h"
#include "mm/section.h"
#include "mm/virtual_memory.h"

uint32_t mi_check_virtual_address(struct mm_address_space *space, uintptr_t va, struct mmvad **view)
{
    struct mmvad *vad = mi_locate_address(&space->vads, (uint32_t)va >> PAGE_SHIFT);

    *view = NULL;
    if (unlikely(!vad))
        return MM_ZERO_ACCESS;
    if (vad->section)
        *view = vad;
    return vad->mem_commit ? vad->protection : MM_ZERO_ACCESS;
}

static ntstatus violation(struct mi_fault *fault, enum mm_fault_kind kind, kirql irql)
{
    mi_unlock_pfn(irql);
    fault->kind = kind;
    return STATUS_ACCESS_VIOLATION;
}

static ntstatus valid_entry(struct mi_fault *fault, struct mm_address_space *space, kirql irql)
{
    if ((fault->error_code & PF_WRITE) && !fault->before.hard.write)
        return fault->before.hard.copy_on_write ? mi_copy_on_write(fault, space, irql)
                                                : violation(fault, MM_FAULT_READ_ONLY, irql);
    return mi_dismiss_fault(fault, irql);
}

/* The entry is zero, and is written for the first time. => false when no frame was left for a page
 * table. */
static bool make_entry(struct mi_fault *fault, struct mm_address_space *space)
{
    if (unlikely(!mi_has_page_table(fault->va) && !mi_make_pde_exist(space, fault->va)))
        return false;
    mi_write_pte(fault->pte, fault->before);
    mi_user_table_pfn(fault->pte)->u1.used_entries++;
    return true;
}

static ALWAYS_INLINE ntstatus make_page(struct mi_fault *fault, struct mm_address_space *space,
                                        bool new_entry, kirql irql)
{
    if (new_entry && !make_entry(fault, space)) {
        mi_unlock_pfn(irql);
        fault->kind = MM_FAULT_NO_MEMORY;
        return STATUS_NO_MEMORY;
    }
    space->private_pages++;
    ntstatus status = mi_make_zero_page(fault, HW_OWNER, irql);
    if (unlikely(!NT_SUCCESS(status)))
        space->private_pages--;
    return status;
}

/* The entry, not valid, of a page of private memory. NEW_ENTRY: only the VAD has it, as demand
 * zero.
 */
static ALWAYS_INLINE ntstatus private_page(struct mi_fault *fault, struct mm_address_space *space,
                                           bool new_entry, kirql irql)
{
    enum mi_pte_kind kind = new_entry ? MI_PTE_DEMAND_ZERO : mi_pte_kind(fault->before);
    bool write = (fault->error_code & PF_WRITE) != 0;

    if (unlikely(kind == MI_PTE_DECOMMITTED))
        return violation(fault, MM_FAULT_USER_ADDRESS, irql);
    uint32_t protection = fault->before.soft.protection; /* in the same place in all */
    if (unlikely(!mi_protection_allows(protection, write)))
        return violation(fault, MM_FAULT_NO_ACCESS, irql);
    if (unlikely(mi_is_guard_protection(protection)))
        return mi_guard_page_violation(fault, space, new_entry, irql);
    if (kind == MI_PTE_TRANSITION)
        return mi_bring_back(fault, HW_OWNER, irql);
    return make_page(fault, space, new_entry, irql);
}

/* The entry is zero, or there is no page table for it, or it says so itself: what the VAD says. */
static ntstatus ask_vad(struct mi_fault *fault, struct mm_address_space *space, kirql irql)
{
    struct mmvad *view;
    uint32_t protection = mi_check_virtual_address(space, fault->va, &view);

    if (view)
        return mi_resolve_prototype_fault(fault, space, view, irql);
    if (protection == MM_ZERO_ACCESS)
        return violation(fault, MM_FAULT_USER_ADDRESS, irql);
    fault->before = mi_make_demand_zero_pte(protection);
    return private_page(fault, space, true, irql);
}

ntstatus mi_resolve_user_entry(struct mi_fault *fault, struct mm_address_space *space, kirql irql)
{
    fault->pte = mi_get_pte_address(fault->va);
    fault->before.value = mi_has_page_table(fault->va) ? mi_read_pte(fault->pte).value : 0;
    if (fault->before.hard.valid)
        return valid_entry(fault, space, irql);
    if (fault->before.value == 0 || fault->before.soft.prototype)
        return ask_vad(fault, space, irql);
    return private_page(fault, space, false, irql);
}

ntstatus mi_touch_user_page(uintptr_t va, bool write)
{
    struct mm_address_space *space = ke_get_attached_process()->address_space;
    struct mi_fault fault = {.va = va, .error_code = write ? PF_WRITE : 0};
    kirql irql = mi_lock_pfn();
    ntstatus status = mi_resolve_user_entry(&fault, space, irql);

    mm_fault_counts[fault.kind]++;
    return status;
}

/* An address of user space may be touched at a raised level if its page is there. */
static ntstatus at_raised_irql(struct mi_fault *fault, struct ktrap_frame *frame)
{
    bool write = (fault->error_code & PF_WRITE) != 0;

    fault->kind = MM_FAULT_RAISED_IRQL;
    if (!mi_has_page_table(fault->va))
        return mi_fault_is_fatal(fault, frame);
    fault->pte = mi_get_pte_address(fault->va);
    fault->before = mi_read_pte(fault->pte);
    if (!fault->before.hard.valid || (write && !fault->before.hard.write))
        return mi_fault_is_fatal(fault, frame);
    fault->kind = MM_FAULT_DISMISSED;
    return STATUS_SUCCESS;
}

/* SMAP and SMEP: the page is there, but the kernel has not said that it wants to touch user space
 * (SDM volume 3, section 4.6.1), or has jumped there. Where ring 3 runs, the access is one that the
 * processor makes by itself, and the flag is the program's: it does not count. */
static bool is_forbidden_to_kernel(const struct mi_fault *fault, const struct ktrap_frame *frame)
{
    if ((fault->error_code & (PF_PRESENT | PF_USER)) != PF_PRESENT)
        return false;
    return !(frame->eflags & EFLAGS_AC) || ki_from_user_mode(frame) ||
           (fault->error_code & PF_FETCH);
}

ntstatus mi_resolve_user_fault(struct mi_fault *fault, struct ktrap_frame *frame)
{
    struct mm_address_space *space = ke_get_attached_process()->address_space;

    if (unlikely(ke_get_current_irql() >= DISPATCH_LEVEL))
        return at_raised_irql(fault, frame);
    if (unlikely(ki_smap) && is_forbidden_to_kernel(fault, frame)) {
        fault->kind = MM_FAULT_NO_ACCESS;
        return STATUS_ACCESS_VIOLATION;
    }
    if (unlikely(!space || fault->va > space->highest_address)) {
        fault->kind = MM_FAULT_USER_ADDRESS;
        return STATUS_ACCESS_VIOLATION;
    }
    kirql irql = mi_lock_pfn();
    space->faults++;
    ntstatus status = mi_resolve_user_entry(fault, space, irql);
    if (likely(NT_SUCCESS(status)))
        return status;
    if (!mi_has_page_table(fault->va))
        fault->pte = NULL; /* there is none to be looked at */
    return status == STATUS_GUARD_PAGE_VIOLATION ? mi_check_for_user_stack_growth(fault) : status;
}
