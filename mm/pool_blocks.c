/*
 * Blocks within a page: best fit by exact size, joined again when freed; small ones are kept for a
 * while instead. See pool_internal.h.
 */
#include "mm/pool_internal.h"
#include "kernel/ke/bugcheck.h"
#include "lib/string.h"

#define ALREADY_FREED   0x07 /* parameter 1 of bug check C2h */
#define WRONG_TAG       0x0A
#define INVALID_ADDRESS 0x46
#define OVERRUN         0x21

static inline struct list_entry *links_of(struct pool_header *header)
{
    return (struct list_entry *)(header + 1);
}

static inline struct pool_header *after(struct pool_header *header)
{
    return header + header->block_size;
}

static inline bool ends_page(const struct pool_header *end)
{
    return ((uintptr_t)end & (PAGE_SIZE - 1)) == 0;
}

static inline void put_free(struct pool *pool, struct pool_header *header)
{
    uint32_t size = header->block_size;

    header->state = POOL_FREE;
    insert_head_list(&pool->free_list[size], links_of(header));
    pool->list_map[size >> 5] |= 1u << (size & 31);
}

static inline void take_free(struct pool *pool, struct pool_header *header)
{
    uint32_t size = header->block_size;

    remove_entry_list(links_of(header));
    if (is_list_empty(&pool->free_list[size]))
        pool->list_map[size >> 5] &= ~(1u << (size & 31));
}

/* The smallest free block of at least SIZE units, off its list; NULL when there is none. */
static struct pool_header *find_free(struct pool *pool, uint32_t size)
{
    uint32_t word = size >> 5;
    uint32_t bits = pool->list_map[word] & (0xFFFFFFFFu << (size & 31));

    while (!bits) {
        if (++word == ARRAY_SIZE(pool->list_map))
            return NULL;
        bits = pool->list_map[word];
    }
    struct list_entry *list = &pool->free_list[(word << 5) + (uint32_t)__builtin_ctz(bits)];
    struct pool_header *header = (struct pool_header *)list->flink - 1;
    take_free(pool, header);
    return header;
}

/* A new page: a block of SIZE units in front, the rest free behind it. */
static struct pool_header *new_page(struct pool *pool, uint32_t size)
{
    uint32_t page = mi_allocate_pool_pages(pool, 1);

    if (page == RTL_BITMAP_NONE)
        return NULL;
    pool->page[page] = (struct pool_page){POOL_BLOCKS_TAG, 0};
    struct pool_header *header = (struct pool_header *)mi_pool_page_address(pool, page);
    header->previous_size = 0;
    header->block_size = size;
    struct pool_header *rest = header + size;
    rest->previous_size = size;
    rest->block_size = POOL_PAGE_UNITS - size;
    put_free(pool, rest);
    return header;
}

/* Cut what is not needed off a found block; a rest of a single unit could hold no list links. */
static inline void split(struct pool *pool, struct pool_header *header, uint32_t size)
{
    uint32_t rest_size = header->block_size - size;

    if (rest_size < 2)
        return;
    struct pool_header *rest = header + size;
    header->block_size = size;
    rest->previous_size = size;
    rest->block_size = rest_size;
    if (!ends_page(after(rest)))
        after(rest)->previous_size = rest_size;
    put_free(pool, rest);
}

/* SLACK guard bytes at P, a word at a time; the last word may overlap the one before. */
static inline void write_guard(uint8_t *p, uint32_t slack)
{
    for (uint32_t i = 0; i + sizeof(uint32_t) < slack; i += sizeof(uint32_t))
        *(unaligned_u32 *)(p + i) = POOL_GUARD_WORD;
    *(unaligned_u32 *)(p + slack - sizeof(uint32_t)) = POOL_GUARD_WORD;
}

static struct pool_header *cut_block(struct pool *pool, uint32_t size)
{
    struct pool_header *header = find_free(pool, size);

    if (!header)
        return new_page(pool, size);
    split(pool, header, size);
    return header;
}

void *mi_allocate_pool_block(struct pool *pool, uint32_t bytes, uint32_t tag)
{
    uint32_t size = (bytes + POOL_HEADER + POOL_GUARD_MIN + POOL_UNIT - 1) >> POOL_UNIT_SHIFT;
    mi_assert_pool_locked(pool);
    struct pool_header *header = cut_block(pool, size);

    if (!header)
        return NULL;
    uint8_t *p = (uint8_t *)(header + 1);
    uint32_t slack = ((uint32_t)header->block_size << POOL_UNIT_SHIFT) - POOL_HEADER - bytes;
    header->slack = slack & 127;
    header->state = POOL_IN_USE;
    header->tag = tag;
    write_guard(p + bytes, slack);
    return p;
}

uint32_t mi_pool_block_bytes(const struct pool_header *header)
{
    return ((uint32_t)header->block_size << POOL_UNIT_SHIFT) - POOL_HEADER - header->slack;
}

static inline bool guard_is_whole(const uint8_t *p, uint32_t slack)
{
    uint32_t i = 0;

    for (; i + sizeof(uint32_t) < slack; i += sizeof(uint32_t))
        if (unlikely(*(const unaligned_u32 *)(p + i) != POOL_GUARD_WORD))
            return false;
    return *(const unaligned_u32 *)(p + slack - sizeof(uint32_t)) == POOL_GUARD_WORD;
}

const uint8_t *mi_check_guard(const void *p, uint32_t slack)
{
    const uint8_t *guard = p;

    for (uint32_t i = 0; i < slack; i++)
        if (unlikely(guard[i] != POOL_GUARD))
            return guard + i;
    return NULL;
}

/* Bugchecks on whatever a wrong free can look like; the order is from the most to the least
 * telling. */
static void check_free(struct pool_header *header, void *p, uint32_t tag)
{
    if (unlikely((uintptr_t)p & (POOL_UNIT - 1)))
        ke_bug_check_ex(BAD_POOL_CALLER, INVALID_ADDRESS, (uintptr_t)p, 0, 0);
    if (unlikely(header->state == POOL_FREE || header->state == POOL_CACHED))
        ke_bug_check_ex(BAD_POOL_CALLER, ALREADY_FREED, 0, *(uint32_t *)header, (uintptr_t)p);
    if (unlikely(header->state != POOL_IN_USE))
        ke_bug_check_ex(BAD_POOL_CALLER, INVALID_ADDRESS, (uintptr_t)p, 0, 0);
    if (unlikely(!ends_page(after(header)) && after(header)->previous_size != header->block_size))
        ke_bug_check_ex(BAD_POOL_HEADER, POOL_SIZE_CORRUPT, (uintptr_t)header,
                        (uintptr_t)after(header), *(uint32_t *)header);
    uint32_t bytes = mi_pool_block_bytes(header);
    if (unlikely(header->slack < POOL_GUARD_MIN))
        ke_bug_check_ex(BAD_POOL_HEADER, POOL_SIZE_CORRUPT, (uintptr_t)header, header->slack, 0);
    if (unlikely(!guard_is_whole((uint8_t *)p + bytes, header->slack)))
        ke_bug_check_ex(BAD_POOL_HEADER, OVERRUN, (uintptr_t)p, bytes,
                        *mi_check_guard((uint8_t *)p + bytes, header->slack));
    if (unlikely(header->tag != tag))
        ke_bug_check_ex(BAD_POOL_CALLER, WRONG_TAG, (uintptr_t)p, header->tag, tag);
}

/* Join NEXT, which is off its list, to HEADER. */
static inline void join(struct pool_header *header, struct pool_header *next)
{
    header->block_size += next->block_size;
    if (!ends_page(after(header)))
        after(header)->previous_size = header->block_size;
}

void mi_give_back_pool_block(struct pool *pool, struct pool_header *header)
{
    mi_assert_pool_locked(pool);
    header->state = POOL_FREE;
    struct pool_header *next = after(header), *previous = header - header->previous_size;
    bool join_next = !ends_page(next) && next->state == POOL_FREE;
    bool join_previous = header->previous_size && previous->state == POOL_FREE;
    uint32_t size = header->block_size + (join_next ? next->block_size : 0u) +
                    (join_previous ? previous->block_size : 0u);

    if (join_next)
        take_free(pool, next);
    if (join_previous)
        take_free(pool, previous);
    if (size == POOL_PAGE_UNITS) { /* the page is empty: nine bits could not say so anyway */
        mi_free_pool_pages(pool, (uint32_t)((uintptr_t)header - pool->base) >> PAGE_SHIFT);
        return;
    }
    if (join_next)
        join(header, next);
    if (join_previous) {
        join(previous, header);
        header = previous;
    }
    put_free(pool, header);
}

void mi_free_pool_block(struct pool *pool, void *p, uint32_t tag)
{
    struct pool_header *header = (struct pool_header *)p - 1;

    check_free(header, p, tag);
    pool->usage.bytes -= mi_pool_block_bytes(header);
    mi_give_back_pool_block(pool, header);
}
