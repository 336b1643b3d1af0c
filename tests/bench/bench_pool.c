/* Nonpaged pool: an allocation and its release, at several sizes. */
#include "mm/pool.h"
#include "tests/bench/bench.h"

#define TAG 'hcnB'

static void allocate_and_free(void *context)
{
    void *p = ex_allocate_pool_with_tag(NONPAGED_POOL, (uint32_t)context, TAG);

    if (p)
        ex_free_pool_with_tag(p, TAG);
}

BENCH(pool, allocate_and_free)
{
    static const struct {
        const char *name;
        uint32_t bytes;
    } sizes[] = {{"16", 16}, {"64", 64}, {"256", 256}, {"1024", 1024}, {"4096", 4096}};
    void *last = NULL, *first = &last, *list = &first;
    void *keep = ex_allocate_pool_with_tag(NONPAGED_POOL, 32, TAG); /* a page with room */

    bench_expect(bench, keep);
    for (uint32_t i = 0; i < ARRAY_SIZE(sizes) && keep; i++) {
        allocate_and_free((void *)sizes[i].bytes); /* practice: from now on a block is kept */
        bench_begin(sizes[i].name);
        for (uint32_t round = 0; round < BENCH_ROUNDS; round++) {
            bench_measure(BENCH_KERNEL, allocate_and_free, (void *)sizes[i].bytes);
            bench_measure(BENCH_FLOOR, bench_pop_and_push, &list);
        }
        bench_end(bench, 1);
    }
    if (keep)
        ex_free_pool_with_tag(keep, TAG);
}
