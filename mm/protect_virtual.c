/*
 * Changing protections. A page's protection is in its entry, or while it is valid in its frame's
 * original entry; the processor's bits follow from it. A page that may not be touched at all, or
 * not before that is reported, is taken out of its entry: it is in transition then.
 */
#include "mm/address_space.h"
#include "mm/clone.h"
#include "mm/mi.h"
#include "mm/section.h"
#include "mm/view.h"
#include "mm/virtual_memory.h"

/* A valid page with PROTECTION: can the entry stay valid? */
static bool may_be_valid(uint32_t protection)
{
    return mi_protection_allows(protection, false) && !mi_is_guard_protection(protection);
}

static void protect_valid(struct mmpte *pte, uintptr_t va, uint32_t protection)
{
    struct mmpte old = *pte;
    pfn_t frame = old.hard.page_frame_number;
    struct mmpfn *pfn = mi_pfn(frame);

    pfn->original_pte.soft.protection = protection & 31;
    if (!may_be_valid(protection)) {
        mi_trim_page(pte);
        return;
    }
    struct mmpte value = mi_make_valid_pte(frame, protection);
    value.hard.owner = 1;
    value.hard.dirty = old.hard.dirty;
    mi_change_valid_pte(pte, value, va);
}

/* A page of a section: its frame's entry is shared, so the protection is all in the process's PTE.
 */
static void protect_mapping(struct mmpte *pte, uintptr_t va, uint32_t protection)
{
    pfn_t frame = pte->hard.page_frame_number;
    struct mmpte value = mi_make_mapping(frame, protection);

    mi_pfn(frame)->modified |= mi_is_dirty(*pte); /* VALUE does not say so */
    if (may_be_valid(protection)) {
        mi_change_valid_pte(pte, value, va);
        return;
    }
    mi_change_valid_pte(pte, mi_make_vad_prototype_pte(protection), va);
    mi_user_table_pfn(pte)->u2.share_count--;
    mi_decrement_share_count(frame);
}

/* A page shared by cloning: to be written it must be copied, and what cannot be valid cannot be
 * shared, so it is copied now. => whether there was a frame for that. */
static bool protect_clone(struct mm_address_space *space, struct mmpte *pte, uintptr_t va,
                          uint32_t protection)
{
    if (may_be_valid(protection)) {
        protect_mapping(pte, va, mi_copied_protection(protection));
        return true;
    }
    if (!mi_make_private(space, pte, va, false))
        return false;
    protect_valid(pte, va, protection);
    return true;
}

/* Is the page that PTE, a mapping, leads to locked, and one that PROTECTION would have copied? */
static bool must_be_copied_now(const struct mm_address_space *space, const struct mmpte *pte,
                               uintptr_t va, uint32_t protection)
{
    if (mi_is_clone(*pte))
        protection = mi_copied_protection(protection);
    return mi_is_copied_protection(protection) && mi_any_locked(space, va, va);
}

/* The page of a view whose entry is zero, or in the form that only has a protection. */
static void protect_unmapped(const struct mmvad *vad, struct mmpte *pte, uintptr_t va,
                             uint32_t protection)
{
    struct mmpte none = {.value = 0}, value = mi_make_vad_prototype_pte(protection);

    if (protection == mi_page_protection(vad, &none, va))
        value = none;
    mi_user_table_pfn(pte)->u1.used_entries += (value.value != 0) - (pte->value != 0);
    mi_write_pte(pte, value);
}

static bool is_mapping(struct mmpte value)
{
    return value.hard.valid && value.hard.prototype;
}

/* A page that is shared, as PTE says, which maps it. => whether there was a frame, if one was
 * needed for a copy that cannot wait. */
static bool protect_shared(struct mm_address_space *space, struct mmpte *pte, uintptr_t va,
                           uint32_t protection)
{
    if (must_be_copied_now(space, pte, va, protection)) {
        if (!mi_make_private(space, pte, va, true))
            return false;
        protect_valid(pte, va, mi_private_protection(protection));
    } else if (mi_is_clone(*pte)) {
        return protect_clone(space, pte, va, protection);
    } else {
        protect_mapping(pte, va, protection);
    }
    return true;
}

/* A page that is not shared; it is committed. */
static void protect_own(struct mmvad *vad, struct mmpte *pte, uintptr_t va, uint32_t protection)
{
    struct mmpte value = *pte;

    if (vad->section && (!value.value || (!value.hard.valid && value.soft.prototype))) {
        protect_unmapped(vad, pte, va, protection);
        return;
    }
    if (vad->section)
        protection = mi_private_protection(protection);
    switch (mi_pte_kind(value)) {
    case MI_PTE_VALID:
        mi_capture_writes(vad, pte, va);
        protect_valid(pte, va, protection);
        break;
    case MI_PTE_ZERO:
        if (protection == vad->protection)
            break;
        mi_user_table_pfn(pte)->u1.used_entries++;
        mi_write_pte(pte, mi_make_demand_zero_pte(protection));
        break;
    default:
        value.soft.protection = protection & 31;
        mi_set_invalid_protection(pte, value);
    }
}

/* PFN lock held. => as protect_shared. */
static bool protect_page(struct mm_address_space *space, struct mmvad *vad, struct mmpte *pte,
                         uintptr_t va, uint32_t protection)
{
    if (is_mapping(mi_read_pte(pte)))
        return protect_shared(space, pte, va, protection);
    protect_own(vad, pte, va, protection);
    return true;
}

static bool protect_run(struct mm_address_space *space, struct mmvad *vad, const struct mi_run *run,
                        uint32_t protection)
{
    struct mmpte *pte = mi_get_pte_address(run->va);

    if (!run->pte && protection == vad->protection && vad->vad_type != VAD_IMAGE_MAP)
        return true; /* the VAD says it already */
    kirql irql = mi_lock_pfn();
    bool made = mi_has_page_table(run->va) || mi_make_pde_exist(space, run->va);
    bool done = made;
    for (uint32_t i = 0; done && i < run->pages; i++)
        done = protect_page(space, vad, pte + i, run->va + (i << PAGE_SHIFT), protection);
    if (made)
        mi_delete_empty_page_table(space, run->va);
    mi_unlock_pfn(irql);
    return done;
}

static ntstatus protect_runs(struct mm_address_space *space, struct mmvad *vad, uintptr_t start,
                             uintptr_t end, uint32_t protection)
{
    struct mi_run run = mi_run_over(start, end);

    while (mi_next_run(&run))
        if (!protect_run(space, vad, &run, protection))
            return STATUS_NO_MEMORY;
    return STATUS_SUCCESS;
}

static uint32_t charge_of(const struct mmvad *vad, uintptr_t start, uintptr_t end)
{
    struct mi_run run = mi_run_over(start, end);
    uint32_t pages = 0;

    while (mi_next_run(&run)) {
        kirql irql = mi_lock_pfn(); /* faults change entries meanwhile, though not what they say */
        pages += mi_charge_of_run(vad, &run);
        mi_unlock_pfn(irql);
    }
    return pages;
}

ntstatus mi_set_protection_on_pages(struct mm_address_space *space, struct mmvad *vad,
                                    uintptr_t start, uintptr_t end, uint32_t protection)
{
    ex_assert_fast_mutex_held(&space->address_creation_lock);
    if (!may_be_valid(protection)) /* what may not be touched cannot be kept ready for that */
        mi_unlock_range(space, start, end);
    if (!vad->section)
        return protect_runs(space, vad, start, end, protection);
    /* A view's pages may become ones to be copied, which is promised now, or be so no more. */
    uint32_t charged = charge_of(vad, start, end), more = 0;
    if (mi_is_copied_protection(protection))
        more = ((uint32_t)(end - start + 1) >> PAGE_SHIFT) - charged;
    if (!mi_charge_pages(space, more))
        return STATUS_COMMITMENT_LIMIT;
    uint32_t locked = mi_lock_charge_of(space, start, end);
    ntstatus status = protect_runs(space, vad, start, end, protection);
    mi_return_lock_charge(space, locked - mi_lock_charge_of(space, start, end)); /* copied */
    uint32_t needed = charge_of(vad, start, end);
    vad->commit_charge += needed - charged;
    mi_return_pages(space, charged + more - needed);
    return status;
}

static bool all_committed(const struct mmvad *vad, uintptr_t start, uintptr_t end)
{
    struct mi_run run = mi_run_over(start, end);

    while (mi_next_run(&run))
        if (mi_committed_in_run(vad, &run) != run.pages)
            return false;
    return true;
}

/* What a VAD of its kind lets its pages have. */
static ntstatus check_protection(const struct mmvad *vad, uint32_t protection)
{
    if (vad->no_change)
        return STATUS_INVALID_PAGE_PROTECTION;
    if (vad->vad_type == VAD_DEVICE_MEMORY)
        return STATUS_CONFLICTING_ADDRESSES;
    if (vad->section && !mi_view_may_have(vad, protection))
        return STATUS_SECTION_PROTECTION;
    if (vad->private_memory && mi_is_copied_protection(protection))
        return STATUS_INVALID_PAGE_PROTECTION;
    return STATUS_SUCCESS;
}

static ntstatus protect_range(struct mm_address_space *space, uintptr_t start, uintptr_t end,
                              uint32_t protection, uint32_t *old_protect)
{
    struct mmvad *vad = mi_locate_address(&space->vads, (uint32_t)start >> PAGE_SHIFT);

    if (!vad || vad->ending_vpn < (uint32_t)end >> PAGE_SHIFT)
        return STATUS_CONFLICTING_ADDRESSES;
    ntstatus status = check_protection(vad, protection);
    if (!NT_SUCCESS(status))
        return status;
    if (!all_committed(vad, start, end))
        return STATUS_NOT_COMMITTED;
    kirql irql = mi_lock_pfn();
    const struct mmpte *first = mi_has_page_table(start) ? mi_get_pte_address(start) : NULL;
    *old_protect = mi_convert_from_protection(mi_page_protection(vad, first, start));
    mi_unlock_pfn(irql);
    if (vad->copy_on_write) /* what is written to is a copy */
        protection = mi_copied_protection(protection);
    bool unlocked = !may_be_valid(protection) && mi_any_locked(space, start, end);
    status = mi_set_protection_on_pages(space, vad, start, end, protection);
    return status == STATUS_SUCCESS && unlocked ? STATUS_WAS_UNLOCKED : status;
}

ntstatus mi_protect_virtual_memory(struct mm_address_space *space, uintptr_t *base, uint32_t *size,
                                   uint32_t protection, uint32_t *old_protect)
{
    if (*base > space->highest_address)
        return STATUS_INVALID_PARAMETER_2;
    if (!*size || space->highest_address - *base < *size - 1)
        return STATUS_INVALID_PARAMETER_3;
    uintptr_t start = ROUND_DOWN(*base, PAGE_SIZE), end = (*base + *size - 1) | (PAGE_SIZE - 1);

    ex_acquire_fast_mutex(&space->address_creation_lock);
    ntstatus status = protect_range(space, start, end, protection, old_protect);
    ex_release_fast_mutex(&space->address_creation_lock);
    if (NT_SUCCESS(status)) {
        *base = start;
        *size = (uint32_t)(end - start + 1);
    }
    return status;
}

ntstatus mm_protect_virtual_memory(struct mm_address_space *space, uintptr_t *base, uint32_t *size,
                                   uint32_t protect, uint32_t *old_protect)
{
    uint32_t protection = mi_make_protection_mask(protect);

    return protection == MI_INVALID_PROTECTION
               ? STATUS_INVALID_PAGE_PROTECTION
               : mi_protect_virtual_memory(space, base, size, protection, old_protect);
}
