/*
 * System PTEs: addresses for whatever the kernel maps for a while, such as kernel stacks and device
 * registers. Their number is fixed at boot from the machine's RAM.
 */
#include "mm/low_resources.h"
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/init.h"
#include "mm/pte_clusters.h"
#include "mm/system_ptes.h"
#include "kernel/ke/bugcheck.h"

struct mi_pte_clusters mi_system_ptes; /* guarded by the PFN lock */

void mi_init_system_ptes(void)
{
    mi_clusters_init(&mi_system_ptes, mi_get_pte_address(mm_regions[MM_REGION_SYSTEM_PTES].start),
                     mm_region_pages(MM_REGION_SYSTEM_PTES));
}

/* For who takes some or gives some back. */
static struct mi_pte_clusters *clusters(void)
{
    mi_assert_pfn_lock_held();
    return &mi_system_ptes;
}

struct mmpte *mi_reserve_system_ptes(uint32_t count)
{
    if (mm_inject_resource_failure(MM_RESOURCE_SYSTEM_PTES))
        return NULL;
    kirql irql = mi_lock_pfn();
    uint32_t index = mi_clusters_reserve(clusters(), count);

    mi_unlock_pfn(irql);
    return index == PTE_LIST_END ? NULL : mi_system_ptes.base + index;
}

void mi_release_system_ptes(struct mmpte *first, uint32_t count)
{
    kirql irql = mi_lock_pfn();
    bool released = mi_clusters_release(clusters(), (uint32_t)(first - mi_system_ptes.base), count);

    mi_unlock_pfn(irql);
    if (!released)
        ke_bug_check_ex(MEMORY_MANAGEMENT, 0x1236, (uintptr_t)first, count, 0);
}

void *mm_map_io_space(uint32_t physical, uint32_t bytes)
{
    uint32_t offset = physical & (PAGE_SIZE - 1);
    uint32_t pages = BYTES_TO_PAGES(offset + bytes);
    struct mmpte *pte = bytes ? mi_reserve_system_ptes(pages) : NULL;

    if (!pte)
        return NULL;
    for (uint32_t i = 0; i < pages; i++)
        mi_write_valid_pte(
            pte + i, mi_make_kernel_pte((physical >> PAGE_SHIFT) + i, MM_READWRITE | MM_NOCACHE));
    return (char *)mi_get_virtual_address_mapped_by_pte(pte) + offset;
}

void mm_unmap_io_space(void *va, uint32_t bytes)
{
    uintptr_t page = ROUND_DOWN((uintptr_t)va, PAGE_SIZE);
    uint32_t pages = BYTES_TO_PAGES(((uintptr_t)va & (PAGE_SIZE - 1)) + bytes);
    struct mmpte *pte = mi_get_pte_address(page);

    for (uint32_t i = 0; i < pages; i++)
        mi_change_valid_pte(pte + i, (struct mmpte){.value = 0}, page + (i << PAGE_SHIFT));
    mi_release_system_ptes(pte, pages);
}
