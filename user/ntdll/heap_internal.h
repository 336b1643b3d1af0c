/* What the files of the heap share: see heap_core.h. */
#pragma once

#include "user/ntdll/heap_core.h"

/* A free block holds links behind its header. */
#define HEAP_LEAST_GRANULES \
    ((uint32_t)((sizeof(struct heap_block) + sizeof(struct list_entry)) / HEAP_GRANULE))
#define HEAP_MOST_GRANULES 0xFE00u

/* Put BLOCK on its free list / take it off. */
void heapp_make_free(struct heap *heap, struct heap_block *block);
void heapp_take_free(struct heap *heap, struct heap_block *block);

/* BLOCK has SIZE granules; LAST: HEAP_BLOCK_LAST or 0. Its upper neighbour knows. */
void heapp_set_size(struct heap *heap, struct heap_block *block, uint32_t size, uint8_t last);

/* Free BLOCK, together with its free neighbours. => what it became part of. */
struct heap_block *heapp_join_and_free(struct heap *heap, struct heap_block *block);

/* Commit more. => a free block of SIZE granules or more, or NULL. */
struct heap_block *heapp_grow(struct heap *heap, uint32_t size);
/* The free BLOCK is the last of its segment: give pages back, if they are many. */
void heapp_shrink(struct heap *heap, struct heap_block *block);

/* MEMORY's block, if it is one in use. */
struct heap_block *heapp_busy_block(const struct heap *heap, const void *memory);

/* Regions of their own. */
void *heapp_allocate_large(struct heap *heap, size_t bytes);
void heapp_free_large(struct heap *heap, struct heap_large *large);
bool heapp_resize_large(struct heap_large *large, size_t bytes);
bool heapp_is_large(const struct heap *heap, const struct heap_block *block);
