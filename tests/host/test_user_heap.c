/*
 * user/ntdll/heap_core.c and its parts on memory of the host: contents, sizes and neighbours
 * survive a long random life, and what the heap returns to the system is returned.
 */
// sources: user/ntdll/heap_core.c user/ntdll/heap_segment.c user/ntdll/heap_check.c
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "tests/host/host_test.h"
#include "user/ntdll/heap_core.h"

#define REGIONS 256

static struct {
    uint8_t *base;
    size_t reserved, committed;
} regions[REGIONS];
static size_t commit_limit; /* bytes that may be committed in all */
static size_t committed;

static int region_of(const void *p)
{
    for (int i = 0; i < REGIONS; i++)
        if (regions[i].base && (const uint8_t *)p >= regions[i].base &&
            (const uint8_t *)p < regions[i].base + regions[i].reserved)
            return i;
    fail_msg("memory that was not reserved");
    return -1;
}

static void *reserve(size_t bytes)
{
    int i = 0;

    assert_int_equal(bytes % PAGE_SIZE, 0);
    while (regions[i].base)
        assert_true(++i < REGIONS);
    regions[i].base = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    regions[i].reserved = bytes;
    regions[i].committed = 0;
    return regions[i].base;
}

static bool commit(void *base, size_t bytes)
{
    int i = region_of(base);

    assert_int_equal(bytes % PAGE_SIZE, 0);
    assert_ptr_equal(base, regions[i].base + regions[i].committed);
    assert_true(regions[i].committed + bytes <= regions[i].reserved);
    if (committed + bytes > commit_limit)
        return false;
    assert_int_equal(mprotect(base, bytes, PROT_READ | PROT_WRITE), 0);
    regions[i].committed += bytes;
    committed += bytes;
    return true;
}

static void decommit(void *base, size_t bytes)
{
    int i = region_of(base);

    assert_int_equal((uintptr_t)base % PAGE_SIZE, 0);
    assert_ptr_equal((uint8_t *)base + bytes, regions[i].base + regions[i].committed);
    mmap(base, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    regions[i].committed -= bytes;
    committed -= bytes;
}

static void release(void *base)
{
    int i = region_of(base);

    assert_ptr_equal(base, regions[i].base);
    committed -= regions[i].committed;
    munmap(base, regions[i].reserved);
    regions[i].base = NULL;
}

static const struct heap_memory memory = {reserve, commit, decommit, release};

static struct heap *fresh(size_t reserved, bool fixed)
{
    commit_limit = SIZE_MAX;
    struct heap *heap = heap_create(&memory, reserved, 0, fixed);
    assert_non_null(heap);
    assert_true(heap_validate(heap, NULL));
    return heap;
}

static void finish(struct heap *heap)
{
    heap_destroy(heap);
    assert_int_equal(committed, 0);
    for (int i = 0; i < REGIONS; i++)
        assert_null(regions[i].base);
}

static void sizes_are_exact_and_addresses_aligned(void **state)
{
    struct heap *heap = fresh(0x100000, false);
    bool zeroed;

    (void)state;
    for (size_t bytes = 0; bytes < 3000; bytes++) {
        void *p = heap_allocate(heap, bytes, &zeroed);

        assert_int_equal((uintptr_t)p % 8, 0);
        assert_int_equal(heap_size(heap, p), bytes);
        memset(p, 0xEE, bytes);
    }
    assert_true(heap_validate(heap, NULL));
    finish(heap);
}

static void sizes_around_the_limit_of_blocks(void **state)
{
    struct heap *heap = fresh(0x10000, false);
    bool zeroed;

    (void)state;
    for (size_t bytes = HEAP_LARGE_BYTES - 5000; bytes < HEAP_LARGE_BYTES + 20; bytes += 7) {
        uint8_t *p = heap_allocate(heap, bytes, &zeroed);

        assert_non_null(p);
        assert_int_equal(zeroed, bytes > HEAP_LARGE_BYTES);
        memset(p, 1, bytes);
        assert_int_equal(heap_size(heap, p), bytes);
        assert_true(heap_validate(heap, NULL));
        assert_true(heap_free(heap, p));
        assert_true(heap_validate(heap, NULL));
    }
    finish(heap);
}

static void a_pointer_that_is_no_block_is_refused(void **state)
{
    struct heap *heap = fresh(0x10000, false);
    bool zeroed;
    uint8_t *p = heap_allocate(heap, 100, &zeroed);

    (void)state;
    memset(p, 0, 100);
    assert_false(heap_free(heap, p + 8));
    assert_false(heap_free(heap, p + 4));
    assert_false(heap_free(heap, NULL));
    assert_false(heap_validate(heap, p + 16));
    assert_true(heap_validate(heap, p));
    assert_true(heap_free(heap, p));
    assert_false(heap_free(heap, p));
    assert_int_equal(heap_size(heap, p), (size_t)-1);
    finish(heap);
}

static void an_overrun_is_seen(void **state)
{
    struct heap *heap = fresh(0x10000, false);
    bool zeroed;
    uint8_t *p = heap_allocate(heap, 24, &zeroed);

    (void)state;
    heap_allocate(heap, 24, &zeroed);
    memset(p, 0x41, 32);
    assert_false(heap_validate(heap, NULL));
    finish(heap);
}

static void a_fixed_heap_ends(void **state)
{
    struct heap *heap = fresh(0x10000, true);
    bool zeroed;
    size_t total = 0;

    (void)state;
    assert_null(heap_allocate(heap, 0x100000, &zeroed));
    while (heap_allocate(heap, 1000, &zeroed))
        total += 1000;
    assert_in_range(total, 0x10000 - 12000, 0x10000);
    assert_true(heap_validate(heap, NULL));
    finish(heap);
}

static void a_commit_that_fails_is_no_harm(void **state)
{
    struct heap *heap = fresh(0x100000, false);
    bool zeroed;
    void *p, *first = NULL;

    (void)state;
    commit_limit = 0x40000;
    while ((p = heap_allocate(heap, 5000, &zeroed)))
        first = first ? first : p;
    assert_null(heap_allocate(heap, HEAP_LARGE_BYTES + 1, &zeroed));
    assert_true(heap_validate(heap, NULL));
    assert_true(committed > 0x3C000);
    assert_true(heap_free(heap, first));
    assert_non_null(heap_allocate(heap, 5000, &zeroed));
    finish(heap);
}

static void resizing_in_place(void **state)
{
    struct heap *heap = fresh(0x10000, false);
    bool zeroed;
    uint8_t *a = heap_allocate(heap, 1000, &zeroed), *b = heap_allocate(heap, 1000, &zeroed);
    uint8_t *c = heap_allocate(heap, 16, &zeroed);

    (void)state;
    assert_false(heap_resize(heap, a, 1500));
    assert_true(heap_resize(heap, a, 100));
    assert_int_equal(heap_size(heap, a), 100);
    assert_true(heap_resize(heap, a, 1000));
    assert_true(heap_free(heap, b));
    assert_true(heap_resize(heap, a, 1900));
    assert_false(heap_resize(heap, a, 2500));
    assert_true(heap_validate(heap, NULL));
    assert_int_equal(heap_size(heap, c), 16);
    uint8_t *large = heap_allocate(heap, 0x100000, &zeroed);
    assert_true(heap_resize(heap, large, 0xFFF00));
    assert_false(heap_resize(heap, large, 0x110000));
    assert_false(heap_resize(heap, large, 10));
    finish(heap);
}

/* All blocks go: the heap is as small as it was, and its further segments are gone. */
static void memory_is_given_back(void **state)
{
    struct heap *heap = fresh(0x10000, false);
    bool zeroed;
    void *blocks[200];
    size_t before = committed;

    (void)state;
    for (int i = 0; i < 200; i++)
        blocks[i] = heap_allocate(heap, 1000, &zeroed);
    assert_true(committed > before + 190000 - 0x10000);
    for (int i = 0; i < 200; i++)
        assert_true(heap_free(heap, blocks[i]));
    assert_true(heap_validate(heap, NULL));
    assert_true(committed <= 0x10000 + 0x20000);
    finish(heap);
}

#define LIVE 500

/* Each block is filled with its own byte, which is checked whenever it is touched. */
static void a_long_random_life(void **state)
{
    struct heap *heap = fresh(0x10000, false);
    struct {
        uint8_t *p, byte;
        size_t bytes;
    } live[LIVE] = {0};
    uint32_t random = 12345;
    bool zeroed;

    (void)state;
    for (int round = 0; round < 60000; round++) {
        int i = (int)(host_random(&random) % LIVE);
        size_t limit = host_random(&random) % 50 ? 600 : 100000;
        size_t bytes = host_random(&random) % limit;

        for (size_t k = 0; k < live[i].bytes; k++)
            assert_int_equal(live[i].p[k], live[i].byte);
        if (live[i].p && host_random(&random) % 3 == 0 && heap_resize(heap, live[i].p, bytes)) {
            live[i].bytes = bytes;
        } else {
            if (live[i].p)
                assert_true(heap_free(heap, live[i].p));
            live[i].p = heap_allocate(heap, bytes, &zeroed);
            assert_non_null(live[i].p);
            live[i].bytes = bytes;
        }
        live[i].byte = (uint8_t)round;
        memset(live[i].p, live[i].byte, live[i].bytes);
        if (round % 100 == 0)
            assert_true(heap_validate(heap, NULL));
    }
    for (int i = 0; i < LIVE; i++)
        if (live[i].p)
            assert_true(heap_free(heap, live[i].p));
    assert_true(heap_validate(heap, NULL));
    finish(heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_exact_and_addresses_aligned),
        cmocka_unit_test(sizes_around_the_limit_of_blocks),
        cmocka_unit_test(a_pointer_that_is_no_block_is_refused),
        cmocka_unit_test(an_overrun_is_seen),
        cmocka_unit_test(a_fixed_heap_ends),
        cmocka_unit_test(a_commit_that_fails_is_no_harm),
        cmocka_unit_test(resizing_in_place),
        cmocka_unit_test(memory_is_given_back),
        cmocka_unit_test(a_long_random_life),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
