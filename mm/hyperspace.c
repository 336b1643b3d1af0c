/*
 * Hyperspace: a frame that is mapped nowhere is looked at through one of a few fixed addresses. The
 * slots are used as a stack, which also lets the debugger use one in the middle of somebody's work.
 */
#include "mm/mi.h"
#include "arch/i386/zero.h"
#include "kernel/ke/bugcheck.h"

static uint32_t depth;

void *mi_map_page_in_hyper_space(pfn_t frame)
{
    uintptr_t va = HYPER_SPACE + (depth << PAGE_SHIFT);

    if (unlikely(depth == MI_HYPER_SPACE_SLOTS))
        ke_bug_check_ex(MEMORY_MANAGEMENT, 0x411, va, frame, depth);
    depth++;
    mi_write_valid_pte(mi_get_pte_address(va),
                       (struct mmpte){.value = frame << PAGE_SHIFT | HW_VALID | HW_WRITE |
                                               HW_ACCESSED | HW_DIRTY});
    return (void *)va;
}

void mi_unmap_page_in_hyper_space(void *va)
{
    depth--;
    mi_change_valid_pte(mi_get_pte_address((uintptr_t)va), (struct mmpte){.value = 0},
                        (uintptr_t)va);
}

void mi_zero_physical_page(pfn_t frame)
{
    void *page = mi_map_page_in_hyper_space(frame);

    ki_zero_page(page);
    mi_unmap_page_in_hyper_space(page);
}
