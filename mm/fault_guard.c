/*
 * Guard pages: the first access to one is reported, and makes it an ordinary page.
 *
 *      before   protection with MM_GUARD_PAGE, never valid      after   the same without it
 *
 * The processor knows no guard pages. So the entry of one is not valid even when its page is in
 * memory: it is in transition then.
 */
#include "mm/address_space.h"
#include "mm/fault.h"
#include "mm/mi.h"
#include "mm/virtual_memory.h"

/* A zero entry stands for what the VAD says; now this page differs. */
static bool make_entry(struct mi_fault *fault, struct mm_address_space *space)
{
    if (!mi_make_pde_exist(space, fault->va))
        return false;
    mi_user_table_pfn(fault->pte)->u1.used_entries++;
    return true;
}

ntstatus mi_guard_page_violation(struct mi_fault *fault, struct mm_address_space *space,
                                 bool new_entry, kirql irql)
{
    struct mmpte pte = fault->before;

    fault->kind = MM_FAULT_GUARD_PAGE;
    if (new_entry && !make_entry(fault, space)) {
        mi_unlock_pfn(irql);
        fault->kind = MM_FAULT_NO_MEMORY;
        return STATUS_NO_MEMORY;
    }
    pte.soft.protection &= ~MM_GUARD_PAGE & 31;
    mi_set_invalid_protection(fault->pte, pte);
    mi_unlock_pfn(irql);
    return STATUS_GUARD_PAGE_VIOLATION;
}
