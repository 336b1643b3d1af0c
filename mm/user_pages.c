/*
 * The entries of user space: going through a range of them, asking what they mean, and deleting
 * what they map.
 */
#include "arch/i386/zero.h"
#include "mm/address_space.h"
#include "mm/clone.h"
#include "mm/mi.h"
#include "mm/section.h"
#include "mm/virtual_memory.h"

/* A page of a view whose entry says nothing: the prototype PTE is asked. */
static const struct mmpte *prototype_of(const struct mmvad *vad, uintptr_t va)
{
    return mi_get_prototype(vad, (uint32_t)va >> PAGE_SHIFT);
}

bool mi_is_committed(const struct mmvad *vad, const struct mmpte *pte, uintptr_t va)
{
    if (vad->section && !(pte && pte->hard.valid))
        return prototype_of(vad, va) && mi_read_pte(prototype_of(vad, va)).value;
    if (!pte || mi_pte_kind(*pte) == MI_PTE_ZERO)
        return vad->mem_commit;
    return mi_pte_kind(*pte) != MI_PTE_DECOMMITTED;
}

uint32_t mi_page_protection(const struct mmvad *vad, const struct mmpte *pte, uintptr_t va)
{
    if (!pte || mi_pte_kind(*pte) == MI_PTE_ZERO)
        return vad->vad_type == VAD_IMAGE_MAP && prototype_of(vad, va)
                   ? mi_prototype_protection(prototype_of(vad, va))
                   : vad->protection;
    if (pte->hard.valid)
        return mi_is_clone(*pte) ? mi_private_protection(mi_protection_of_mapping(*pte))
               : pte->hard.prototype
                   ? mi_protection_of_mapping(*pte)
                   : mi_pfn(pte->hard.page_frame_number)->original_pte.soft.protection;
    return pte->soft.protection;
}

uint32_t mi_committed_in_run(const struct mmvad *vad, const struct mi_run *run)
{
    uint32_t count = 0;

    if (!run->pte && !vad->section)
        return vad->mem_commit ? run->pages : 0;
    for (uint32_t i = 0; i < run->pages; i++)
        count += mi_is_committed(vad, run->pte ? run->pte + i : NULL, run->va + (i << PAGE_SHIFT));
    return count;
}

/* Is the page of VAD, a view, the process's own, or would it be copied? */
static bool may_be_own(const struct mmvad *vad, const struct mmpte *pte, uintptr_t va)
{
    bool shared =
        !pte || !pte->value || (pte->hard.prototype && !(pte->hard.valid && mi_is_clone(*pte)));

    return !shared || mi_is_copied_protection(mi_page_protection(vad, pte, va));
}

uint32_t mi_charge_of_run(const struct mmvad *vad, const struct mi_run *run)
{
    uint32_t count = 0;

    if (!vad->section)
        return mi_committed_in_run(vad, run);
    for (uint32_t i = 0; i < run->pages; i++)
        count += may_be_own(vad, run->pte ? run->pte + i : NULL, run->va + (i << PAGE_SHIFT));
    return count;
}

void mi_set_invalid_protection(struct mmpte *pte, struct mmpte value)
{
    mi_write_pte(pte, value);
    if (mi_pte_kind(value) == MI_PTE_TRANSITION)
        mi_pfn(value.trans.page_frame_number)->original_pte.soft.protection =
            value.trans.protection;
}

/* One mapping of a section's page less. */
static void unmap_shared(struct mmpte *pte, struct mmpfn *table)
{
    pfn_t frame = pte->hard.page_frame_number;
    bool clone = mi_is_clone(*pte);

    mi_pfn(frame)->modified |= mi_is_dirty(*pte);
    mi_change_valid_pte(pte, (struct mmpte){.value = 0}, mi_get_virtual_address_mapped_by_pte(pte));
    table->u2.share_count--;
    if (clone)
        mi_drop_clone_share(frame);
    else
        mi_decrement_share_count(frame);
}

void mi_delete_user_pte(struct mm_address_space *space, struct mmpte *pte)
{
    struct mmpfn *table = mi_user_table_pfn(pte);
    enum mi_pte_kind kind = mi_pte_kind(*pte);

    if (kind == MI_PTE_ZERO)
        return;
    if (kind == MI_PTE_VALID && pte->hard.prototype) {
        unmap_shared(pte, table);
    } else {
        if (kind == MI_PTE_VALID || kind == MI_PTE_TRANSITION)
            space->private_pages--;
        mi_delete_ptes(pte, 1);
    }
    table->u1.used_entries--;
}

/* => the first entry from PTE up to END that is not zero, or END. Most of a large region is never
 * touched. */
static struct mmpte *next_used(struct mmpte *pte, struct mmpte *end)
{
    return (struct mmpte *)ki_skip_zero_words(&pte->value, &end->value);
}

static void delete_run(struct mm_address_space *space, const struct mi_run *run)
{
    struct mmpte *end = run->pte + run->pages;
    kirql irql = mi_lock_pfn();

    for (struct mmpte *pte = next_used(run->pte, end); pte < end; pte = next_used(pte + 1, end))
        mi_delete_user_pte(space, pte);
    mi_delete_empty_page_table(space, run->va);
    mi_unlock_pfn(irql);
}

void mi_delete_virtual_addresses(struct mm_address_space *space, uintptr_t start, uintptr_t end)
{
    struct mi_run run = mi_run_over(start, end);

    while (mi_next_run(&run))
        if (run.pte)
            delete_run(space, &run);
}
