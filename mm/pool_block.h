/*
 * The arithmetic of a pool block: its header, its neighbours and its guard. Inline, because an
 * allocation and its free have 200 instructions in all.
 *
 * Guards are written and read by words: the first, the last up against the end, and where these two
 * do not meet, what is between. A guard is never shorter than a word.
 */
#pragma once

#include "mm/pool_internal.h"

#define POOL_GUARD_WORD (POOL_GUARD * 0x01010101u)

struct pool_guard_word {
    uint32_t bytes;
} __attribute__((packed)); /* not aligned */

/* The units that a block for BYTES takes. */
static inline uint32_t mi_pool_units(uint32_t bytes)
{
    return (bytes + POOL_HEADER + POOL_GUARD_MIN + POOL_UNIT - 1) >> POOL_UNIT_SHIFT;
}

static inline struct pool_header *mi_pool_next(struct pool_header *header)
{
    return header + header->block_size;
}

static inline bool mi_pool_ends_page(const void *end)
{
    return ((uintptr_t)end & (PAGE_SIZE - 1)) == 0;
}

/* The first word of a header in one store. */
static inline void mi_pool_write_sizes(struct pool_header *header, uint32_t previous,
                                       uint32_t slack, uint32_t size, enum pool_block_state state)
{
    *(uint32_t *)header = previous | slack << 9 | size << 16 | (uint32_t)state << 25;
}

static inline void mi_pool_write_guard(void *end, uint32_t slack)
{
    struct pool_guard_word *last = (struct pool_guard_word *)end - 1;
    struct pool_guard_word *word = (void *)((uint8_t *)end - slack);

    last->bytes = POOL_GUARD_WORD;
    word->bytes = POOL_GUARD_WORD;
    if (unlikely(slack > 2 * sizeof(*word)))
        while (++word < last)
            word->bytes = POOL_GUARD_WORD;
}

static inline bool mi_pool_guard_is_whole(void *end, uint32_t slack)
{
    struct pool_guard_word *last = (struct pool_guard_word *)end - 1;
    struct pool_guard_word *word = (void *)((uint8_t *)end - slack);

    if (unlikely(last->bytes != POOL_GUARD_WORD || word->bytes != POOL_GUARD_WORD))
        return false;
    if (unlikely(slack > 2 * sizeof(*word)))
        while (++word < last)
            if (word->bytes != POOL_GUARD_WORD)
                return false;
    return true;
}

/* HEADER, a block of SIZE units off every list, is given out. => the BYTES of the caller. */
static inline void *mi_pool_give_out(struct pool_header *header, uint32_t size, uint32_t bytes,
                                     uint32_t tag)
{
    uint32_t slack = (size << POOL_UNIT_SHIFT) - POOL_HEADER - bytes;

    mi_pool_write_sizes(header, header->previous_size, slack, size, POOL_IN_USE);
    header->tag = tag;
    mi_pool_write_guard(header + size, slack);
    return header + 1;
}

/* May HEADER, whose next neighbour is NEXT, be freed with TAG? */
static inline bool mi_pool_may_free(struct pool_header *header, struct pool_header *next,
                                    uint32_t tag)
{
    return header->state == POOL_IN_USE && header->tag == tag &&
           (mi_pool_ends_page(next) || next->previous_size == header->block_size) &&
           mi_pool_guard_is_whole(next, header->slack);
}

/* Is a block between free neighbours or the page's ends? It may be the last of its page. */
static inline bool mi_pool_stands_alone(struct pool_header *header, struct pool_header *next)
{
    uint32_t before = header->previous_size;

    return (!before || (header - before)->state == POOL_FREE) &&
           (mi_pool_ends_page(next) || next->state == POOL_FREE);
}
