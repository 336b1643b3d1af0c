/*
 * The VAD tree: finding nodes, neighbours and free ranges. None of it recurses, and none of it
 * takes more steps than the tree is high, up and down.
 */
#include "mm/vad.h"

struct mmvad *mi_locate_address(struct mi_vad_tree *tree, uint32_t vpn)
{
    struct mmvad *node = tree->hint;

    if (likely(node && vpn >= node->starting_vpn && vpn <= node->ending_vpn))
        return node;
    node = tree->root;
    while (node) {
        if (vpn < node->starting_vpn)
            node = node->left;
        else if (vpn > node->ending_vpn)
            node = node->right;
        else
            return tree->hint = node;
    }
    return NULL;
}

struct mmvad *mi_first_vad_from(const struct mi_vad_tree *tree, uint32_t vpn)
{
    struct mmvad *node = tree->root, *found = NULL;

    while (node) {
        if (node->ending_vpn >= vpn) {
            found = node;
            node = node->left;
        } else {
            node = node->right;
        }
    }
    return found;
}

struct mmvad *mi_check_for_conflicting_vad(const struct mi_vad_tree *tree, uint32_t start,
                                           uint32_t end)
{
    struct mmvad *node = mi_first_vad_from(tree, start);

    return node && node->starting_vpn <= end ? node : NULL;
}

static struct mmvad *leftmost(struct mmvad *node)
{
    while (node && node->left)
        node = node->left;
    return node;
}

static struct mmvad *rightmost(struct mmvad *node)
{
    while (node && node->right)
        node = node->right;
    return node;
}

struct mmvad *mi_get_first_vad(const struct mi_vad_tree *tree)
{
    return leftmost(tree->root);
}

struct mmvad *mi_get_last_vad(const struct mi_vad_tree *tree)
{
    return rightmost(tree->root);
}

struct mmvad *mi_get_next_vad(const struct mmvad *node)
{
    if (node->right)
        return leftmost(node->right);
    while (node->parent && node->parent->right == node)
        node = node->parent;
    return node->parent;
}

struct mmvad *mi_get_previous_vad(const struct mmvad *node)
{
    if (node->left)
        return rightmost(node->left);
    while (node->parent && node->parent->left == node)
        node = node->parent;
    return node->parent;
}

static bool has_room(const struct mmvad *node, uint32_t pages)
{
    return node && node->largest_room >= pages;
}

/* The lowest node below NODE, or itself, that has room for PAGES before it. There is one. */
static const struct mmvad *lowest_with_room(const struct mmvad *node, uint32_t pages)
{
    for (;;) {
        if (has_room(node->left, pages))
            node = node->left;
        else if (node->room >= pages)
            return node;
        else
            node = node->right;
    }
}

static const struct mmvad *highest_with_room(const struct mmvad *node, uint32_t pages)
{
    for (;;) {
        if (has_room(node->right, pages))
            node = node->right;
        else if (node->room >= pages)
            return node;
        else
            node = node->left;
    }
}

/* The highest node before NODE, or itself, that has room for PAGES before it; NULL: none has. */
static const struct mmvad *previous_with_room(const struct mmvad *node, uint32_t pages)
{
    if (node->room >= pages)
        return node;
    for (;;) {
        if (has_room(node->left, pages))
            return highest_with_room(node->left, pages);
        while (node->parent && node->parent->left == node)
            node = node->parent;
        node = node->parent;
        if (!node || node->room >= pages)
            return node;
    }
}

/* The first page on a 64 KB boundary behind NODE, or of all when it is NULL. */
static uint32_t first_behind(const struct mi_vad_tree *tree, const struct mmvad *node)
{
    return node ? ROUND_UP(node->ending_vpn + 1, MI_ALLOCATION_PAGES) : tree->lowest_vpn;
}

bool mi_find_empty_address_range(const struct mi_vad_tree *tree, uint32_t pages, uint32_t highest,
                                 uint32_t *start)
{
    if (!pages)
        return false;
    if (has_room(tree->root, pages)) {
        const struct mmvad *node = lowest_with_room(tree->root, pages);
        *start = first_behind(tree, mi_get_previous_vad(node));
    } else {
        *start = first_behind(tree, mi_get_last_vad(tree));
    }
    if (highest > tree->highest_vpn)
        highest = tree->highest_vpn;
    return *start <= highest && pages - 1 <= highest - *start;
}

bool mi_find_empty_address_range_down(const struct mi_vad_tree *tree, uint32_t pages,
                                      uint32_t highest, uint32_t *start)
{
    if (highest > tree->highest_vpn)
        highest = tree->highest_vpn;
    if (!pages || pages > highest + 1)
        return false;
    /* The room that ends at HIGHEST, if that is in none of the nodes. */
    const struct mmvad *next = mi_first_vad_from(tree, highest);
    const struct mmvad *node = next ? mi_get_previous_vad(next) : mi_get_last_vad(tree);
    bool open = !next || next->starting_vpn > highest;

    *start = ROUND_DOWN(highest + 1 - pages, MI_ALLOCATION_PAGES);
    if (open && *start >= first_behind(tree, node))
        return true;
    if (open)
        next = node;
    node = next ? previous_with_room(next, pages) : NULL;
    if (!node)
        return false;
    *start = ROUND_DOWN(node->starting_vpn - pages, MI_ALLOCATION_PAGES);
    return true;
}
