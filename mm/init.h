/*
 * The memory manager's start-up, between its init_*.c files. All of it runs once, in the order of
 * mm_init_system, and is given back afterwards.
 */
#pragma once

#include "boot/boot_info.h"
#include "mm/mi.h"

/* ---- init_frames.c: frames before there is a PFN database --------------------------------------
 */

/* Use the RAM of INFO below MAX_BYTES (0: all below 4 GB). */
void mi_init_boot_frames(const struct boot_info *info, uint64_t max_bytes);
/* => a frame that nobody uses; bugchecks INSTALL_MORE_MEMORY when there is none. */
pfn_t mi_boot_frame(void);
/* The next run of usable frames, reserved and used ones included; *CURSOR starts at 0. */
bool mi_boot_next_run(uint32_t *cursor, pfn_t *first, pfn_t *count);
/* The runs that are in use from the start: run 0 is the kernel and its boot code, the others are
 * the modules, perhaps empty. => false when INDEX is behind the last. */
bool mi_boot_reserved_run(uint32_t index, pfn_t *first, pfn_t *end);
extern uint32_t mi_boot_usable_frames; /* how many frames the runs have together */

/* ---- init_sizes.c ------------------------------------------------------------------------------
 */

/* Draw in the ends of the regions that depend on RAM. */
void mi_init_sizes(void);

/* ---- init_map.c --------------------------------------------------------------------------------
 */

/* PDE 768 maps the directory; the identity mapping goes. */
void mi_init_self_map(void);
/* Page tables for the regions that have them from the start. */
void mi_init_page_tables(void);
/* The kernel image in 4 KB pages with each part's protection. */
void mi_init_image_map(void);
/* The text screen's window. */
void mi_init_device_map(void);
/* Map fresh frames of zeros at VA, in a region that has page tables. */
void mi_init_map_pages(uintptr_t va, uint32_t pages);

/* ---- init_pfn.c, and what starts on top of it ---------------------------------------------------
 */

void mi_init_pfn_database(const struct boot_info *info);
void mi_init_system_ptes(void);
void mi_init_pools(void);
void mi_init_views(void);
void mi_init_verify(void); /* give mm_verify its place in a bugcheck */
