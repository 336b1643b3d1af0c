/*
 * Memory to pass: an arena with pages of every kind, good places in pages that nobody takes away,
 * and addresses at every edge of the address space.
 */
#include "tests/user/fuzz/fuzz.h"

/* ---- what is not to be touched ------------------------------------------------------------------
 */

#define OWN_REGIONS 64u

static struct {
    uint32_t from, to; /* the first byte, and the first behind it */
} own[OWN_REGIONS];
static uint32_t own_regions;

static void add_own(uint32_t from, uint32_t to)
{
    if (own_regions < OWN_REGIONS) {
        own[own_regions].from = from;
        own[own_regions++].to = to;
    }
}

/* All that is there before the arena is: images, heap, stacks, the blocks of the process. */
void fuzz_find_own_memory(void)
{
    MEMORY_BASIC_INFORMATION info;
    uint32_t at = 0x10000;

    own_regions = 0;
    while ((int32_t)FUZZ_CALL(NtQueryVirtualMemory, -1u, at, 0, (uint32_t)&info, sizeof(info), 0) >=
           0) {
        uint32_t end = (uint32_t)info.BaseAddress + info.RegionSize;
        if (info.State != MEM_FREE)
            add_own((uint32_t)info.BaseAddress & ~0xFFFFu, (end + 0xFFFF) & ~0xFFFFu);
        if (end <= at)
            break;
        at = end;
    }
}

static bool is_own(uint32_t address)
{
    for (uint32_t i = 0; i < own_regions; i++)
        if (address >= own[i].from && address < own[i].to)
            return true;
    return false;
}

/* ---- the arena ----------------------------------------------------------------------------------
 */

/* What becomes of each page, again and again. 0: it is only reserved. */
static const uint32_t page_kinds[] = {
    PAGE_READWRITE,
    PAGE_READWRITE,
    0,
    PAGE_READONLY,
    PAGE_READWRITE,
    PAGE_NOACCESS,
    PAGE_EXECUTE_READWRITE,
    PAGE_READWRITE | PAGE_GUARD,
    PAGE_READWRITE,
    PAGE_EXECUTE_READ,
    0,
};

static uint32_t allocate(uint32_t base, uint32_t size, uint32_t type, uint32_t protect)
{
    return FUZZ_CALL(NtAllocateVirtualMemory, -1u, (uint32_t)&base, 0, (uint32_t)&size, type,
                     protect);
}

static void release(uint32_t base)
{
    uint32_t size = 0;

    FUZZ_CALL(NtFreeVirtualMemory, -1u, (uint32_t)&base, (uint32_t)&size, MEM_RELEASE);
}

static void map_view(void)
{
    uint32_t section = fuzz_handle(TYPE_SECTION), base = VIEW, size = 0;

    FUZZ_CALL(NtUnmapViewOfSection, -1u, VIEW);
    FUZZ_CALL(NtMapViewOfSection, section, -1u, (uint32_t)&base, 0, 0, 0, (uint32_t)&size,
              1 + fuzz_below(2), 0, fuzz_one_in(3) ? PAGE_WRITECOPY : PAGE_READWRITE);
}

void fuzz_repair_memory(void)
{
    release(ARENA);
    allocate(ARENA, ARENA_PAGES * PAGE_BYTES, MEM_RESERVE, PAGE_READWRITE);
    for (uint32_t i = 0; i < ARENA_PAGES; i++) {
        uint32_t kind = page_kinds[i % COUNT_OF(page_kinds)], at = ARENA + i * PAGE_BYTES;
        if (kind)
            allocate(at, PAGE_BYTES, MEM_COMMIT, kind);
        if (kind == PAGE_READWRITE)
            fuzz_copy((void *)at, (void *)SCRATCH, 256);
    }
    map_view();
}

void fuzz_make_memory(void)
{
    allocate(SCRATCH, FUZZ_ARGUMENTS * PAGE_BYTES, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    allocate(STACKS, STACK_BYTES, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    fuzz_repair_memory();
}

/* ---- addresses ----------------------------------------------------------------------------------
 */

static const uint32_t edges[] = {
    0,          0x1,        0x2,        0x4,        0x10,       0xFFC,      0xFFF,      0x1000,
    0xFFFC,     0xFFFF,     0x10000,    0x7FFE0000, 0x7FFE0300, 0x7FFE0FFC, 0x7FFE1000, 0x7FFEFFFC,
    0x7FFEFFFE, 0x7FFEFFFF, 0x7FFF0000, 0x7FFFFFFC, 0x7FFFFFFF, 0x80000000, 0x80001000, 0xBFFEFFFF,
    0xBFFF0000, 0xC0000000, 0xC0300000, 0xC0300C00, 0xC03FFFFC, 0xC0400000, 0xC1000000, 0xE0000000,
    0xE0900000, 0xE0910001, 0xE1000000, 0xEB000000, 0xF0000000, 0xFFC00000, 0xFFDFF000, 0xFFFFF000,
    0xFFFFFFF0, 0xFFFFFFFC, 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFF,
};

static uint32_t in_arena(void)
{
    uint32_t page = ARENA + fuzz_below(ARENA_PAGES + 1) * PAGE_BYTES;

    switch (fuzz_below(4)) {
    case 0:
        return page;
    case 1: /* what begins here ends in the next page */
        return page - 1 - fuzz_below(fuzz_one_in(2) ? 8 : 64);
    default:
        return page + (fuzz_below(PAGE_BYTES) & ~(fuzz_one_in(4) ? 0 : 3u));
    }
}

static uint32_t in_view(void)
{
    return VIEW + fuzz_below(VIEW_BYTES + PAGE_BYTES);
}

static uint32_t at_edge(void)
{
    return FUZZ_PICK(edges);
}

static uint32_t anywhere(void)
{
    return fuzz_random();
}

uint32_t fuzz_address(void)
{
    static uint32_t (*const places[])(void) = {in_arena, in_arena, in_arena, in_arena, in_arena,
                                               in_view,  in_view,  at_edge,  at_edge,  anywhere};
    uint32_t address;

    do
        address = FUZZ_PICK(places)();
    while (is_own(address));
    return address;
}

void *fuzz_scratch(uint32_t slot)
{
    return (void *)(SCRATCH + slot * PAGE_BYTES);
}

uint32_t fuzz_pass(uint32_t slot, uint32_t bytes)
{
    uint32_t at;

    if (!fuzz_one_in(3))
        return (uint32_t)fuzz_scratch(slot);
    at = fuzz_address();
    if (at - ARENA < ARENA_PAGES * PAGE_BYTES || at - VIEW < VIEW_BYTES)
        fuzz_copy((void *)at, fuzz_scratch(slot), bytes); /* good, as long as it is there */
    return at;
}

/* ---- sizes and flags ----------------------------------------------------------------------------
 */

uint32_t fuzz_size(void)
{
    static const uint32_t sizes[] = {
        0,          1,          2,          3,          4,          7,         8,        0xFF,
        0x100,      0xFFE,      0xFFF,      0x1000,     0x1001,     0x1FFF,    0x2000,   0x3000,
        0x8000,     0xFFFF,     0x10000,    0x10001,    0x20000,    0x100000,  0x3FFFFF, 0x400000,
        0x7FFEFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFF000, 0xFFFFF001, 0xFFFFFFFF};

    return fuzz_one_in(3) ? FUZZ_PICK(sizes) : FUZZ_PICK(sizes) % 0x10001;
}

uint32_t fuzz_flags(const uint32_t *bits, uint32_t count)
{
    uint32_t flags = bits[fuzz_below(count)];

    while (fuzz_one_in(3))
        flags |= bits[fuzz_below(count)];
    return fuzz_one_in(24) ? flags ^ (1u << fuzz_below(32)) : flags;
}
