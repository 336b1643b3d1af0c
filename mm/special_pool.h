/*
 * Special pool, for the pools' own files, the fault path and mm_verify: see special_pool.c.
 */
#pragma once

#include "mm/pool_internal.h"

/* What is remembered of a page of the region, while it is in use and after it was freed. */
struct special_page {
    uint32_t first; /* the first page of the allocation that had it last, its guard page included */
    /* The rest stands with that first page only. */
    uint32_t tag;
    uint32_t bytes : 31;
    uint32_t paged : 1;
    uint32_t allocated_by; /* a return address; 0: never used */
    uint32_t freed_by;     /* a return address; 0: in use */
};

/* Guarded by its spin lock, which also guards what it changes of the pools' usage; all but the flag
 * is there only when the flag is set. */
struct mi_special_pool {
    bool on;
    uintptr_t base;
    struct rtl_bitmap used;    /* a bit a page, guard pages included */
    struct special_page *page; /* one a page */
    uint32_t hint;             /* behind the allocation made last: the next is looked for there */
    uint32_t fallbacks;        /* requests that the ordinary pool had to serve */
};
extern struct mi_special_pool mi_special_pool;

#define MI_SPECIAL_POOL_TAG 'cepS' /* of the one block that holds the bits and the pages */
#define SPECIAL_FILL        0xCBu /* in front of an allocation, and behind it up to its page's end */

static inline uintptr_t mi_special_address(uint32_t page)
{
    return mi_special_pool.base + (page << PAGE_SHIFT);
}

static inline uint32_t mi_special_page_number(uintptr_t va)
{
    return (uint32_t)(va - mi_special_pool.base) >> PAGE_SHIFT;
}

/* Does VA lie in the region, which has a size when the option is given? */
static inline bool mi_is_special_address(uintptr_t va)
{
    return mi_special_page_number(va) < mi_special_pool.used.size;
}

/* Where the allocation lies that A describes. */
uintptr_t mi_special_allocation(const struct special_page *a);
/* => the first byte of [START, END) that is not SPECIAL_FILL, or NULL. */
const uint8_t *mi_check_special_fill(uintptr_t start, uintptr_t end);

/* BYTES from POOL for CALLER. IRQL is the pool's level. => NULL when the region is full, memory is
 * short or the pool at its limit: the ordinary pool is asked then. */
void *mi_allocate_special_pool(struct pool *pool, uint32_t bytes, uint32_t tag, uintptr_t caller);

/* Free P, an address of the region. Bug check C1h when no allocation begins there or the bytes
 * around it were changed, C2h for a wrong tag or IRQL; what is known of it is printed before. */
void mi_free_special_pool(void *p, uint32_t tag, uintptr_t caller);

/* If VA lies in freed special pool or in the page behind an allocation, the fault is bug check CCh
 * or CDh (WRITE: 1 or 0). => returns when it is neither. */
struct ktrap_frame;
void mi_special_pool_fault(uintptr_t va, uint32_t write, struct ktrap_frame *frame);

/* Check what is in special pool and add it to the usage found of each pool (verify_special.c). */
void mi_verify_special_pool(enum pool_type type, struct pool_usage *found);
