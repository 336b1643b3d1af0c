/* Decommitting and releasing private memory. */
#include "mm/mi.h"
#include "mm/virtual_memory.h"

/* The entry at PTE, of a page that its VAD says is committed, becomes one that is not. PFN lock
 * held. => whether it was. */
static bool decommit_page(struct mm_address_space *space, const struct mmvad *vad,
                          struct mmpte *pte)
{
    if (!mi_is_committed(vad, pte, mi_get_virtual_address_mapped_by_pte(pte)))
        return false;
    mi_delete_user_pte(space, pte);
    if (vad->mem_commit) {
        mi_user_table_pfn(pte)->u1.used_entries++;
        mi_write_pte(pte, mi_make_demand_zero_pte(MM_DECOMMIT));
    }
    return true;
}

static bool decommit_run(struct mm_address_space *space, const struct mmvad *vad,
                         const struct mi_run *run, uint32_t *count)
{
    struct mmpte *pte = mi_get_pte_address(run->va);

    if (!run->pte && !vad->mem_commit)
        return true;
    kirql irql = mi_lock_pfn();
    bool made = mi_make_pde_exist(space, run->va);
    for (uint32_t i = 0; made && i < run->pages; i++)
        *count += decommit_page(space, vad, pte + i);
    if (made)
        mi_delete_empty_page_table(space, run->va);
    mi_unlock_pfn(irql);
    return made;
}

/* All of VAD: it is as if it had only been reserved. */
static uint32_t decommit_all(struct mm_address_space *space, struct mmvad *vad, uintptr_t start,
                             uintptr_t end)
{
    mi_unlock_range(space, start, end);
    kirql irql = mi_lock_pfn();
    vad->mem_commit = 0;
    mi_unlock_pfn(irql);
    mi_delete_virtual_addresses(space, start, end);
    return vad->commit_charge;
}

static ntstatus decommit(struct mm_address_space *space, struct mmvad *vad, uintptr_t start,
                         uintptr_t end)
{
    struct mi_run run = mi_run_over(start, end);
    uint32_t count = 0;
    bool all = start >> PAGE_SHIFT == vad->starting_vpn && end >> PAGE_SHIFT == vad->ending_vpn;
    bool done = true;

    if (all)
        count = decommit_all(space, vad, start, end);
    while (!all && done && mi_next_run(&run)) {
        /* No more than goes: the rest stays as it is if a page table cannot be had. */
        mi_unlock_range(space, run.va, run.va + (run.pages << PAGE_SHIFT) - 1);
        done = decommit_run(space, vad, &run, &count);
    }
    vad->commit_charge -= count;
    mi_return_pages(space, count);
    return done ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static ntstatus release(struct mm_address_space *space, struct mmvad *vad, uintptr_t start,
                        uintptr_t end)
{
    uint32_t first = (uint32_t)start >> PAGE_SHIFT, last = (uint32_t)end >> PAGE_SHIFT;

    if (first == vad->starting_vpn && last == vad->ending_vpn) {
        mi_delete_vad(space, vad);
        return STATUS_SUCCESS;
    }
    if (vad->vad_type != VAD_NONE) /* what is kept for it page by page is not cut up */
        return STATUS_UNABLE_TO_FREE_VM;
    return mi_cut_vad(space, vad, first, last);
}

static ntstatus check(const struct mm_address_space *space, uintptr_t base, uint32_t size,
                      uint32_t type)
{
    if (type != MEM_DECOMMIT && type != MEM_RELEASE)
        return STATUS_INVALID_PARAMETER_4;
    if (base > space->highest_address)
        return STATUS_INVALID_PARAMETER_2;
    if (size && space->highest_address - base < size - 1)
        return STATUS_INVALID_PARAMETER_3;
    return STATUS_SUCCESS;
}

/* The range meant by BASE and SIZE, of which 0 stands for all of VAD. */
static ntstatus find_range(const struct mmvad *vad, uintptr_t base, uint32_t size, uintptr_t *start,
                           uintptr_t *end)
{
    *start = ROUND_DOWN(base, PAGE_SIZE);
    *end = size ? (base + size - 1) | (PAGE_SIZE - 1)
                : ((uintptr_t)vad->ending_vpn << PAGE_SHIFT) + PAGE_SIZE - 1;
    if (*end >> PAGE_SHIFT > vad->ending_vpn)
        return STATUS_UNABLE_TO_FREE_VM;
    if (!vad->private_memory)
        return STATUS_UNABLE_TO_DELETE_SECTION;
    if (vad->no_change)
        return STATUS_INVALID_PAGE_PROTECTION;
    if (!size && *start >> PAGE_SHIFT != vad->starting_vpn)
        return STATUS_FREE_VM_NOT_AT_BASE;
    return STATUS_SUCCESS;
}

static ntstatus free_range(struct mm_address_space *space, uintptr_t *base, uint32_t *size,
                           uint32_t type)
{
    struct mmvad *vad = mi_locate_address(&space->vads, (uint32_t)*base >> PAGE_SHIFT);
    uintptr_t start, end;

    if (!vad)
        return STATUS_MEMORY_NOT_ALLOCATED;
    ntstatus status = find_range(vad, *base, *size, &start, &end);
    if (!NT_SUCCESS(status))
        return status;
    status =
        type == MEM_DECOMMIT ? decommit(space, vad, start, end) : release(space, vad, start, end);
    *base = start;
    *size = (uint32_t)(end - start + 1);
    return status;
}

ntstatus mm_free_virtual_memory(struct mm_address_space *space, uintptr_t *base, uint32_t *size,
                                uint32_t type)
{
    ntstatus status = check(space, *base, *size, type);

    if (!NT_SUCCESS(status))
        return status;
    ex_acquire_fast_mutex(&space->address_creation_lock);
    status = free_range(space, base, size, type);
    ex_release_fast_mutex(&space->address_creation_lock);
    return status;
}
