/* The benchmark's own pages: see range.h. */
#include "tests/bench/range.h"
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/system_directory.h"

static uintptr_t end_of(uint32_t pages)
{
    return BENCH_RANGE + (pages << PAGE_SHIFT);
}

static void delete_page(struct mmpte *pte, struct mmpte next)
{
    mi_delete_ptes(pte, 1);
    mi_write_pte(pte, next);
}

static void set_range(uint32_t pages, struct mmpte next)
{
    struct mmpte *pte = mi_get_pte_address(BENCH_RANGE);
    kirql irql = mi_lock_pfn();

    /* From the top down, so that the free list hands them out in ascending order again. */
    while (pages--)
        delete_page(pte + pages, next);
    mi_unlock_pfn(irql);
}

/* The memory manager itself never takes a page table of system space away. */
static void delete_table(uintptr_t va)
{
    struct mmpte *pde = mi_get_pde_address(va);

    if (!pde->hard.valid)
        return;
    kirql irql = mi_lock_pfn();
    pfn_t frame = pde->hard.page_frame_number;
    mi_remove_system_pde(va);
    invlpg((uintptr_t)mi_get_pte_address(va));
    mi_set_pfn_deleted(frame);
    mi_decrement_share_count(frame);
    mi_system_page_tables--;
    mi_unlock_pfn(irql);
    mm_return_commitment(MM_COMMIT_PAGE_TABLES, 1);
}

static void delete_tables(uint32_t pages)
{
    for (uintptr_t va = BENCH_RANGE; va < end_of(pages); va += LARGE_PAGE_SIZE)
        delete_table(va);
}

bool bench_make_range(uint32_t pages)
{
    for (uintptr_t va = BENCH_RANGE; va < end_of(pages); va += LARGE_PAGE_SIZE) {
        if (!mi_make_system_page_table(va)) {
            delete_tables(pages);
            return false;
        }
    }
    set_range(pages, mi_make_demand_zero_pte(MM_READWRITE));
    return true;
}

void bench_empty_range(uint32_t pages)
{
    set_range(pages, mi_make_demand_zero_pte(MM_READWRITE));
}

void bench_delete_range(uint32_t pages)
{
    set_range(pages, (struct mmpte){.value = 0});
    delete_tables(pages);
}

bool bench_fill_zeroed_list(uint32_t count)
{
    if (MM_ZEROED_PAGES < count)
        mm_zero_free_pages(count - MM_ZEROED_PAGES);
    return MM_ZEROED_PAGES >= count;
}

void bench_drain_zeroed_list(void)
{
    kirql irql = mi_lock_pfn();

    while (MM_ZEROED_PAGES) {
        pfn_t frame = mm_page_lists[ZEROED_PAGE_LIST].blink;
        mi_unlink_page_from_list(frame);
        mi_insert_page_in_free_list(frame);
    }
    mi_unlock_pfn(irql);
}
