/*
 * Blocks: taking them off the free lists, splitting and joining. heap_segment.c gets the memory.
 */
#include "lib/string.h"
#include "user/ntdll/heap_internal.h"

static struct list_entry *links_of(struct heap_block *block)
{
    return (struct list_entry *)(block + 1);
}

struct heap_block *heap_next_block(const struct heap_block *block)
{
    if (block->flags & HEAP_BLOCK_LAST)
        return NULL;
    return (struct heap_block *)block + block->size;
}

uint8_t heap_block_check(const struct heap_block *block)
{
    return (uint8_t)(0xA5 ^ (block->size >> 8) ^ (block->size * 5) ^ (block->flags << 4) ^
                     block->unused ^ (block->segment << 1));
}

/* By size up to 1 KB; above that by its logarithm. */
uint32_t heap_list_of(uint32_t size)
{
    if (size < HEAP_EXACT_LISTS)
        return size;
    return HEAP_EXACT_LISTS + 24 - (uint32_t)__builtin_clz(size);
}

void heapp_make_free(struct heap *heap, struct heap_block *block)
{
    uint32_t list = heap_list_of(block->size);

    block->flags &= (uint8_t)~HEAP_BLOCK_BUSY;
    block->unused = 0;
    block->check = heap_block_check(block);
    insert_head_list(&heap->lists[list], links_of(block));
    heap->list_map[list / 32] |= 1u << list % 32;
}

void heapp_take_free(struct heap *heap, struct heap_block *block)
{
    uint32_t list = heap_list_of(block->size);

    remove_entry_list(links_of(block));
    if (is_list_empty(&heap->lists[list]))
        heap->list_map[list / 32] &= ~(1u << list % 32);
}

void heapp_set_size(struct heap *heap, struct heap_block *block, uint32_t size, uint8_t last)
{
    block->size = (uint16_t)size;
    block->flags = (uint8_t)((block->flags & ~HEAP_BLOCK_LAST) | last);
    block->check = heap_block_check(block);
    if (last)
        heap->segments[block->segment].last = block;
    else
        block[size].previous = (uint16_t)size;
}

/* BLOCK is in use, or on no list, and keeps SIZE granules: the rest becomes a free block. */
static void split(struct heap *heap, struct heap_block *block, uint32_t size)
{
    uint32_t rest = block->size - size;
    struct heap_block *upper = block + size;
    uint8_t last = block->flags & HEAP_BLOCK_LAST;

    if (rest < HEAP_LEAST_GRANULES)
        return;
    *upper = (struct heap_block){.previous = (uint16_t)size, .segment = block->segment};
    heapp_set_size(heap, upper, rest, last);
    heapp_set_size(heap, block, size, 0);
    heapp_join_and_free(heap, upper);
}

/* LOWER and its neighbour UPPER, both on no list, become one block, if it is not too large. */
static bool join(struct heap *heap, struct heap_block *lower, struct heap_block *upper)
{
    uint32_t size = (uint32_t)lower->size + upper->size;

    if (size > HEAP_MOST_GRANULES)
        return false;
    heapp_set_size(heap, lower, size, upper->flags & HEAP_BLOCK_LAST);
    return true;
}

static bool can_join(const struct heap_block *block, uint32_t size)
{
    return block && !(block->flags & HEAP_BLOCK_BUSY) && block->size + size <= HEAP_MOST_GRANULES;
}

struct heap_block *heapp_join_and_free(struct heap *heap, struct heap_block *block)
{
    struct heap_block *upper = heap_next_block(block);
    struct heap_block *lower = block->previous ? block - block->previous : NULL;

    block->flags &= (uint8_t)~HEAP_BLOCK_BUSY;
    if (can_join(upper, block->size)) {
        heapp_take_free(heap, upper);
        join(heap, block, upper);
    }
    if (can_join(lower, block->size)) {
        heapp_take_free(heap, lower);
        join(heap, lower, block);
        block = lower;
    }
    heapp_make_free(heap, block);
    return block;
}

/* => the first list that is not empty, from LIST on; HEAP_LISTS: there is none. */
static uint32_t first_list(const struct heap *heap, uint32_t list)
{
    uint32_t word = list / 32, bits;

    if (list >= HEAP_LISTS)
        return HEAP_LISTS;
    bits = heap->list_map[word] & (UINT32_MAX << list % 32);
    while (!bits && ++word < ARRAY_SIZE(heap->list_map))
        bits = heap->list_map[word];
    return bits ? word * 32 + (uint32_t)__builtin_ctz(bits) : HEAP_LISTS;
}

/* A free block of SIZE granules or more: from the lists where all are large enough, or the one
 * where some may be. */
static struct heap_block *find(struct heap *heap, uint32_t size)
{
    uint32_t list = heap_list_of(size);

    if (list >= HEAP_EXACT_LISTS) {
        struct list_entry *head = &heap->lists[list];

        for (struct list_entry *link = head->flink; link != head; link = link->flink)
            if (((struct heap_block *)link - 1)->size >= size)
                return (struct heap_block *)link - 1;
        list++;
    }
    list = first_list(heap, list);
    return list < HEAP_LISTS ? (struct heap_block *)heap->lists[list].flink - 1 : NULL;
}

/* Granules of a block for BYTES bytes of the program. */
static uint32_t granules_for(size_t bytes)
{
    uint32_t size = (uint32_t)((bytes + HEAP_GRANULE - 1) / HEAP_GRANULE) + 1;

    return size < HEAP_LEAST_GRANULES ? HEAP_LEAST_GRANULES : size;
}

static void mark_busy(struct heap_block *block, size_t bytes)
{
    block->flags |= HEAP_BLOCK_BUSY;
    block->unused = (uint8_t)((size_t)block->size * HEAP_GRANULE - bytes);
    block->check = heap_block_check(block);
}

void *heap_allocate(struct heap *heap, size_t bytes, bool *zeroed)
{
    *zeroed = false;
    if (bytes > heap->largest)
        return NULL;
    if (bytes > HEAP_LARGE_BYTES) {
        *zeroed = true;
        return heapp_allocate_large(heap, bytes);
    }
    uint32_t size = granules_for(bytes);
    struct heap_block *block = find(heap, size);
    if (!block && !(block = heapp_grow(heap, size)))
        return NULL;
    heapp_take_free(heap, block);
    block->flags |= HEAP_BLOCK_BUSY;
    split(heap, block, size);
    mark_busy(block, bytes);
    return block + 1;
}

struct heap_block *heapp_busy_block(const struct heap *heap, const void *memory)
{
    if (!memory || (uintptr_t)memory % HEAP_GRANULE)
        return NULL;
    struct heap_block *block = (struct heap_block *)memory - 1;
    if (!(block->flags & HEAP_BLOCK_BUSY) || block->check != heap_block_check(block))
        return NULL;
    if (block->flags & HEAP_BLOCK_LARGE)
        return heapp_is_large(heap, block) ? block : NULL;
    if (block->segment >= HEAP_SEGMENTS)
        return NULL;
    const struct heap_segment *segment = &heap->segments[block->segment];
    return segment->base && block >= segment->first && block <= segment->last ? block : NULL;
}

bool heap_free(struct heap *heap, void *memory)
{
    struct heap_block *block = heapp_busy_block(heap, memory);

    if (!block)
        return false;
    if (block->flags & HEAP_BLOCK_LARGE) {
        heapp_free_large(heap, CONTAINER_OF(block, struct heap_large, block));
        return true;
    }
    block = heapp_join_and_free(heap, block);
    if (block->flags & HEAP_BLOCK_LAST)
        heapp_shrink(heap, block);
    return true;
}

bool heap_resize(struct heap *heap, void *memory, size_t bytes)
{
    struct heap_block *block = heapp_busy_block(heap, memory);

    if (!block || bytes > heap->largest)
        return false;
    if (block->flags & HEAP_BLOCK_LARGE)
        return heapp_resize_large(CONTAINER_OF(block, struct heap_large, block), bytes);
    if (bytes > HEAP_LARGE_BYTES)
        return false;
    uint32_t size = granules_for(bytes);
    struct heap_block *upper = heap_next_block(block);
    if (size > block->size) {
        if (!upper || (upper->flags & HEAP_BLOCK_BUSY) || block->size + upper->size < size ||
            !can_join(upper, block->size))
            return false;
        heapp_take_free(heap, upper);
        join(heap, block, upper);
    }
    split(heap, block, size);
    mark_busy(block, bytes);
    return true;
}

size_t heap_size(const struct heap *heap, const void *memory)
{
    const struct heap_block *block = heapp_busy_block(heap, memory);

    if (!block)
        return (size_t)-1;
    if (block->flags & HEAP_BLOCK_LARGE)
        return CONTAINER_OF(block, struct heap_large, block)->size;
    return (size_t)block->size * HEAP_GRANULE - block->unused;
}
