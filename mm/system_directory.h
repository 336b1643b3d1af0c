/*
 * The system's page directory, and how all others agree with it. Each process has a directory of
 * its own; their entries for system space are copies of the system's:
 *
 *      an entry is made      in the system's directory and in the current one. Others get it by a
 *                            fault, when they first need it (mi_copy_system_pde)
 *      an entry is removed   from all directories at once: a stale one would still work
 *
 * The directory lies in the kernel image, so that boot/ can fill its first entries. Once the final
 * map is up nothing is mapped at its link address; it is seen at PDE_BASE while it is loaded, and
 * through hyperspace else.
 */
#pragma once

#include "mm/pte.h"

extern struct mmpte mm_system_page_directory[PTES_PER_PAGE];
extern pfn_t mi_system_directory_frame;

/* VA in system space; entries of the self-map and of hyperspace are each directory's own. All up to
 * HIGH_LEVEL. */
struct mmpte mi_read_system_pde(uintptr_t va);
/* The entry for VA, invalid until now, becomes VALUE. PFN lock held. */
void mi_write_system_pde(uintptr_t va, struct mmpte value);
/* The entry for VA becomes zero in every directory; the caller flushes. PFN lock held. */
void mi_remove_system_pde(uintptr_t va);

/* Was VA's access a fault only because the current directory lacks what the system's has? Then it
 * gets it. VA may lie in the self-map: the page table of a system address. => whether it was. */
bool mi_copy_system_pde(uintptr_t va);
