/*
 * The address map in numbers. Every fixed address of TokOS stands here and nowhere else; the linker
 * script includes this file too. What the regions are for, and how far those reach that are sized
 * at boot, is in the table of mm/regions.c, from which the map is built and shown.
 */
#pragma once

#define MM_LOWEST_USER_ADDRESS  0x00010000
#define MM_HIGHEST_USER_ADDRESS 0x7FFEFFFF
#define MM_HIGHEST_LARGE_ADDRESS \
    0xBFFEFFFF /* booted with userva=3072, for images that ask for it */
#define MM_PEB                0x7FFDF000
#define MM_SHARED_USER_DATA   0x7FFE0000
#define MM_SYSTEM_RANGE_START 0x80000000

#define PTE_BASE           0xC0000000 /* the self-map: page tables of the current directory */
#define PTE_TOP            0xC03FFFFF
#define PDE_BASE           0xC0300000 /* the page directory, seen through itself */
#define PDE_SELF_MAP_INDEX 768        /* PTE_BASE >> 22 */

#define HYPER_SPACE     0xC0400000
#define HYPER_SPACE_END 0xC07FFFFF

#define MM_SYSTEM_CACHE_START 0xC1000000
#define MM_SYSTEM_CACHE_END   0xC8FFFFFF
#define MM_SPECIAL_POOL_START 0xC9000000
#define MM_SPECIAL_POOL_LIMIT 0xCFFFFFFF
#define MM_LARGE_PAGE_START   0xD0000000
#define MM_LARGE_PAGE_END     0xDFFFFFFF

#define KERNEL_BASE     0xE0800000 /* virtual = physical + KERNEL_BASE for the image */
#define KERNEL_PHYSICAL 0x00100000 /* where the loader puts the image */
#define KERNEL_END      0xE0FFFFFF

#define MM_PAGED_POOL_START    0xE1000000
#define MM_PAGED_POOL_LIMIT    0xEAFFFFFF
#define MM_SYSTEM_PTE_START    0xEB000000
#define MM_SYSTEM_PTE_LIMIT    0xEFFFFFFF
#define MM_PFN_DATABASE        0xF0000000
#define MM_NONPAGED_POOL_LIMIT 0xFFBFFFFF
#define MM_DEVICE_START        0xFFC00000
#define MM_DEVICE_END          0xFFFFFFFF

#define MM_VGA_TEXT          0xFFC00000 /* the text screen's 32 KB window */
#define MM_VGA_TEXT_PHYSICAL 0x000B8000
#define MM_VGA_TEXT_BYTES    0x8000
#define MM_LOCAL_APIC        0xFFC08000 /* the local APIC's registers, where there is one */

#define KERNEL_STACK_SIZE 0x3000 /* NT's 12 KB on x86, plus a guard page below */
