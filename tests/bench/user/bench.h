/*
 * What user mode pays: benchmarks in an ordinary program. This header and measure.c are of both
 * kernels that are measured: what is beside them is a Win32 program, ../linux/ the like for Linux.
 *
 * A benchmark is a line in a table. Its `work` is called SAMPLES times in each of ROUNDS rounds,
 * and each call is timed by itself with the time stamp, which under QEMU's -icount counts
 * instructions. `prepare` and `finish` are not timed. The figure is the median, after the cost of
 * measuring (two stamps and a call that does nothing) is taken off, by EACH, the operations in a
 * call.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define PAGE 4096u

struct bench {
    const char *name;
    uint32_t rounds, samples, each;
    uint32_t faults; /* that an operation takes: the work was not done if there were fewer */
    void (*prepare)(void);
    void (*work)(uint32_t sample); /* from 0 on in each round */
    void (*finish)(void);
};

/* Each ends with an entry without a name. */
extern const struct bench call_benches[], fault_benches[], exception_benches[], memory_benches[],
    create_benches[];

/* ---- measure.c ------------------------------------------------------------------------- */

void measure_begin(void);
void measure(const struct bench *bench);

/* Calls FUNCTION for the benchmarks whose names begin with one of the WORDS, all if there are none,
 * with ONLY so many regions, or with each number of them if it is 0. */
void for_all(void (*function)(const struct bench *bench), uint32_t only, int words, char **word);

/* Writes to each of the PAGES at MEMORY. */
void touch(volatile char *memory, uint32_t pages);

/* ---- each kernel's own ------------------------------------------------------------------ */

/* How many regions there are beside the program's own. */
extern uint32_t region_count;

void regions_make(uint32_t count);
void regions_free(void);

/* A page that nobody has touched, for each of USED_PAGES samples, in another region than the one
 * before. They are spread over all regions, which have more pages when they are few. */
#define USED_PAGES          200u
#define REGION_PAGES(count) ((count) > 2 * USED_PAGES ? 1u : 2 * USED_PAGES / (count))
volatile char *regions_untouched_page(uint32_t sample);

/* Ends the program, with the reason, unless HOLDS. */
void expect(bool holds, const char *what);

uint32_t faults_taken(void); /* by this process */
uint64_t nanoseconds(void);  /* a clock */

/* PAGES of committed memory; it has no physical pages yet. */
char *commit(uint32_t pages);
void release(void *memory, uint32_t pages);
