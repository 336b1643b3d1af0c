/*
 * The address space of a process: its page directory and its VADs.
 *
 *      00000000 .. 0000FFFF   never mapped
 *      00010000 .. highest    what the VADs say; page tables come and go with their entries
 *      C0000000               the self-map: this directory's own page tables
 *      C0400000               hyperspace, with a page table of its own
 *      the rest of system space: entries copied from the system's directory
 *
 * Two locks guard it. Whoever changes what is mapped holds the address creation lock, a fast mutex,
 * for all of the change. VADs and entries are changed under the PFN lock as well, in pieces, so a
 * fault needs the PFN lock alone. Functions that look at page tables run in a thread that uses the
 * address space (ke_stack_attach_process).
 */
#pragma once

#include "kernel/ke/attach.h"
#include "kernel/ke/fast_mutex.h"
#include "mm/pfn.h"
#include "mm/vad.h"

struct mm_address_space {
    struct list_entry links; /* mm_address_spaces; the PFN lock */
    pfn_t directory;
    struct mi_vad_tree vads;
    struct fast_mutex address_creation_lock;
    uintptr_t highest_address;             /* its last byte */
    uint32_t commit_charge;                /* private pages charged; the address creation lock */
    uint32_t peak_commit_charge;           /* the same */
    uint32_t lock_charge;                  /* locked pages charged for that; the same */
    uint32_t page_table_charge;            /* page tables that its VADs may need; the same */
    uint32_t page_tables;                  /* those there are; the PFN lock */
    uint32_t private_pages;                /* private pages in memory; the PFN lock */
    uint32_t virtual_pages;                /* reserved by VADs; the address creation lock */
    uint32_t faults;                       /* the PFN lock */
    struct mi_locked_range *locked_ranges; /* NtLockVirtualMemory's; address creation lock */
};

extern struct list_entry mm_address_spaces; /* the PFN lock */
extern uintptr_t mm_highest_user_address;   /* of any process */

/* What each needs at least: the page directory, and hyperspace's page table. */
#define MI_ADDRESS_SPACE_FRAMES 2u

void mi_init_address_spaces(void);

/*
 * An address space with nothing in it but system space. Fails with STATUS_COMMITMENT_LIMIT or
 * STATUS_NO_MEMORY. Up to APC_LEVEL. (MmCreateProcessAddressSpace)
 */
ntstatus mm_create_address_space(struct mm_address_space *space, uintptr_t highest_address);

/* Unmap and free all that is in SPACE, which the current thread uses and no other ever will. Up to
 * APC_LEVEL. (MmCleanProcessAddressSpace) */
void mm_clean_address_space(struct mm_address_space *space);

/* The end of SPACE, which was cleaned and which no thread uses. Up to DISPATCH_LEVEL.
 * (MmDeleteProcessAddressSpace) */
void mm_delete_address_space(struct mm_address_space *space);

/* => the address space whose page directory is in frame DIRECTORY. PFN lock held. */
struct mm_address_space *mi_address_space_of(pfn_t directory);

/* What CR3 gets for it. */
static inline uint32_t mm_directory_table_base(const struct mm_address_space *space)
{
    return space->directory << PAGE_SHIFT;
}

/* ---- page tables of user space: the PFN lock is held, the space is in use ----------------------
 */

/* VA has a page table, or gets one. => false when no frame was left.
 * (MiMakePdeExistAndMakeValid) */
bool mi_make_pde_exist(struct mm_address_space *space, uintptr_t va);
/* The page table for VA is freed if all its entries are zero. */
void mi_delete_empty_page_table(struct mm_address_space *space, uintptr_t va);

static inline struct mmpfn *mi_user_table_pfn(const struct mmpte *pte)
{
    return mi_pfn(mi_get_pte_address((uintptr_t)pte)->hard.page_frame_number);
}

/* Is there a page table for VA? */
static inline bool mi_has_page_table(uintptr_t va)
{
    return mi_get_pde_address(va)->hard.valid;
}
