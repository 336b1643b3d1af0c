// The pairing heap: against a plain search for the least, under random insertions and removals.
// sources: lib/pairing_heap.c
#include "tests/host/host_test.h"
#include "lib/pairing_heap.h"

#define NODES 300u

static struct pairing_node nodes[NODES];
static bool inside[NODES];
static uint32_t random_state = 1;

static uint32_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

static void check(const struct pairing_heap *heap, uint32_t count)
{
    uint32_t visited = 0;
    uint64_t least = UINT64_MAX;

    for (uint32_t i = 0; i < NODES; i++)
        if (inside[i] && nodes[i].key < least)
            least = nodes[i].key;
    assert_true((heap->root == NULL) == (count == 0));
    if (heap->root)
        assert_true(heap->root->key == least);
    for (const struct pairing_node *at = heap->root; at; at = pairing_next(at)) {
        assert_true(inside[at - nodes]);
        visited++;
    }
    assert_int_equal(visited, count);
}

static void the_root_is_always_the_least(void **state)
{
    struct pairing_heap heap = {NULL};
    uint32_t count = 0;

    (void)state;
    for (uint32_t step = 0; step < 20000; step++) {
        uint32_t i = next_random() % NODES;
        if (inside[i]) {
            pairing_remove(&heap, &nodes[i]);
            count--;
        } else {
            pairing_insert(&heap, &nodes[i], next_random() % 50);
            count++;
        }
        inside[i] = !inside[i];
        if (step % 17 == 0)
            check(&heap, count);
    }
    while (heap.root) {
        uint32_t i = (uint32_t)(heap.root - nodes);
        check(&heap, count);
        pairing_remove(&heap, &nodes[i]);
        inside[i] = false;
        count--;
    }
    assert_int_equal(count, 0);
}

static void a_sorted_million_does_not_recurse(void **state)
{
    static struct pairing_node many[1000000];
    struct pairing_heap heap = {NULL};

    (void)state;
    for (uint32_t i = 0; i < 1000000; i++)
        pairing_insert(&heap, &many[i], i);
    for (uint32_t i = 0; i < 1000000; i++) {
        if (heap.root != &many[i])
            fail();
        pairing_remove(&heap, heap.root);
    }
    assert_null(heap.root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_root_is_always_the_least),
        cmocka_unit_test(a_sorted_million_does_not_recurse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
