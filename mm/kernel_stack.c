/*
 * Kernel stacks. The lowest page of the run of system PTEs stays unmapped, so that a stack that
 * grows too far faults; and as there is then no stack to take the fault on, the processor makes it
 * a double fault, which has its own (arch/i386/descriptors.c).
 */
#include "mm/low_resources.h"
#include "mm/mi.h"
#include "mm/mm.h"

#define STACK_PAGES (KERNEL_STACK_SIZE >> PAGE_SHIFT)
#define GUARD_PAGES 1u

static bool fill(struct mmpte *pte)
{
    bool zeroed, ok = true;
    kirql irql = mi_lock_pfn();

    for (uint32_t i = 0; i < STACK_PAGES && ok; i++) {
        pfn_t frame = mi_remove_zero_page(&zeroed);
        ok = frame != PFN_NONE;
        if (!ok)
            break;
        mi_initialize_pfn_for_kernel(frame, pte + i);
        mi_write_valid_pte(pte + i, mi_make_kernel_pte(frame, MM_READWRITE));
    }
    mi_unlock_pfn(irql);
    return ok;
}

static void empty(struct mmpte *pte)
{
    kirql irql = mi_lock_pfn();

    mi_delete_ptes(pte, STACK_PAGES);
    mi_unlock_pfn(irql);
}

static void release(struct mmpte *guard)
{
    empty(guard + GUARD_PAGES);
    mi_release_system_ptes(guard, STACK_PAGES + GUARD_PAGES);
    mm_return_commitment(MM_COMMIT_KERNEL_STACKS, STACK_PAGES);
}

void *mm_create_kernel_stack(void)
{
    ke_assert_irql_at_most(DISPATCH_LEVEL);
    if (mm_inject_resource_failure(MM_RESOURCE_KERNEL_STACKS) ||
        !mm_charge_commitment(MM_COMMIT_KERNEL_STACKS, STACK_PAGES))
        return NULL;
    struct mmpte *guard = mi_reserve_system_ptes(STACK_PAGES + GUARD_PAGES);
    if (!guard) {
        mm_return_commitment(MM_COMMIT_KERNEL_STACKS, STACK_PAGES);
        return NULL;
    }
    if (!fill(guard + GUARD_PAGES)) {
        release(guard);
        return NULL;
    }
    return (char *)mi_get_virtual_address_mapped_by_pte(guard + GUARD_PAGES) + KERNEL_STACK_SIZE;
}

void mm_delete_kernel_stack(void *stack_top)
{
    uintptr_t lowest = (uintptr_t)stack_top - KERNEL_STACK_SIZE;

    release(mi_get_pte_address(lowest) - GUARD_PAGES);
}

bool mi_is_stack_overflow(uintptr_t esp)
{
    uintptr_t below = esp - sizeof(uint32_t); /* where the push that failed wanted to write */

    return mm_region_of(below) == &mm_regions[MM_REGION_SYSTEM_PTES] &&
           !mm_is_address_valid(below) &&
           mm_is_address_valid(ROUND_DOWN(below, PAGE_SIZE) + PAGE_SIZE);
}
