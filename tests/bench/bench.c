/*
 * The runner of the benchmarks: KTAP with a plan, a line a benchmark, as the self-tests have it, so
 * that the same reader understands both.
 */
#include "tests/bench/bench.h"
#include "arch/i386/cpu.h"
#include "kernel/ke/dbgprint.h"
#include "lib/glob.h"
#include "mm/fault.h"
#include "mm/mm.h"
#include "tests/kernel/leaks.h"
#include "tests/bench/measure.h"

extern const struct bench __kbenches_start[], __kbenches_end[];
uint64_t bench_entered;

void bench_check(struct bench *bench, bool holds, const char *condition)
{
    if (holds || bench->failed)
        return;
    bench->failed = true;
    dbg_print("# failed: %s\n", condition);
}

static void report_line(const char *line)
{
    dbg_print("# mm_verify: %s\n", line);
}

static bool run_one(const struct bench *registered, uint32_t number)
{
    struct bench bench = *registered;
    struct ktest_resources before, after;

    ktest_take_down(&before);
    bench.run(&bench);
    ktest_take_down(&after);
    bench_check(&bench, !ktest_report_leaks(&before, &after), "what was taken was given back");
    bench_check(&bench, mm_verify(report_line) == 0, "mm_verify(report_line) == 0");
    dbg_print("%sok %u %s", bench.failed ? "not " : "", number, bench.name);
    dbg_print(bench.skipped && !bench.failed ? " # SKIP %s\n" : "\n", bench.skipped);
    return !bench.failed;
}

static uint32_t count_matches(const char *pattern)
{
    uint32_t count = 0;

    for (const struct bench *bench = __kbenches_start; bench < __kbenches_end; bench++)
        count += glob_match(pattern, bench->name);
    return count;
}

bool bench_run(const char *pattern)
{
    bench_entered = ke_time_stamp(); /* first: what comes before is the boot's */
    uint32_t plan = count_matches(pattern), number = 0, passed = 0;

    if (!ke_has(KF_RDTSC)) {
        dbg_print("# this processor has no time stamps, nothing can be measured\n");
        return false;
    }
    mm_fault_trace = 0;
    dbg_print("KTAP version 1\n1..%u\n", plan);
    bench_calibrate();
    for (const struct bench *bench = __kbenches_start; bench < __kbenches_end; bench++)
        if (glob_match(pattern, bench->name))
            passed += run_one(bench, ++number);
    if (!plan)
        dbg_print("# no benchmark matches '%s'\n", pattern);
    return plan && passed == plan;
}
