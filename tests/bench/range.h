/*
 * Pages to take faults on: a run of demand-zero PTEs in the part of system space that nothing else
 * uses, and the page lists brought into the state that a benchmark wants.
 */
#pragma once

#include "mm/layout.h"
#include "mm/pte.h"

#define BENCH_RANGE MM_SYSTEM_RANGE_START

static inline uintptr_t bench_page(uint32_t index)
{
    return BENCH_RANGE + (index << PAGE_SHIFT);
}

/* PAGES promised and none there. => false, and nothing made, when memory is short. */
bool bench_make_range(uint32_t pages);
/* The pages that came go to the head of the free list; the promise stands again. */
void bench_empty_range(uint32_t pages);
/* The range and its page tables go. */
void bench_delete_range(uint32_t pages);

/* At least COUNT pages are on the zeroed list. => false when so many are not to be had. */
bool bench_fill_zeroed_list(uint32_t count);
/* No page is on the zeroed list: all are on the free list. */
void bench_drain_zeroed_list(void);
