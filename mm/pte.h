/*
 * Page-table entries in all their forms, after Windows Internals (6th ed., part 2, chapter 10).
 *
 *   31                               12 11 10  9  8  7  6  5  4  3  2  1  0
 *  +-----------------------------------+--+--+--+--+--+--+--+--+--+--+--+--+
 *  | page frame number                 |mp| p|cw| G| L| D| A|cd|wt| O| W| 1|  valid
 *  +-----------------------------------+--+--+--+--+--+--+--+--+--+--+--+--+
 *  | page offset in the page file      | 0| 0|  protection  | file num  | 0|  page file
 *  | 0                                 | 0| 0|  protection  | 0         | 0|  demand zero
 *  | page frame number                 | 1| 0|  protection  |cd|wt| O| W| 0|  transition
 *  |pool| subsection, high             |  | 1|  protection  | sub. low  | 0|  subsection
 *  | index of the next free cluster    | 0| 0| 0                     |one| 0|  list
 *  +-----------------------------------+--+--+--+--+--+--+--+--+--+--+--+--+
 *    mp  write allowed (software, multiprocessor)   p  prototype   cw  copy on write
 *    G global  L large (PDE)  D dirty  A accessed  cd cache disable  wt write through
 *    O owner: user mode may use it    W write       one: the cluster is a single entry
 *
 * A valid PTE that maps a page of a section (prototype) has in bit 11 whether the page may be
 * executed: the processor does not tell, and the frame's entry is shared. (On one processor the bit
 * is free.) Two more of its bits tell protections apart that are one to the processor: D, where W
 * is not set, and wt, where cd is (mi_make_mapping, mm/section.h).
 *
 * A list entry has a zero protection, so a free system PTE that is touched reads as "not backed".
 * The processor looks at bit 0 only of an invalid entry; everything else in it is ours.
 */
#pragma once

#include "lib/types.h"
#include "arch/i386/pte_bits.h"
#include "mm/layout.h"

#define PTES_PER_PAGE  1024u
#define PTE_SIZE_SHIFT 2u
#define PTE_LIST_END   0xFFFFFu

struct mmpte_hardware {
    uint32_t valid : 1;
    uint32_t write : 1;
    uint32_t owner : 1;
    uint32_t write_through : 1;
    uint32_t cache_disable : 1;
    uint32_t accessed : 1;
    uint32_t dirty : 1;
    uint32_t large_page : 1;
    uint32_t global : 1;
    uint32_t copy_on_write : 1;
    uint32_t prototype : 1;
    uint32_t write_mp : 1;
    uint32_t page_frame_number : 20;
};

struct mmpte_software {
    uint32_t valid : 1;
    uint32_t page_file_low : 4;
    uint32_t protection : 5;
    uint32_t prototype : 1;
    uint32_t transition : 1;
    uint32_t page_file_high : 20;
};

struct mmpte_transition {
    uint32_t valid : 1;
    uint32_t write : 1;
    uint32_t owner : 1;
    uint32_t write_through : 1;
    uint32_t cache_disable : 1;
    uint32_t protection : 5;
    uint32_t prototype : 1;
    uint32_t transition : 1;
    uint32_t page_frame_number : 20;
};

struct mmpte_subsection {
    uint32_t valid : 1;
    uint32_t subsection_low : 4;
    uint32_t protection : 5;
    uint32_t prototype : 1;
    uint32_t subsection_high : 20;
    uint32_t which_pool : 1; /* the units are counted from 1: nonpaged, 0: special pool */
};

struct mmpte_list {
    uint32_t valid : 1;
    uint32_t one_entry : 1;
    uint32_t filler : 10;
    uint32_t next_entry : 20;
};

struct mmpte {
    union {
        uint32_t value;
        struct mmpte_hardware hard;
        struct mmpte_software soft;
        struct mmpte_transition trans;
        struct mmpte_subsection subsect;
        struct mmpte_list list;
    };
};

_Static_assert(sizeof(struct mmpte) == 1u << PTE_SIZE_SHIFT,
               "an entry is what the processor reads");
_Static_assert(sizeof(struct mmpte_hardware) == sizeof(struct mmpte), "hardware form");
_Static_assert(sizeof(struct mmpte_software) == sizeof(struct mmpte), "software form");
_Static_assert(sizeof(struct mmpte_transition) == sizeof(struct mmpte), "transition form");
_Static_assert(sizeof(struct mmpte_subsection) == sizeof(struct mmpte), "subsection form");
_Static_assert(sizeof(struct mmpte_list) == sizeof(struct mmpte), "list form");

/* Protection codes, five bits (Windows Internals, "Page Fault Handling"). Caching and guard modify
 * the lower three bits. */
#define MM_ZERO_ACCESS       0u
#define MM_READONLY          1u
#define MM_EXECUTE           2u
#define MM_EXECUTE_READ      3u
#define MM_READWRITE         4u
#define MM_WRITECOPY         5u
#define MM_EXECUTE_READWRITE 6u
#define MM_EXECUTE_WRITECOPY 7u
#define MM_NOCACHE           0x08u
#define MM_GUARD_PAGE        0x10u
#define MM_WRITECOMBINE      0x18u
#define MM_DECOMMIT          0x10u /* MM_GUARD_PAGE of nothing: was committed, is not any more */
#define MM_NOACCESS          0x18u

/* What an entry says, in the order in which it must be asked. */
enum mi_pte_kind {
    MI_PTE_ZERO,        /* nothing: not backed */
    MI_PTE_VALID,       /* the processor uses it */
    MI_PTE_DEMAND_ZERO, /* a page of zeros, not yet made */
    MI_PTE_TRANSITION,  /* the page is still in memory, on a list */
    MI_PTE_SUBSECTION,  /* to be read from a file: ask the subsection */
    MI_PTE_PAGE_FILE,   /* in a page file */
    MI_PTE_DECOMMITTED, /* not committed any more, whatever its VAD says */
    MI_PTE_FREE,        /* a free system PTE, or no protection set */
    MI_PTE_KIND_COUNT
};

extern const char *const mi_pte_kind_names[MI_PTE_KIND_COUNT];

static inline enum mi_pte_kind mi_pte_kind(struct mmpte pte)
{
    if (pte.hard.valid)
        return MI_PTE_VALID;
    if (pte.value == 0)
        return MI_PTE_ZERO;
    if (pte.soft.prototype)
        return MI_PTE_SUBSECTION;
    if (pte.soft.transition)
        return MI_PTE_TRANSITION;
    if (pte.soft.protection == MM_ZERO_ACCESS)
        return MI_PTE_FREE;
    if (pte.soft.page_file_low == 0 && pte.soft.page_file_high == 0)
        return pte.soft.protection == MM_DECOMMIT ? MI_PTE_DECOMMITTED : MI_PTE_DEMAND_ZERO;
    return MI_PTE_PAGE_FILE;
}

/* Hardware bits for a protection code, MM_NOCACHE included: owner and global are the caller's. */
extern const uint16_t mi_protection_bits[16];

/* What a five-bit protection code allows. Without no-execute whatever may be read may be executed.
 */
static inline bool mi_protection_allows(uint32_t protection, bool write)
{
    return (protection & (write ? MM_READWRITE : MM_EXECUTE_WRITECOPY)) != 0;
}

static inline bool mi_is_guard_protection(uint32_t protection)
{
    return (protection & MM_WRITECOMBINE) == MM_GUARD_PAGE && (protection & MM_EXECUTE_WRITECOPY);
}

/* A valid entry for FRAME with PROTECTION. Accessed is set: whoever makes it is about to use it. */
static inline struct mmpte mi_make_valid_pte(pfn_t frame, uint32_t protection)
{
    return (struct mmpte){.value = frame << PAGE_SHIFT | mi_protection_bits[protection & 15]};
}

static inline struct mmpte mi_make_demand_zero_pte(uint32_t protection)
{
    return (struct mmpte){.soft = {.protection = protection & 31}};
}

static inline struct mmpte mi_make_transition_pte(pfn_t frame, uint32_t protection)
{
    return (struct mmpte){
        .trans = {.protection = protection & 31, .transition = 1, .page_frame_number = frame}};
}

/* The subsection form holds an address in units of 8 bytes, from the start of nonpaged pool. (From
 * that of special pool when the caller clears which_pool.) */
struct mmpte mi_make_subsection_pte(uintptr_t offset_in_pool, uint32_t protection);
uintptr_t mi_subsection_pte_offset(struct mmpte pte);

/*
 * Address arithmetic of the self-map (MiGetPteAddress and its kin). The page tables are one array
 * of entries at PTE_BASE, in the order of the addresses they map; the directory is the part of that
 * array that maps the array itself.
 */
static inline struct mmpte *mi_get_pte_address(uintptr_t va)
{
    return (struct mmpte *)(uintptr_t)(PTE_BASE + (((uint32_t)va >> PAGE_SHIFT) << PTE_SIZE_SHIFT));
}

/* Below it lie the entries of user space. */
#define MI_FIRST_SYSTEM_PTE (mi_get_pte_address(PTE_BASE))

static inline struct mmpte *mi_get_pde_address(uintptr_t va)
{
    return (struct mmpte *)(uintptr_t)(PDE_BASE +
                                       (((uint32_t)va >> LARGE_PAGE_SHIFT) << PTE_SIZE_SHIFT));
}

static inline uintptr_t mi_get_virtual_address_mapped_by_pte(const struct mmpte *pte)
{
    return (uint32_t)((uintptr_t)pte << (PAGE_SHIFT - PTE_SIZE_SHIFT));
}

static inline uintptr_t mi_get_virtual_address_mapped_by_pde(const struct mmpte *pde)
{
    return (uint32_t)((uintptr_t)pde << (LARGE_PAGE_SHIFT - PTE_SIZE_SHIFT));
}

static inline uint32_t mi_get_pde_offset(uintptr_t va)
{
    return (uint32_t)va >> LARGE_PAGE_SHIFT;
}

static inline bool mi_is_pte_address(uintptr_t va)
{
    return va >= PTE_BASE && va <= PTE_TOP;
}
