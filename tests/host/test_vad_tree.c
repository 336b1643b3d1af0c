// The VAD tree against its model under random changes, its height, and what its validator finds.
// sources: mm/vad_tree.c mm/vad_search.c mm/vad_check.c tests/host/vad_model.c
#include "tests/host/host_test.h"
#include "tests/host/vad_model.h"

#include <stdlib.h>
#include <string.h>

static uint32_t random_state = 1;

static uint32_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

static uint32_t below(uint32_t limit)
{
    return next_random() % limit;
}

static void step(struct vad_model *model, uint32_t length)
{
    uint32_t i = below(MODEL_NODES), start = below(MODEL_HIGHEST + 1);

    switch (below(4)) {
    case 0:
        vad_model_remove(model, i);
        break;
    case 1:
        vad_model_resize(model, i, model->nodes[i].starting_vpn + below(5) - 2,
                         model->nodes[i].ending_vpn + below(5) - 2);
        break;
    default:
        vad_model_insert(model, i, start, start + below(length));
    }
}

static void it_answers_as_the_model_does(void **state)
{
    struct vad_model *model = malloc(sizeof(*model));

    (void)state;
    for (uint32_t length = 1; length <= 256; length *= 4) {
        vad_model_init(model);
        for (uint32_t n = 0; n < 6000; n++) {
            step(model, length);
            const char *fault = vad_model_compare(model, below(MODEL_HIGHEST + 1), below(80),
                                                  below(MODEL_HIGHEST + 100));
            if (fault)
                fail_msg("step %u, ranges up to %u pages: %s", n, length, fault);
        }
    }
    free(model);
}

static void the_ends_are_found(void **state)
{
    struct vad_model *model = malloc(sizeof(*model));
    uint32_t start;

    (void)state;
    vad_model_init(model);
    assert_null(mi_get_first_vad(&model->tree));
    assert_null(mi_get_last_vad(&model->tree));
    assert_false(mi_find_empty_address_range(&model->tree, 0, MODEL_HIGHEST, &start));
    assert_false(mi_find_empty_address_range_down(&model->tree, 0, MODEL_HIGHEST, &start));
    assert_true(mi_find_empty_address_range(&model->tree, MODEL_HIGHEST + 1 - MODEL_LOWEST,
                                            UINT32_MAX, &start));
    assert_int_equal(start, MODEL_LOWEST);
    assert_false(mi_find_empty_address_range(&model->tree, MODEL_HIGHEST + 2 - MODEL_LOWEST,
                                             UINT32_MAX, &start));
    assert_true(mi_find_empty_address_range_down(&model->tree, 1, UINT32_MAX, &start));
    assert_int_equal(start, ROUND_DOWN(MODEL_HIGHEST, MI_ALLOCATION_PAGES));
    vad_model_insert(model, 5, 100, 110);
    vad_model_insert(model, 3, 50, 60);
    assert_ptr_equal(mi_get_first_vad(&model->tree), &model->nodes[3]);
    assert_ptr_equal(mi_get_last_vad(&model->tree), &model->nodes[5]);
    assert_ptr_equal(mi_get_next_vad(&model->nodes[3]), &model->nodes[5]);
    assert_null(mi_get_next_vad(&model->nodes[5]));
    assert_ptr_equal(mi_get_previous_vad(&model->nodes[5]), &model->nodes[3]);
    assert_null(mi_get_previous_vad(&model->nodes[3]));
    free(model);
}

#define MANY 100000u

/* 100,000 regions: an AVL tree of 24 levels has at least 121,392 nodes, so 23 are the limit. */
static void it_stays_low(void **state)
{
    struct mmvad *nodes = calloc(MANY, sizeof(*nodes));
    struct mi_vad_tree tree;

    (void)state;
    for (int order = 0; order < 3; order++) {
        mi_initialize_vad_tree(&tree, 16, 0xBFFEF);
        for (uint32_t i = 0; i < MANY; i++) {
            uint32_t at = order == 0 ? i : order == 1 ? MANY - 1 - i : i * 7919 % MANY;
            nodes[at].starting_vpn = nodes[at].ending_vpn = 16 + 7 * at;
            mi_insert_node(&tree, &nodes[at]);
        }
        assert_null(mi_vad_tree_fault(&tree));
        assert_true(tree.root->height <= 23);
        for (uint32_t i = 0; i < MANY; i += 2)
            mi_remove_node(&tree, &nodes[i]);
        assert_null(mi_vad_tree_fault(&tree));
        assert_int_equal(tree.count, MANY / 2);
        assert_true(tree.root->height <= 22);
        assert_ptr_equal(mi_locate_address(&tree, 16 + 7 * 777), &nodes[777]);
        assert_null(mi_locate_address(&tree, 16 + 7 * 778));
    }
    free(nodes);
}

/* Each thing that the validator promises to find, done to a good tree. */
static void the_validator_finds(void **state)
{
    struct vad_model *model = malloc(sizeof(*model));
    struct mmvad stray = {.height = 1};

    (void)state;
#define FINDS(words, damage)                                  \
    vad_model_init(model);                                    \
    for (uint32_t i = 0; i < 20; i++)                         \
        vad_model_insert(model, i, 32 + 32 * i, 40 + 32 * i); \
    assert_null(mi_vad_tree_fault(&model->tree));             \
    damage;                                                   \
    assert_string_equal(mi_vad_tree_fault(&model->tree), words)
    FINDS("a range is out of bounds", model->nodes[0].starting_vpn = 3);
    FINDS("two ranges overlap or are out of order", model->nodes[4].ending_vpn = 32 + 32 * 5);
    FINDS("a child does not know its parent", model->tree.root->right->parent = &stray);
    FINDS("a height is wrong", model->tree.root->height++);
    FINDS("a room is wrong", model->nodes[7].ending_vpn = 32 + 32 * 8 - 1);
    FINDS("a largest room is wrong", model->tree.root->largest_room++);
    FINDS("there are fewer nodes than are counted", model->tree.count++);
    FINDS("there are more nodes than are counted", model->tree.count--);
    FINDS("the hint is no node", model->tree.hint = &stray);
    FINDS("the root has a parent", model->tree.root->parent = &stray);
    struct mmvad *leaf = model->tree.root;
    FINDS("the tree is not balanced", {
        leaf = model->tree.root;
        leaf->right = NULL;
        leaf->height = (uint8_t)(leaf->left->height + 1);
    });
    free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_answers_as_the_model_does),
        cmocka_unit_test(the_ends_are_found),
        cmocka_unit_test(it_stays_low),
        cmocka_unit_test(the_validator_finds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
