/* What several tests do to frames. */
#include "lib/string.h"
#include "mm/mi.h"
#include "tests/kernel/ktest.h"

void ktest_reference_frame(uint32_t frame)
{
    kirql irql = mi_lock_pfn();

    mi_increment_reference_count(frame);
    mi_unlock_pfn(irql);
}

void ktest_dereference_frame(uint32_t frame)
{
    kirql irql = mi_lock_pfn();

    mi_decrement_reference_count(frame);
    mi_unlock_pfn(irql);
}

uint32_t ktest_hide_zeroed_frames(void)
{
    kirql irql = mi_lock_pfn();
    uint32_t moved = 0;

    for (; MM_ZEROED_PAGES; moved++) {
        pfn_t frame = mm_page_lists[ZEROED_PAGE_LIST].flink;
        mi_unlink_page_from_list(frame);
        mi_insert_page_in_list(FREE_PAGE_LIST, frame);
    }
    mi_unlock_pfn(irql);
    return moved;
}

/* FRAME, taken off its list, is not to be found by its state. */
static void hide(pfn_t *first, pfn_t frame)
{
    mi_pfn(frame)->u1.flink = *first;
    mi_pfn(frame)->page_location = ACTIVE_AND_VALID;
    *first = frame;
}

uint32_t ktest_take_free_frames(void)
{
    pfn_t first = PFN_NONE;

    while (MM_FREE_PAGES + MM_ZEROED_PAGES)
        hide(&first, mi_remove_any_page());
    return first;
}

uint32_t ktest_take_available_frames(void)
{
    pfn_t first = PFN_NONE;

    while (mi_available_pages())
        hide(&first, mi_remove_any_page());
    return first;
}

void ktest_give_frames_back(uint32_t first)
{
    while (first != PFN_NONE) {
        pfn_t next = mi_pfn(first)->u1.flink;
        mi_insert_page_in_list(FREE_PAGE_LIST, first);
        first = next;
    }
}

/* A page of the kernel's own is mapped at VA for a moment: one that was just freed could be the
 * very one that the TLB still has. */
bool ktest_tlb_forgot(uintptr_t va)
{
    static uint8_t other[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
    pfn_t frame = mi_get_pte_address((uintptr_t)other)->hard.page_frame_number;
    kirql irql = mi_lock_pfn();
    struct mmpte *pte = mi_get_pte_address(va), before = mi_read_pte(pte);

    memset(other, 0x5C, PAGE_SIZE);
    mi_write_pte(pte, mi_make_valid_pte(frame, MM_READWRITE));
    uint8_t seen = ktest_read((void *)va);
    mi_change_valid_pte(pte, before, va);
    mi_unlock_pfn(irql);
    return seen == 0x5C;
}

void ktest_dirty_free_frames(uint32_t count)
{
    for (pfn_t frame = mm_page_lists[FREE_PAGE_LIST].flink; count--;
         frame = mi_pfn(frame)->u1.flink) {
        void *page = mi_map_page_in_hyper_space(frame);
        memset(page, 0xAA, PAGE_SIZE);
        mi_unmap_page_in_hyper_space(page);
    }
}

uint32_t ktest_exhaust_frames(uint32_t left)
{
    kirql irql = mi_lock_pfn();
    pfn_t first = PFN_NONE, frame;

    while ((frame = mi_remove_any_page()) != PFN_NONE)
        hide(&first, frame);
    for (; left && first != PFN_NONE; left--) {
        frame = first;
        first = mi_pfn(frame)->u1.flink;
        mi_insert_page_in_list(FREE_PAGE_LIST, frame);
    }
    mi_unlock_pfn(irql);
    return first;
}

void ktest_end_exhaustion(uint32_t first)
{
    kirql irql = mi_lock_pfn();

    ktest_give_frames_back(first);
    mi_unlock_pfn(irql);
}

bool ktest_take_frame(pfn_t frame, pfn_t *chain)
{
    struct mmpfn *pfn = mi_pfn(frame);

    if (pfn->rom || pfn->page_location > FREE_PAGE_LIST)
        return false;
    mi_unlink_page_from_list(frame);
    pfn->page_location = ACTIVE_AND_VALID;
    pfn->reference_count = 1;
    pfn->u2.share_count = 0;
    pfn->u1.flink = *chain;
    mm_page_lists[ACTIVE_AND_VALID].total++;
    *chain = frame;
    return true;
}

void ktest_free_chain(pfn_t chain)
{
    kirql irql = mi_lock_pfn();

    while (chain != PFN_NONE) {
        pfn_t next = mi_pfn(chain)->u1.flink;
        mi_free_frames(chain, 1);
        chain = next;
    }
    mi_unlock_pfn(irql);
}
