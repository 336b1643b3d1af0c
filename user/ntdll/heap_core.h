/*
 * A heap: blocks of any size out of segments of reserved memory, which are committed as the heap
 * grows and whose pages come in by faults. Pure: memory comes through a table of functions, so the
 * host's tests run the same code. The caller does the locking.
 *
 *      segment: | struct heap or segment | block | block | ... | block, the last | not committed
 * ... | block:   | struct heap_block | bytes of the program ... |
 *
 * Blocks lie one behind the other and know the size of their neighbour below, so that a freed one
 * joins its free neighbours at once. Free ones are on lists by size. What is too large for a block
 * gets a region of its own.
 */
#pragma once

#include "lib/list.h"

#define HEAP_GRANULE     8u       /* of addresses and sizes */
#define HEAP_LARGE_BYTES 0x7E000u /* requests above this get a region of their own */
#define HEAP_EXACT_LISTS 128u     /* a list a size up to 1 KB */
#define HEAP_LISTS       (HEAP_EXACT_LISTS + 10u) /* then one for each doubling */

/* Where the memory comes from. Sizes are whole pages; what is committed is zeroed. */
struct heap_memory {
    void *(*reserve)(size_t bytes);             /* NULL: there is none */
    bool (*commit)(void *base, size_t bytes);   /* a part of a reserved region */
    void (*decommit)(void *base, size_t bytes); /* its contents go */
    void (*release)(void *base);                /* a whole region */
};

enum {
    HEAP_BLOCK_BUSY = 1,
    HEAP_BLOCK_LARGE = 2, /* a region of its own; sizes are in struct heap_large */
    HEAP_BLOCK_LAST = 4,  /* nothing committed follows it in the segment */
};

struct heap_block {
    uint16_t size;     /* of the block with this header, in granules */
    uint16_t previous; /* size of the block below; 0: the first of its segment */
    uint8_t check;     /* heap_block_check: tells a header from overwritten bytes */
    uint8_t flags;
    uint8_t unused;  /* bytes of the block that the program did not ask for */
    uint8_t segment; /* number in heap.segments */
};
_Static_assert(sizeof(struct heap_block) == HEAP_GRANULE, "a granule");

#define HEAP_SEGMENTS 64u

struct heap_segment {
    uint8_t *base; /* what was reserved */
    size_t reserved, committed;
    struct heap_block *first, *last;
};

struct heap {
    uint32_t signature;
    void *owner; /* not looked at here */
    const struct heap_memory *memory;
    size_t next_reserve; /* of the next segment; 0: the heap cannot have another */
    size_t largest;      /* request that is not refused */
    uint32_t list_map[(HEAP_LISTS + 31) / 32]; /* lists that are not empty */
    struct list_entry lists[HEAP_LISTS];
    struct list_entry large; /* struct heap_large */
    struct heap_segment segments[HEAP_SEGMENTS];
};

struct heap_large {
    struct list_entry links;
    size_t size;     /* the program's bytes */
    size_t reserved; /* of the region, this header included */
    struct heap_block block;
};

/*
 * A new heap, with RESERVE bytes reserved and COMMIT of them committed. FIXED: it never gets more
 * than that. => NULL: there is no memory.
 */
struct heap *heap_create(const struct heap_memory *memory, size_t reserve, size_t commit,
                         bool fixed);
/* Gives all memory back, HEAP's own too. */
void heap_destroy(struct heap *heap);

/* A block of BYTES bytes at an address that is a multiple of 8; *ZEROED: they are 0. => NULL: there
 * is no memory. */
void *heap_allocate(struct heap *heap, size_t bytes, bool *zeroed);

/* Free MEMORY, a block's. => false: it is no block in use; nothing was done. */
bool heap_free(struct heap *heap, void *memory);

/* Change the size of MEMORY's block where it is. => false: there is no room for that. */
bool heap_resize(struct heap *heap, void *memory, size_t bytes);

/* => the bytes that were asked for, or (size_t)-1 when MEMORY is no block in use. */
size_t heap_size(const struct heap *heap, const void *memory);

/* => whether HEAP's blocks, lists and counts agree with each other; MEMORY: only its block, unless
 * NULL. It may be any address: only the heap's own memory is read. (heap_check.c) */
bool heap_validate(const struct heap *heap, const void *memory);

/* => the bytes that the largest free block would hold. */
size_t heap_largest_free(const struct heap *heap);

/* The block behind BLOCK, NULL at the segment's last. */
struct heap_block *heap_next_block(const struct heap_block *block);

/* => what BLOCK's `check` must be. */
uint8_t heap_block_check(const struct heap_block *block);

/* => the list of free blocks of SIZE granules. */
uint32_t heap_list_of(uint32_t size);

#define HEAP_SIGNATURE 0xEEFFEEFFu
