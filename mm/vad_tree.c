/*
 * The VAD tree: insertion, removal and balance. What is derived from a node's children (height,
 * largest_room) is computed anew from the place of a change upward, with the rotations that it asks
 * for, until a subtree says of itself what it said before: its parent cannot tell the difference.
 * Most changes get no further than that, however high the tree is.
 */
#include "mm/vad.h"

static inline uint32_t height_of(const struct mmvad *node)
{
    return node ? node->height : 0;
}

static inline uint32_t largest_room_of(const struct mmvad *node)
{
    return node ? node->largest_room : 0;
}

static inline uint32_t max(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static inline uint32_t largest_room(const struct mmvad *node)
{
    return max(node->room, max(largest_room_of(node->left), largest_room_of(node->right)));
}

/* Compute what NODE's children say anew. */
static void update(struct mmvad *node)
{
    node->height = (uint8_t)(1 + max(height_of(node->left), height_of(node->right)));
    node->largest_room = largest_room(node);
}

/* The place where NODE hangs. */
static struct mmvad **link_to(struct mi_vad_tree *tree, const struct mmvad *node)
{
    if (!node->parent)
        return &tree->root;
    return node->parent->left == node ? &node->parent->left : &node->parent->right;
}

static void hang(struct mmvad *parent, struct mmvad **link, struct mmvad *node)
{
    *link = node;
    if (node)
        node->parent = parent;
}

/*
 *        node              child
 *       /    \            /     \
 *      a    child   =>  node     c
 *           /   \       /  \
 *          b     c     a    b
 */
static struct mmvad *rotate_left(struct mi_vad_tree *tree, struct mmvad *node)
{
    struct mmvad *child = node->right;

    hang(node->parent, link_to(tree, node), child);
    hang(node, &node->right, child->left);
    hang(child, &child->left, node);
    update(node);
    update(child);
    return child;
}

static struct mmvad *rotate_right(struct mi_vad_tree *tree, struct mmvad *node)
{
    struct mmvad *child = node->left;

    hang(node->parent, link_to(tree, node), child);
    hang(node, &node->left, child->right);
    hang(child, &child->right, node);
    update(node);
    update(child);
    return child;
}

/* One of NODE's subtrees has changed its height by one. => the node in its place. */
static struct mmvad *balance(struct mi_vad_tree *tree, struct mmvad *node)
{
    update(node);
    uint32_t left = height_of(node->left), right = height_of(node->right);

    if (left > right + 1) {
        if (height_of(node->left->right) > height_of(node->left->left))
            rotate_left(tree, node->left);
        return rotate_right(tree, node);
    }
    if (right > left + 1) {
        if (height_of(node->right->left) > height_of(node->right->right))
            rotate_right(tree, node->right);
        return rotate_left(tree, node);
    }
    return node;
}

/* What a subtree shows its parent. */
struct shown {
    uint32_t height, largest_room;
};

static inline struct shown shown_by(const struct mmvad *node)
{
    return (struct shown){node->height, node->largest_room};
}

static inline bool shows(const struct mmvad *node, struct shown before)
{
    return node->height == before.height && node->largest_room == before.largest_room;
}

/* NODE's children have changed; its own fields are what its parent knows of it. */
static void balance_up(struct mi_vad_tree *tree, struct mmvad *node)
{
    for (; node; node = node->parent) {
        struct shown before = shown_by(node);
        node = balance(tree, node);
        if (shows(node, before))
            return;
    }
}

/* The same where no height has changed, only rooms. */
static void update_up(struct mmvad *node)
{
    for (; node; node = node->parent) {
        uint32_t largest = largest_room(node);
        if (largest == node->largest_room)
            return;
        node->largest_room = largest;
    }
}

/* Free pages between what ends before BELOW and START, from a 64 KB boundary on. */
static uint32_t room_between(uint32_t below, uint32_t start)
{
    uint32_t first = ROUND_UP(below, MI_ALLOCATION_PAGES);

    return start > first ? start - first : 0;
}

/* The room before NODE depends on its neighbour, PREVIOUS. */
static void set_room(const struct mi_vad_tree *tree, struct mmvad *node,
                     const struct mmvad *previous)
{
    node->room =
        room_between(previous ? previous->ending_vpn + 1 : tree->lowest_vpn, node->starting_vpn);
}

/* NEXT, if there is one, has PREVIOUS before it now, or that has changed. */
static void neighbour_changed(const struct mi_vad_tree *tree, struct mmvad *next,
                              const struct mmvad *previous)
{
    if (!next)
        return;
    set_room(tree, next, previous);
    update_up(next);
}

void mi_initialize_vad_tree(struct mi_vad_tree *tree, uint32_t lowest_vpn, uint32_t highest_vpn)
{
    *tree = (struct mi_vad_tree){.lowest_vpn = lowest_vpn, .highest_vpn = highest_vpn};
}

void mi_insert_node(struct mi_vad_tree *tree, struct mmvad *node)
{
    struct mmvad **link = &tree->root, *parent = NULL, *previous = NULL, *next = NULL;

    while (*link) {
        parent = *link;
        if (node->starting_vpn < parent->starting_vpn) {
            next = parent;
            link = &parent->left;
        } else {
            previous = parent;
            link = &parent->right;
        }
    }
    node->left = node->right = NULL;
    node->height = 0; /* its parent knows nothing of it yet */
    hang(parent, link, node);
    set_room(tree, node, previous);
    balance_up(tree, node);
    neighbour_changed(tree, next, node);
    tree->count++;
    tree->hint = node;
}

/* NODE has at most one child, which takes its place. */
static void unhang(struct mi_vad_tree *tree, struct mmvad *node)
{
    struct mmvad *child = node->left ? node->left : node->right;

    hang(node->parent, link_to(tree, node), child);
    balance_up(tree, node->parent);
}

/* HEIR takes NODE's place in the tree. */
static void replace(struct mi_vad_tree *tree, struct mmvad *node, struct mmvad *heir)
{
    hang(node->parent, link_to(tree, node), heir);
    hang(heir, &heir->left, node->left);
    hang(heir, &heir->right, node->right);
    heir->height = node->height;
    heir->largest_room = node->largest_room;
    update_up(heir);
}

void mi_remove_node(struct mi_vad_tree *tree, struct mmvad *node)
{
    struct mmvad *previous = mi_get_previous_vad(node), *next = mi_get_next_vad(node);

    if (node->left && node->right) { /* the next has no left child */
        unhang(tree, next);
        replace(tree, node, next);
    } else {
        unhang(tree, node);
    }
    neighbour_changed(tree, next, previous);
    tree->count--;
    if (tree->hint == node)
        tree->hint = NULL;
}

void mi_resize_node(struct mi_vad_tree *tree, struct mmvad *node, uint32_t start, uint32_t end)
{
    node->starting_vpn = start;
    node->ending_vpn = end;
    neighbour_changed(tree, node, mi_get_previous_vad(node));
    neighbour_changed(tree, mi_get_next_vad(node), node);
}
