/*
 * The final map. It grows in place out of the one that boot/ made: first the directory gets its
 * entry for itself, so that every page table added from then on can be written at its address in
 * the self-map; at the end the large early mapping of the kernel is replaced by exact 4 KB pages.
 */
#include "mm/init.h"
#include "mm/system_directory.h"
#include "arch/i386/local_apic.h"
#include "arch/i386/zero.h"

void mi_init_self_map(void)
{
    uint32_t early = 0x800000u >> LARGE_PAGE_SHIFT; /* what boot/map.c mapped at 0 */

    mi_kernel_pte_bits = ke_has(KF_GLOBAL_PAGE) ? HW_GLOBAL : 0;
    mi_system_directory_frame = read_cr3() >> PAGE_SHIFT;
    mm_system_page_directory[PDE_SELF_MAP_INDEX] =
        mi_make_page_table_pde(mi_system_directory_frame);
    for (uint32_t i = 0; i < early; i++)
        mm_system_page_directory[i] = (struct mmpte){.value = 0};
    ki_flush_entire_tb();
}

static void add_page_table(uintptr_t va)
{
    struct mmpte *pde = mi_get_pde_address(va);
    uintptr_t table = ROUND_DOWN((uintptr_t)mi_get_pte_address(va), PAGE_SIZE);

    if (pde->hard.valid)
        return;
    mi_write_valid_pte(pde, mi_make_page_table_pde(mi_boot_frame()));
    ki_zero_bytes((void *)table, PAGE_SIZE);
    mi_system_page_tables++;
}

void mi_init_page_tables(void)
{
    for (uint32_t i = 0; i < MM_REGION_COUNT; i++) {
        const struct mm_region *region = &mm_regions[i];
        if (region->mapping != MM_MAP_TABLES)
            continue;
        uintptr_t first = ROUND_DOWN(region->start, LARGE_PAGE_SIZE);
        for (uint32_t n = 0; n <= (region->end - first) >> LARGE_PAGE_SHIFT; n++)
            add_page_table(first + (n << LARGE_PAGE_SHIFT));
    }
}

static uint32_t image_protection(uintptr_t va)
{
    for (uint32_t i = 0; i < mm_image_part_count; i++) {
        const struct mm_image_part *part = &mm_image_parts[i];
        if (va >= part->start && va < part->end)
            return part->start_up_only ? MM_READWRITE : part->protection;
    }
    return MM_ZERO_ACCESS;
}

/* Built in hyperspace, because the entry being replaced maps the code that does it. */
static void replace_image_table(uintptr_t base)
{
    pfn_t frame = mi_boot_frame();
    struct mmpte *table = mi_map_page_in_hyper_space(frame);

    ki_zero_bytes(table, PAGE_SIZE);
    for (uint32_t i = 0; i < PTES_PER_PAGE; i++) {
        uintptr_t va = base + (i << PAGE_SHIFT);
        uint32_t protection = image_protection(va);
        if (protection != MM_ZERO_ACCESS)
            table[i] = mi_make_kernel_pte((va - KERNEL_BASE) >> PAGE_SHIFT, protection);
    }
    mi_unmap_page_in_hyper_space(table);
    mi_write_pte(mi_get_pde_address(base), mi_make_page_table_pde(frame));
    ki_flush_entire_tb();
    mi_system_page_tables++;
}

void mi_init_image_map(void)
{
    for (uintptr_t base = KERNEL_BASE; base < KERNEL_END; base += LARGE_PAGE_SIZE)
        replace_image_table(base);
}

void mi_init_device_map(void)
{
    for (uint32_t i = 0; i < MM_VGA_TEXT_BYTES >> PAGE_SHIFT; i++)
        mi_write_valid_pte(mi_get_pte_address(MM_VGA_TEXT) + i,
                           mi_make_kernel_pte((MM_VGA_TEXT_PHYSICAL >> PAGE_SHIFT) + i,
                                              MM_READWRITE | MM_NOCACHE));
    uint32_t apic = ki_find_local_apic();
    if (!apic)
        return;
    mi_write_valid_pte(mi_get_pte_address(MM_LOCAL_APIC),
                       mi_make_kernel_pte(apic >> PAGE_SHIFT, MM_READWRITE | MM_NOCACHE));
    ki_set_local_apic_window((volatile uint32_t *)MM_LOCAL_APIC);
}

void mi_init_map_pages(uintptr_t va, uint32_t pages)
{
    for (; pages; pages--, va += PAGE_SIZE) {
        mi_write_valid_pte(mi_get_pte_address(va),
                           mi_make_kernel_pte(mi_boot_frame(), MM_READWRITE));
        ki_zero_page((void *)va);
    }
}
