/* The system's page directory, and what is known of the map as a whole. */
#include "mm/system_directory.h"
#include "kernel/ke/attach.h"
#include "mm/address_space.h"
#include "mm/mi.h"

#define FIRST_SYSTEM_INDEX (PTE_BASE >> LARGE_PAGE_SHIFT)

struct mmpte mm_system_page_directory[PTES_PER_PAGE]
    __attribute__((aligned(PAGE_SIZE), section(".bss..directory")));
pfn_t mi_system_directory_frame;
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

/* Entry INDEX of the directory in FRAME gets VALUE. => what it was. */
static struct mmpte exchange(pfn_t frame, uint32_t index, struct mmpte value)
{
    kirql irql = ke_raise_irql_to_dispatch();
    struct mmpte *directory = mi_map_page_in_hyper_space(frame);
    struct mmpte before = mi_read_pte(directory + index);

    mi_write_pte(directory + index, value);
    mi_unmap_page_in_hyper_space(directory);
    ke_lower_irql(irql);
    return before;
}

static struct mmpte read_entry(uint32_t index)
{
    kirql irql = ke_raise_irql_to_dispatch();
    struct mmpte *directory = mi_map_page_in_hyper_space(mi_system_directory_frame);
    struct mmpte value = mi_read_pte(directory + index);

    mi_unmap_page_in_hyper_space(directory);
    ke_lower_irql(irql);
    return value;
}

struct mmpte mi_read_system_pde(uintptr_t va)
{
    return read_entry(mi_get_pde_offset(va));
}

void mi_write_system_pde(uintptr_t va, struct mmpte value)
{
    exchange(mi_system_directory_frame, mi_get_pde_offset(va), value);
    mi_write_pte(mi_get_pde_address(va), value);
}

void mi_remove_system_pde(uintptr_t va)
{
    struct mmpte none = {.value = 0};

    exchange(mi_system_directory_frame, mi_get_pde_offset(va), none);
    for (struct list_entry *at = mm_address_spaces.flink; at != &mm_address_spaces; at = at->flink)
        exchange(CONTAINER_OF(at, struct mm_address_space, links)->directory, mi_get_pde_offset(va),
                 none);
}

bool mi_copy_system_pde(uintptr_t va)
{
    uint32_t index =
        mi_is_pte_address(va) ? (uint32_t)(va - PTE_BASE) >> PAGE_SHIFT : mi_get_pde_offset(va);
    struct mmpte *entry = (struct mmpte *)PDE_BASE + index;

    if (index < FIRST_SYSTEM_INDEX || mi_read_pte(entry).hard.valid)
        return false;
    struct mmpte value = read_entry(index);
    if (!value.hard.valid)
        return false;
    mi_write_valid_pte(entry, value);
    return true;
}
