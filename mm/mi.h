/*
 * Internal to the memory manager: what its files call in one another, beyond the PFN database.
 */
#pragma once

#include "arch/i386/registers.h"
#include "arch/i386/cpu.h"
#include "lib/list.h"
#include "lib/status.h"
#include "mm/pfn.h"
#include "mm/pte.h"
#include "mm/regions.h"

/* ---- writing PTEs: the one place that knows that the compiler must not split or drop a store ---
 */

static inline void mi_write_pte(struct mmpte *pte, struct mmpte value)
{
    *(volatile uint32_t *)&pte->value = value.value;
}

static inline struct mmpte mi_read_pte(const struct mmpte *pte)
{
    return (struct mmpte){.value = *(const volatile uint32_t *)&pte->value};
}

/* A PTE went from invalid to valid: the processor caches no invalid entries (SDM volume
 * 3, 4.10.2.3), so nothing needs flushing. */
static inline void mi_write_valid_pte(struct mmpte *pte, struct mmpte value)
{
    mi_write_pte(pte, value);
}

/* A valid PTE of VA changes or goes: its translation may be in the TLB and is flushed. */
static inline void mi_change_valid_pte(struct mmpte *pte, struct mmpte value, uintptr_t va)
{
    mi_write_pte(pte, value);
    invlpg(va);
}

/* Flush every translation, the global ones too. */
void ki_flush_entire_tb(void);

/* A valid kernel PTE: global where the processor can, dirty (kernel data never needs the bit). */
extern uint32_t mi_kernel_pte_bits; /* HW_GLOBAL or 0 */
static inline struct mmpte mi_make_kernel_pte(pfn_t frame, uint32_t protection)
{
    struct mmpte pte = mi_make_valid_pte(frame, protection);

    pte.value |= mi_kernel_pte_bits;
    pte.hard.dirty = pte.hard.write;
    return pte;
}

/* An entry for a page table. Never global: through the self-map it is the PTE of a page that
 * belongs to this directory alone. */
static inline struct mmpte mi_make_page_table_pde(pfn_t frame)
{
    struct mmpte pde = mi_make_valid_pte(frame, MM_READWRITE);

    pde.hard.dirty = 1;
    return pde;
}

/* ---- page tables of system space ------------------------------------------------------------- */

/* Make sure the page table for VA exists. => false when no frame was left. Up to DISPATCH_LEVEL. */
bool mi_make_system_page_table(uintptr_t va);
/* The same for all of PAGES from VA on; those made before one failed stay. */
bool mi_make_system_page_tables(uintptr_t va, uint32_t pages);
/* FRAME, which holds its entries already, becomes the page table for VA, which has none. The caller
 * has charged it, and holds the PFN lock. */
void mi_map_system_page_table(uintptr_t va, pfn_t frame);
extern uint32_t mi_system_page_tables; /* frames in use for them; guarded by the PFN lock */

/* ---- hyperspace --------------------------------------------------------------------------------
 */

/* Map FRAME for a short while. Nests MI_HYPER_SPACE_SLOTS deep; unmapped in reverse order. IRQL at
 * DISPATCH_LEVEL or above, or a caller that cannot be preempted. */
#define MI_HYPER_SPACE_SLOTS 8u
extern uint32_t mi_hyper_space_depth; /* slots in use */
void *mi_map_page_in_hyper_space(pfn_t frame);
void mi_unmap_page_in_hyper_space(void *va);

/* Fill FRAME, which is not mapped, with zeros. The same callers. */
void mi_zero_physical_page(pfn_t frame);

/* Copy frame FROM to frame TO. Up to DISPATCH_LEVEL. */
void mi_copy_physical_page(pfn_t to, pfn_t from);

/* ---- system PTEs -------------------------------------------------------------------------------
 */

/* COUNT neighbouring free PTEs, or NULL. The caller fills them. PFN lock not held. */
struct mmpte *mi_reserve_system_ptes(uint32_t count);
/* Give them back: they are invalid, and the TLB holds nothing of them any more. */
void mi_release_system_ptes(struct mmpte *first, uint32_t count);

/* Did a push below ESP hit the guard page of a kernel stack? */
bool mi_is_stack_overflow(uintptr_t esp);

/* The PTE that the frame of PFN belongs to, in whichever address space that is. PFN lock held. */
struct mmpte mi_read_pte_of(const struct mmpfn *pfn);

/* ---- deleting pages ----------------------------------------------------------------------------
 */

/* COUNT entries from PTE, which nobody else refers to, become zero, whatever they held: the frame
 * of a valid one or of one in transition is freed, at once or with its last reference. PFN lock
 * held. */
void mi_delete_ptes(struct mmpte *pte, uint32_t count);

/* ---- contiguous frames
 * ------------------------------------------------------------------------------- */

/* mm_allocate_contiguous_frames with the PFN lock held. */
pfn_t mi_find_contiguous_frames(uint32_t count, uint32_t alignment, int *why);
/* COUNT unmapped active frames from FIRST go to the free list. PFN lock held. */
void mi_free_frames(pfn_t first, uint32_t count);

/* ---- commitment --------------------------------------------------------------------------------
 */

extern uint32_t mm_total_committed_pages; /* guarded by the commit lock, as all of these */
extern uint32_t mm_total_commit_limit;
extern uint32_t mi_committed[]; /* by enum mm_commit_kind; their sum is mm_total_committed_pages */
