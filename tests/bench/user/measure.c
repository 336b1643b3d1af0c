/*
 * Runs benchmarks and prints a line for each:
 *
 *      # figure user.NAME:REGIONS cost=MEDIAN mean=MEAN most=MOST pair=REFERENCE each=EACH
 *
 * the first four in time stamps. REFERENCE is the time that zeroing a page took, measured by turns
 * with the operation: host time drifts, their ratio less.
 */
#include "tests/bench/user/bench.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define MOST_SAMPLES    2048u
#define CALIBRATION     50000000u /* nanoseconds */

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

void touch(volatile char *memory, uint32_t pages)
{
    for (uint32_t i = 0; i < pages; i++)
        memory[i * PAGE] = 1;
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

static uint64_t without_overhead(uint64_t cost)
{
    return cost > overhead ? cost - overhead : 0;
}

static void run_round(const struct bench *bench, uint32_t first)
{
    if (bench->prepare)
        bench->prepare();
    uint32_t faults = faults_taken();
    for (uint32_t i = 0; i < bench->samples; i++) {
        samples[first + i] = without_overhead(time_work(bench->work, i));
        references[first + i] = without_overhead(time_work(do_reference, i));
    }
    faults = faults_taken() - faults;
    expect(faults >= bench->faults * bench->each * bench->samples, bench->name);
    if (bench->finish)
        bench->finish();
}

static void report(const struct bench *bench, uint32_t count)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < count; i++)
        sum += samples[i];
    double cost = (double)median(samples, count) / bench->each;
    printf("# figure user.%s:%u cost=%.2f mean=%.2f most=%.2f pair=%.2f each=%u\n", bench->name,
           region_count, cost, (double)sum / count / bench->each,
           (double)samples[count - 1] / bench->each, (double)median(references, count),
           bench->each);
}

void measure(const struct bench *bench)
{
    uint32_t count = bench->rounds * bench->samples;

    expect(count <= MOST_SAMPLES, "samples");
    for (uint32_t round = 0; round < bench->rounds; round++)
        run_round(bench, round * bench->samples);
    report(bench, count);
}

static bool is_wanted(const struct bench *bench, int words, char **word)
{
    for (int i = 0; i < words; i++)
        if (!strncmp(bench->name, word[i], strlen(word[i])))
            return true;
    return !words;
}

static void for_tables(void (*function)(const struct bench *bench), int words, char **word)
{
    for (uint32_t table = 0; table < COUNT_OF(tables); table++)
        for (const struct bench *bench = tables[table]; bench->name; bench++)
            if (is_wanted(bench, words, word))
                function(bench);
}

void for_all(void (*function)(const struct bench *bench), uint32_t only, int words, char **word)
{
    for (uint32_t i = 0; i < COUNT_OF(all_counts); i++) {
        if (only && only != all_counts[i])
            continue;
        regions_make(all_counts[i]);
        for_tables(function, words, word);
        regions_free();
    }
}

/* Stamps a millisecond, for whoever wants to know the time. */
static void calibrate(void)
{
    uint64_t begin = nanoseconds(), now, from = stamp();

    do
        now = nanoseconds();
    while (now - begin < CALIBRATION);
    printf("# note stamps_a_millisecond=%u\n",
           (uint32_t)((stamp() - from) * 1000000 / (now - begin)));
}

void measure_begin(void)
{
    memset(references, 1,
           sizeof(references)); /* now its pages are there; those of `samples` too: */
    for (uint32_t i = 0; i < MOST_SAMPLES; i++)
        samples[i] = time_work(do_nothing, i);
    overhead = median(samples, MOST_SAMPLES);
    calibrate();
}
