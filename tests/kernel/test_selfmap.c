/* The self-map: addresses of PTEs, and that what is seen through it is what the processor walks. */
#include "mm/mi.h"
#include "tests/kernel/ktest.h"

static uint32_t by_hand(uintptr_t va)
{
    return 0xC0000000u + (uint32_t)(va / 4096) * 4;
}

KTEST(selfmap, pte_arithmetic_at_every_region_edge)
{
    for (uint32_t i = 0; i < MM_REGION_COUNT; i++) {
        const uintptr_t edges[] = {mm_regions[i].start, mm_regions[i].end,
                                   (uint32_t)(mm_regions[i].start - 1),
                                   (uint32_t)(mm_regions[i].end + 1)};
        for (uint32_t e = 0; e < ARRAY_SIZE(edges); e++) {
            uintptr_t va = edges[e];
            struct mmpte *pte = mi_get_pte_address(va), *pde = mi_get_pde_address(va);
            ktest_assert_eq(test, (uintptr_t)pte, by_hand(va));
            ktest_assert_eq(test, (uintptr_t)pde, by_hand(by_hand(va)));
            ktest_assert_eq(test, mi_get_virtual_address_mapped_by_pte(pte),
                            ROUND_DOWN(va, PAGE_SIZE));
            ktest_assert_eq(test, mi_get_virtual_address_mapped_by_pde(pde),
                            ROUND_DOWN(va, LARGE_PAGE_SIZE));
            ktest_assert(test, mi_is_pte_address((uintptr_t)pte));
        }
    }
}

/* The worked example of Microsoft's "Converting Virtual Addresses to Physical Addresses". */
KTEST(selfmap, documented_example)
{
    ktest_assert_eq(test, (uintptr_t)mi_get_pte_address(0x0012F980), 0xC00004BC);
    ktest_assert_eq(test, (uintptr_t)mi_get_pde_address(0x0012F980), 0xC0300000);
    ktest_assert_eq(test, (uintptr_t)mi_get_pte_address(0x801544F4), 0xC0200550);
    ktest_assert_eq(test, (uintptr_t)mi_get_pde_address(0x801544F4), 0xC0300800);
}

KTEST(selfmap, entry_768_maps_the_directory)
{
    const struct mmpte *directory = (const struct mmpte *)PDE_BASE;
    struct mmpte self = mi_read_pte(directory + PDE_SELF_MAP_INDEX);

    ktest_assert_eq(test, PDE_SELF_MAP_INDEX, PTE_BASE >> LARGE_PAGE_SHIFT);
    ktest_assert(test, self.hard.valid);
    ktest_assert(test, !self.hard.large_page);
    ktest_assert(test, !self.hard.global);
    ktest_assert_eq(test, self.hard.page_frame_number, read_cr3() >> PAGE_SHIFT);
    /* Its own PTE is itself, however often the arithmetic is applied. */
    ktest_assert_eq(test,
                    (uintptr_t)mi_get_pte_address((uintptr_t)(directory + PDE_SELF_MAP_INDEX)),
                    (uintptr_t)(directory + PDE_SELF_MAP_INDEX));
}

KTEST(selfmap, directory_is_one_of_the_page_tables)
{
    const struct mmpte *directory = (const struct mmpte *)PDE_BASE;

    for (uint32_t i = 0; i < PTES_PER_PAGE; i++) {
        uintptr_t table = PTE_BASE + (i << PAGE_SHIFT);
        ktest_assert_eq(test, (uintptr_t)mi_get_pte_address(table), (uintptr_t)(directory + i));
        ktest_assert_eq(test, (uintptr_t)mi_get_pde_address((uintptr_t)i << LARGE_PAGE_SHIFT),
                        (uintptr_t)(directory + i));
    }
}

/* The entry that maps VA, found as the processor finds it, with each table looked at through
 * hyperspace; *LARGE tells whether it is the directory's. */
static struct mmpte walk(uintptr_t va, bool *large)
{
    struct mmpte *table = mi_map_page_in_hyper_space(read_cr3() >> PAGE_SHIFT);
    struct mmpte entry = table[(uint32_t)va >> LARGE_PAGE_SHIFT];

    mi_unmap_page_in_hyper_space(table);
    *large = entry.hard.large_page;
    if (!entry.hard.valid || *large)
        return entry;
    table = mi_map_page_in_hyper_space(entry.hard.page_frame_number);
    entry = table[((uint32_t)va >> PAGE_SHIFT) & (PTES_PER_PAGE - 1)];
    mi_unmap_page_in_hyper_space(table);
    return entry;
}

static void compare(struct ktest *test, uintptr_t va, uint32_t *compared)
{
    bool large;
    struct mmpte walked = walk(va, &large);
    struct mmpte seen = mi_read_pte(large ? mi_get_pde_address(va) : mi_get_pte_address(va));

    ktest_assert_eq(test, seen.value & ~HW_ACCESSED & ~HW_DIRTY,
                    walked.value & ~HW_ACCESSED & ~HW_DIRTY);
    ++*compared;
}

KTEST(selfmap, equals_a_walk_from_cr3_for_every_mapped_page)
{
    const struct mmpte *directory = (const struct mmpte *)PDE_BASE;
    uint32_t compared = 0;

    for (uint32_t i = 0; i < PTES_PER_PAGE; i++) {
        uintptr_t base = (uintptr_t)i << LARGE_PAGE_SHIFT;
        if (!mi_read_pte(directory + i).hard.valid || base == HYPER_SPACE)
            continue; /* hyperspace changes while it is being used to look */
        for (uint32_t p = 0; p < PTES_PER_PAGE && !ktest_over(test); p++)
            if (base == PTE_BASE ? mi_read_pte(directory + p).hard.valid
                                 : mi_read_pte(mi_get_pte_address(base) + p).value)
                compare(test, base + (p << PAGE_SHIFT), &compared);
    }
    ktest_assert(test, compared > mm_region_pages(MM_REGION_PFN_DATABASE));
}
