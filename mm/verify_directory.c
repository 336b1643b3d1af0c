/*
 * mm_verify, the page directories of processes, seen through hyperspace before they are loaded: a
 * wrong entry for system space or the self-map would not be survived.
 */
#include "mm/address_space.h"
#include "mm/mi.h"
#include "mm/system_directory.h"
#include "mm/verify.h"

#define FIRST_SYSTEM_INDEX (PTE_BASE >> LARGE_PAGE_SHIFT)
#define HYPER_INDEX        (HYPER_SPACE >> LARGE_PAGE_SHIFT)
#define OWN_BITS           (HW_ACCESSED | HW_DIRTY) /* set by the processor in the one it uses */

/* An entry that each directory has of its own. => is it a page table of the kernel's? */
static bool is_own_table(struct mmpte pde)
{
    return pde.hard.valid && pde.hard.write && !pde.hard.owner && !pde.hard.global &&
           !pde.hard.large_page && mi_is_pfn(pde.hard.page_frame_number);
}

/* PDE, entry INDEX of the directory in frame SELF; the system's is SYSTEM. */
static bool entry_is_good(uint32_t index, struct mmpte pde, struct mmpte system, pfn_t self,
                          uint32_t user_tables)
{
    if (index < FIRST_SYSTEM_INDEX)
        return index < user_tables || !pde.value;
    if (index == PDE_SELF_MAP_INDEX)
        return is_own_table(pde) && pde.hard.page_frame_number == self;
    if (index == HYPER_INDEX)
        return is_own_table(pde);
    return !pde.value || ((pde.value ^ system.value) & ~OWN_BITS) == 0; /* or not copied yet */
}

static bool check_entries(const struct mm_address_space *space, const struct mmpte *directory,
                          const struct mmpte *system)
{
    uint32_t user_tables = ((uint32_t)space->highest_address >> LARGE_PAGE_SHIFT) + 1;
    bool good = true;

    for (uint32_t i = 0; i < PTES_PER_PAGE; i++) {
        struct mmpte pde = mi_read_pte(directory + i), theirs = mi_read_pte(system + i);
        if (entry_is_good(i, pde, theirs, space->directory, user_tables))
            continue;
        mi_verify_failed("directory %x: entry %x holds %08x, the system's %08x", space->directory,
                         i, pde.value, theirs.value);
        good = false;
    }
    return good;
}

void mi_verify_hyper_space(const struct mmpte *table)
{
    for (uint32_t i = mi_hyper_space_depth; i < PTES_PER_PAGE; i++)
        if (mi_read_pte(table + i).value)
            mi_verify_failed("hyperspace: entry %x holds %08x", i, table[i].value);
}

static void check_hyper_space(pfn_t frame)
{
    struct mmpte *table = mi_map_page_in_hyper_space(frame);

    mi_verify_hyper_space(table);
    mi_unmap_page_in_hyper_space(table);
}

bool mi_verify_directory(const struct mm_address_space *space)
{
    struct mmpte *directory = mi_map_page_in_hyper_space(space->directory);
    struct mmpte *system = mi_map_page_in_hyper_space(mi_system_directory_frame);
    bool good = check_entries(space, directory, system);
    pfn_t hyper = mi_read_pte(directory + HYPER_INDEX).hard.page_frame_number;

    mi_unmap_page_in_hyper_space(system);
    mi_unmap_page_in_hyper_space(directory);
    if (good)
        check_hyper_space(hyper);
    return good;
}
