/*
 * Early paging: just enough to run at the kernel's link address. The same 8 MB are mapped at 0,
 * for the instructions that turn paging on, and at KERNEL_BASE. The memory manager replaces the
 * mapping page by page (mm/init_map.c) and the identity part is the first thing to go when it
 * starts. PDE and PTE bits: Intel SDM volume 3, section 4.3.
 */
#include "boot/boot.h"
#include "arch/i386/pte_bits.h"
#include "arch/i386/registers.h"
#include "mm/layout.h"

#define TABLES (BOOT_MAPPED_BYTES / LARGE_PAGE_SIZE)

static uint32_t tables[TABLES][1024] __attribute__((aligned(PAGE_SIZE)));

static void fill_tables(void)
{
    for (uint32_t page = 0; page < TABLES * 1024u; page++)
        tables[page / 1024][page % 1024] = page << PAGE_SHIFT | HW_VALID | HW_WRITE;
}

void boot_map(uint32_t *directory, bool large_pages)
{
    uint32_t high = KERNEL_BASE >> LARGE_PAGE_SHIFT;

    if (large_pages)
        write_cr4(read_cr4() | CR4_PSE);
    else
        fill_tables();
    for (uint32_t i = 0; i < TABLES; i++) {
        uint32_t pde = HW_VALID | HW_WRITE;
        pde |= large_pages ? i << LARGE_PAGE_SHIFT | HW_LARGE : (uint32_t)tables[i];
        directory[i] = directory[high + i] = pde;
    }
}
