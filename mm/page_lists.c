/*
 * The lists of the PFN database: doubly linked by frame number through the entries themselves, each
 * with its count. Every change of a frame's list goes through here.
 */
#include "mm/mi.h"
#include "mm/zero_pages.h"

#define EMPTY_LIST(name) [name] = {0, name, PFN_NONE, PFN_NONE}

struct mmpfn_list mm_page_lists[MMLISTS_COUNT] = {
    EMPTY_LIST(ZEROED_PAGE_LIST),
    EMPTY_LIST(FREE_PAGE_LIST),
    EMPTY_LIST(STANDBY_PAGE_LIST),
    EMPTY_LIST(MODIFIED_PAGE_LIST),
    EMPTY_LIST(MODIFIED_NO_WRITE_PAGE_LIST),
    EMPTY_LIST(BAD_PAGE_LIST),
    EMPTY_LIST(ACTIVE_AND_VALID),
    EMPTY_LIST(TRANSITION_PAGE),
};

const char *const mi_page_location_names[MMLISTS_COUNT] = {
    [ZEROED_PAGE_LIST] = "Zeroed",
    [FREE_PAGE_LIST] = "Free",
    [STANDBY_PAGE_LIST] = "Standby",
    [MODIFIED_PAGE_LIST] = "Modified",
    [MODIFIED_NO_WRITE_PAGE_LIST] = "ModifiedNoWrite",
    [BAD_PAGE_LIST] = "Bad",
    [ACTIVE_AND_VALID] = "Active",
    [TRANSITION_PAGE] = "Transition",
};

pfn_t mm_highest_physical_page;
struct kspin_lock mi_pfn_lock = KSPIN_LOCK_OF_RANK(LOCK_RANK_PFN);

bool mi_zero_page_thread_waits;
struct kevent mi_zeroing_event = {
    {EVENT_SYNCHRONIZATION_OBJECT,
     0,
     {&mi_zeroing_event.header.wait_list_head, &mi_zeroing_event.header.wait_list_head}}};

static __attribute__((noinline)) void wake_zero_page_thread(void)
{
    if (mm_page_lists[FREE_PAGE_LIST].total < MI_ENOUGH_TO_ZERO)
        return;
    mi_zero_page_thread_waits = false;
    ke_set_event(&mi_zeroing_event, IO_NO_INCREMENT);
}

void mi_insert_page_in_list(enum mmlists name, pfn_t frame)
{
    struct mmpfn_list *list = &mm_page_lists[name];
    struct mmpfn *pfn = mi_pfn(frame);

    mi_assert_pfn_lock_held();
    pfn->page_location = name;
    pfn->u1.flink = PFN_NONE;
    pfn->u2.blink = list->blink;
    if (list->blink == PFN_NONE)
        list->flink = frame;
    else
        mi_pfn(list->blink)->u1.flink = frame;
    list->blink = frame;
    list->total++;
}

/* FIRST to LAST, already linked to each other, go to the head of the free list. */
static inline void put_at_head(pfn_t first, pfn_t last, uint32_t count)
{
    struct mmpfn_list *list = &mm_page_lists[FREE_PAGE_LIST];

    mi_pfn(first)->u2.blink = PFN_NONE;
    mi_pfn(last)->u1.flink = list->flink;
    if (list->flink == PFN_NONE)
        list->blink = last;
    else
        mi_pfn(list->flink)->u2.blink = last;
    list->flink = first;
    list->total += count;
    if (unlikely(mi_zero_page_thread_waits))
        wake_zero_page_thread();
}

void mi_insert_page_in_free_list(pfn_t frame)
{
    mi_pfn(frame)->page_location = FREE_PAGE_LIST;
    put_at_head(frame, frame, 1);
}

void mi_insert_stretch_in_free_list(pfn_t first, uint32_t count)
{
    mi_assert_pfn_lock_held();
    for (pfn_t frame = first; frame < first + count; frame++) {
        struct mmpfn *pfn = mi_pfn(frame);
        pfn->page_location = FREE_PAGE_LIST;
        pfn->u1.flink = frame + 1;
        pfn->u2.blink = frame - 1;
    }
    put_at_head(first, first + count - 1, count);
}

/* COUNT frames between BEFORE and AFTER leave LIST. */
static inline void close_gap(struct mmpfn_list *list, pfn_t before, pfn_t after, uint32_t count)
{
    if (before == PFN_NONE)
        list->flink = after;
    else
        mi_pfn(before)->u1.flink = after;
    if (after == PFN_NONE)
        list->blink = before;
    else
        mi_pfn(after)->u2.blink = before;
    list->total -= count;
}

void mi_unlink_page_from_list(pfn_t frame)
{
    const struct mmpfn *pfn = mi_pfn(frame);

    mi_assert_pfn_lock_held();
    close_gap(&mm_page_lists[pfn->page_location], pfn->u2.blink, pfn->u1.flink, 1);
}

uint32_t mi_stretch_length(pfn_t first, uint32_t count)
{
    const struct mmpfn *start = mi_pfn(first), *last = start + count - 1, *pfn = start;

    for (pfn_t next = first + 1; pfn < last && pfn->u1.flink == next; pfn++)
        next++;
    return (uint32_t)(pfn - start) + 1;
}

void mi_unlink_stretch_from_list(pfn_t first, uint32_t count)
{
    const struct mmpfn *pfn = mi_pfn(first);

    mi_assert_pfn_lock_held();
    close_gap(&mm_page_lists[pfn->page_location], pfn->u2.blink, pfn[count - 1].u1.flink, count);
}
