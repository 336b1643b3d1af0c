/* The model of the VAD tree. */
#include "tests/host/vad_model.h"

#include <string.h>

void vad_model_init(struct vad_model *model)
{
    memset(model, 0, sizeof(*model));
    mi_initialize_vad_tree(&model->tree, MODEL_LOWEST, MODEL_HIGHEST);
}

bool vad_model_inside(const struct vad_model *model, uint32_t i)
{
    return model->nodes[i].height != 0;
}

/* Is START..END free, but for what node MINE (from 1; 0: none) has? */
static bool is_free(const struct vad_model *model, uint32_t start, uint32_t end, uint32_t mine)
{
    if (start < MODEL_LOWEST || end > MODEL_HIGHEST || start > end)
        return false;
    for (uint32_t page = start; page <= end; page++)
        if (model->holder[page] && model->holder[page] != mine)
            return false;
    return true;
}

static void fill(struct vad_model *model, uint32_t start, uint32_t end, uint32_t holder)
{
    for (uint32_t page = start; page <= end; page++)
        model->holder[page] = (uint16_t)holder;
}

void vad_model_insert(struct vad_model *model, uint32_t i, uint32_t start, uint32_t end)
{
    struct mmvad *node = &model->nodes[i];

    if (vad_model_inside(model, i) || !is_free(model, start, end, 0))
        return;
    node->starting_vpn = start;
    node->ending_vpn = end;
    mi_insert_node(&model->tree, node);
    fill(model, start, end, i + 1);
}

void vad_model_remove(struct vad_model *model, uint32_t i)
{
    struct mmvad *node = &model->nodes[i];

    if (!vad_model_inside(model, i))
        return;
    mi_remove_node(&model->tree, node);
    fill(model, node->starting_vpn, node->ending_vpn, 0);
    memset(node, 0, sizeof(*node));
}

void vad_model_resize(struct vad_model *model, uint32_t i, uint32_t start, uint32_t end)
{
    struct mmvad *node = &model->nodes[i];

    if (!vad_model_inside(model, i) || start > node->ending_vpn || end < node->starting_vpn ||
        !is_free(model, start, end, i + 1))
        return;
    fill(model, node->starting_vpn, node->ending_vpn, 0);
    mi_resize_node(&model->tree, node, start, end);
    fill(model, start, end, i + 1);
}

static struct mmvad *node_at(struct vad_model *model, uint32_t page)
{
    return model->holder[page] ? &model->nodes[model->holder[page] - 1] : NULL;
}

/* The free range that the tree should find, by trying all. */
static bool find(const struct vad_model *model, uint32_t pages, uint32_t highest, bool down,
                 uint32_t *start)
{
    bool found = false;

    if (highest > MODEL_HIGHEST)
        highest = MODEL_HIGHEST;
    for (uint32_t at = MODEL_LOWEST; pages && at + pages - 1 <= highest;
         at += MI_ALLOCATION_PAGES) {
        if (!is_free(model, at, at + pages - 1, 0))
            continue;
        *start = at;
        found = true;
        if (!down)
            break;
    }
    return found;
}

const char *vad_model_compare(struct vad_model *model, uint32_t page, uint32_t pages,
                              uint32_t highest)
{
    const char *fault = mi_vad_tree_fault(&model->tree);
    uint32_t expected = 0, found = 0;

    if (fault)
        return fault;
    if (mi_locate_address(&model->tree, page) != node_at(model, page))
        return "mi_locate_address";
    struct mmvad *first = NULL;
    for (uint32_t at = page; at <= MODEL_HIGHEST && !first; at++)
        first = node_at(model, at);
    if (mi_first_vad_from(&model->tree, page) != first)
        return "mi_first_vad_from";
    uint32_t end = page + pages > MODEL_HIGHEST ? MODEL_HIGHEST : page + pages;
    if (mi_check_for_conflicting_vad(&model->tree, page, end) !=
        (first && first->starting_vpn <= end ? first : NULL))
        return "mi_check_for_conflicting_vad";
    for (int down = 0; down < 2; down++) {
        bool there = find(model, pages, highest, down != 0, &expected);
        bool got = down ? mi_find_empty_address_range_down(&model->tree, pages, highest, &found)
                        : mi_find_empty_address_range(&model->tree, pages, highest, &found);
        if (got != there || (there && found != expected))
            return down ? "mi_find_empty_address_range_down" : "mi_find_empty_address_range";
    }
    return NULL;
}
