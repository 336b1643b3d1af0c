/*
 * Questions about addresses that must not fault: the directory entry is asked first, since the page
 * table behind an invalid one is not there to be read, and a large page has none.
 */
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/system_directory.h"

/* The entry that maps VA, large or small; false when there is none. */
static bool find_entry(uintptr_t va, struct mmpte *entry)
{
    *entry = mi_read_pte(mi_get_pde_address(va));
    if (!entry->hard.valid && mi_copy_system_pde(va))
        *entry = mi_read_pte(mi_get_pde_address(va));
    if (entry->hard.valid && !entry->hard.large_page)
        *entry = mi_read_pte(mi_get_pte_address(va));
    return entry->hard.valid;
}

bool mm_is_address_valid(uintptr_t va)
{
    struct mmpte entry;

    return find_entry(va, &entry);
}

bool mm_is_address_writable(uintptr_t va)
{
    struct mmpte entry;

    return find_entry(va, &entry) && entry.hard.write;
}

uint32_t mm_get_physical_address(uintptr_t va)
{
    struct mmpte entry;

    if (!find_entry(va, &entry))
        return 0;
    uint32_t base = (pfn_t)entry.hard.page_frame_number << PAGE_SHIFT;
    bool large = mi_read_pte(mi_get_pde_address(va)).hard.large_page;
    return large ? (base & ~(LARGE_PAGE_SIZE - 1)) | ((uint32_t)va & (LARGE_PAGE_SIZE - 1))
                 : base | ((uint32_t)va & (PAGE_SIZE - 1));
}
