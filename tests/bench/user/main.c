/*
 * Runs the benchmarks and prints a line for each:
 *
 *      # figure user.NAME:REGIONS cost=MEDIAN mean=MEAN most=MOST pair=REFERENCE
 *
 * all in time stamps. REFERENCE is the time that zeroing a page took, measured by turns with the
 * operation: host time drifts, their ratio less. Arguments, if any, are how many regions there are
 * to be, and the benchmarks to run, by the beginnings of their names.
 */
#include "tests/bench/user/bench.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_SAMPLES 2048
#define CALIBRATION  50 /* milliseconds */

static const uint32_t all_counts[] = {10, 1000, 10000, 60000};
static const struct bench *const tables[] = {call_benches, fault_benches, exception_benches,
                                             memory_benches, create_benches};

static uint64_t samples[MOST_SAMPLES], references[MOST_SAMPLES];
static uint64_t overhead;
static char reference_page[PAGE] __attribute__((aligned(4096)));

static inline uint64_t stamp(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

static uint64_t time_work(void (*work)(uint32_t sample), uint32_t sample)
{
    uint64_t begin = stamp();

    work(sample);
    return stamp() - begin;
}

static void do_nothing(uint32_t sample)
{
    (void)sample;
}

static void do_reference(uint32_t sample)
{
    void *to = reference_page;
    uint32_t count = PAGE / 4;

    (void)sample;
    __asm__ volatile("rep stosl" : "+D"(to), "+c"(count) : "a"(0) : "memory");
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static uint64_t median(uint64_t *values, uint32_t count)
{
    qsort(values, count, sizeof(*values), compare);
    return values[count / 2];
}

static void measure_overhead(void)
{
    for (uint32_t i = 0; i < MOST_SAMPLES; i++)
        samples[i] = time_work(do_nothing, i);
    overhead = median(samples, MOST_SAMPLES);
}

static uint64_t without_overhead(uint64_t cost)
{
    return cost > overhead ? cost - overhead : 0;
}

static void run_round(const struct bench *bench, uint32_t first)
{
    if (bench->prepare)
        bench->prepare();
    struct tokos_counters before = query_counters();
    for (uint32_t i = 0; i < bench->samples; i++) {
        samples[first + i] = without_overhead(time_work(bench->work, i));
        references[first + i] = without_overhead(time_work(do_reference, i));
    }
    struct tokos_counters after = query_counters();
    expect(after.process_faults - before.process_faults >=
               bench->faults * bench->each * bench->samples,
           bench->name);
    if (bench->finish)
        bench->finish();
}

static void report(const struct bench *bench, uint32_t count)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < count; i++)
        sum += samples[i];
    double cost = (double)median(samples, count) / bench->each;
    printf("# figure user.%s:%u cost=%.2f mean=%.2f most=%.2f pair=%.2f\n", bench->name,
           region_count, cost, (double)sum / count / bench->each,
           (double)samples[count - 1] / bench->each, (double)median(references, count));
}

static void run(const struct bench *bench)
{
    uint32_t count = bench->rounds * bench->samples;

    expect(count <= MOST_SAMPLES, "samples");
    for (uint32_t round = 0; round < bench->rounds; round++)
        run_round(bench, round * bench->samples);
    report(bench, count);
}

static BOOL is_wanted(const struct bench *bench, int words, char **word)
{
    for (int i = 0; i < words; i++)
        if (!strncmp(bench->name, word[i], strlen(word[i])))
            return TRUE;
    return !words;
}

static void run_all(uint32_t regions, int words, char **word)
{
    regions_make(regions);
    for (uint32_t table = 0; table < ARRAYSIZE(tables); table++)
        for (const struct bench *bench = tables[table]; bench->name; bench++)
            if (is_wanted(bench, words, word))
                run(bench);
    regions_free();
}

/* Stamps a millisecond, for whoever wants to know the time. */
static void calibrate(void)
{
    LARGE_INTEGER frequency, begin, now;

    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&begin);
    uint64_t from = stamp();
    do
        QueryPerformanceCounter(&now);
    while ((now.QuadPart - begin.QuadPart) * 1000 < frequency.QuadPart * CALIBRATION);
    uint64_t stamps = stamp() - from;
    printf("# note stamps_a_millisecond=%u\n",
           (uint32_t)(stamps * (uint64_t)frequency.QuadPart /
                      (uint64_t)(now.QuadPart - begin.QuadPart) / 1000));
}

int main(int argc, char **argv)
{
    uint32_t only = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;

    memset(samples, 1, sizeof(samples));
    memset(references, 1, sizeof(references));
    measure_overhead();
    calibrate();
    if (only)
        run_all(only, argc - 2, argv + 2);
    for (uint32_t i = 0; !only && i < ARRAYSIZE(all_counts); i++)
        run_all(all_counts[i], argc > 2 ? argc - 2 : 0, argv + 2);
    return 0;
}
