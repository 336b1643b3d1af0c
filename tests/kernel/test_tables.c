/* Properties of the whole map: they hold for every entry of every table. */
#include "mm/mi.h"
#include "tests/kernel/ktest.h"

static struct mmpte pde_at(uint32_t i)
{
    return mi_read_pte((const struct mmpte *)PDE_BASE + i);
}

/* Call EACH for every valid entry outside the self-map, with the address that it maps. */
static void for_each_mapping(struct ktest *test, void (*each)(struct ktest *test, uintptr_t va,
                                                              struct mmpte entry, uint32_t bytes))
{
    for (uint32_t i = 0; i < PTES_PER_PAGE; i++) {
        uintptr_t base = (uintptr_t)i << LARGE_PAGE_SHIFT;
        if (!pde_at(i).hard.valid || i == PDE_SELF_MAP_INDEX)
            continue;
        if (pde_at(i).hard.large_page) {
            each(test, base, pde_at(i), LARGE_PAGE_SIZE);
            continue;
        }
        for (uint32_t p = 0; p < PTES_PER_PAGE && !ktest_over(test); p++) {
            struct mmpte entry = mi_read_pte(mi_get_pte_address(base) + p);
            if (entry.hard.valid)
                each(test, base + (p << PAGE_SHIFT), entry, PAGE_SIZE);
        }
    }
}

KTEST(tables, user_space_is_empty)
{
    for (uint32_t i = 0; i < MM_SYSTEM_RANGE_START >> LARGE_PAGE_SHIFT; i++)
        ktest_assert_eq(test, pde_at(i).value, 0);
}

KTEST(tables, identity_mapping_is_gone)
{
    ktest_assert_eq(test, pde_at(0).value, 0);
    ktest_assert_eq(test, pde_at(1).value, 0);
}

static void not_for_users(struct ktest *test, uintptr_t va, struct mmpte entry, uint32_t bytes)
{
    (void)va, (void)bytes;
    ktest_assert(test, !entry.hard.owner);
}

KTEST(tables, no_user_bit_anywhere)
{
    for (uint32_t i = 0; i < PTES_PER_PAGE; i++)
        ktest_assert(test, !pde_at(i).hard.valid || !pde_at(i).hard.owner);
    for_each_mapping(test, not_for_users);
}

static bool overlaps_text(uintptr_t va, uint32_t bytes)
{
    for (uint32_t i = 0; i < mm_image_part_count; i++)
        if (mm_image_parts[i].executable && !mm_image_parts[i].start_up_only &&
            va < mm_image_parts[i].end && va + bytes > mm_image_parts[i].start)
            return true;
    return false;
}

static void not_both(struct ktest *test, uintptr_t va, struct mmpte entry, uint32_t bytes)
{
    ktest_assert(test, !(entry.hard.write && overlaps_text(va, bytes)));
}

KTEST(tables, no_page_is_both_writable_and_text)
{
    for_each_mapping(test, not_both);
}

/* Frames of text must not be writable through some other address either. */
static void text_frames_once(struct ktest *test, uintptr_t va, struct mmpte entry, uint32_t bytes)
{
    uintptr_t in_image = KERNEL_BASE + ((pfn_t)entry.hard.page_frame_number << PAGE_SHIFT);

    ktest_assert(test, va == in_image || !overlaps_text(in_image, bytes));
}

KTEST(tables, text_has_no_alias)
{
    for_each_mapping(test, text_frames_once);
}

static const struct mm_image_part *part_of(uintptr_t va)
{
    for (uint32_t i = 0; i < mm_image_part_count; i++)
        if (va >= mm_image_parts[i].start && va < mm_image_parts[i].end &&
            mm_image_parts[i].protection != MM_ZERO_ACCESS)
            return &mm_image_parts[i];
    return NULL;
}

/* Every page of the image's region: mapped as its part says, or not at all. */
KTEST(tables, image_is_mapped_part_by_part)
{
    for (uintptr_t va = KERNEL_BASE; va < KERNEL_END; va += PAGE_SIZE) {
        const struct mm_image_part *part = part_of(va);
        struct mmpte pte = mi_read_pte(mi_get_pte_address(va));
        ktest_assert_eq(test, pte.hard.valid, part != NULL);
        if (!part)
            continue;
        ktest_assert_eq(test, pte.hard.write, part->protection == MM_READWRITE);
        ktest_assert_eq(test, pte.hard.page_frame_number, (va - KERNEL_BASE) >> PAGE_SHIFT);
        ktest_assert_eq(test, pte.hard.global, ke_has(KF_GLOBAL_PAGE));
    }
}

static void inside_a_region(struct ktest *test, uintptr_t va, struct mmpte entry, uint32_t bytes)
{
    const struct mm_region *region = mm_region_of(va);

    (void)entry;
    ktest_assert(test, region != NULL);
    ktest_assert(test, region->mapping != MM_MAP_NONE);
    ktest_assert(test, va + (bytes - 1) <= region->end);
    ktest_assert_eq(test, bytes == LARGE_PAGE_SIZE, region->mapping == MM_MAP_LARGE);
}

KTEST(tables, nothing_is_mapped_outside_its_region)
{
    for_each_mapping(test, inside_a_region);
}

KTEST(tables, regions_ascend_and_do_not_overlap)
{
    for (uint32_t i = 0; i < MM_REGION_COUNT; i++) {
        ktest_assert(test, mm_regions[i].start < mm_regions[i].end);
        ktest_assert(test, i == 0 || mm_regions[i - 1].end < mm_regions[i].start);
        ktest_assert_eq(test, mm_regions[i].start & (PAGE_SIZE - 1), 0);
        ktest_assert_eq(test, mm_regions[i].end & (PAGE_SIZE - 1), PAGE_SIZE - 1);
    }
}

KTEST(tables, processor_is_set_up_as_the_features_say)
{
    ktest_assert(test, read_cr0() & CR0_PG);
    ktest_assert(test, read_cr0() & CR0_WP);
    if (!ke_has(KF_CPUID))
        return;
    uint32_t cr4 = read_cr4();
    ktest_assert_eq(test, (cr4 & CR4_PSE) != 0, ke_has(KF_LARGE_PAGE));
    ktest_assert_eq(test, (cr4 & CR4_PGE) != 0, ke_has(KF_GLOBAL_PAGE));
}
