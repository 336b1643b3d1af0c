/*
 * In-kernel benchmarks, run by the boot option bench[=GLOB]. A benchmark is one function,
 * registered where it stands:
 *
 *      BENCH(tlb, reload)
 *      {
 *          bench_begin("");
 *          for (uint32_t i = 0; i < BENCH_ROUNDS; i++)
 *              bench_measure(BENCH_KERNEL, bench_reload_cr3, NULL);
 *          bench_end(bench, 1);
 *      }
 *
 * Its name is tlb.reload. Between bench_begin and bench_end it takes the samples of one figure:
 * what the kernel needs, and what the least code that does the same work needs, measured by turns,
 * so that both see the same weather. A figure is printed as a KTAP diagnostic that tools/bench.py
 * reads:
 *
 *      # figure tlb.reload kernel=2.00 most=2.00 floor=2.00
 *
 * Costs are differences of the time stamp, less the cost of taking it: under QEMU's -icount they
 * are guest instructions, exact and the same in every run; else the host's time-stamp cycles. After
 * each benchmark mm_verify must agree and nothing may have leaked, or it has failed.
 */
#pragma once

#include "lib/types.h"
#include "tests/bench/probe.h"

#define BENCH_ROUNDS 101u

struct bench {
    const char *name;
    void (*run)(struct bench *bench);
    bool failed;
    const char *skipped; /* why it does not apply here */
} __attribute__((aligned(16)));

enum bench_column {
    BENCH_KERNEL, /* the operation as the kernel does it */
    BENCH_FLOOR,  /* the same work by the least code */
    BENCH_BARE,   /* less than the same work: only what the processor needs to go on */
    BENCH_COLUMNS
};

/* Run the benchmarks whose name matches PATTERN and print KTAP. => true when there were some and
 * none failed. PASSIVE_LEVEL, interrupts on. */
bool bench_run(const char *pattern);

/* A new figure, without samples: the benchmark's name, or with VARIANT, unless it is "", the name,
 * a colon and VARIANT. At most one figure is under way. */
void bench_begin(const char *variant);
/* => what one call OPERATION(CONTEXT) costs. */
uint64_t bench_time(bench_operation operation, void *context);
/* Another sample of COLUMN, at most BENCH_ROUNDS. */
void bench_add(enum bench_column column, uint64_t cost);
static inline void bench_measure(enum bench_column column, bench_operation operation, void *context)
{
    bench_add(column, bench_time(operation, context));
}
/* Print the figure: of each column that has samples the median, of the kernel's the highest too,
 * all divided by OPERATIONS, which is how many one sample holds (then it must be below 2^32). */
void bench_end(const struct bench *bench, uint32_t operations);
/* Print something else that was measured, as name=value. */
void bench_note(const char *name, uint64_t value);

/* The benchmark has failed because CONDITION does not hold; it may go on. */
void bench_check(struct bench *bench, bool holds, const char *condition);
#define bench_expect(bench, condition) bench_check(bench, condition, #condition)

/* The time stamp when bench_run was entered. */
extern uint64_t bench_entered;

#define BENCH(suite, case)                                                         \
    static void bench_case__##suite##__##case##_run(struct bench *bench);          \
    const struct bench bench_case__##suite##__##case                               \
        __attribute__((section(".kbenches." #suite "." #case), used)) = {          \
            .name = #suite "." #case, .run = bench_case__##suite##__##case##_run}; \
    static void bench_case__##suite##__##case##_run(struct bench *bench)
