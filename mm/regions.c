/*
 * The table of regions and the table of the kernel image's parts. Ends marked "sized at boot" are
 * the farthest that the design allows; mm/init_sizes.c draws them in by the machine's RAM.
 */
#include "mm/regions.h"
#include "mm/layout.h"
#include "mm/pte.h"

extern char __boot_start[], __boot_end[], __init_start[], __init_end[], __text_start[],
    __text_end[], __rodata_start[], __rodata_end[], __data_start[], __data_end[], __image_end[];

struct mm_region mm_regions[MM_REGION_COUNT] = {
    [MM_REGION_NULL] = {"null", 0, MM_LOWEST_USER_ADDRESS - 1, MM_MAP_NONE,
                        "never mapped: null pointers fault"},
    [MM_REGION_USER] = {"user", MM_LOWEST_USER_ADDRESS, MM_HIGHEST_USER_ADDRESS, MM_MAP_NONE,
                        "programs, one address space a process"},
    [MM_REGION_SYSTEM] = {"system", MM_SYSTEM_RANGE_START, PTE_BASE - 1, MM_MAP_NONE,
                          "below the page tables, not used yet"},
    [MM_REGION_PAGE_TABLES] = {"page tables", PTE_BASE, PTE_TOP, MM_MAP_SELF,
                               "the self-map: all tables, and the directory"},
    [MM_REGION_HYPER_SPACE] = {"hyperspace", HYPER_SPACE, HYPER_SPACE_END, MM_MAP_TABLES,
                               "temporary mappings of single frames"},
    [MM_REGION_SYSTEM_CACHE] = {"system cache", MM_SYSTEM_CACHE_START, MM_SYSTEM_CACHE_END,
                                MM_MAP_ON_DEMAND, "views of files, paged in on demand"},
    [MM_REGION_SPECIAL_POOL] = {"special pool", MM_SPECIAL_POOL_START, MM_SPECIAL_POOL_LIMIT,
                                MM_MAP_ON_DEMAND, "allocations between guard pages, if asked for"},
    [MM_REGION_LARGE_PAGES] = {"large pages", MM_LARGE_PAGE_START, MM_LARGE_PAGE_END, MM_MAP_LARGE,
                               "4 MB pages, one directory entry each"},
    [MM_REGION_KERNEL] = {"kernel image", KERNEL_BASE, KERNEL_END, MM_MAP_IMAGE,
                          "text and constants read-only, data writable"},
    [MM_REGION_PAGED_POOL] = {"paged pool", MM_PAGED_POOL_START, MM_PAGED_POOL_LIMIT,
                              MM_MAP_ON_DEMAND, "kernel heap, made by demand-zero faults"},
    [MM_REGION_SYSTEM_PTES] = {"system PTEs", MM_SYSTEM_PTE_START, MM_SYSTEM_PTE_LIMIT,
                               MM_MAP_TABLES, "kernel stacks and device maps"},
    [MM_REGION_PFN_DATABASE] = {"PFN database", MM_PFN_DATABASE, MM_NONPAGED_POOL_LIMIT,
                                MM_MAP_TABLES, "one entry a page frame"},
    [MM_REGION_NONPAGED_POOL] = {"nonpaged pool", MM_NONPAGED_POOL_LIMIT, MM_NONPAGED_POOL_LIMIT,
                                 MM_MAP_TABLES, "kernel heap that is always resident"},
    [MM_REGION_DEVICES] = {"devices", MM_DEVICE_START, MM_DEVICE_END, MM_MAP_TABLES,
                           "device registers; first the text screen"},
};

const struct mm_image_part mm_image_parts[] = {
    {"init", (uintptr_t)__init_start, (uintptr_t)__init_end, MM_ZERO_ACCESS, true, true},
    {"text", (uintptr_t)__text_start, (uintptr_t)__text_end, MM_EXECUTE_READ, true, false},
    {"constants", (uintptr_t)__rodata_start, (uintptr_t)__rodata_end, MM_READONLY, false, false},
    {"data", (uintptr_t)__data_start, (uintptr_t)__data_end, MM_READWRITE, false, false},
    {"directory", (uintptr_t)__data_end, (uintptr_t)__image_end, MM_ZERO_ACCESS, false, false},
};
const uint32_t mm_image_part_count = ARRAY_SIZE(mm_image_parts);

const char *const mm_mapping_names[] = {
    [MM_MAP_NONE] = "nothing",      [MM_MAP_SELF] = "itself",
    [MM_MAP_TABLES] = "4 KB pages", [MM_MAP_ON_DEMAND] = "4 KB pages, tables on demand",
    [MM_MAP_LARGE] = "4 MB pages",  [MM_MAP_IMAGE] = "4 KB pages, by part",
};

const struct mm_region *mm_region_of(uintptr_t va)
{
    for (uint32_t i = 0; i < MM_REGION_COUNT; i++)
        if (va >= mm_regions[i].start && va <= mm_regions[i].end)
            return &mm_regions[i];
    return NULL;
}
