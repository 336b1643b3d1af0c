/*
 * The memory that a heap's blocks lie in: segments that are reserved whole and committed from below
 * upwards, and regions for single large blocks.
 */
#include "lib/string.h"
#include "user/ntdll/heap_internal.h"

#define COMMIT_STEP     0x4000u   /* the least that a heap grows by, if it can */
#define SEGMENT_LEAST   0x100000u /* reserved for a further segment; doubled each time */
#define SEGMENT_MOST    0x1000000u
#define SHRINK_AT       0x20000u /* free bytes at a segment's end that are too many */
#define GRANULES(bytes) ((uint32_t)((bytes) / HEAP_GRANULE))

/* BYTES at AT, just committed behind SEGMENT's last block, become blocks of theirs. They are too
 * many for one when a large step was taken. */
static struct heap_block *append(struct heap *heap, uint8_t number, uint8_t *at, size_t bytes)
{
    struct heap_segment *segment = &heap->segments[number];
    struct heap_block *block = NULL;

    while (bytes) {
        size_t part = bytes;

        if (GRANULES(part) > HEAP_MOST_GRANULES) /* and the rest is not too little for a block */
            part = HEAP_MOST_GRANULES / 2 * HEAP_GRANULE;
        block = (struct heap_block *)at;
        *block = (struct heap_block){.segment = number};
        if (segment->last) {
            block->previous = segment->last->size;
            segment->last->flags &= (uint8_t)~HEAP_BLOCK_LAST;
            segment->last->check = heap_block_check(segment->last);
        } else {
            segment->first = block;
        }
        heapp_set_size(heap, block, GRANULES(part), HEAP_BLOCK_LAST);
        block = heapp_join_and_free(heap, block);
        at += part;
        bytes -= part;
    }
    return block;
}

/* => a block of SIZE granules at the segment's end, or NULL. */
static struct heap_block *extend(struct heap *heap, uint8_t number, uint32_t size)
{
    struct heap_segment *segment = &heap->segments[number];
    struct heap_block *last = segment->last;
    size_t have = last && !(last->flags & HEAP_BLOCK_BUSY) ? last->size * HEAP_GRANULE : 0;
    size_t wanted = (size_t)size * HEAP_GRANULE;
    size_t room = segment->reserved - segment->committed;
    uint8_t *end = segment->base + segment->committed;

    if (wanted + PAGE_SIZE > HEAP_MOST_GRANULES * HEAP_GRANULE)
        have = 0; /* they might not be joined */
    size_t least = ROUND_UP(wanted > have ? wanted - have : 1, (size_t)PAGE_SIZE);
    size_t step = least < COMMIT_STEP && room >= COMMIT_STEP ? COMMIT_STEP : least;
    if (least > room)
        return NULL;
    if (!heap->memory->commit(end, step)) {
        step = least;
        if (!heap->memory->commit(end, step))
            return NULL;
    }
    segment->committed += step;
    struct heap_block *block = append(heap, number, end, step);
    return block->size >= size ? block : NULL;
}

static struct heap_block *add_segment(struct heap *heap, uint32_t size)
{
    size_t least = ROUND_UP((size_t)size * HEAP_GRANULE, (size_t)PAGE_SIZE);
    uint8_t number = 0;

    while (number < HEAP_SEGMENTS && heap->segments[number].base)
        number++;
    if (number == HEAP_SEGMENTS || !heap->next_reserve)
        return NULL;
    size_t bytes = heap->next_reserve > least ? heap->next_reserve : least;
    uint8_t *base = heap->memory->reserve(bytes);
    if (!base && !(base = heap->memory->reserve(bytes = least)))
        return NULL;
    heap->segments[number] = (struct heap_segment){.base = base, .reserved = bytes};
    struct heap_block *block = extend(heap, number, size);
    if (!block) {
        heap->memory->release(base);
        heap->segments[number].base = NULL;
        return NULL;
    }
    if (heap->next_reserve < SEGMENT_MOST)
        heap->next_reserve *= 2;
    return block;
}

struct heap_block *heapp_grow(struct heap *heap, uint32_t size)
{
    for (uint8_t i = 0; i < HEAP_SEGMENTS; i++) {
        struct heap_block *block = heap->segments[i].base ? extend(heap, i, size) : NULL;

        if (block)
            return block;
    }
    return add_segment(heap, size);
}

/* The segment has nothing but BLOCK, and is not the heap's own. */
static bool release_segment(struct heap *heap, struct heap_block *block)
{
    struct heap_segment *segment = &heap->segments[block->segment];

    if (block != segment->first || block->segment == 0)
        return false;
    heapp_take_free(heap, block);
    heap->memory->release(segment->base);
    *segment = (struct heap_segment){0};
    return true;
}

void heapp_shrink(struct heap *heap, struct heap_block *block)
{
    struct heap_segment *segment = &heap->segments[block->segment];
    uint8_t *end = segment->base + segment->committed;
    size_t bytes = (size_t)block->size * HEAP_GRANULE;

    if (bytes < SHRINK_AT || release_segment(heap, block))
        return;
    uint8_t *keep = (uint8_t *)ROUND_UP((uintptr_t)block + COMMIT_STEP, (uintptr_t)PAGE_SIZE);
    heapp_take_free(heap, block);
    heap->memory->decommit(keep, (size_t)(end - keep));
    segment->committed = (size_t)(keep - segment->base);
    heapp_set_size(heap, block, GRANULES(keep - (uint8_t *)block), HEAP_BLOCK_LAST);
    heapp_join_and_free(heap, block);
}

struct heap *heap_create(const struct heap_memory *memory, size_t reserve, size_t commit,
                         bool fixed)
{
    size_t own = ROUND_UP(sizeof(struct heap), (size_t)HEAP_GRANULE);
    size_t least = ROUND_UP(own + PAGE_SIZE, (size_t)PAGE_SIZE);

    commit = ROUND_UP(commit > least ? commit : least, (size_t)PAGE_SIZE);
    reserve = ROUND_UP(reserve > commit ? reserve : commit, (size_t)0x10000);
    struct heap *heap = memory->reserve(reserve);
    if (!heap)
        return NULL;
    if (!memory->commit(heap, commit)) {
        memory->release(heap);
        return NULL;
    }
    heap->signature = HEAP_SIGNATURE;
    heap->memory = memory;
    heap->next_reserve = fixed ? 0 : SEGMENT_LEAST;
    heap->largest = fixed ? HEAP_LARGE_BYTES : SIZE_MAX / 2 - 0x10000;
    for (uint32_t i = 0; i < HEAP_LISTS; i++)
        initialize_list_head(&heap->lists[i]);
    initialize_list_head(&heap->large);
    heap->segments[0] =
        (struct heap_segment){.base = (uint8_t *)heap, .reserved = reserve, .committed = commit};
    append(heap, 0, (uint8_t *)heap + own, commit - own);
    return heap;
}

void heap_destroy(struct heap *heap)
{
    while (!is_list_empty(&heap->large))
        heap->memory->release(
            CONTAINER_OF(remove_head_list(&heap->large), struct heap_large, links));
    for (uint32_t i = 1; i < HEAP_SEGMENTS; i++)
        if (heap->segments[i].base)
            heap->memory->release(heap->segments[i].base);
    heap->signature = 0;
    heap->memory->release(heap);
}

void *heapp_allocate_large(struct heap *heap, size_t bytes)
{
    size_t reserved = ROUND_UP(bytes + sizeof(struct heap_large), (size_t)PAGE_SIZE);
    struct heap_large *large = heap->memory->reserve(reserved);

    if (!large)
        return NULL;
    if (!heap->memory->commit(large, reserved)) {
        heap->memory->release(large);
        return NULL;
    }
    large->size = bytes;
    large->reserved = reserved;
    large->block.flags = HEAP_BLOCK_BUSY | HEAP_BLOCK_LARGE;
    large->block.check = heap_block_check(&large->block);
    insert_tail_list(&heap->large, &large->links);
    return large + 1;
}

void heapp_free_large(struct heap *heap, struct heap_large *large)
{
    remove_entry_list(&large->links);
    heap->memory->release(large);
}

bool heapp_resize_large(struct heap_large *large, size_t bytes)
{
    if (bytes <= HEAP_LARGE_BYTES || bytes + sizeof(*large) > large->reserved)
        return false;
    large->size = bytes;
    return true;
}

bool heapp_is_large(const struct heap *heap, const struct heap_block *block)
{
    const struct list_entry *large = &CONTAINER_OF(block, struct heap_large, block)->links;

    for (const struct list_entry *link = heap->large.flink; link != &heap->large;
         link = link->flink)
        if (link == large)
            return true;
    return false;
}
