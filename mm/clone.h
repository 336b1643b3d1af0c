/* Cloning address spaces, and the pages that are shared by it. */
#pragma once

#include "mm/address_space.h"
#include "mm/mi.h"

/*
 * CHILD, empty, of CHILD_PROCESS, gets what PARENT has, which the current thread uses. If that
 * fails, with STATUS_INSUFFICIENT_RESOURCES, STATUS_COMMITMENT_LIMIT or STATUS_NO_MEMORY, it has
 * got a part, and is to be cleaned. Up to APC_LEVEL. (MmInitializeProcessAddressSpace with a
 * process to clone)
 */
ntstatus mm_clone_address_space(struct mm_address_space *parent, struct mm_address_space *child,
                                struct kprocess *child_process);

/* Does PTE, valid, map a page that is shared by cloning? */
static inline bool mi_is_clone(struct mmpte pte)
{
    return pte.hard.prototype && mi_pfn(pte.hard.page_frame_number)->clone_page;
}

/* The page of PROTOTYPE, of a clone, is not shared any more. PFN lock held. */
void mi_release_clone_block(struct mmpte *prototype);
/* A share of FRAME, a page shared by cloning, goes, and with the last one the page. PFN lock held.
 */
void mi_drop_clone_share(pfn_t frame);
/* Give back the memory of those blocks that were released. No lock held. */
void mi_free_clone_blocks(void);

/* PTE maps a page that is shared, by cloning or as a view's: SPACE gets a page of its own instead,
 * locked if LOCKED says that this one is. PFN lock held. => whether there was a frame for it. */
bool mi_make_private(struct mm_address_space *space, struct mmpte *pte, uintptr_t va, bool locked);

/* PTE maps a page shared by cloning that nobody else maps: it is SPACE's private page again, with
 * the protection that the mapping had. PFN lock held. */
void mi_reclaim_clone_page(struct mm_address_space *space, struct mmpte *pte, uintptr_t va);
