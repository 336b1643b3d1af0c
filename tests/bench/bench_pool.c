/*
 * The pool: one allocation and its free, nonpaged, of several sizes. A neighbour of the same size
 * is kept meanwhile, so that the blocks' page stays; a run of pages comes and goes each time. The
 * floor takes an entry off a singly linked list and puts it back: no size, no tag, no check.
 */
#include "mm/pool.h"
#include "tests/bench/bench.h"

#define TAG 'looP'

struct free_entry {
    struct free_entry *next;
};

static struct free_entry floor_entries[2];
static struct free_entry *floor_list;

static void allocate_and_free(void *bytes)
{
    ex_free_pool_with_tag(ex_allocate_pool_with_tag(NONPAGED_POOL, (uint32_t)bytes, TAG), TAG);
}

static __attribute__((noinline)) struct free_entry *floor_pop(void)
{
    struct free_entry *entry = floor_list;

    floor_list = entry->next;
    return entry;
}

static __attribute__((noinline)) void floor_push(struct free_entry *entry)
{
    entry->next = floor_list;
    floor_list = entry;
}

static void pop_and_push(void *context)
{
    (void)context;
    floor_push(floor_pop());
}

static void measure(struct bench *bench, const char *name, uint32_t bytes)
{
    void *neighbour = ex_allocate_pool_with_tag(NONPAGED_POOL, bytes, TAG);

    bench_expect(bench, neighbour);
    if (!neighbour)
        return;
    allocate_and_free((void *)bytes); /* practice: a block of the size is at hand then */
    bench_begin(name);
    for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
        bench_measure(BENCH_KERNEL, allocate_and_free, (void *)bytes);
        bench_measure(BENCH_FLOOR, pop_and_push, NULL);
    }
    bench_end(bench, 1);
    ex_free_pool_with_tag(neighbour, TAG);
}

BENCH(pool, allocate_and_free)
{
    floor_entries[0].next = &floor_entries[1];
    floor_list = floor_entries;
    measure(bench, "16", 16);
    measure(bench, "64", 64);
    measure(bench, "256", 256);
    measure(bench, "1024", 1024);
    measure(bench, "4096", 4096);
}
