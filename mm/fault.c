/*
 * Page faults (MmAccessFault). Everything that is not there yet comes through here.
 *
 *      #PF  ->  ki_trap_common  ->  page_fault (kernel/ke/exceptions.c)  ->  mm_access_fault
 *
 * The cases, in the order they are asked; "PTE" is the entry in the self-map:
 *
 *   va in user space, or user mode     fault_user.c         the VADs decide; see there
 *   valid, and the access is allowed   dismissed            the TLB held the entry's older self
 *   valid, but read-only               fault_fatal.c        bugcheck BEh
 *   IRQL >= DISPATCH_LEVEL             fault_fatal.c        bugcheck 0Ah: nobody may wait here
 *   PDE invalid, demand-zero form      fault_large.c        PDE -> 4 MB of zeros, or a page table
 *   PDE valid in the system's          system_directory.c   copied into this process's directory,
 *   directory, but not here                                 at any IRQL; so too for the page table
 *   PDE invalid, anything else         fault_fatal.c        bugcheck 50h, type 2 (no page table)
 *   demand zero                        fault_demand_zero.c  PTE -> a page of zeros
 *   transition                         fault_transition.c   PTE -> the page it had, from its list
 *   transition, being read             page_read.c          waits for the read of another thread
 *   subsection                         fault_demand_page.c  PTE -> a page read from the file
 *   zero, free, or unknown             fault_fatal.c        bugcheck 50h, type 0 (freed PTE)
 *   the file could not be read         fault_fatal.c        bugcheck 7Ah; a user page: a status
 *
 * Lock order: a resolver holds the PFN lock and nothing else; it holds no lock while it reads a
 * page (the PTE is in transition meanwhile), and sleeps if the file is slow. What was decided from
 * the PTE or PDE before the lock was taken is asked again under it, and each time that it is taken
 * once more: another thread may have come first. Then the fault is dismissed, and the access tells
 * what is true now. IRQL is asked after the valid cases, because a valid page may be touched at any
 * IRQL, and before all that would have to bring a page.
 *
 * Rejected: telling kinds by address range instead of by PTE. It is quicker by a few instructions,
 * but then a wrong PTE is repaired silently instead of being found.
 */
#include "mm/fault.h"
#include "mm/mi.h"
#include "mm/address_space.h"
#include "mm/mm.h"
#include "mm/system_directory.h"
#include "kernel/ke/irql.h"

const char *const mm_fault_kind_names[MM_FAULT_KINDS] = {
    [MM_FAULT_NONE] = "none",
    [MM_FAULT_DEMAND_ZERO] = "demand-zero",
    [MM_FAULT_DEMAND_PAGE] = "demand-page",
    [MM_FAULT_TRANSITION] = "transition",
    [MM_FAULT_COLLIDED] = "collided",
    [MM_FAULT_LARGE] = "large",
    [MM_FAULT_LARGE_SPLIT] = "large-split",
    [MM_FAULT_DISMISSED] = "dismissed",
    [MM_FAULT_PDE_COPIED] = "pde-copied",
    [MM_FAULT_SHARED] = "shared",
    [MM_FAULT_COPY_ON_WRITE] = "copy-on-write",
    [MM_FAULT_MADE_WRITABLE] = "made-writable",
    [MM_FAULT_GUARD_PAGE] = "guard-page",
    [MM_FAULT_STACK_GROWTH] = "stack-growth",
    [MM_FAULT_NO_ACCESS] = "no-access",
    [MM_FAULT_READ_ONLY] = "read-only",
    [MM_FAULT_NOT_BACKED] = "not-backed",
    [MM_FAULT_RAISED_IRQL] = "raised-irql",
    [MM_FAULT_USER_ADDRESS] = "user-address",
    [MM_FAULT_IN_PAGE_ERROR] = "in-page-error",
    [MM_FAULT_NO_MEMORY] = "no-memory",
};

uint32_t mm_fault_counts[MM_FAULT_KINDS];
uint32_t mm_fault_trace;

/* The entry is valid. Either it allows the access after all, or the access is wrong. */
static ntstatus valid_entry(struct mi_fault *fault, struct ktrap_frame *frame)
{
    if ((fault->error_code & PF_WRITE) && !fault->before.hard.write) {
        fault->kind = MM_FAULT_READ_ONLY;
        return mi_fault_is_fatal(fault, frame);
    }
    /* The fault itself dropped the translation that caused it (SDM volume 3, 4.10.4.1). */
    fault->kind = MM_FAULT_DISMISSED;
    return STATUS_SUCCESS;
}

/* Nothing is there: in this page directory, or at all? */
static ntstatus fatal(struct mi_fault *fault, struct ktrap_frame *frame, enum mm_fault_kind kind)
{
    if (mi_copy_system_pde(fault->va)) {
        fault->kind = MM_FAULT_PDE_COPIED;
        return STATUS_SUCCESS;
    }
    fault->kind = kind;
    return mi_fault_is_fatal(fault, frame);
}

/* The directory entry maps no page table: it is a large page's, or invalid. */
static ntstatus no_page_table(struct mi_fault *fault, struct ktrap_frame *frame)
{
    if (fault->before.hard.valid)
        return valid_entry(fault, frame);
    if (ke_get_current_irql() >= DISPATCH_LEVEL)
        return fatal(fault, frame, MM_FAULT_RAISED_IRQL);
    fault->before = mi_read_system_pde(fault->va);
    if (fault->before.hard.valid || mi_pte_kind(fault->before) != MI_PTE_DEMAND_ZERO)
        return fatal(fault, frame, MM_FAULT_NOT_BACKED);
    return mi_resolve_large_zero_fault(fault);
}

static ntstatus resolve(struct mi_fault *fault, struct ktrap_frame *frame)
{
    enum mi_pte_kind kind;

    fault->pte = mi_get_pde_address(fault->va);
    fault->before = mi_read_pte(fault->pte);
    if (unlikely(!fault->before.hard.valid || fault->before.hard.large_page))
        return no_page_table(fault, frame);
    fault->pte = mi_get_pte_address(fault->va);
    fault->before = mi_read_pte(fault->pte);
    kind = mi_pte_kind(fault->before);
    if (kind == MI_PTE_VALID)
        return valid_entry(fault, frame);
    if (unlikely(ke_get_current_irql() >= DISPATCH_LEVEL))
        return fatal(fault, frame, MM_FAULT_RAISED_IRQL);
    switch (kind) {
    case MI_PTE_DEMAND_ZERO:
        return mi_resolve_demand_zero_fault(fault);
    case MI_PTE_TRANSITION:
        return mi_resolve_transition_fault(fault);
    case MI_PTE_SUBSECTION:
        return mi_resolve_mapped_file_fault(fault);
    default:
        return fatal(fault, frame, MM_FAULT_NOT_BACKED);
    }
}

ntstatus mm_access_fault(uint32_t error_code, uintptr_t va, enum kprocessor_mode mode,
                         struct ktrap_frame *frame)
{
    uint64_t start = unlikely(mm_fault_trace) ? ke_time_stamp() : 0;
    struct mi_fault fault = {.va = va, .error_code = error_code};
    bool user = va <= mm_highest_user_address || mode == USER_MODE;
    ntstatus status = user ? mi_resolve_user_fault(&fault, frame) : resolve(&fault, frame);

    mm_fault_counts[fault.kind]++;
    if (unlikely(mm_fault_trace))
        mi_record_fault(&fault, frame->eip, start);
    if (unlikely(status == STATUS_IN_PAGE_ERROR) && !user)
        mi_in_page_error(&fault, frame);
    return status;
}
