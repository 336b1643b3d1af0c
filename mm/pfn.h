/*
 * The PFN database: what the memory manager knows of each page frame. One array at MM_PFN_DATABASE,
 * indexed by frame number, from frame 0 to the highest frame of RAM.
 *
 *               +--------+   share count    +---------+
 *   allocation  |        |----> drops ----->| standby |---> taken for another use
 *  +-----------+| active |      to 0,       +---------+     (its PTE gets original_pte back)
 *  |zeroed|free||        |      page kept   |modified |
 *  +-----------++--------+                  +---------+
 *     ^    ^        |                            | touched again: a transition fault,
 *     |    +--------+ page deleted               v back to active
 *     +--- zero-page path
 *
 * The meaning of u1 and u2 depends on the state:
 *   being read: u1.waiters          threads that wait for the end of the read
 *   page table: u1.used_entries     entries that are not zero (of user space)
 *   on a list:  u1.flink, u2.blink  neighbours on the list
 *   active:     u2.share_count      valid PTEs that map the frame; for a page table, 1 plus the
 *                                   number of its entries that are valid or in transition
 *
 * A page of a section (prototype_pte) is named by its prototype PTE, however many PTEs map it. That
 * lies in pool and not in a page table, so the page's containing_page is MI_NO_TABLE, an
 * entry that is no frame's, whose share count is the number of such pages.
 */
#pragma once

#include "kernel/ke/spin_lock.h"
#include "lib/types.h"
#include "mm/layout.h"
#include "mm/pte.h"

#define PFN_NONE 0xFFFFFFFFu /* end of a list; no frame */

/* Stands for the page table that prototype PTEs are not in: the database has an entry more than
 * there are frames. */
#define MI_NO_TABLE (mm_highest_physical_page + 1)

/* NT's MMLISTS: the lists, and the two states without one. */
enum mmlists {
    ZEROED_PAGE_LIST,
    FREE_PAGE_LIST,
    STANDBY_PAGE_LIST,
    MODIFIED_PAGE_LIST,
    MODIFIED_NO_WRITE_PAGE_LIST,
    BAD_PAGE_LIST,
    ACTIVE_AND_VALID,
    TRANSITION_PAGE, /* in memory, on no list: I/O under way or still referenced */
    MMLISTS_COUNT
};

struct mmpfn {
    union {
        pfn_t flink;
        struct mi_read_waiter *waiters; /* read_in_progress: the threads that want the page too */
        uint32_t used_entries;          /* a page table of user space: entries that are not zero */
        uint32_t mappings;              /* an active page of a section: PTEs that mm_verify found */
    } u1;
    struct mmpte *pte_address; /* the PTE that maps the frame; bit 0 set: the page is deleted */
    union {
        pfn_t blink;
        uint32_t share_count;
    } u2;
    uint16_t reference_count; /* 1 for "in use at all" plus one for each lock or I/O */
    uint16_t modified : 1;
    uint16_t read_in_progress : 1;
    uint16_t write_in_progress : 1;
    uint16_t prototype_pte : 1;
    uint16_t page_color : 3;
    uint16_t clone_page : 1;    /* a prototype page that is shared by cloning: mm/clone.c */
    uint16_t page_location : 3; /* enum mmlists */
    uint16_t removal_requested : 1;
    uint16_t cache_attribute : 2;
    uint16_t rom : 1; /* not RAM that may be used; on no list and in no count */
    uint16_t parity_error : 1;
    struct mmpte original_pte; /* what the PTE becomes when the frame is taken away */
    pfn_t containing_page;     /* the frame of the page table that holds pte_address */
};

_Static_assert(sizeof(void *) != 4 || sizeof(struct mmpfn) == 24, "24 bytes a frame, as NT has it");

/* A list of frames, or, for the last two states, only a count. Guarded by the PFN lock. */
struct mmpfn_list {
    uint32_t total;
    enum mmlists list_name;
    pfn_t flink;
    pfn_t blink;
};

extern struct mmpfn_list mm_page_lists[MMLISTS_COUNT];
extern const char *const mi_page_location_names[MMLISTS_COUNT];
extern pfn_t mm_highest_physical_page;

#define MM_ZEROED_PAGES (mm_page_lists[ZEROED_PAGE_LIST].total)
#define MM_FREE_PAGES   (mm_page_lists[FREE_PAGE_LIST].total)

static inline struct mmpfn *mi_pfn(pfn_t frame)
{
    return (struct mmpfn *)MM_PFN_DATABASE + frame;
}

/* Is FRAME one that the database describes and that is RAM? */
static inline bool mi_is_pfn(pfn_t frame)
{
    return frame <= mm_highest_physical_page && !mi_pfn(frame)->rom;
}

/* The PFN lock guards the database, the lists and every PTE that refers to them. Nothing waits
 * while it is held. */
extern struct kspin_lock mi_pfn_lock;

/* => the IRQL to give back to mi_unlock_pfn */
static inline kirql mi_lock_pfn(void)
{
    return ke_acquire_spin_lock_unchecked(&mi_pfn_lock); /* a fault takes it: mm/irql_check.c */
}

static inline void mi_unlock_pfn(kirql irql)
{
    ke_release_spin_lock(&mi_pfn_lock, irql);
}

static inline bool mi_pfn_lock_held(void)
{
    return ke_holds_spin_lock(&mi_pfn_lock);
}

/* In functions whose caller must hold it. */
static inline void mi_assert_pfn_lock_held(void)
{
    ke_assert_spin_lock_held(&mi_pfn_lock);
}

/* All of the following: the PFN lock is held. */

/* Put FRAME, which is on no list, at the end of LIST. */
void mi_insert_page_in_list(enum mmlists list, pfn_t frame);
/* Put FRAME at the head of the free list: the page most lately used, and so still in the caches. */
void mi_insert_page_in_free_list(pfn_t frame);
/* The same for COUNT (not 0) neighbouring frames; they will be given out in ascending order. */
void mi_insert_stretch_in_free_list(pfn_t first, uint32_t count);
/* Take FRAME off whatever list it is on. */
void mi_unlink_page_from_list(pfn_t frame);
/* FIRST is on a list. => how many frames from it on, COUNT at most, follow each other both in
 * number and on that list. */
uint32_t mi_stretch_length(pfn_t first, uint32_t count);
/* Take such a stretch off its list. */
void mi_unlink_stretch_from_list(pfn_t first, uint32_t count);

/* A frame of zeros / any frame, for an active page. Taken from the zeroed, free and standby list in
 * that order (any: free first). The frame is on no list and belongs to the caller.
 * => returns PFN_NONE when no page is available. */
pfn_t mi_remove_zero_page(bool *zeroed);
pfn_t mi_remove_any_page(void);
/* The same for what the kernel cannot do without, and has charged for: never refused on purpose
 * (mm/low_resources.h). */
pfn_t mi_remove_zero_page_promised(bool *zeroed);
pfn_t mi_remove_any_page_promised(void);

/* Frames that could be given out now: zeroed, free and standby. */
static inline uint32_t mi_available_pages(void)
{
    return mm_page_lists[ZEROED_PAGE_LIST].total + mm_page_lists[FREE_PAGE_LIST].total +
           mm_page_lists[STANDBY_PAGE_LIST].total;
}

/* FRAME becomes active, mapped once by PTE, whose old contents are its original PTE; the page table
 * that holds PTE gains a share. */
void mi_initialize_pfn(pfn_t frame, struct mmpte *pte, bool modified);
/* FRAME becomes active for the kernel itself, mapped by PTE for good: no original PTE to go back
 * to, and it is freed only by mi_delete_page. */
void mi_initialize_pfn_for_kernel(pfn_t frame, struct mmpte *pte);

/* FRAME becomes the page table that PDE leads to, in the directory in frame DIRECTORY. */
void mi_initialize_page_table_pfn(pfn_t frame, struct mmpte *pde, pfn_t directory);

/* FRAME becomes active for the prototype PTE at PROTOTYPE, which no page table holds; what
 * PROTOTYPE was is its original PTE. Nothing maps it yet. */
void mi_initialize_prototype_pfn(pfn_t frame, struct mmpte *prototype, bool modified);
/* One mapping of FRAME more, by an entry of the page table in frame TABLE. */
static inline void mi_share_pfn(pfn_t frame, pfn_t table)
{
    mi_pfn(frame)->u2.share_count++;
    mi_pfn(table)->u2.share_count++;
}

/* One PTE less maps FRAME. When none does and nobody refers to it, the page goes to the free list
 * if it was deleted, else to standby or modified. */
void mi_decrement_share_count(pfn_t frame);
/* FRAME's PTE has been given other contents for good: its page table loses the share, and the frame
 * will go to the free list. */
void mi_set_pfn_deleted(pfn_t frame);
/* Keep FRAME from being given out even when nobody maps it; the last reference lets it go. */
void mi_increment_reference_count(pfn_t frame);
void mi_decrement_reference_count(pfn_t frame);

/* FRAME, whose PTE is in transition, is kept by a reference, off its list. */
void mi_reference_transition_page(pfn_t frame);

/* FRAME is on the standby or modified list, or kept in the transition state by a reference, and its
 * transition PTE becomes valid again. */
void mi_reactivate_pfn(pfn_t frame);

/* A frame on the standby list is wanted for something else: its PTE gets its original contents. */
void mi_restore_transition_pte(pfn_t frame);
