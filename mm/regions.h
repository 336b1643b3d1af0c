/*
 * The table of regions: what each part of the address space is for, how far it reaches on this
 * machine, and how it comes to be mapped. The map is built from it, and `!layout`, the tests, GDB's
 * `tokos layout` and the book show it.
 */
#pragma once

#include "lib/types.h"

enum mm_mapping {
    MM_MAP_NONE,      /* nothing is mapped here */
    MM_MAP_SELF,      /* the directory's entry for itself */
    MM_MAP_TABLES,    /* page tables made at start-up, entries filled as needed */
    MM_MAP_ON_DEMAND, /* page tables made when first needed */
    MM_MAP_LARGE,     /* directory entries that map 4 MB each */
    MM_MAP_IMAGE,     /* the kernel image, part by part as mm_image_parts says */
};

enum mm_region_id {
    MM_REGION_NULL,
    MM_REGION_USER,
    MM_REGION_SYSTEM,
    MM_REGION_PAGE_TABLES,
    MM_REGION_HYPER_SPACE,
    MM_REGION_SYSTEM_CACHE,
    MM_REGION_SPECIAL_POOL,
    MM_REGION_LARGE_PAGES,
    MM_REGION_KERNEL,
    MM_REGION_PAGED_POOL,
    MM_REGION_SYSTEM_PTES,
    MM_REGION_PFN_DATABASE,
    MM_REGION_NONPAGED_POOL,
    MM_REGION_DEVICES,
    MM_REGION_COUNT
};

struct mm_region {
    const char *name;
    uintptr_t start;
    uintptr_t end; /* the last byte; the smaller of the design's limit and what the RAM warrants */
    enum mm_mapping mapping;
    const char *use;
};

/* The kernel image's parts: pages of one part have one protection. */
struct mm_image_part {
    const char *name;
    uintptr_t start;
    uintptr_t end;       /* the first byte behind it */
    uint32_t protection; /* MM_... code of mm/pte.h; MM_ZERO_ACCESS: not mapped */
    bool executable;     /* holds instructions: "text" */
    bool start_up_only;  /* mapped writable until mm_free_init_memory */
};

extern struct mm_region mm_regions[MM_REGION_COUNT]; /* in ascending order of address */
extern const struct mm_image_part mm_image_parts[];
extern const uint32_t mm_image_part_count;
extern const char *const mm_mapping_names[];

/* => the region that holds VA, or NULL between regions. */
const struct mm_region *mm_region_of(uintptr_t va);

static inline uint32_t mm_region_pages(enum mm_region_id id)
{
    return (uint32_t)((mm_regions[id].end - mm_regions[id].start + 1) >> PAGE_SHIFT);
}
