/*
 * A heap of things in order of a 64-bit key: the least is at hand at once, insertion takes a
 * constant time, and anything in it can be taken out in logarithmic time, amortised (Fredman,
 * Sedgewick, Sleator and Tarjan, "The pairing heap", 1986). Nodes lie inside what they order;
 * nothing is allocated, and nothing recurses. The caller does the locking.
 */
#pragma once

#include "lib/types.h"

struct pairing_node {
    uint64_t key;
    struct pairing_node *child; /* the first of those below */
    struct pairing_node *next;  /* the next beside it */
    struct pairing_node
        *back; /* the one before it, or for a first child the parent; NULL: the root */
};

struct pairing_heap {
    struct pairing_node *root; /* the least; NULL: empty */
};

/* NODE, which is in no heap, goes in under KEY. */
void pairing_insert(struct pairing_heap *heap, struct pairing_node *node, uint64_t key);
/* NODE, which is in HEAP, goes out. */
void pairing_remove(struct pairing_heap *heap, struct pairing_node *node);
/* => the node behind NODE in a walk that begins at the root and visits all, in no order; NULL: it
 * was the last. */
struct pairing_node *pairing_next(const struct pairing_node *node);
