/*
 * SEC_BASED: sections whose views are at the same address in every process, so that they can hold
 * pointers into themselves. The addresses are given out here, from above, with some room left for
 * what lies at the top of each process; a tree like that of a process's VADs has them.
 */
#include "mm/mi.h"
#include "mm/pool.h"
#include "mm/section.h"

#define TAG     'esaB'
#define HIGHEST (MM_HIGHEST_USER_ADDRESS - 0x800000u)

static struct mi_vad_tree based; /* mi_section_lock */

void mi_init_based_sections(void)
{
    mi_initialize_vad_tree(&based, MM_LOWEST_USER_ADDRESS >> PAGE_SHIFT, HIGHEST >> PAGE_SHIFT);
}

ntstatus mi_reserve_section_base(struct mm_section *section)
{
    uint32_t pages = BYTES_TO_PAGES(section->bytes), start;
    struct mmvad *place = ex_allocate_pool_with_tag(NONPAGED_POOL, sizeof(*place), TAG);

    if (!place)
        return STATUS_INSUFFICIENT_RESOURCES;
    ex_acquire_fast_mutex(&mi_section_lock);
    bool found = mi_find_empty_address_range_down(&based, pages, HIGHEST >> PAGE_SHIFT, &start);
    if (found) {
        *place = (struct mmvad){.starting_vpn = start, .ending_vpn = start + pages - 1};
        mi_insert_node(&based, place);
        section->base = (uintptr_t)start << PAGE_SHIFT;
    }
    ex_release_fast_mutex(&mi_section_lock);
    if (!found)
        ex_free_pool_with_tag(place, TAG);
    return found ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

void mi_release_section_base(const struct mm_section *section)
{
    ex_acquire_fast_mutex(&mi_section_lock);
    struct mmvad *place = mi_locate_address(&based, (uint32_t)section->base >> PAGE_SHIFT);
    mi_remove_node(&based, place);
    ex_release_fast_mutex(&mi_section_lock);
    ex_free_pool_with_tag(place, TAG);
}
