/* System PTEs, kernel stacks, and mappings of device memory. */
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/system_ptes.h"
#include "tests/kernel/ktest.h"

KTEST(system_ptes, number_follows_from_ram)
{
    struct mm_counters counters;

    mm_query_counters(&counters);
    ktest_assert_eq(test, counters.total_system_ptes, mm_region_pages(MM_REGION_SYSTEM_PTES));
    ktest_assert(test, counters.total_system_ptes >= 2048);
    ktest_assert(test, counters.total_system_ptes <= 20480);
    uint32_t half = counters.physical_pages / 2;
    ktest_assert(test, counters.total_system_ptes >= (half < 20480 ? half : 20480));
}

KTEST(system_ptes, runs_join_again_in_any_order)
{
    struct mmpte *a = mi_reserve_system_ptes(1), *b = mi_reserve_system_ptes(5),
                 *c = mi_reserve_system_ptes(2);
    uint32_t free = mi_system_ptes.free;

    ktest_assert(test, a && b && c);
    ktest_assert(test, a < b && b < c);
    for (uint32_t i = 0; i < 5; i++)
        ktest_assert_eq(test, mi_read_pte(b + i).value, 0);
    mi_release_system_ptes(b, 5);
    mi_release_system_ptes(a, 1);
    mi_release_system_ptes(c, 2);
    ktest_assert_eq(test, mi_system_ptes.free, free + 8);
    struct mmpte *again = mi_reserve_system_ptes(8);
    ktest_assert_eq(test, (uintptr_t)again, (uintptr_t)a);
    mi_release_system_ptes(again, 8);
}

KTEST(system_ptes, exhaustion_returns_null)
{
    ktest_assert(test, !mi_reserve_system_ptes(mi_system_ptes.count + 1));
    ktest_assert(test, !mi_reserve_system_ptes(0));
    uint32_t free = mi_system_ptes.free;
    struct mmpte *all = mi_reserve_system_ptes(free);
    bool none = !mi_reserve_system_ptes(1);
    void *stack = mm_create_kernel_stack(), *device = mm_map_io_space(0xFEC00000, 4096);
    if (all)
        mi_release_system_ptes(all, free);
    else
        ktest_fail(test, __FILE__, __LINE__, "the free system PTEs are one run");
    ktest_assert(test, none && !stack && !device);
}

KTEST(kernel_stack, has_a_guard_page_below)
{
    char *top = mm_create_kernel_stack();
    ktest_assert(test, top);
    for (uint32_t at = PAGE_SIZE; at <= KERNEL_STACK_SIZE; at += PAGE_SIZE) {
        ktest_assert(test, mm_is_address_writable((uintptr_t)top - at));
        top[-(int)at] = 1;
    }
    ktest_assert(test, !mm_is_address_valid((uintptr_t)top - KERNEL_STACK_SIZE - 1));
    mm_delete_kernel_stack(top);
    ktest_assert(test, !mm_is_address_valid((uintptr_t)top - 1));
}

KTEST(kernel_stack, the_one_in_use_has_one_too)
{
    uintptr_t page = ROUND_DOWN((uintptr_t)__builtin_frame_address(0), PAGE_SIZE);
    uint32_t pages = 0;

    ktest_assert_eq(test, (uintptr_t)mm_region_of(page),
                    (uintptr_t)&mm_regions[MM_REGION_SYSTEM_PTES]);
    while (mm_is_address_valid(page) && pages < 4) {
        page -= PAGE_SIZE;
        pages++;
    }
    ktest_assert(test, pages >= 1 && pages <= KERNEL_STACK_SIZE >> PAGE_SHIFT);
}

KTEST(io_space, maps_uncached_and_unmaps)
{
    uint8_t *p = mm_map_io_space(MM_VGA_TEXT_PHYSICAL + 0x10, PAGE_SIZE);
    ktest_assert(test, p);
    struct mmpte *pte = mi_get_pte_address((uintptr_t)p);

    ktest_assert_eq(test, (uintptr_t)p & (PAGE_SIZE - 1), 0x10);
    ktest_assert(test, pte->hard.valid && pte->hard.cache_disable && pte[1].hard.valid);
    ktest_assert_eq(test, mm_get_physical_address((uintptr_t)p), MM_VGA_TEXT_PHYSICAL + 0x10);
    ktest_read(p);
    mm_unmap_io_space(p, PAGE_SIZE);
    ktest_assert(test, !mm_is_address_valid((uintptr_t)p));
    ktest_assert(test, ktest_tlb_forgot((uintptr_t)p));
    ktest_assert(test, !mm_map_io_space(MM_VGA_TEXT_PHYSICAL, 0));
}
