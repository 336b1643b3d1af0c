/*
 * Hyperspace: a frame that is mapped nowhere is looked at through one of a few fixed addresses. The
 * slots are used as a stack, which also lets the debugger use one in the middle of somebody's work.
 */
#include "mm/mi.h"
#include "arch/i386/zero.h"
#include "kernel/ke/bugcheck.h"

uint32_t mi_hyper_space_depth;

static inline struct mmpte window_pte(pfn_t frame)
{
    return (struct mmpte){.value =
                              frame << PAGE_SHIFT | HW_VALID | HW_WRITE | HW_ACCESSED | HW_DIRTY};
}

static inline void unmap(uintptr_t va)
{
    mi_change_valid_pte(mi_get_pte_address(va), (struct mmpte){.value = 0}, va);
}

/* => the address of a slot from which COUNT are free. */
static inline uintptr_t take_slots(uint32_t count)
{
    uintptr_t va = HYPER_SPACE + (mi_hyper_space_depth << PAGE_SHIFT);

    if (unlikely(mi_hyper_space_depth + count > MI_HYPER_SPACE_SLOTS))
        ke_bug_check_ex(MEMORY_MANAGEMENT, 0x411, va, count, mi_hyper_space_depth);
    mi_hyper_space_depth += count;
    return va;
}

void *mi_map_page_in_hyper_space(pfn_t frame)
{
    uintptr_t va = take_slots(1);

    mi_write_valid_pte(mi_get_pte_address(va), window_pte(frame));
    return (void *)va;
}

void mi_unmap_page_in_hyper_space(void *va)
{
    mi_hyper_space_depth--;
    unmap((uintptr_t)va);
}

void mi_zero_physical_page(pfn_t frame)
{
    void *page = mi_map_page_in_hyper_space(frame);

    ki_zero_page(page);
    mi_unmap_page_in_hyper_space(page);
}

void mi_copy_physical_page(pfn_t to, pfn_t from)
{
    kirql irql = ke_raise_irql(DISPATCH_LEVEL);
    uintptr_t va = take_slots(2);
    struct mmpte *pte = mi_get_pte_address(va);

    mi_write_valid_pte(pte, window_pte(to));
    mi_write_valid_pte(pte + 1, window_pte(from));
    ki_copy_page((void *)va, (void *)(va + PAGE_SIZE));
    unmap(va);
    unmap(va + PAGE_SIZE);
    mi_hyper_space_depth -= 2;
    ke_lower_irql(irql);
}
