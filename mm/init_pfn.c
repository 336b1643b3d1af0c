/*
 * The first contents of the PFN database. What is mapped now is active; RAM that is neither mapped
 * nor reserved is free; what the firmware calls defective is bad; all other numbers up to the
 * highest frame are not RAM (rom). One pass each, so the work grows as memory does.
 */
#include "mm/init.h"
#include "mm/system_directory.h"

extern char __boot_start[], __boot_end[];

static void mark_not_ram(pfn_t first, pfn_t end)
{
    for (; first < end; first++)
        mi_pfn(first)->rom = 1;
}

static void mark_gaps(void)
{
    uint32_t cursor = 0;
    pfn_t first, count, done = 0;

    while (mi_boot_next_run(&cursor, &first, &count)) {
        mark_not_ram(done, first);
        done = first + count;
    }
    mark_not_ram(done, mm_highest_physical_page + 1);
}

static void activate(pfn_t frame, struct mmpte *pte, pfn_t table, uint32_t shares)
{
    struct mmpfn *pfn = mi_pfn(frame);

    pfn->page_location = ACTIVE_AND_VALID;
    pfn->reference_count = 1;
    pfn->u2.share_count = shares;
    pfn->pte_address = pte;
    pfn->containing_page = table;
    pfn->modified = 1;
    mm_page_lists[ACTIVE_AND_VALID].total++;
}

static uint32_t activate_table(struct mmpte *table, pfn_t table_frame)
{
    uint32_t valid = 0;

    for (uint32_t i = 0; i < PTES_PER_PAGE; i++) {
        if (!table[i].hard.valid || !mi_is_pfn(table[i].hard.page_frame_number))
            continue; /* a device's frame has no entry and is no share */
        activate(table[i].hard.page_frame_number, &table[i], table_frame, 1);
        valid++;
    }
    return valid;
}

static void activate_mapped(void)
{
    struct mmpte *directory = (struct mmpte *)PDE_BASE;
    pfn_t directory_frame = read_cr3() >> PAGE_SHIFT;
    uint32_t tables = 0;

    for (uint32_t i = 0; i < PTES_PER_PAGE; i++) {
        if (!directory[i].hard.valid)
            continue;
        tables++;
        if (i == PDE_SELF_MAP_INDEX)
            continue; /* its shares are counted last */
        struct mmpte *table = mi_get_pte_address((uintptr_t)i << LARGE_PAGE_SHIFT);
        pfn_t frame = directory[i].hard.page_frame_number;
        uint32_t valid = activate_table(table, frame);
        activate(frame, &directory[i], directory_frame, 1 + valid);
    }
    activate(directory_frame, &directory[PDE_SELF_MAP_INDEX], directory_frame, 1 + tables);
}

/* In use, but mapped nowhere: the modules, and boot code until mm_free_init_memory. */
static void reserve(pfn_t frame)
{
    struct mmpfn *pfn = mi_pfn(frame);

    if (!mi_is_pfn(frame) || pfn->reference_count)
        return;
    pfn->page_location = ACTIVE_AND_VALID;
    pfn->reference_count = 1;
    mm_page_lists[ACTIVE_AND_VALID].total++;
}

static void reserve_unmapped(void)
{
    pfn_t first, end;

    for (uint32_t i = 0; mi_boot_reserved_run(i, &first, &end); i++)
        for (pfn_t frame = first; frame < end; frame++)
            reserve(frame);
}

static void free_the_rest(void)
{
    struct mmpfn_list *list = &mm_page_lists[FREE_PAGE_LIST];
    uint32_t cursor = 0;
    pfn_t first, count, last = PFN_NONE;

    while (mi_boot_next_run(&cursor, &first, &count)) {
        for (pfn_t frame = first; frame < first + count; frame++) {
            struct mmpfn *pfn = mi_pfn(frame);
            if (pfn->reference_count)
                continue;
            pfn->page_location = FREE_PAGE_LIST;
            pfn->u2.blink = last;
            if (last == PFN_NONE)
                list->flink = frame;
            else
                mi_pfn(last)->u1.flink = frame;
            last = frame;
            list->total++;
        }
    }
    list->blink = last;
    mi_pfn(last)->u1.flink = PFN_NONE;
}

/* Another range may have had its part of the page before. */
static void list_bad_frame(pfn_t frame)
{
    if (!mi_pfn(frame)->rom)
        return;
    mi_pfn(frame)->rom = 0;
    mi_insert_page_in_list(BAD_PAGE_LIST, frame);
}

static void list_bad_frames(const struct boot_info *info)
{
    kirql irql = mi_lock_pfn();

    for (uint32_t i = 0; i < info->range_count; i++) {
        const struct boot_range *range = &info->ranges[i];
        if (range->type != BOOT_RANGE_BAD)
            continue;
        uint64_t last = (range->base + range->length - 1) >> PAGE_SHIFT;
        if (last > mm_highest_physical_page)
            last = mm_highest_physical_page;
        for (uint64_t frame = range->base >> PAGE_SHIFT; frame <= last; frame++)
            list_bad_frame((pfn_t)frame);
    }
    mi_unlock_pfn(irql);
}

void mi_init_pfn_database(const struct boot_info *info)
{
    const struct mm_region *region = &mm_regions[MM_REGION_PFN_DATABASE];

    mi_init_map_pages(region->start, mm_region_pages(MM_REGION_PFN_DATABASE));
    mark_gaps();
    activate_mapped();
    reserve_unmapped();
    free_the_rest();
    list_bad_frames(info);
}
