/* The VAD tree's validator: everything that the other files keep true, asked of every node. */
#include "mm/vad.h"

static uint32_t height_of(const struct mmvad *node)
{
    return node ? node->height : 0;
}

static uint32_t largest_room_of(const struct mmvad *node)
{
    return node ? node->largest_room : 0;
}

static const char *node_fault(const struct mi_vad_tree *tree, const struct mmvad *node)
{
    uint32_t left = height_of(node->left), right = height_of(node->right);
    uint32_t largest = node->room;

    if (node->starting_vpn > node->ending_vpn || node->starting_vpn < tree->lowest_vpn ||
        node->ending_vpn > tree->highest_vpn)
        return "a range is out of bounds";
    if ((node->left && node->left->parent != node) || (node->right && node->right->parent != node))
        return "a child does not know its parent";
    if (node->height != 1 + (left > right ? left : right))
        return "a height is wrong";
    if (left > right + 1 || right > left + 1)
        return "the tree is not balanced";
    if (largest_room_of(node->left) > largest)
        largest = largest_room_of(node->left);
    if (largest_room_of(node->right) > largest)
        largest = largest_room_of(node->right);
    return node->largest_room == largest ? NULL : "a largest room is wrong";
}

static const char *order_fault(uint32_t below, const struct mmvad *node)
{
    uint32_t first = ROUND_UP(below, MI_ALLOCATION_PAGES);

    if (node->starting_vpn < below)
        return "two ranges overlap or are out of order";
    return node->room == (node->starting_vpn > first ? node->starting_vpn - first : 0)
               ? NULL
               : "a room is wrong";
}

const char *mi_vad_tree_fault(const struct mi_vad_tree *tree)
{
    uint32_t count = 0, below = tree->lowest_vpn;
    bool hint_found = !tree->hint;

    if (tree->root && tree->root->parent)
        return "the root has a parent";
    for (const struct mmvad *node = mi_get_first_vad(tree); node; node = mi_get_next_vad(node)) {
        const char *fault = node_fault(tree, node);
        if (!fault)
            fault = order_fault(below, node);
        if (fault)
            return fault;
        if (++count > tree->count)
            return "there are more nodes than are counted";
        hint_found |= node == tree->hint;
        below = node->ending_vpn + 1;
    }
    if (count != tree->count)
        return "there are fewer nodes than are counted";
    return hint_found ? NULL : "the hint is no node";
}
