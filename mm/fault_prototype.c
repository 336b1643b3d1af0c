/*
 * Faults in views. The process's PTE says nothing by itself; the prototype PTE of the page says
 * where the page is, and is made valid first. Then the process's PTE maps the same frame.
 *
 *      prototype PTE                    what is done
 *      zero                             nothing is committed there: access violation
 *      valid                            the frame gets one share more                     (soft)
 *      transition                       the page comes off its list, as in a process's own  (soft)
 *      transition, being read           wait for the thread that reads it
 *      demand zero                      a page of zeros is made
 *      demand zero, of an image         the same; or for a write that would copy it, a page of the
 * process's own
 *      subsection                       the page is read from the file; no lock is held meanwhile,
 * and afterwards the fault begins anew, and finds it in transition
 *
 * The page is mapped with the protection that the view has, or an image's page by itself; to write
 * to a copy-on-write page that is there, or is read, is a second fault (fault_copy_on_write.c).
 *
 * A page of zeros of shared memory is born modified: it was charged, and keeps its frame from now
 * on. An image's is clean: only copies of it were charged, and as long as nobody has written to it
 * it can be made again, and is given up when memory is short.
 *
 * The process's PTE is written before anything that may take time or fail: "prototype, look in the
 * VAD", with that protection. So the page table, which may have been made for it, is never one
 * without entries; it stays while the page is waited for, and for the next try if there is none.
 */
#include "mm/address_space.h"
#include "mm/mi.h"
#include "mm/page_read.h"
#include "mm/section.h"

uint32_t mi_prototype_protection(const struct mmpte *prototype)
{
    struct mmpte pte = mi_read_pte(prototype);

    if (pte.hard.valid)
        return mi_pfn(pte.hard.page_frame_number)->original_pte.soft.protection;
    return pte.soft.protection; /* in the same place in all */
}

/* The protection of the page at VA whose entry is PTE_VALUE (not valid). */
static uint32_t view_protection(const struct mmvad *vad, struct mmpte pte,
                                const struct mmpte *prototype)
{
    if (pte.value)
        return pte.soft.protection;
    return vad->vad_type == VAD_IMAGE_MAP ? mi_prototype_protection(prototype) : vad->protection;
}

static ntstatus violation(struct mi_fault *fault, enum mm_fault_kind kind, kirql irql)
{
    mi_unlock_pfn(irql);
    fault->kind = kind;
    return STATUS_ACCESS_VIOLATION;
}

/* The process's PTE is not zero any more. => false when no frame was left for a page table. */
static bool make_entry(const struct mi_fault *fault, struct mm_address_space *space,
                       uint32_t protection)
{
    if (!mi_make_pde_exist(space, fault->va))
        return false;
    if (!mi_read_pte(fault->pte).value) {
        mi_write_pte(fault->pte, mi_make_vad_prototype_pte(protection));
        mi_user_table_pfn(fault->pte)->u1.used_entries++;
    }
    return true;
}

static ntstatus no_memory(struct mi_fault *fault, kirql irql)
{
    mi_unlock_pfn(irql);
    fault->kind = MM_FAULT_NO_MEMORY;
    return STATUS_NO_MEMORY;
}

static void make_prototype_valid(struct mmpte *prototype, pfn_t frame)
{
    struct mmpte valid = mi_make_valid_pte(frame, MM_READWRITE);

    mi_write_pte(prototype, valid);
}

/* The prototype PTE becomes valid, if that needs no waiting. => whether it is. */
static bool bring_in(const struct mmvad *vad, struct mmpte *prototype, enum mm_fault_kind *kind)
{
    struct mmpte pte = mi_read_pte(prototype);
    pfn_t frame;
    bool zeroed;

    switch (mi_pte_kind(pte)) {
    case MI_PTE_VALID:
        *kind = MM_FAULT_SHARED;
        return true;
    case MI_PTE_TRANSITION:
        frame = pte.trans.page_frame_number;
        mi_reactivate_pfn(frame);
        mi_pfn(frame)->u2.share_count = 0; /* the mapping that follows counts */
        *kind = MM_FAULT_TRANSITION;
        break;
    default: /* demand zero */
        frame = mi_remove_zero_page(&zeroed);
        if (frame == PFN_NONE)
            return false;
        if (!zeroed)
            mi_zero_physical_page(frame);
        mi_initialize_prototype_pfn(frame, prototype, vad->vad_type != VAD_IMAGE_MAP);
        *kind = MM_FAULT_DEMAND_ZERO;
    }
    make_prototype_valid(prototype, frame);
    return true;
}

/* The process's PTE maps the page, which PROTOTYPE, valid, has. */
static ntstatus map_page(struct mi_fault *fault, const struct mmpte *prototype, uint32_t protection,
                         kirql irql)
{
    pfn_t frame = prototype->hard.page_frame_number;
    pfn_t table = mi_get_pte_address((uintptr_t)fault->pte)->hard.page_frame_number;
    struct mmpte valid = mi_make_mapping(frame, protection);

    if ((fault->error_code & PF_WRITE) && valid.hard.write)
        valid.hard.dirty = 1;
    mi_share_pfn(frame, table);
    mi_write_valid_pte(fault->pte, valid);
    mi_unlock_pfn(irql);
    return STATUS_PAGE_FAULT_TRANSITION;
}

/* A write to a page of zeros that would be copied: the copy is made without the original, which
 * nobody may ever want. It was charged with the view. */
static ntstatus make_copy_of_zeros(struct mi_fault *fault, struct mm_address_space *space,
                                   uint32_t protection, kirql irql)
{
    struct mmpte *pte = fault->pte;
    bool zeroed;
    pfn_t frame = mi_remove_zero_page(&zeroed);

    if (frame == PFN_NONE)
        return no_memory(fault, irql);
    if (!zeroed)
        mi_zero_physical_page(frame);
    protection = mi_private_protection(protection);
    mi_write_pte(pte, mi_make_demand_zero_pte(protection)); /* the new page's original PTE */
    mi_initialize_pfn(frame, pte, true);
    struct mmpte valid = mi_make_valid_pte(frame, protection);
    valid.hard.owner = 1;
    valid.hard.dirty = 1;
    mi_write_valid_pte(pte, valid);
    space->private_pages++;
    mi_unlock_pfn(irql);
    fault->kind = MM_FAULT_DEMAND_ZERO;
    return STATUS_PAGE_FAULT_DEMAND_ZERO;
}

/* Read the page of PROTOTYPE. The PFN lock is given up meanwhile, and held again at the end. The
 * subsection stays, because its control area does: somebody's view, this one, refers to it. */
static ntstatus read_in(struct mmpte *prototype, struct control_area *area)
{
    struct subsection *subsection = mi_subsection_of(*prototype);
    pfn_t frame = mi_remove_any_page();

    if (frame == PFN_NONE)
        return STATUS_NO_MEMORY;
    mi_begin_prototype_read(frame, prototype);
    mi_reference_for_read(area); /* the view may be unmapped while it is read */
    mi_unlock_pfn(APC_LEVEL);
    ntstatus status = mi_read_subsection_page(subsection, prototype, frame);
    mi_lock_pfn();
    mi_end_prototype_read(frame, NT_SUCCESS(status));
    return NT_SUCCESS(status) ? STATUS_SUCCESS : STATUS_IN_PAGE_ERROR;
}

/* The page must come from the file. => what mi_resolve_prototype_fault returns. */
static ntstatus resolve_by_reading(struct mi_fault *fault, struct mm_address_space *space,
                                   struct mmpte *prototype, struct control_area *area, kirql irql)
{
    struct mmpte before = fault->before;
    ntstatus status = read_in(prototype, area);

    if (status == STATUS_NO_MEMORY)
        return no_memory(fault, irql);
    if (!NT_SUCCESS(status)) {
        mi_unlock_pfn(irql);
        fault->kind = MM_FAULT_IN_PAGE_ERROR;
    } else {
        status = mi_resolve_user_entry(fault, space, irql);
        if (NT_SUCCESS(status))
            fault->kind = MM_FAULT_DEMAND_PAGE;
        fault->before = before; /* when the fault was taken, not when it began anew */
    }
    mi_release_read(area);
    return status;
}

ntstatus mi_resolve_prototype_fault(struct mi_fault *fault, struct mm_address_space *space,
                                    struct mmvad *vad, kirql irql)
{
    struct mmpte *prototype = mi_get_prototype(vad, (uint32_t)fault->va >> PAGE_SHIFT);
    bool write = (fault->error_code & PF_WRITE) != 0;
    struct mmpte value;

    if (!prototype || !mi_read_pte(prototype).value)
        return violation(fault, MM_FAULT_USER_ADDRESS, irql);
    uint32_t protection = view_protection(vad, fault->before, prototype);
    if (!mi_protection_allows(protection, write))
        return violation(fault, MM_FAULT_NO_ACCESS, irql);
    if (!make_entry(fault, space, protection))
        return no_memory(fault, irql);
    if (mi_is_guard_protection(protection)) {
        fault->before = mi_read_pte(fault->pte);
        return mi_guard_page_violation(fault, space, false, irql);
    }
    value = mi_read_pte(prototype); /* not before: the page table may have taken its frame */
    enum mi_pte_kind kind = mi_pte_kind(value);
    if (kind == MI_PTE_SUBSECTION)
        return resolve_by_reading(fault, space, prototype, vad->section, irql);
    if (kind == MI_PTE_TRANSITION && mi_pfn(value.trans.page_frame_number)->read_in_progress)
        return mi_wait_for_page_read(fault, value.trans.page_frame_number, irql);
    if (kind == MI_PTE_DEMAND_ZERO && write && vad->vad_type == VAD_IMAGE_MAP &&
        mi_is_copied_protection(protection))
        return make_copy_of_zeros(fault, space, protection, irql);
    if (!bring_in(vad, prototype, &fault->kind))
        return no_memory(fault, irql);
    return map_page(fault, prototype, protection, irql);
}
