/* What the handlers of floor.S work on, and how the processor gets to them. */
#include "arch/i386/trap.h"
#include "mm/mm.h"
#include "mm/pool.h"
#include "tests/bench/bench.h"
#include "tests/bench/floor.h"

#define TAG 'olFB'

/* Read and written by floor.S. */
uint32_t floor_prepared;     /* the entry that floor_map writes */
pfn_t floor_head;            /* the list's first frame */
uint32_t floor_free;         /* frames on the list */
struct mmpfn *floor_entries; /* entry of frame 0, had it one: indexed by frame number */
pfn_t floor_table;           /* the frame of the page table */
uint32_t floor_table_shares;
uint32_t floor_faults;
const void *floor_source;

static struct mmpfn *entries; /* of the frames from first_frame on */
static pfn_t first_frame;
static uint32_t frame_count;

static uint64_t *gate_of(uint32_t vector)
{
    struct {
        uint16_t limit;
        uint32_t base;
    } __attribute__((packed)) table;

    __asm__ volatile("sidt %0" : "=m"(table));
    return (uint64_t *)table.base + vector;
}

void floor_restore_gate(uint32_t vector, uint64_t gate)
{
    disable_interrupts();
    *(volatile uint64_t *)gate_of(vector) = gate;
    enable_interrupts();
}

uint64_t floor_set_gate(uint32_t vector, floor_handler handler)
{
    uint64_t old = *gate_of(vector);
    uint32_t offset = (uint32_t)handler;

    /* A gate holds its handler's address in its first and its last 16 bits (SDM volume 3, 6.11). */
    floor_restore_gate(vector, (old & 0x0000FFFFFFFF0000ull) | (offset & 0xFFFF) |
                                   (uint64_t)(offset >> 16) << 48);
    return old;
}

bool floor_open(uint32_t frames)
{
    enum mm_large_failure why;

    entries = ex_allocate_pool_with_tag(NONPAGED_POOL, frames * sizeof(*entries), TAG);
    if (!entries)
        return false;
    first_frame = mm_allocate_contiguous_frames(frames, 1, &why);
    if (first_frame == PFN_NONE) {
        ex_free_pool_with_tag(entries, TAG);
        return false;
    }
    frame_count = frames;
    floor_entries = entries - first_frame;
    floor_refill();
    return true;
}

void floor_close(void)
{
    mm_free_contiguous_frames(first_frame, frame_count);
    ex_free_pool_with_tag(entries, TAG);
}

void floor_refill(void)
{
    floor_list_frames(entries, frame_count, first_frame);
    entries[frame_count - 1].u1.flink = PFN_NONE;
    floor_head = first_frame;
    floor_free = frame_count;
    floor_prepared = first_frame << PAGE_SHIFT | HW_VALID | HW_WRITE | HW_ACCESSED | HW_DIRTY;
}

uint64_t floor_fault(floor_handler handler, uintptr_t va)
{
    struct mmpte *pte = mi_get_pte_address(va);

    mi_write_pte(pte, mi_make_demand_zero_pte(MM_READWRITE));
    floor_table = mi_get_pde_address(va)->hard.page_frame_number;
    uint64_t gate = floor_set_gate(VECTOR_PAGE_FAULT, handler);
    uint64_t cost = bench_time(bench_write_byte, (void *)va);
    floor_restore_gate(VECTOR_PAGE_FAULT, gate);
    mi_change_valid_pte(pte, (struct mmpte){.value = 0}, va);
    return cost;
}
