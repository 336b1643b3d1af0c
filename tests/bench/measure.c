/*
 * Samples and medians. A median is exact under -icount, where nearly all samples are the same, and
 * not moved by what the host does beside when time is measured.
 */
#include "tests/bench/measure.h"
#include "arch/i386/registers.h"
#include "kernel/ke/dbgprint.h"
#include "tests/bench/bench.h"

/* The interval timer's channel 2, which nobody uses: it drives the loudspeaker (8254 data sheet;
 * the gate and the output are bits 0 and 5 of port 61h). */
#define TIMER_COMMAND  0x43
#define TIMER_DATA     0x42
#define TIMER_ONE_SHOT 0xB0 /* channel 2, low byte then high, mode 0: the output rises at zero */
#define SPEAKER        0x61
#define SPEAKER_GATE   0x01
#define SPEAKER_DRIVE  0x02
#define SPEAKER_OUTPUT 0x20

#define TICKS_A_MILLISECOND 1193u /* the timer runs at 1.193182 MHz */
#define CALIBRATIONS        32u

static struct {
    uint32_t count;
    uint64_t sample[BENCH_ROUNDS];
} columns[BENCH_COLUMNS];
static const char *const column_names[BENCH_COLUMNS] = {"kernel", "floor", "bare"};
static const char *figure_variant;
static uint64_t overhead;

/* Insertion sort: a hundred samples. */
static void sort(uint64_t *value, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        uint64_t moving = value[i];
        uint32_t at = i;
        for (; at && value[at - 1] > moving; at--)
            value[at] = value[at - 1];
        value[at] = moving;
    }
}

void bench_begin(const char *variant)
{
    figure_variant = variant;
    for (uint32_t i = 0; i < BENCH_COLUMNS; i++)
        columns[i].count = 0;
}

uint64_t bench_time(bench_operation operation, void *context)
{
    uint64_t stamps = bench_stamps(operation, context);

    return stamps > overhead ? stamps - overhead : 0;
}

void bench_add(enum bench_column column, uint64_t cost)
{
    if (columns[column].count < BENCH_ROUNDS)
        columns[column].sample[columns[column].count++] = cost;
}

/* A mean has two places. It is taken of 32 bits: there is no library for 64-bit division. */
static void print_cost(const char *name, uint64_t value, uint32_t operations)
{
    uint32_t total = (uint32_t)value;

    if (operations == 1)
        dbg_print(" %s=%llu", name, value);
    else
        dbg_print(" %s=%u.%02u", name, total / operations, total % operations * 100 / operations);
}

void bench_end(const struct bench *bench, uint32_t operations)
{
    dbg_print("# figure %s%s%s", bench->name, *figure_variant ? ":" : "", figure_variant);
    for (uint32_t i = 0; i < BENCH_COLUMNS; i++) {
        uint32_t count = columns[i].count;
        if (!count)
            continue;
        sort(columns[i].sample, count);
        print_cost(column_names[i], columns[i].sample[count / 2], operations);
        if (i == BENCH_KERNEL)
            print_cost("most", columns[i].sample[count - 1], operations);
    }
    dbg_print("\n");
}

void bench_note(const char *name, uint64_t value)
{
    dbg_print("# note %s=%llu\n", name, value);
}

static void wait_a_millisecond(void *context)
{
    (void)context;
    outb(SPEAKER, (inb(SPEAKER) & ~SPEAKER_DRIVE) | SPEAKER_GATE);
    outb(TIMER_COMMAND, TIMER_ONE_SHOT);
    outb(TIMER_DATA, TICKS_A_MILLISECOND & 0xFF);
    outb(TIMER_DATA, TICKS_A_MILLISECOND >> 8);
    while (!(inb(SPEAKER) & SPEAKER_OUTPUT))
        ;
}

/* Whatever comes between makes the interval look longer, never shorter. */
static uint32_t stamps_a_millisecond(void)
{
    uint64_t least = UINT64_MAX;

    for (uint32_t i = 0; i < CALIBRATIONS; i++) {
        uint64_t stamps = bench_time(wait_a_millisecond, NULL);
        least = stamps < least ? stamps : least;
    }
    return (uint32_t)least;
}

void bench_calibrate(void)
{
    bench_begin("");
    overhead = 0;
    for (uint32_t i = 0; i < BENCH_ROUNDS; i++)
        bench_measure(BENCH_KERNEL, bench_nothing, NULL);
    sort(columns[BENCH_KERNEL].sample, BENCH_ROUNDS);
    overhead = columns[BENCH_KERNEL].sample[BENCH_ROUNDS / 2];
    bench_note("overhead", overhead);
    bench_note("stamps_a_millisecond", stamps_a_millisecond());
}
