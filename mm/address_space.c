/* The beginning and the end of address spaces. */
#include "mm/address_space.h"
#include "arch/i386/zero.h"
#include "kernel/ke/user_mode.h"
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/system_directory.h"
#include "mm/virtual_memory.h"

#define FIRST_SYSTEM_INDEX (PTE_BASE >> LARGE_PAGE_SHIFT)

struct list_entry mm_address_spaces;
uintptr_t mm_highest_user_address = MM_HIGHEST_USER_ADDRESS;

void mi_init_address_spaces(void)
{
    initialize_list_head(&mm_address_spaces);
    ki_highest_user_address = mm_highest_user_address;
}

void mm_enlarge_user_space(void)
{
    mm_highest_user_address = MM_HIGHEST_LARGE_ADDRESS;
    mm_regions[MM_REGION_USER].end = MM_HIGHEST_LARGE_ADDRESS;
    mm_regions[MM_REGION_SYSTEM].start = MM_HIGHEST_LARGE_ADDRESS + 1;
}

/* The frame that the directory and hyperspace's table are made of: zeros. PFN lock held. */
static pfn_t zeroed_frame(void)
{
    bool zeroed;
    pfn_t frame = mi_remove_zero_page(&zeroed);

    if (frame != PFN_NONE && !zeroed)
        mi_zero_physical_page(frame);
    return frame;
}

/* The entries of system space, the self-map and hyperspace. */
static void fill_directory(pfn_t directory_frame, pfn_t hyper_frame)
{
    struct mmpte *directory = mi_map_page_in_hyper_space(directory_frame);
    struct mmpte *system = mi_map_page_in_hyper_space(mi_system_directory_frame);

    for (uint32_t i = FIRST_SYSTEM_INDEX; i < PTES_PER_PAGE; i++)
        if (system[i].hard.valid)
            directory[i] = system[i];
    directory[PDE_SELF_MAP_INDEX] = mi_make_page_table_pde(directory_frame);
    directory[mi_get_pde_offset(HYPER_SPACE)] = mi_make_page_table_pde(hyper_frame);
    mi_unmap_page_in_hyper_space(system);
    mi_unmap_page_in_hyper_space(directory);
}

/* PFN lock held. */
static bool make_directory(struct mm_address_space *space)
{
    pfn_t directory = zeroed_frame();
    pfn_t hyper = directory == PFN_NONE ? PFN_NONE : zeroed_frame();

    if (hyper == PFN_NONE) {
        if (directory != PFN_NONE)
            mi_insert_page_in_free_list(directory);
        return false;
    }
    /* The directory is a page table that leads to itself, and so has a share of its own. */
    mi_initialize_page_table_pfn(directory, (struct mmpte *)PDE_BASE + PDE_SELF_MAP_INDEX,
                                 directory);
    mi_initialize_page_table_pfn(hyper, mi_get_pde_address(HYPER_SPACE), directory);
    fill_directory(directory, hyper);
    space->directory = directory;
    return true;
}

ntstatus mm_create_address_space(struct mm_address_space *space, uintptr_t highest_address)
{
    ke_assert_irql_at_most(APC_LEVEL);
    *space = (struct mm_address_space){.highest_address = highest_address};
    mi_initialize_vad_tree(&space->vads, MM_LOWEST_USER_ADDRESS >> PAGE_SHIFT,
                           (uint32_t)highest_address >> PAGE_SHIFT);
    ex_initialize_fast_mutex(&space->address_creation_lock);
    if (!mm_charge_commitment(MM_COMMIT_PROCESS_TABLES, MI_ADDRESS_SPACE_FRAMES))
        return STATUS_COMMITMENT_LIMIT;
    kirql irql = mi_lock_pfn();
    bool made = make_directory(space);
    if (made)
        insert_tail_list(&mm_address_spaces, &space->links);
    mi_unlock_pfn(irql);
    if (!made)
        mm_return_commitment(MM_COMMIT_PROCESS_TABLES, MI_ADDRESS_SPACE_FRAMES);
    return made ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

void mm_clean_address_space(struct mm_address_space *space)
{
    ke_assert_irql_at_most(APC_LEVEL);
    ex_acquire_fast_mutex(&space->address_creation_lock);
    for (;;) {
        struct mmvad *vad = mi_get_first_vad(&space->vads);
        if (!vad)
            break;
        mi_delete_vad(space, vad);
    }
    ex_release_fast_mutex(&space->address_creation_lock);
}

/* FRAME was mapped by an entry that goes with the directory it is in. */
static void free_frame(pfn_t frame)
{
    mi_set_pfn_deleted(frame);
    mi_decrement_share_count(frame);
}

void mm_delete_address_space(struct mm_address_space *space)
{
    ke_leave_directory(mm_directory_table_base(space));
    kirql irql = mi_lock_pfn();
    struct mmpte *directory = mi_map_page_in_hyper_space(space->directory);
    pfn_t hyper = directory[mi_get_pde_offset(HYPER_SPACE)].hard.page_frame_number;

    mi_unmap_page_in_hyper_space(directory);
    remove_entry_list(&space->links);
    free_frame(hyper);
    free_frame(space->directory);
    mi_unlock_pfn(irql);
    mm_return_commitment(MM_COMMIT_PROCESS_TABLES, MI_ADDRESS_SPACE_FRAMES);
}

struct mm_address_space *mi_address_space_of(pfn_t directory)
{
    struct list_entry *at = mm_address_spaces.flink;

    while (CONTAINER_OF(at, struct mm_address_space, links)->directory != directory)
        at = at->flink;
    return CONTAINER_OF(at, struct mm_address_space, links);
}

/* ---- page tables of user space ------------------------------------------------------------------
 */

bool mi_make_pde_exist(struct mm_address_space *space, uintptr_t va)
{
    struct mmpte *pde = mi_get_pde_address(va);

    mi_assert_pfn_lock_held();
    if (likely(pde->hard.valid))
        return true;
    pfn_t frame = zeroed_frame();
    if (unlikely(frame == PFN_NONE))
        return false;
    mi_initialize_page_table_pfn(frame, pde, space->directory);
    struct mmpte value = mi_make_page_table_pde(frame);
    value.hard.owner = 1; /* each of its entries says whether the page is user mode's */
    mi_write_valid_pte(pde, value);
    space->page_tables++;
    return true;
}

void mi_delete_empty_page_table(struct mm_address_space *space, uintptr_t va)
{
    struct mmpte *pde = mi_get_pde_address(va);
    pfn_t frame = pde->hard.page_frame_number;

    mi_assert_pfn_lock_held();
    if (mi_pfn(frame)->u1.used_entries)
        return;
    mi_change_valid_pte(pde, (struct mmpte){.value = 0}, (uintptr_t)mi_get_pte_address(va));
    free_frame(frame);
    space->page_tables--;
}
