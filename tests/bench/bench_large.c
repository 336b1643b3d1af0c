/*
 * A large page, made at once and given back. Filling 4 MB with zeros is nearly all of it; what the
 * kernel adds is finding, owning and listing 1024 frames.
 */
#include "arch/i386/zero.h"
#include "mm/mm.h"
#include "mm/pool.h"
#include "tests/bench/bench.h"
#include "tests/bench/floor.h"

#define ROUNDS 31u
#define TAG    'graL'

static void allocate(void *context)
{
    enum mm_large_failure why;

    *(void **)context = mm_allocate_large_pages(1, MM_LARGE_NOW, &why);
}

static void free_it(void *context)
{
    mm_free_large_pages(*(void **)context, 1);
}

static void fill(void *va)
{
    ki_zero_bytes(va, LARGE_PAGE_SIZE);
}

static bool supported(struct bench *bench)
{
    if (!ke_has(KF_LARGE_PAGE))
        bench->skipped = "there are no large pages here";
    return !bench->skipped;
}

/* => false when there is no large page to be had. */
static bool make_one(void **page, struct floor_large *floor)
{
    bench_measure(BENCH_KERNEL, allocate, page);
    if (!*page)
        return false;
    floor->va = (uintptr_t)*page;
    floor->pde = mi_get_pde_address(floor->va);
    floor->value = *floor->pde;
    return true;
}

BENCH(large, map)
{
    struct floor_large floor;
    void *page;

    if (!supported(bench))
        return;
    bench_begin("");
    for (uint32_t i = 0; i < ROUNDS && !bench->failed; i++) {
        bool made = make_one(&page, &floor);
        bench_expect(bench, made);
        if (!made)
            return;
        bench_expect(bench, floor.value.hard.large_page && ((uint32_t *)page)[0x80000] == 0);
        bench_measure(BENCH_FLOOR, floor_map_large, &floor); /* again over the same page */
        bench_measure(BENCH_BARE, fill, page);
        ((uint32_t *)page)[0x80000] = 1; /* for the next round to find, were it not zeroed */
        free_it(&page);
    }
    bench_end(bench, 1);
}

BENCH(large, unmap)
{
    struct floor_large floor;
    struct mmpte entry;
    void *page;

    if (!supported(bench))
        return;
    floor.entries =
        ex_allocate_pool_with_tag(NONPAGED_POOL, LARGE_PAGE_PAGES * sizeof(struct mmpfn), TAG);
    bench_expect(bench, floor.entries != NULL);
    bench_begin("");
    for (uint32_t i = 0; i < ROUNDS && !bench->failed; i++) {
        allocate(&page);
        bench_expect(bench, page != NULL);
        if (!page)
            break;
        bench_measure(BENCH_KERNEL, free_it, &page);
        floor.pde = &entry;
        floor.value = mi_make_valid_pte(0x400, MM_READWRITE);
        floor.va = (uintptr_t)page;
        bench_measure(BENCH_FLOOR, floor_unmap_large, &floor);
    }
    bench_end(bench, 1);
    if (floor.entries)
        ex_free_pool_with_tag(floor.entries, TAG);
}
