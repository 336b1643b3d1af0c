/*
 * Giving start-up memory back: the init part of the image is unmapped, and its frames, and those of
 * boot/, which were never mapped in the final map, become free.
 */
#include "mm/mi.h"
#include "mm/mm.h"

extern char __boot_start[], __boot_end[], __init_start[], __init_end[];

static uint32_t free_init_part(void)
{
    uint32_t pages = ((uint32_t)__init_end - (uint32_t)__init_start) >> PAGE_SHIFT;
    struct mmpte *pte = mi_get_pte_address((uintptr_t)__init_start);

    mi_delete_ptes(pte, pages);
    return pages;
}

void mm_free_init_memory(void)
{
    uint32_t boot_pages = ((uint32_t)__boot_end - (uint32_t)__boot_start) >> PAGE_SHIFT;
    kirql irql = mi_lock_pfn();

    mi_free_frames((uint32_t)__boot_start >> PAGE_SHIFT, boot_pages);
    mm_total_commit_limit += boot_pages + free_init_part();
    mi_unlock_pfn(irql);
}
