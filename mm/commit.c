/*
 * The commit charge: memory that was promised. Every promise is kept because the limit is what the
 * machine can supply: the frames that were free when the memory manager came up. View pages are not
 * charged; they are clean, and given up when a promise falls due.
 */
#include "mm/mi.h"
#include "mm/mm.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/irql.h"

uint32_t mm_total_committed_pages;
uint32_t mm_total_commit_limit;
uint32_t mi_committed[MM_COMMIT_KINDS];

bool mm_charge_commitment(enum mm_commit_kind kind, uint32_t pages)
{
    kirql old = ke_get_current_irql();
    bool fits;

    if (old < DISPATCH_LEVEL)
        ke_raise_irql(DISPATCH_LEVEL);
    fits = pages <= mm_total_commit_limit - mm_total_committed_pages;
    if (fits) {
        mm_total_committed_pages += pages;
        mi_committed[kind] += pages;
    }
    ke_lower_irql(old);
    return fits;
}

void mm_return_commitment(enum mm_commit_kind kind, uint32_t pages)
{
    if (pages > mi_committed[kind])
        ke_bug_check_ex(MEMORY_MANAGEMENT, 0x403, kind, pages, mi_committed[kind]);
    mm_total_committed_pages -= pages;
    mi_committed[kind] -= pages;
}
