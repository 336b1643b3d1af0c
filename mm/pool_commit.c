/*
 * What a pool page costs. Nonpaged: a frame, now. Paged: a promise, a page table and a demand-zero
 * PTE; the frame comes with the first touch.
 */
#include "mm/pool_commit.h"
#include "mm/mi.h"
#include "kernel/ke/irql.h"

static struct mmpte *pte_of(struct pool *pool, uint32_t page)
{
    return mi_get_pte_address(mi_pool_page_address(pool, page));
}

static void give_back(struct pool *pool, uint32_t first, uint32_t count, enum mm_commit_kind kind)
{
    kirql irql = mi_lock_pfn();

    mi_delete_ptes(pte_of(pool, first), count);
    mi_unlock_pfn(irql);
    mm_return_commitment(kind, count);
}

bool mi_commit_nonpaged(struct pool *pool, uint32_t first, uint32_t count)
{
    struct mmpte *pte = pte_of(pool, first);
    uint32_t done = 0;

    if (!mm_charge_commitment(MM_COMMIT_NONPAGED_POOL, count))
        return false;
    kirql irql = mi_lock_pfn();
    for (; done < count; done++) {
        pfn_t frame = mi_remove_any_page();
        if (frame == PFN_NONE)
            break;
        mi_initialize_pfn_for_kernel(frame, pte + done);
        mi_write_valid_pte(pte + done, mi_make_kernel_pte(frame, MM_READWRITE));
    }
    mi_unlock_pfn(irql);
    if (done == count)
        return true;
    give_back(pool, first, done, MM_COMMIT_NONPAGED_POOL);
    mm_return_commitment(MM_COMMIT_NONPAGED_POOL, count - done);
    return false;
}

void mi_decommit_nonpaged(struct pool *pool, uint32_t first, uint32_t count)
{
    give_back(pool, first, count, MM_COMMIT_NONPAGED_POOL);
}

bool mi_commit_paged(struct pool *pool, uint32_t first, uint32_t count)
{
    uintptr_t start = mi_pool_page_address(pool, first), end = start + (count << PAGE_SHIFT);
    struct mmpte *pte = pte_of(pool, first);

    if (!mm_charge_commitment(MM_COMMIT_PAGED_POOL, count))
        return false;
    for (uintptr_t at = ROUND_DOWN(start, LARGE_PAGE_SIZE); at < end; at += LARGE_PAGE_SIZE) {
        if (mi_make_system_page_table(at))
            continue;
        mm_return_commitment(MM_COMMIT_PAGED_POOL, count);
        return false;
    }
    for (uint32_t i = 0; i < count; i++)
        mi_write_pte(pte + i, mi_make_demand_zero_pte(MM_READWRITE));
    return true;
}

void mi_decommit_paged(struct pool *pool, uint32_t first, uint32_t count)
{
    give_back(pool, first, count, MM_COMMIT_PAGED_POOL);
}
