/*
 * Virtual address descriptors (MMVAD): what a process has promised itself. Each describes a range
 * of pages of one kind; the ranges do not overlap, and the tree has them in order of address. A
 * page-table entry that holds nothing says "ask the VAD".
 *
 * The tree is an AVL tree (Adelson-Velsky and Landis, 1962): the heights of two brothers differ by
 * one at most, so a walk from the root takes at most 1.44 log2 of the number of nodes. Each node
 * also knows the room before it and the largest such room below it, so that a free range is found
 * in as many steps, from the lowest address up or from the highest down.
 *
 *          room 4   [10..1F]   room 16   [30..3F]   room 0   [40..4F]   the rest
 *
 * The tree does not lock and does not allocate.
 */
#pragma once

#include "lib/types.h"

/* NT's VadType, and private memory that is watched. */
enum mi_vad_type {
    VAD_NONE,          /* ordinary: private memory, or a view of a data section */
    VAD_DEVICE_MEMORY, /* physical memory given to the process (MEM_PHYSICAL) */
    VAD_IMAGE_MAP,
    VAD_WRITE_WATCH,
};

struct control_area;
struct mmpte;

struct mmvad {
    struct mmvad *left, *right, *parent; /* L: the address space's lock, as all of this */
    uint32_t starting_vpn;               /* the first page */
    uint32_t ending_vpn;                 /* the last page */
    uint32_t room;                       /* free pages before it, from a 64 KB boundary on */
    uint32_t largest_room;               /* the largest in its subtree */
    uint8_t height;                      /* of its subtree; a leaf has 1 */
    uint8_t inherit;                     /* enum mm_section_inherit: what a clone gets */
    uint8_t protection;                  /* MM_ code: of pages without an entry */
    uint8_t vad_type : 3;                /* enum mi_vad_type */
    uint8_t mem_commit : 1;              /* pages without an entry are committed */
    uint8_t private_memory : 1;
    uint8_t no_change : 1;         /* its protection may not be changed, nor may it be freed */
    uint8_t copy_on_write : 1;     /* a view that writes to copies of its own */
    uint8_t initial_protection;    /* MM_ code: what it was reserved or mapped with */
    uint32_t commit_charge;        /* pages of private memory charged for it */
    struct control_area *section;  /* a view: of what. NULL: private memory */
    struct mmpte *first_prototype; /* a view: the prototype PTE of its first page */
    struct mmpte *last_prototype;  /* the last that there is */
    uint32_t *write_watch;         /* VAD_WRITE_WATCH: a bit a page that was written, and is not
                                      dirty any more */
};

struct mi_vad_tree {
    struct mmvad *root;
    struct mmvad *hint; /* the node found last */
    uint32_t count;
    uint32_t lowest_vpn;  /* nothing lies below; a 64 KB boundary */
    uint32_t highest_vpn; /* nothing lies above */
};

#define MI_VAD_TAG          ' daV'
#define MI_ALLOCATION_PAGES 16u /* 64 KB, NT's allocation granularity, in pages */

void mi_initialize_vad_tree(struct mi_vad_tree *tree, uint32_t lowest_vpn, uint32_t highest_vpn);

/* NODE, which overlaps no other and lies within the tree's bounds, goes in. (MiInsertNode) */
void mi_insert_node(struct mi_vad_tree *tree, struct mmvad *node);
void mi_remove_node(struct mi_vad_tree *tree, struct mmvad *node);
/* NODE's range becomes another one, which overlaps no other node and keeps its place among them. */
void mi_resize_node(struct mi_vad_tree *tree, struct mmvad *node, uint32_t start, uint32_t end);

/* => the node whose range holds VPN, or NULL. (MiLocateAddress) */
struct mmvad *mi_locate_address(struct mi_vad_tree *tree, uint32_t vpn);
/* => the first node that overlaps START..END, or NULL. (MiCheckForConflictingVad) */
struct mmvad *mi_check_for_conflicting_vad(const struct mi_vad_tree *tree, uint32_t start,
                                           uint32_t end);
/* => the first node that ends at VPN or above, or NULL. */
struct mmvad *mi_first_vad_from(const struct mi_vad_tree *tree, uint32_t vpn);
struct mmvad *mi_get_first_vad(const struct mi_vad_tree *tree);
struct mmvad *mi_get_last_vad(const struct mi_vad_tree *tree);
struct mmvad *mi_get_next_vad(const struct mmvad *node);
struct mmvad *mi_get_previous_vad(const struct mmvad *node);

/* The lowest / highest free range of PAGES pages that begins on a 64 KB boundary and ends at
 * HIGHEST or below. => whether there is one; then *START is its first page.
 * (MiFindEmptyAddressRange, MiFindEmptyAddressRangeDown) */
bool mi_find_empty_address_range(const struct mi_vad_tree *tree, uint32_t pages, uint32_t highest,
                                 uint32_t *start);
bool mi_find_empty_address_range_down(const struct mi_vad_tree *tree, uint32_t pages,
                                      uint32_t highest, uint32_t *start);

/* Is the tree what it should be: ordered, balanced, linked, with true rooms and the right count?
 * => NULL, or what is wrong. */
const char *mi_vad_tree_fault(const struct mi_vad_tree *tree);
