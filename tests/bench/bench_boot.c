/*
 * From the kernel's first instruction to the first self-test. Its floor is writing the PFN
 * database, the one thing that has to be done for every frame.
 */
#include "kernel/startup.h"
#include "mm/pool.h"
#include "tests/bench/bench.h"
#include "tests/bench/floor.h"

#define TAG   'tooB'
#define CHUNK 2048u /* entries written at a time: over and over, there is no second database */

static void write_database(void *chunk)
{
    uint32_t left = mm_highest_physical_page + 1;

    for (uint32_t count; left; left -= count) {
        count = left < CHUNK ? left : CHUNK;
        floor_list_frames(chunk, count, left);
    }
}

BENCH(boot, to_first_test)
{
    void *chunk = ex_allocate_pool_with_tag(NONPAGED_POOL, CHUNK * sizeof(struct mmpfn), TAG);

    bench_expect(bench, chunk != NULL && boot_information.start_tsc != 0);
    if (!chunk)
        return;
    bench_begin("");
    bench_add(BENCH_KERNEL, bench_entered - boot_information.start_tsc);
    bench_measure(BENCH_FLOOR, write_database, chunk);
    bench_end(bench, 1);
    bench_note("frames", mm_highest_physical_page + 1);
    ex_free_pool_with_tag(chunk, TAG);
}
