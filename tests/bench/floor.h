/*
 * Floors: the same work by the least code that can do it. A fault's floor is a handler of its own
 * in the vector table, in assembly (floor.S), that serves pages from a list and a PFN database of
 * its own; nothing in it can be left out without leaving work undone.
 */
#pragma once

#include "mm/mi.h"
#include "tests/bench/probe.h"

/* Entered by the processor, through an interrupt gate. */
typedef void (*floor_handler)(void);

void floor_return(void);          /* an interrupt: iret */
void floor_skip(void);            /* a page fault by bench_write_byte: step over it, iret */
void floor_map(void);             /* write the entry that was prepared, iret */
void floor_demand_zero(void);     /* check, take a frame, enter it in the database, map it, count */
void floor_demand_zero_rep(void); /* and fill it with zeros */
void floor_demand_zero_sse(void); /* the same in 16-byte stores */
void floor_demand_page(void);     /* and fill it from the page that is mapped at floor_source */

/* VECTOR goes straight to HANDLER. => the gate that was there, for floor_restore_gate. */
uint64_t floor_set_gate(uint32_t vector, floor_handler handler);
void floor_restore_gate(uint32_t vector, uint64_t gate);

/* Take FRAMES (at most 1024) frames for the floor's own list. => false when memory is short. */
bool floor_open(uint32_t frames);
void floor_close(void);
/* All frames are on the list again. */
void floor_refill(void);
/* => what a fault at VA, which has a page table, costs with HANDLER. VA is not mapped afterwards.
 */
uint64_t floor_fault(floor_handler handler, uintptr_t va);

extern const void *floor_source;

/* The least writing that makes COUNT entries at PFN a list of free frames, FIRST being the number
 * of the first one. */
void floor_list_frames(struct mmpfn *pfn, uint32_t count, pfn_t first);

/* Map a large page and fill it with zeros; unmap one and give its frames back. */
struct floor_large {
    struct mmpte *pde;
    struct mmpte value;
    uintptr_t va;
    struct mmpfn *entries; /* LARGE_PAGE_PAGES of them */
};
void floor_map_large(void *large);
void floor_unmap_large(void *large);
