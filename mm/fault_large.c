/*
 * Large demand zero: a directory entry was promised 4 MB of zeros.
 *
 *      before   PDE: 0 ... protection ... 0
 *      after    PDE: first frame | L | valid                         (one fault for 4 MB)
 *      or       PDE: page table whose entries are all demand zero    (a fault a page from then on)
 *
 * The second happens when no 1024 free frames lie together, or the processor has no large pages:
 * the promise was of memory, and is kept in small pages.
 */
#include "mm/fault.h"
#include "mm/large.h"

static ntstatus split(struct mi_fault *fault)
{
    struct mmpte *table = mi_get_pte_address(ROUND_DOWN(fault->va, LARGE_PAGE_SIZE));

    if (!mi_make_system_page_table(fault->va)) {
        fault->kind = MM_FAULT_NO_MEMORY;
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < PTES_PER_PAGE; i++)
        mi_write_pte(table + i, mi_make_demand_zero_pte(fault->before.soft.protection));
    fault->kind = MM_FAULT_LARGE_SPLIT;
    return STATUS_SUCCESS; /* the access faults again, now on its small page */
}

ntstatus mi_resolve_large_zero_fault(struct mi_fault *fault)
{
    if (!ke_has(KF_LARGE_PAGE) || mi_make_large_page(fault->pte) != MM_LARGE_OK)
        return split(fault);
    fault->kind = MM_FAULT_LARGE;
    return STATUS_PAGE_FAULT_DEMAND_ZERO;
}
