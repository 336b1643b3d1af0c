// sources: mm/pte_clusters.c
/* The allocator of runs of PTEs: its rules one by one, then a random walk against an array of
 * bytes. */
#include "tests/host/host_test.h"

#include <stdlib.h>
#include <string.h>

#include "mm/pte_clusters.h"

#define COUNT 200u

static struct mmpte table[COUNT];
static struct mi_pte_clusters clusters;

static int setup(void **state)
{
    (void)state;
    memset(table, 0, sizeof(table));
    mi_clusters_init(&clusters, table, COUNT);
    return 0;
}

static void begins_as_one_cluster(void **state)
{
    (void)state;
    assert_int_equal(clusters.free, COUNT);
    assert_true(mi_clusters_verify(&clusters));
    assert_int_equal(mi_clusters_reserve(&clusters, COUNT), 0);
    assert_int_equal(clusters.free, 0);
    assert_int_equal(mi_clusters_reserve(&clusters, 1), PTE_LIST_END);
    for (uint32_t i = 0; i < COUNT; i++)
        assert_int_equal(table[i].value, 0);
}

static void empty_table_gives_nothing(void **state)
{
    struct mi_pte_clusters none;

    (void)state;
    mi_clusters_init(&none, table, 0);
    assert_int_equal(mi_clusters_reserve(&none, 1), PTE_LIST_END);
    assert_true(mi_clusters_verify(&none));
}

static void nothing_and_too_much_are_refused(void **state)
{
    (void)state;
    assert_int_equal(mi_clusters_reserve(&clusters, 0), PTE_LIST_END);
    assert_int_equal(mi_clusters_reserve(&clusters, COUNT + 1), PTE_LIST_END);
    assert_int_equal(mi_clusters_reserve(&clusters, 0xFFFFFFFF), PTE_LIST_END);
    assert_int_equal(clusters.free, COUNT);
}

static void first_fit_passes_small_clusters(void **state)
{
    (void)state;
    assert_int_equal(mi_clusters_reserve(&clusters, 2), 0);
    assert_int_equal(mi_clusters_reserve(&clusters, 1), 2);
    assert_true(mi_clusters_release(&clusters, 0, 2));
    assert_int_equal(mi_clusters_reserve(&clusters, 3), 3);
    assert_int_equal(mi_clusters_reserve(&clusters, 1), 0);
    assert_int_equal(mi_clusters_reserve(&clusters, 1), 1);
    assert_true(mi_clusters_verify(&clusters));
}

static void neighbours_join_in_each_order(void **state)
{
    static const uint32_t orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                          {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

    (void)state;
    for (uint32_t order = 0; order < 6; order++) {
        uint32_t at[3];
        for (uint32_t i = 0; i < 3; i++)
            at[i] = mi_clusters_reserve(&clusters, i + 1);
        for (uint32_t i = 0; i < 3; i++) {
            uint32_t which = orders[order][i];
            assert_true(mi_clusters_release(&clusters, at[which], which + 1));
            assert_true(mi_clusters_verify(&clusters));
        }
        assert_int_equal(mi_clusters_reserve(&clusters, COUNT), 0);
        assert_true(mi_clusters_release(&clusters, 0, COUNT));
    }
}

static void wrong_releases_are_refused(void **state)
{
    (void)state;
    assert_int_equal(mi_clusters_reserve(&clusters, 10), 0);
    assert_true(mi_clusters_release(&clusters, 4, 2));
    assert_false(mi_clusters_release(&clusters, 4, 2)); /* free already */
    assert_false(mi_clusters_release(&clusters, 5, 2)); /* its end overlaps */
    assert_false(mi_clusters_release(&clusters, 3, 2)); /* its start overlaps */
    assert_false(mi_clusters_release(&clusters, 9, 2)); /* runs into the free rest */
    assert_false(mi_clusters_release(&clusters, 0, 0));
    assert_false(mi_clusters_release(&clusters, COUNT, 1));
    assert_false(mi_clusters_release(&clusters, COUNT - 1, 2));
    assert_false(mi_clusters_release(&clusters, 0, 0xFFFFFFFF));
    assert_true(mi_clusters_verify(&clusters));
    assert_int_equal(clusters.free, COUNT - 8);
}

static void verify_sees_damage(void **state)
{
    (void)state;
    clusters.free--;
    assert_false(mi_clusters_verify(&clusters));
    clusters.free++;
    table[1].list.next_entry = COUNT + 1;
    assert_false(mi_clusters_verify(&clusters));
    table[1].list.next_entry = 0;
    assert_false(mi_clusters_verify(&clusters));
    table[1].list.next_entry = COUNT;
    table[0].list.next_entry = 0; /* leads to itself */
    assert_false(mi_clusters_verify(&clusters));
}

/* What is free, a byte an entry; first fit done the slow way. */
static uint32_t model_reserve(uint8_t *used, uint32_t count)
{
    for (uint32_t i = 0; i + count <= COUNT; i++) {
        uint32_t n = 0;
        while (n < count && !used[i + n])
            n++;
        if (n == count) {
            memset(used + i, 1, count);
            return i;
        }
    }
    return PTE_LIST_END;
}

static void random_walk_agrees_with_a_model(void **state)
{
    uint8_t used[COUNT] = {0};
    struct {
        uint32_t at, count;
    } live[64];
    uint32_t lives = 0;

    (void)state;
    srand(1);
    for (uint32_t step = 0; step < 100000; step++) {
        if (lives < 64 && rand() % 2) {
            uint32_t count = 1 + (uint32_t)rand() % 12;
            uint32_t at = mi_clusters_reserve(&clusters, count);
            assert_int_equal(at, model_reserve(used, count));
            if (at == PTE_LIST_END)
                continue;
            live[lives].at = at;
            live[lives++].count = count;
            for (uint32_t i = 0; i < count; i++) {
                assert_int_equal(table[at + i].value, 0);
                table[at + i].value = 0xFFFFFFFF; /* the owner's */
            }
        } else if (lives) {
            uint32_t which = (uint32_t)rand() % lives;
            for (uint32_t i = 0; i < live[which].count; i++)
                table[live[which].at + i].value = 0;
            assert_true(mi_clusters_release(&clusters, live[which].at, live[which].count));
            memset(used + live[which].at, 0, live[which].count);
            live[which] = live[--lives];
        }
        assert_true(mi_clusters_verify(&clusters));
    }
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(begins_as_one_cluster),
        TEST(empty_table_gives_nothing),
        TEST(nothing_and_too_much_are_refused),
        TEST(first_fit_passes_small_clusters),
        TEST(neighbours_join_in_each_order),
        TEST(wrong_releases_are_refused),
        TEST(verify_sees_damage),
        TEST(random_walk_agrees_with_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
