/*
 * Page tables of system space, made when the first page in their 4 MB is wanted. They stay: the
 * address that needed one will need it again, and every page directory may come to point to it.
 * (That of a large page which came as small ones goes with it: large.c.)
 */
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/system_directory.h"

void mi_map_system_page_table(uintptr_t va, pfn_t frame)
{
    mi_initialize_page_table_pfn(frame, mi_get_pde_address(va), mi_system_directory_frame);
    mi_write_system_pde(va, mi_make_page_table_pde(frame));
    mi_system_page_tables++;
}

bool mi_make_system_page_table(uintptr_t va)
{
    struct mmpte *pde = mi_get_pde_address(va);
    bool zeroed;

    if (mi_read_pte(pde).hard.valid || mi_copy_system_pde(va))
        return true;
    if (!mm_charge_commitment(MM_COMMIT_PAGE_TABLES, 1))
        return false;
    kirql irql = mi_lock_pfn();
    bool made = mi_read_pte(pde).hard.valid || mi_copy_system_pde(va); /* by another thread */
    pfn_t frame = made ? PFN_NONE : mi_remove_zero_page(&zeroed);
    if (frame != PFN_NONE) {
        if (!zeroed)
            mi_zero_physical_page(frame);
        mi_map_system_page_table(va, frame);
    }
    mi_unlock_pfn(irql);
    if (frame == PFN_NONE)
        mm_return_commitment(MM_COMMIT_PAGE_TABLES, 1);
    return made || frame != PFN_NONE;
}

bool mi_make_system_page_tables(uintptr_t va, uint32_t pages)
{
    uintptr_t end = va + (pages << PAGE_SHIFT);

    for (uintptr_t at = ROUND_DOWN(va, LARGE_PAGE_SIZE); at < end; at += LARGE_PAGE_SIZE)
        if (!mi_make_system_page_table(at))
            return false;
    return true;
}
