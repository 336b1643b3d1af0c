/*
 * Large demand zero: a directory entry was promised 4 MB of zeros.
 *
 *      before   PDE: 0 ... protection ... 0
 *      after    PDE: first frame | L | valid                         (one fault for 4 MB)
 *      or       PDE: page table whose entries are all demand zero    (a fault a page from then on)
 *
 * The second happens when no 1024 free frames lie together, or the processor has no large pages:
 * the promise was of memory, and is kept in small pages.
 *
 * Several threads may fault on the same entry, and each finds its own frames. All but the first to
 * have them ready give them back: the entry is asked again, that of the system's directory, which
 * all others follow. What is mapped in the end is ready: the zeros and the page table's entries are
 * written before.
 */
#include "arch/i386/zero.h"
#include "mm/fault.h"
#include "mm/large.h"
#include "mm/system_directory.h"

/* As much is zeroed while no other thread can run. */
#define PIECE (256 * 1024u)

/* PFN lock held. */
static bool promise_changed(const struct mi_fault *fault)
{
    return mi_read_system_pde(fault->va).value != fault->before.value;
}

static void fill_table(pfn_t frame, struct mmpte value)
{
    struct mmpte *table = mi_map_page_in_hyper_space(frame);

    for (uint32_t i = 0; i < PTES_PER_PAGE; i++)
        mi_write_pte(table + i, value);
    mi_unmap_page_in_hyper_space(table);
}

/* The page table was charged when the page was promised. PFN lock held; given back with IRQL. */
static ntstatus split(struct mi_fault *fault, kirql irql)
{
    pfn_t frame = mi_remove_any_page_promised();

    if (frame == PFN_NONE) {
        mi_unlock_pfn(irql);
        fault->kind = MM_FAULT_NO_MEMORY;
        return STATUS_NO_MEMORY;
    }
    fill_table(frame, mi_make_demand_zero_pte(fault->before.soft.protection));
    mi_map_system_page_table(fault->va, frame);
    mi_unlock_pfn(irql);
    fault->kind = MM_FAULT_LARGE_SPLIT;
    return STATUS_SUCCESS; /* the access faults again, now on its small page */
}

/* Fill a part of the page through its own entry, the quickest way. Nobody else sees the entry
 * valid: no other thread runs meanwhile. => false when another one has made it valid before. */
static bool zero_piece(const struct mi_fault *fault, pfn_t first, uint32_t at)
{
    uintptr_t va = ROUND_DOWN(fault->va, LARGE_PAGE_SIZE);
    kirql irql = mi_lock_pfn();
    struct mmpte before = mi_read_pte(fault->pte);

    if (!before.hard.valid) {
        mi_write_valid_pte(fault->pte, mi_make_large_pde(first));
        ki_zero_bytes((void *)(va + at), PIECE);
        mi_change_valid_pte(fault->pte, before, va);
    }
    mi_unlock_pfn(irql);
    return !before.hard.valid;
}

static bool zero(const struct mi_fault *fault, pfn_t first)
{
    for (uint32_t at = 0; at < LARGE_PAGE_SIZE; at += PIECE)
        if (!zero_piece(fault, first, at))
            return false;
    return true;
}

/* FIRST and the frames behind it were taken for the page. At APC_LEVEL: a thread that ended in
 * between would keep them. IRQL is that of the fault. */
static ntstatus make_of(struct mi_fault *fault, pfn_t first, kirql irql)
{
    bool zeroed = zero(fault, first);

    mi_lock_pfn();
    if (!zeroed || promise_changed(fault)) {
        mi_free_frames(first, LARGE_PAGE_PAGES);
        return mi_dismiss_fault(fault, irql);
    }
    mi_map_large_page(fault->pte, first);
    mi_unlock_pfn(irql);
    mm_return_commitment(MM_COMMIT_PAGE_TABLES, 1); /* it will never be split */
    fault->kind = MM_FAULT_LARGE;
    return STATUS_PAGE_FAULT_DEMAND_ZERO;
}

ntstatus mi_resolve_large_zero_fault(struct mi_fault *fault)
{
    pfn_t first = PFN_NONE;
    int why;
    kirql irql = mi_lock_pfn();

    if (promise_changed(fault))
        return mi_dismiss_fault(fault, irql);
    if (ke_has(KF_LARGE_PAGE))
        first = mi_find_contiguous_frames(LARGE_PAGE_PAGES, LARGE_PAGE_PAGES, &why);
    if (first == PFN_NONE)
        return split(fault, irql);
    mi_unlock_pfn(APC_LEVEL);
    return make_of(fault, first, irql);
}
