/*
 * What a pool page costs. Nonpaged: a frame, now. Paged: a promise, a page table and a demand-zero
 * PTE; the frame comes with the first touch.
 */
#include "mm/pool_commit.h"
#include "mm/mi.h"
#include "kernel/ke/irql.h"

static void give_back(uintptr_t va, uint32_t pages, enum mm_commit_kind kind)
{
    kirql irql = mi_lock_pfn();

    mi_delete_ptes(mi_get_pte_address(va), pages);
    mi_unlock_pfn(irql);
    mm_return_commitment(kind, pages);
}

bool mi_commit_nonpaged(uintptr_t va, uint32_t pages)
{
    struct mmpte *pte = mi_get_pte_address(va);
    uint32_t done = 0;

    if (!mm_charge_commitment(MM_COMMIT_NONPAGED_POOL, pages))
        return false;
    kirql irql = mi_lock_pfn();
    for (; done < pages; done++) {
        pfn_t frame = mi_remove_any_page();
        if (frame == PFN_NONE)
            break;
        mi_initialize_pfn_for_kernel(frame, pte + done);
        mi_write_valid_pte(pte + done, mi_make_kernel_pte(frame, MM_READWRITE));
    }
    mi_unlock_pfn(irql);
    if (done == pages)
        return true;
    give_back(va, done, MM_COMMIT_NONPAGED_POOL);
    mm_return_commitment(MM_COMMIT_NONPAGED_POOL, pages - done);
    return false;
}

void mi_decommit_nonpaged(uintptr_t va, uint32_t pages)
{
    give_back(va, pages, MM_COMMIT_NONPAGED_POOL);
}

bool mi_commit_paged(uintptr_t va, uint32_t pages)
{
    struct mmpte *pte = mi_get_pte_address(va);

    if (!mm_charge_commitment(MM_COMMIT_PAGED_POOL, pages))
        return false;
    if (!mi_make_system_page_tables(va, pages)) {
        mm_return_commitment(MM_COMMIT_PAGED_POOL, pages);
        return false;
    }
    for (uint32_t i = 0; i < pages; i++)
        mi_write_pte(pte + i, mi_make_demand_zero_pte(MM_READWRITE));
    return true;
}

void mi_decommit_paged(uintptr_t va, uint32_t pages)
{
    give_back(va, pages, MM_COMMIT_PAGED_POOL);
}
