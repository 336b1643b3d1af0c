/*
 * Blocks within a page: best fit by exact size, joined again when freed. See pool_internal.h.
 */
#include "mm/pool_block.h"
#include "kernel/ke/bugcheck.h"

#define ALREADY_FREED   0x07 /* parameter 1 of bug check C2h */
#define WRONG_TAG       0x0A
#define INVALID_ADDRESS 0x46
#define SIZE_CORRUPT    0x20 /* parameter 1 of bug check 19h */
#define OVERRUN         0x21

static inline struct list_entry *links_of(struct pool_header *header)
{
    return (struct list_entry *)(header + 1);
}

/* HEADER becomes a free block of SIZE units behind one of PREVIOUS units. */
static inline void put_free(struct pool *pool, struct pool_header *header, uint32_t previous,
                            uint32_t size)
{
    mi_pool_write_sizes(header, previous, 0, size, POOL_FREE);
    insert_head_list(&pool->free_list[size], links_of(header));
    pool->list_map[size >> 5] |= 1u << (size & 31);
    pool->word_map |= 1u << (size >> 5);
}

/* HEADER, a free block of SIZE units, leaves its list. */
static inline void take_free(struct pool *pool, struct pool_header *header, uint32_t size)
{
    if (!remove_entry_list(links_of(header)))
        return;
    pool->list_map[size >> 5] &= ~(1u << (size & 31));
    if (!pool->list_map[size >> 5])
        pool->word_map &= ~(1u << (size >> 5));
}

/* The smallest free block of at least SIZE units, off its list; NULL when there is none. */
static inline struct pool_header *find_free(struct pool *pool, uint32_t size)
{
    uint32_t word = size >> 5;
    uint32_t bits = pool->list_map[word] & (0xFFFFFFFFu << (size & 31));

    if (!bits) {
        uint32_t words = pool->word_map & (0xFFFFFFFEu << word);
        if (!words)
            return NULL;
        word = (uint32_t)__builtin_ctz(words);
        bits = pool->list_map[word];
    }
    uint32_t found = (word << 5) + (uint32_t)__builtin_ctz(bits);
    struct pool_header *header = (struct pool_header *)pool->free_list[found].flink - 1;
    take_free(pool, header, found);
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
    mi_pool_write_sizes(header, 0, 0, size, POOL_FREE);
    put_free(pool, header + size, size, POOL_PAGE_UNITS - size);
    return header;
}

/* Cut what is not needed off a found block; a rest of a single unit could hold no list links.
 * => the units that the block has now. */
static inline uint32_t split(struct pool *pool, struct pool_header *header, uint32_t size)
{
    uint32_t found = header->block_size, rest_size = found - size;
    struct pool_header *rest = header + size, *next = header + found;

    if (rest_size < 2)
        return found;
    if (!mi_pool_ends_page(next))
        next->previous_size = rest_size;
    put_free(pool, rest, size, rest_size);
    return size;
}

void *mi_allocate_pool_block(struct pool *pool, uint32_t bytes, uint32_t tag)
{
    uint32_t size = mi_pool_units(bytes);
    struct pool_header *header = find_free(pool, size);

    if (header)
        size = split(pool, header, size);
    else
        header = new_page(pool, size);
    return header ? mi_pool_give_out(header, size, bytes, tag) : NULL;
}

const uint8_t *mi_check_guard(const void *p, uint32_t slack)
{
    const uint8_t *guard = p;

    for (uint32_t i = 0; i < slack; i++)
        if (unlikely(guard[i] != POOL_GUARD))
            return guard + i;
    return NULL;
}

void mi_refuse_free(void *p, uint32_t tag)
{
    struct pool_header *header = (struct pool_header *)p - 1;
    uintptr_t va = (uintptr_t)p;

    if (va & (POOL_UNIT - 1) || mi_pool_ends_page(p)) /* no block begins there */
        ke_bug_check_ex(BAD_POOL_CALLER, INVALID_ADDRESS, va, 0, 0);
    if (header->state == POOL_FREE || header->state == POOL_LOOKASIDE)
        ke_bug_check_ex(BAD_POOL_CALLER, ALREADY_FREED, 0, *(uint32_t *)header, va);
    if (header->state != POOL_IN_USE)
        ke_bug_check_ex(BAD_POOL_CALLER, INVALID_ADDRESS, va, 0, 0);
    struct pool_header *next = mi_pool_next(header);
    if (!mi_pool_ends_page(next) && next->previous_size != header->block_size)
        ke_bug_check_ex(BAD_POOL_HEADER, SIZE_CORRUPT, (uintptr_t)header, (uintptr_t)next,
                        *(uint32_t *)header);
    uint32_t bytes = mi_pool_block_bytes(header);
    const uint8_t *wrong = mi_check_guard((uint8_t *)p + bytes, header->slack);
    if (wrong)
        ke_bug_check_ex(BAD_POOL_HEADER, OVERRUN, va, bytes, *wrong);
    ke_bug_check_ex(BAD_POOL_CALLER, WRONG_TAG, va, header->tag, tag);
}

void mi_free_pool_block(struct pool *pool, struct pool_header *header)
{
    struct pool_header *next = mi_pool_next(header);
    uint32_t size = header->block_size, before = header->previous_size;

    header->state = POOL_FREE;
    if (!mi_pool_ends_page(next) && next->state == POOL_FREE) {
        uint32_t joined = next->block_size;
        take_free(pool, next, joined);
        size += joined;
        next += joined;
    }
    if (before && (header - before)->state == POOL_FREE) {
        header -= before;
        take_free(pool, header, before);
        size += before;
        before = header->previous_size;
    }
    if (size == POOL_PAGE_UNITS) { /* the page is empty: nine bits could not say so anyway */
        mi_free_pool_pages(pool, (uint32_t)((uintptr_t)header - pool->base) >> PAGE_SHIFT);
        return;
    }
    if (!mi_pool_ends_page(next))
        next->previous_size = size;
    put_free(pool, header, before, size);
}
