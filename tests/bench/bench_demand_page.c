/*
 * Demand-page faults: a page of a view is read from a boot module. The module is one made up for
 * the occasion, of frames that hold a number each; the reading is the kernel's own.
 */
#include "kernel/io/module.h"
#include "mm/fault.h"
#include "mm/mm.h"
#include "tests/bench/bench.h"
#include "tests/bench/floor.h"
#include "tests/bench/range.h"

#define PATTERN 0x00D00D00u

static void write_numbers(pfn_t first)
{
    kirql irql = mi_lock_pfn(); /* hyperspace is for those who cannot be interrupted */

    for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
        uint32_t *page = mi_map_page_in_hyper_space(first + i);
        page[0] = page[1023] = PATTERN + i;
        mi_unmap_page_in_hyper_space(page);
    }
    mi_unlock_pfn(irql);
}

static void measure_pages(struct bench *bench, const char *view)
{
    bench_begin("");
    floor_refill();
    for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
        const uint32_t *page = (const uint32_t *)(view + (i << PAGE_SHIFT));
        bench_measure(BENCH_KERNEL, bench_read_byte, (void *)page);
        bench_expect(bench, page[0] == PATTERN + i && page[1023] == PATTERN + i);
        bench_add(BENCH_FLOOR, floor_fault(floor_demand_page, bench_page(0)));
        bench_add(BENCH_BARE, floor_fault(floor_map, bench_page(0)));
    }
}

static void measure_view(struct bench *bench, const struct mm_page_source *source)
{
    uint32_t before = mm_fault_counts[MM_FAULT_DEMAND_PAGE];
    void *view;

    bool mapped = NT_SUCCESS(mm_map_view_in_system_space(source, &view));
    bench_expect(bench, mapped);
    if (!mapped)
        return;
    measure_pages(bench, view);
    bench_expect(bench, mm_fault_counts[MM_FAULT_DEMAND_PAGE] == before + BENCH_ROUNDS);
    bench_expect(bench, NT_SUCCESS(mm_unmap_view_in_system_space(view)));
}

BENCH(demand_page, module)
{
    static const char contents[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE))) = "a page";
    enum mm_large_failure why;
    struct mm_page_source source;
    pfn_t first = mm_allocate_contiguous_frames(BENCH_ROUNDS, 1, &why);
    bool range = bench_make_range(1), floor = floor_open(BENCH_ROUNDS);

    bench_expect(bench, first != PFN_NONE && range && floor);
    if (!bench->failed) {
        struct boot_module module = {.start = first << PAGE_SHIFT,
                                     .end = (first + BENCH_ROUNDS) << PAGE_SHIFT,
                                     .name = "benchmark"};
        floor_source = contents;
        write_numbers(first);
        io_open_module(&module, &source);
        measure_view(bench, &source); /* practice */
        measure_view(bench, &source);
        bench_end(bench, 1);
    }
    if (floor)
        floor_close();
    if (range)
        bench_delete_range(1);
    if (first != PFN_NONE)
        mm_free_contiguous_frames(first, BENCH_ROUNDS);
}
