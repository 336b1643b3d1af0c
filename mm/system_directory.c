/* The system's page directory, and what is known of the map as a whole. */
#include "mm/system_directory.h"
#include "mm/mi.h"

struct mmpte mm_system_page_directory[PTES_PER_PAGE]
    __attribute__((aligned(PAGE_SIZE), section(".bss.directory")));
uint32_t mi_kernel_pte_bits;
uint32_t mi_system_page_tables;

void ki_flush_entire_tb(void)
{
    if (!ke_has(KF_GLOBAL_PAGE)) {
        write_cr3(read_cr3());
        return;
    }
    /* Global entries survive a CR3 load; toggling CR4.PGE drops them (SDM volume 3, 4.10.4.1). */
    uint32_t cr4 = read_cr4();
    write_cr4(cr4 & ~CR4_PGE);
    write_cr4(cr4);
}
