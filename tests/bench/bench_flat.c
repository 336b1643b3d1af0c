/*
 * The cost of a fault when there are many pages: means over ranges of 1,000 to 64,000 pages.
 * Nothing on the way may look at more than the page itself, so it has to stay the same.
 */
#include "mm/fault.h"
#include "mm/pfn.h"
#include "tests/bench/bench.h"
#include "tests/bench/floor.h"
#include "tests/bench/range.h"

#define GROUPS      100u /* the range is measured in so many parts: one sample each */
#define FLOOR_PAGES 1000u
#define SPARE_PAGES 256u /* left over for page tables */

static uint64_t touch(uint32_t first, uint32_t pages)
{
    uint64_t sum = 0;

    for (uint32_t i = first; i < first + pages; i++)
        sum += bench_time(bench_write_byte, (void *)bench_page(i));
    return sum;
}

/* The floor has fewer pages, since its cost cannot depend on their number, and is scaled up. */
static uint64_t floor_group(uint32_t pages)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < FLOOR_PAGES / GROUPS; i++)
        sum += floor_fault(floor_demand_zero, bench_page(0));
    return sum * (pages / (FLOOR_PAGES / GROUPS));
}

static void measure(struct bench *bench, const char *variant, uint32_t pages)
{
    uint32_t before = mm_fault_counts[MM_FAULT_DEMAND_ZERO], group = pages / GROUPS;

    bench_begin(variant);
    floor_refill();
    for (uint32_t i = 0; i < GROUPS; i++)
        bench_add(BENCH_FLOOR, floor_group(group));
    bench_empty_range(pages);
    for (uint32_t i = 0; i < GROUPS; i++)
        bench_add(BENCH_KERNEL, touch(i * group, group));
    bench_expect(bench, mm_fault_counts[MM_FAULT_DEMAND_ZERO] == before + pages);
    bench_end(bench, group);
}

static void run(struct bench *bench, const char *variant, uint32_t pages)
{
    if (mi_available_pages() < pages + FLOOR_PAGES + SPARE_PAGES) {
        bench->skipped = "it needs 512 MB of memory";
        return;
    }
    bool range = bench_make_range(pages), floor = floor_open(FLOOR_PAGES);
    bool zeroed = range && floor && bench_fill_zeroed_list(pages);
    bench_expect(bench, zeroed);
    if (zeroed)
        measure(bench, variant, pages);
    if (floor)
        floor_close();
    if (range)
        bench_delete_range(pages);
    bench_drain_zeroed_list();
}

BENCH(flat, to_64000_pages)
{
    run(bench, "1000", 1000);
    run(bench, "4000", 4000);
    run(bench, "16000", 16000);
    run(bench, "64000", 64000);
}
