/*
 * The TLB: dropping one translation, dropping those that are not global, dropping all. Few
 * instructions and much time: what matters here is the table of host time.
 */
#include "mm/mi.h"
#include "tests/bench/bench.h"

static void flush_everything(void *context)
{
    (void)context;
    ki_flush_entire_tb();
}

static void measure(struct bench *bench, bench_operation operation, bench_operation floor,
                    void *context)
{
    bench_begin("");
    for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
        bench_measure(BENCH_KERNEL, operation, context);
        bench_measure(BENCH_FLOOR, floor, context);
    }
    bench_end(bench, 1);
}

BENCH(tlb, invlpg)
{
    measure(bench, bench_invalidate_page, bench_invalidate_page, (void *)MM_VGA_TEXT);
}

BENCH(tlb, reload_cr3)
{
    measure(bench, bench_reload_cr3, bench_reload_cr3, NULL);
}

BENCH(tlb, flush_all)
{
    measure(bench, flush_everything, bench_reload_cr3, NULL);
}
