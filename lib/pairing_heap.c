/* A pairing heap with two passes. See the header. */
#include "lib/pairing_heap.h"

/* Two trees become one: the root with the greater key goes below the other; A when equal stays
 * above, so that what came first goes first. */
static struct pairing_node *meld(struct pairing_node *a, struct pairing_node *b)
{
    if (b->key < a->key) {
        struct pairing_node *swap = a;
        a = b;
        b = swap;
    }
    b->next = a->child;
    b->back = a;
    if (a->child)
        a->child->back = b;
    a->child = b;
    a->next = a->back = NULL;
    return a;
}

void pairing_insert(struct pairing_heap *heap, struct pairing_node *node, uint64_t key)
{
    *node = (struct pairing_node){.key = key};
    heap->root = heap->root ? meld(heap->root, node) : node;
}

/* The trees beside each other from FIRST on become one: in pairs, and then the pairs from the last
 * to the first. */
static struct pairing_node *meld_all(struct pairing_node *first)
{
    struct pairing_node *pairs = NULL, *all;

    while (first) {
        struct pairing_node *a = first, *b = a->next;
        first = b ? b->next : NULL;
        if (b)
            a = meld(a, b);
        a->next = pairs; /* a list of pairs, the last in front */
        pairs = a;
    }
    all = pairs;
    if (!all)
        return NULL;
    pairs = all->next;
    all->next = all->back = NULL;
    while (pairs) {
        struct pairing_node *next = pairs->next;
        all = meld(pairs, all);
        pairs = next;
    }
    return all;
}

void pairing_remove(struct pairing_heap *heap, struct pairing_node *node)
{
    struct pairing_node *rest = meld_all(node->child);

    if (node == heap->root) {
        heap->root = rest;
        return;
    }
    if (node->back->child == node)
        node->back->child = node->next;
    else
        node->back->next = node->next;
    if (node->next)
        node->next->back = node->back;
    if (rest)
        heap->root = meld(heap->root, rest);
}

struct pairing_node *pairing_next(const struct pairing_node *node)
{
    if (node->child)
        return node->child;
    while (!node->next) {
        while (node->back && node->back->child != node)
            node = node->back; /* to the first of its row */
        node = node->back;     /* and up */
        if (!node)
            return NULL;
    }
    return node->next;
}
