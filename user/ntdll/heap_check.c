/*
 * Whether a heap is whole: its blocks lie one behind the other and agree on their sizes, no two
 * neighbours are free and could be one, and the lists have just the free blocks.
 */
#include "user/ntdll/heap_internal.h"

static bool is_block_right(const struct heap *heap, const struct heap_block *block,
                           uint32_t previous)
{
    const struct heap_segment *segment = &heap->segments[block->segment];
    const uint8_t *end = segment->base + segment->committed;

    return block->previous == previous && block->size >= HEAP_LEAST_GRANULES &&
           block->check == heap_block_check(block) &&
           block->size <= (size_t)(end - (const uint8_t *)block) / HEAP_GRANULE;
}

/* => the segment's free blocks; -1: it is damaged. */
static int32_t check_segment(const struct heap *heap, uint8_t number)
{
    const struct heap_segment *segment = &heap->segments[number];
    const struct heap_block *block = segment->first, *below = NULL;
    int32_t count = 0;

    for (; block; below = block, block = heap_next_block(block)) {
        bool is_free = !(block->flags & HEAP_BLOCK_BUSY);

        if (block->segment != number || !is_block_right(heap, block, below ? below->size : 0))
            return -1;
        if (is_free && below && !(below->flags & HEAP_BLOCK_BUSY) &&
            (uint32_t)block->size + below->size <= HEAP_MOST_GRANULES)
            return -1;
        count += is_free;
    }
    const uint8_t *end = segment->base + segment->committed;
    return below == segment->last && (const uint8_t *)(below + below->size) == end ? count : -1;
}

/* => the free blocks on the lists; -1: one is damaged. */
static int32_t check_lists(const struct heap *heap, int32_t limit)
{
    int32_t count = 0;

    for (uint32_t i = 0; i < HEAP_LISTS; i++) {
        const struct list_entry *head = &heap->lists[i];

        if (is_list_empty(head) != !(heap->list_map[i / 32] >> i % 32 & 1))
            return -1;
        for (const struct list_entry *link = head->flink; link != head; link = link->flink) {
            const struct heap_block *block = (const struct heap_block *)link - 1;

            if (++count > limit || link->flink->blink != link || (block->flags & HEAP_BLOCK_BUSY) ||
                heap_list_of(block->size) != i)
                return -1;
        }
    }
    return count;
}

/* => whether MEMORY is where HEAP may have a block, so that there is a header before it to look at.
 */
static bool is_in_heap(const struct heap *heap, const void *memory)
{
    for (uint8_t i = 0; i < HEAP_SEGMENTS; i++) {
        const struct heap_segment *segment = &heap->segments[i];
        uintptr_t offset = (uintptr_t)memory - (uintptr_t)segment->base;

        if (segment->base && offset >= HEAP_GRANULE && offset < segment->committed)
            return true;
    }
    return heapp_is_large(heap, (const struct heap_block *)memory - 1);
}

bool heap_validate(const struct heap *heap, const void *memory)
{
    int32_t count = 0;

    if (heap->signature != HEAP_SIGNATURE)
        return false;
    if (memory)
        return is_in_heap(heap, memory) && heapp_busy_block(heap, memory) != NULL;
    for (uint8_t i = 0; i < HEAP_SEGMENTS; i++) {
        int32_t found = heap->segments[i].base ? check_segment(heap, i) : 0;

        if (found < 0)
            return false;
        count += found;
    }
    return check_lists(heap, count) == count;
}

size_t heap_largest_free(const struct heap *heap)
{
    size_t most = 0;

    for (uint32_t i = 0; i < HEAP_LISTS; i++) {
        const struct list_entry *head = &heap->lists[i];

        for (const struct list_entry *link = head->flink; link != head; link = link->flink) {
            size_t size = ((const struct heap_block *)link - 1)->size;

            most = size > most ? size : most;
        }
    }
    return most ? (most - 1) * HEAP_GRANULE : 0;
}
