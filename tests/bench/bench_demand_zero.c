/*
 * Demand-zero faults: the page comes from the zeroed list, or is filled with zeros in the fault, by
 * each of the two routines. The instruction that is resumed is counted too.
 */
#include "arch/i386/cpu.h"
#include "arch/i386/zero.h"
#include "mm/fault.h"
#include "tests/bench/bench.h"
#include "tests/bench/floor.h"
#include "tests/bench/range.h"

/* The kernel's pages are the first BENCH_ROUNDS of the range, the floor's the page behind them. */
#define PAGES (BENCH_ROUNDS + 1)

static void measure_page(struct bench *bench, uintptr_t va, floor_handler floor)
{
    const volatile uint32_t *word = (const volatile uint32_t *)va;

    bench_measure(BENCH_KERNEL, bench_write_byte, (void *)va);
    bench_expect(bench, word[0] == 1 && word[1] == 0 && word[1023] == 0);
    bench_add(BENCH_FLOOR, floor_fault(floor, bench_page(BENCH_ROUNDS)));
    bench_add(BENCH_BARE, floor_fault(floor_map, bench_page(BENCH_ROUNDS)));
}

static void measure_range(struct bench *bench, floor_handler floor)
{
    uint32_t before = mm_fault_counts[MM_FAULT_DEMAND_ZERO];

    bench_begin("");
    floor_refill();
    for (uint32_t i = 0; i < BENCH_ROUNDS; i++)
        measure_page(bench, bench_page(i), floor);
    bench_expect(bench, mm_fault_counts[MM_FAULT_DEMAND_ZERO] == before + BENCH_ROUNDS);
}

static void run(struct bench *bench, uint32_t zeroed, floor_handler floor)
{
    bool ready = bench_make_range(PAGES);

    bench_expect(bench, ready);
    if (!ready)
        return;
    if (floor_open(BENCH_ROUNDS)) {
        /* The first time is practice: the host has not met all of these pages before. */
        for (int time = 0; time < 2; time++) {
            bench_empty_range(PAGES);
            bench_drain_zeroed_list();
            bench_expect(bench, bench_fill_zeroed_list(zeroed));
            measure_range(bench, floor);
        }
        bench_end(bench, 1);
        floor_close();
    } else {
        bench_expect(bench, !"memory for the floor");
    }
    bench_delete_range(PAGES);
    bench_drain_zeroed_list();
}

static void run_with_routine(struct bench *bench, void (*routine)(void *), floor_handler floor)
{
    void (*usual)(void *) = ki_zero_page;

    ki_zero_page = routine;
    run(bench, 0, floor);
    ki_zero_page = usual;
}

BENCH(demand_zero, zeroed_before)
{
    run(bench, BENCH_ROUNDS, floor_demand_zero);
}

BENCH(demand_zero, zeroed_by_rep)
{
    run_with_routine(bench, ki_zero_page_rep, floor_demand_zero_rep);
}

BENCH(demand_zero, zeroed_by_sse)
{
    if (ke_has(KF_XMMI))
        run_with_routine(bench, ki_zero_page_sse, floor_demand_zero_sse);
    else
        bench->skipped = "this processor has no SSE";
}
