/*
 * Bugs that a boot option finds at once: with `specialpool` stray accesses to the pool, with
 * `irqlcheck` pageable memory touched at raised IRQL. tests/system/test_fatal.py gives the word.
 */
#include "kernel/ke/irql.h"
#include "lib/string.h"
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/pool.h"
#include "mm/regions.h"
#include "mm/special_pool.h"
#include "tests/kernel/ktest.h"

#define TAG 'latF'

static uint8_t *allocate(uint32_t bytes)
{
    return ex_allocate_pool_with_tag(NONPAGED_POOL, bytes, TAG);
}

KTEST_FATAL(special_pool, written_beyond_the_end)
{
    uint8_t *p = allocate(24);

    ktest_write(p + 24, 0);
}

KTEST_FATAL(special_pool, read_beyond_the_end_of_a_run)
{
    uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, 2 * PAGE_SIZE, TAG);

    ktest_read(p + 2 * PAGE_SIZE);
}

KTEST_FATAL(special_pool, read_after_free)
{
    uint8_t *p = allocate(40);

    ex_free_pool_with_tag(p, TAG);
    ktest_read(p);
}

/* The freed address is named, not the IRQL. */
KTEST_FATAL(special_pool, written_after_free_at_dispatch_level)
{
    uint8_t *p = allocate(40);

    ex_free_pool_with_tag(p, TAG);
    ke_raise_irql(DISPATCH_LEVEL);
    ktest_write(p + 39, 1);
}

/* What is allocated is judged as ever. */
KTEST_FATAL(special_pool, paged_at_dispatch_level)
{
    uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);

    ke_raise_irql(DISPATCH_LEVEL);
    ktest_write(p, 1);
}

KTEST_FATAL(special_pool, never_used)
{
    ktest_read((void *)(mm_regions[MM_REGION_SPECIAL_POOL].end - 0xFFF));
}

/* Its first page has a new owner, who has nothing to do with it. */
KTEST_FATAL(special_pool, freed_and_forgotten)
{
    uint8_t *p = allocate(3 * PAGE_SIZE);

    ex_free_pool_with_tag(p, TAG);
    mi_special_pool.hint = mi_special_page_number((uintptr_t)p);
    allocate(8);
    ktest_read(p + 2 * PAGE_SIZE);
}

KTEST_FATAL(special_pool, damaged_behind)
{
    uint8_t *p = allocate(21);

    p[21] = 0;
    ex_free_pool_with_tag(p, TAG);
}

KTEST_FATAL(special_pool, damaged_before)
{
    uint8_t *p = allocate(21);

    p[-100] = 0;
    ex_free_pool_with_tag(p, TAG);
}

KTEST_FATAL(special_pool, double_free)
{
    uint8_t *p = allocate(40);

    ex_free_pool_with_tag(p, TAG);
    ex_free_pool_with_tag(p, TAG);
}

KTEST_FATAL(special_pool, not_an_allocation)
{
    ex_free_pool_with_tag((void *)(mm_regions[MM_REGION_SPECIAL_POOL].end - 0xFFF), TAG);
}

KTEST_FATAL(special_pool, free_of_a_bad_address)
{
    ex_free_pool_with_tag(allocate(40) + 8, TAG);
}

KTEST_FATAL(special_pool, wrong_tag)
{
    ex_free_pool_with_tag(allocate(40), 'gnrW');
}

KTEST_FATAL(irql_check, paged_pool_that_is_there)
{
    uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);

    ktest_write(p, 1);
    ke_raise_irql(DISPATCH_LEVEL);
    ktest_read(p);
}

static ntstatus read_sevens(const struct mm_page_source *source, uint32_t offset, uint32_t bytes,
                            pfn_t frame)
{
    kirql irql = mi_lock_pfn();
    void *to = mi_map_page_in_hyper_space(frame);

    (void)source, (void)offset, (void)bytes;
    memset(to, 7, PAGE_SIZE);
    mi_unmap_page_in_hyper_space(to);
    mi_unlock_pfn(irql);
    return STATUS_SUCCESS;
}

KTEST_FATAL(irql_check, view_that_is_there)
{
    static const struct mm_page_source sevens = {
        .name = "sevens", .bytes = PAGE_SIZE, .read_page = read_sevens};
    void *view;

    mm_map_view_in_system_space(&sevens, &view);
    ktest_read(view);
    ke_raise_irql(DISPATCH_LEVEL);
    ktest_read(view);
}
