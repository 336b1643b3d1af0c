/*
 * The short way through nonpaged pool. A small block that is freed is kept on a list for its exact
 * size, and the next request of that size gets it: no search, no cutting, no joining.
 *
 * What is wrong is not reported here. Anything that does not look right takes the long way, whose
 * checks (pool.c, pool_blocks.c) find it again and say what it is.
 */
#pragma once

#include "kernel/ke/bugcheck.h"
#include "mm/pool_internal.h"

#define POOL (&mi_pools[NONPAGED_POOL])

/* The header's first word, whose fields are changed together. */
union header_word {
    struct pool_header header;
    struct {
        uint32_t bits, tag;
    } word;
};
#define SIZES_MASK     0x01FF01FFu
#define SLACK_SHIFT    9u
#define STATE_SHIFT    25u
#define STATE_OF(word) ((word) >> STATE_SHIFT)

/* A kept block is exactly as large as its size needs, so its guard is 4 to 11 bytes long; three
 * words that overlap cover it. */
static inline void write_guard(uint8_t *p, uint32_t slack)
{
    *(unaligned_u32 *)p = POOL_GUARD_WORD;
    *(unaligned_u32 *)(p + ((slack - 4) >> 1)) = POOL_GUARD_WORD;
    *(unaligned_u32 *)(p + slack - 4) = POOL_GUARD_WORD;
}

static inline bool guard_is_whole(const uint8_t *p, uint32_t slack)
{
    return *(const unaligned_u32 *)p == POOL_GUARD_WORD &&
           *(const unaligned_u32 *)(p + ((slack - 4) >> 1)) == POOL_GUARD_WORD &&
           *(const unaligned_u32 *)(p + slack - 4) == POOL_GUARD_WORD;
}

/* => a block, or NULL: ask the pool. */
static inline void *mi_take_kept_block(uint32_t bytes, uint32_t tag)
{
    uint32_t size = (bytes + POOL_HEADER + POOL_GUARD_MIN + POOL_UNIT - 1) >> POOL_UNIT_SHIFT;
    kirql irql = ke_get_current_irql();

    if (size >= POOL_LOOKASIDE_UNITS || !bytes || irql > DISPATCH_LEVEL)
        return NULL;
    KPCR_WRITE(irql, DISPATCH_LEVEL);
    struct pool_processor *processor = KPCR_READ(pool);
    struct pool_lookaside *list = &processor->lookaside[size];
    union header_word *block = (union header_word *)list->first;
    uint8_t *p = NULL;
    if (likely(block)) {
        uint32_t slack = (size << POOL_UNIT_SHIFT) - POOL_HEADER - bytes;
        if (unlikely(STATE_OF(block->word.bits) != POOL_CACHED)) /* written after it was freed */
            ke_bug_check_ex(BAD_POOL_HEADER, POOL_SIZE_CORRUPT, (uintptr_t)block, (uintptr_t)list,
                            block->word.bits);
        list->first = *(struct pool_header **)(block + 1);
        list->depth--;
        block->word.bits = (block->word.bits & SIZES_MASK) | slack << SLACK_SHIFT |
                           (uint32_t)POOL_IN_USE << STATE_SHIFT;
        block->word.tag = tag;
        p = (uint8_t *)(block + 1);
        write_guard(p + bytes, slack);
        processor->blocks++;
        processor->bytes += bytes;
        processor->allocations++;
    }
    ke_lower_irql(irql);
    return p;
}

/* Does P look like a block that TAG's owner may free, and whose size is kept? *BYTES: asked for. */
static inline bool may_be_kept(const uint8_t *p, uint32_t tag, uint32_t *bytes)
{
    const union header_word *block = (const union header_word *)p - 1;
    uint32_t bits = block->word.bits, size = bits >> 16 & 0x1FF, slack = bits >> SLACK_SHIFT & 0x7F;
    const struct pool_header *next = &block->header + size;

    if (unlikely(STATE_OF(bits) != POOL_IN_USE || block->word.tag != tag ||
                 size >= POOL_LOOKASIDE_UNITS || slack - POOL_GUARD_MIN > 7))
        return false;
    if (unlikely(((uintptr_t)next & (PAGE_SIZE - 1)) && next->previous_size != size))
        return false;
    *bytes = (size << POOL_UNIT_SHIFT) - POOL_HEADER - slack;
    return guard_is_whole(p + *bytes, slack);
}

static inline void keep(struct pool_lookaside *list, union header_word *block)
{
    block->word.bits = (block->word.bits & SIZES_MASK) | (uint32_t)POOL_CACHED << STATE_SHIFT;
    *(struct pool_header **)(block + 1) = list->first;
    list->first = &block->header;
    list->depth++;
}

/* => whether P was freed and kept. If not, it was not touched: it is not a small block of nonpaged
 * pool, enough of its size are kept, or something is wrong with it. */
static inline bool mi_keep_block(void *p, uint32_t tag)
{
    uint32_t page = (uint32_t)((uintptr_t)p - POOL->base) >> PAGE_SHIFT, bytes;
    kirql irql = ke_get_current_irql();

    if (page >= POOL->allocated.size || ((uintptr_t)p & (POOL_UNIT - 1)) || irql > DISPATCH_LEVEL)
        return false;
    KPCR_WRITE(irql, DISPATCH_LEVEL);
    bool kept = POOL->page[page].tag == POOL_BLOCKS_TAG && may_be_kept(p, tag, &bytes);
    if (likely(kept)) {
        struct pool_processor *processor = KPCR_READ(pool);
        union header_word *block = (union header_word *)p - 1;
        struct pool_lookaside *list = &processor->lookaside[block->word.bits >> 16 & 0x1FF];
        kept = list->depth < processor->limit;
        if (likely(kept)) {
            keep(list, block);
            processor->blocks--;
            processor->bytes -= bytes;
        }
    }
    ke_lower_irql(irql);
    return kept;
}
