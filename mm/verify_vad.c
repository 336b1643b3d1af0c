/*
 * mm_verify, what a process's entries hold against what its VADs say: the kinds of entries that
 * private memory and views can have, the prototype PTE that a mapping comes from, and the charge.
 */
#include "mm/clone.h"
#include "mm/mi.h"
#include "mm/section.h"
#include "mm/verify.h"
#include "mm/virtual_memory.h"

/* PTE maps a page of a section: it is that of VAD's prototype PTE for VA, or shared by cloning. */
static bool mapping_is_good(const struct mmvad *vad, struct mmpte value, uintptr_t va)
{
    const struct mmpfn *pfn = mi_pfn(value.hard.page_frame_number);

    return pfn->clone_page ||
           (vad->section && pfn->pte_address == mi_get_prototype(vad, (uint32_t)va >> PAGE_SHIFT));
}

/* A private page in memory is the process's alone, and has somewhere to go back to. */
static bool private_page_is_good(struct mmpte value)
{
    const struct mmpfn *pfn = mi_pfn(value.hard.page_frame_number);

    return !pfn->prototype_pte && mi_pte_kind(pfn->original_pte) == MI_PTE_DEMAND_ZERO;
}

static bool entry_is_good(const struct mmvad *vad, struct mmpte value, uintptr_t va)
{
    switch (mi_pte_kind(value)) {
    case MI_PTE_VALID:
        if (!value.hard.owner || value.hard.global)
            return false;
        if (!mi_is_pfn(value.hard.page_frame_number))
            return vad->vad_type == VAD_DEVICE_MEMORY;
        return value.hard.prototype ? mapping_is_good(vad, value, va) : private_page_is_good(value);
    case MI_PTE_TRANSITION:
        return mi_is_pfn(value.trans.page_frame_number) && private_page_is_good(value);
    case MI_PTE_SUBSECTION: /* "prototype, look in the VAD" */
        return vad->section &&
               value.value == mi_make_vad_prototype_pte(value.soft.protection).value;
    case MI_PTE_DEMAND_ZERO:
    case MI_PTE_DECOMMITTED:
        return vad->private_memory;
    default:
        return false;
    }
}

void mi_verify_user_entry(const struct mmvad *vad, const struct mmpte *pte, uintptr_t va)
{
    if (!vad)
        mi_verify_failed("PTE %p of %08x holds %08x, but no VAD has it", pte, (uint32_t)va,
                         pte->value);
    else if (!entry_is_good(vad, mi_read_pte(pte), va))
        mi_verify_failed("PTE %p of %08x holds %08x, which VAD %05x-%05x cannot have", pte,
                         (uint32_t)va, pte->value, vad->starting_vpn, vad->ending_vpn);
}

static bool kind_is_good(const struct mmvad *vad)
{
    const struct control_area *area = vad->section;

    if (!vad->private_memory != (area != NULL) ||
        (vad->vad_type == VAD_WRITE_WATCH) != (vad->write_watch != NULL))
        return false;
    if (!area)
        return !vad->first_prototype && vad->vad_type != VAD_IMAGE_MAP;
    return vad->first_prototype >= area->prototypes &&
           vad->first_prototype < area->prototypes + area->page_count &&
           vad->last_prototype == area->prototypes + area->page_count - 1 &&
           (vad->vad_type == VAD_IMAGE_MAP) == ((area->attributes & SEC_IMAGE) != 0) &&
           vad->copy_on_write == mi_is_copied_protection(vad->protection) &&
           (vad->inherit == VIEW_SHARE || vad->inherit == VIEW_UNMAP);
}

void mi_verify_vad(const struct mmvad *vad)
{
    struct mi_run run = mi_run_over((uintptr_t)vad->starting_vpn << PAGE_SHIFT,
                                    ((uintptr_t)vad->ending_vpn << PAGE_SHIFT) + PAGE_SIZE - 1);
    uint32_t charge = 0;

    if (!kind_is_good(vad)) {
        mi_verify_failed("VAD %05x-%05x: its section and its kind do not go together",
                         vad->starting_vpn, vad->ending_vpn);
        return;
    }
    while (mi_next_run(&run))
        charge += mi_charge_of_run(vad, &run);
    if (charge != vad->commit_charge)
        mi_verify_failed("VAD %05x-%05x: %u pages promised, %u charged", vad->starting_vpn,
                         vad->ending_vpn, charge, vad->commit_charge);
}
