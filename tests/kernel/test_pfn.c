/* The PFN database: states, lists, counts, and which frames are in it at all. */
#include "boot/memory_map.h"
#include "kernel/main.h"
#include "kernel/startup.h"
#include "lib/string.h"
#include "mm/fault.h"
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/pool.h"
#include "tests/kernel/ktest.h"

#define TAG 'tNfP'

/* A frame of our own, off every list. */
static pfn_t take_frame(void)
{
    kirql irql = mi_lock_pfn();
    pfn_t frame = mi_remove_any_page();

    mi_unlock_pfn(irql);
    return frame;
}

KTEST(pfn, only_usable_ram_is_managed)
{
    uint32_t usable = 0;

    for (pfn_t frame = 1; frame <= mm_highest_physical_page; frame++) {
        bool may_use = memory_map_frame_usable(&boot_information, frame);
        bool managed = !mi_pfn(frame)->rom && mi_pfn(frame)->page_location != BAD_PAGE_LIST;
        ktest_assert_eq(test, managed, may_use);
        usable += may_use;
    }
    ktest_assert(test, mi_pfn(0)->rom);
    struct mm_counters counters;
    mm_query_counters(&counters);
    ktest_assert_eq(test, counters.physical_pages, usable + mm_page_lists[BAD_PAGE_LIST].total);
}

KTEST(pfn, maxmem_is_kept)
{
    if (ki_options.max_bytes)
        ktest_assert(test, mm_highest_physical_page < ki_options.max_bytes >> PAGE_SHIFT);
    ktest_assert(test, mm_highest_physical_page < 0x100000);
}

KTEST(pfn, modules_are_never_given_out)
{
    for (uint32_t i = 0; i < boot_information.module_count; i++) {
        const struct boot_module *module = &boot_information.modules[i];
        for (pfn_t frame = module->start >> PAGE_SHIFT; frame <= (module->end - 1) >> PAGE_SHIFT;
             frame++) {
            ktest_assert_eq(test, mi_pfn(frame)->page_location, ACTIVE_AND_VALID);
            ktest_assert_eq(test, mi_pfn(frame)->reference_count, 1);
            ktest_assert_eq(test, (uintptr_t)mi_pfn(frame)->pte_address, 0);
        }
    }
}

static void through_list(struct ktest *test, enum mmlists name)
{
    struct mmpfn_list *list = &mm_page_lists[name];
    pfn_t a = take_frame(), b = take_frame(), c = take_frame();
    uint32_t before = list->total;
    kirql irql = mi_lock_pfn();

    mi_insert_page_in_list(name, a);
    mi_insert_page_in_list(name, b);
    mi_insert_page_in_list(name, c);
    bool right = list->total == before + 3 && list->blink == c && mi_pfn(c)->u2.blink == b &&
                 mi_pfn(a)->u1.flink == b && mi_pfn(b)->page_location == name;
    pfn_t last = mi_pfn(a)->u2.blink; /* what was last on the list before, if anything */
    mi_unlink_page_from_list(b);      /* the middle, the end, the rest */
    right = right && mi_pfn(a)->u1.flink == c && mi_pfn(c)->u2.blink == a;
    mi_unlink_page_from_list(c);
    right = right && list->blink == a && mi_pfn(a)->u1.flink == PFN_NONE;
    mi_unlink_page_from_list(a);
    right = right && list->total == before && list->blink == last;
    mi_insert_page_in_free_list(c);
    mi_insert_page_in_free_list(b);
    mi_insert_page_in_free_list(a);
    right = right && mm_page_lists[FREE_PAGE_LIST].flink == a;
    mi_unlock_pfn(irql);
    if (!right)
        ktest_fail(test, mi_page_location_names[name], 0, "insert and unlink keep the list whole");
}

KTEST(pfn, every_list_links_and_counts)
{
    for (enum mmlists name = ZEROED_PAGE_LIST; name <= BAD_PAGE_LIST; name++)
        through_list(test, name);
}

/* A frame on the bad list is out of everybody's reach, and mm_verify counts it. */
KTEST(pfn, bad_frames_are_not_available)
{
    pfn_t frame = take_frame();
    uint32_t available = mi_available_pages();
    kirql irql = mi_lock_pfn();

    mi_insert_page_in_list(BAD_PAGE_LIST, frame);
    mi_unlock_pfn(irql);
    uint32_t failures = mm_verify(NULL), after = mi_available_pages();
    irql = mi_lock_pfn();
    mi_unlink_page_from_list(frame);
    mi_insert_page_in_free_list(frame);
    mi_unlock_pfn(irql);
    ktest_assert_eq(test, failures, 0);
    ktest_assert_eq(test, after, available);
}

KTEST(pfn, zero_path_moves_free_frames)
{
    uint32_t free = MM_FREE_PAGES, zeroed = MM_ZEROED_PAGES;

    ktest_assert_eq(test, mm_zero_free_pages(3), 3);
    ktest_assert_eq(test, MM_FREE_PAGES, free - 3);
    ktest_assert_eq(test, MM_ZEROED_PAGES, zeroed + 3);
    const uint32_t *page = mi_map_page_in_hyper_space(mm_page_lists[ZEROED_PAGE_LIST].blink);
    uint32_t sum = 0;
    for (uint32_t i = 0; i < PAGE_SIZE / 4; i++)
        sum |= page[i];
    mi_unmap_page_in_hyper_space((void *)page);
    ktest_assert_eq(test, sum, 0);
}

/* ---- the modified list
 * ----------------------------------------------------------------------------- */

/* Take the page away from its PTE, as a trim would. */
static void make_transition(struct mmpte *pte)
{
    kirql irql = mi_lock_pfn();
    pfn_t frame = pte->hard.page_frame_number;

    mi_change_valid_pte(pte, mi_make_transition_pte(frame, MM_READWRITE),
                        mi_get_virtual_address_mapped_by_pte(pte));
    mi_decrement_share_count(frame);
    mi_unlock_pfn(irql);
}

KTEST(pfn, a_dirty_page_without_mappings_is_modified)
{
    volatile uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);
    ktest_assert(test, p);
    ktest_write(p, 0x77);
    struct mmpte *pte = mi_get_pte_address((uintptr_t)p);
    pfn_t frame = mi_read_pte(pte).hard.page_frame_number;
    uint32_t modified = mm_page_lists[MODIFIED_PAGE_LIST].total;

    make_transition(pte);
    ktest_assert_eq(test, mi_pfn(frame)->page_location, MODIFIED_PAGE_LIST);
    ktest_assert_eq(test, mm_page_lists[MODIFIED_PAGE_LIST].total, modified + 1);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    uint32_t before = mm_fault_counts[MM_FAULT_TRANSITION];
    ktest_assert_eq(test, ktest_read(p), 0x77);
    ktest_assert_eq(test, mm_fault_counts[MM_FAULT_TRANSITION], before + 1);
    ktest_assert_eq(test, mi_read_pte(pte).hard.page_frame_number, frame);
    ktest_assert_eq(test, mm_page_lists[MODIFIED_PAGE_LIST].total, modified);
    ex_free_pool_with_tag((void *)p, TAG);
}

KTEST(pfn, freeing_a_modified_page_frees_its_frame)
{
    volatile uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);
    ktest_assert(test, p);
    ktest_write(p, 1);
    pfn_t frame = mi_get_pte_address((uintptr_t)p)->hard.page_frame_number;

    make_transition(mi_get_pte_address((uintptr_t)p));
    ex_free_pool_with_tag((void *)p, TAG);
    ktest_assert_eq(test, mi_pfn(frame)->page_location, FREE_PAGE_LIST);
}

KTEST(pfn, a_referenced_page_stays_in_transition)
{
    volatile uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);
    ktest_assert(test, p);
    ktest_write(p, 0x66);
    struct mmpte *pte = mi_get_pte_address((uintptr_t)p);
    pfn_t frame = mi_read_pte(pte).hard.page_frame_number;
    uint32_t transition = mm_page_lists[TRANSITION_PAGE].total;

    ktest_reference_frame(frame);
    make_transition(pte);
    ktest_assert_eq(test, mi_pfn(frame)->page_location, TRANSITION_PAGE);
    ktest_assert_eq(test, mm_page_lists[TRANSITION_PAGE].total, transition + 1);
    ktest_dereference_frame(frame);
    ktest_assert_eq(test, mi_pfn(frame)->page_location, MODIFIED_PAGE_LIST);
    ktest_assert_eq(test, mm_page_lists[TRANSITION_PAGE].total, transition);
    ktest_assert_eq(test, ktest_read(p), 0x66);
    ex_free_pool_with_tag((void *)p, TAG);
}

/* Reactivation while a reference still holds the page in the transition state. */
KTEST(pfn, a_referenced_transition_page_can_fault_back)
{
    volatile uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);
    ktest_assert(test, p);
    ktest_write(p, 0x55);
    struct mmpte *pte = mi_get_pte_address((uintptr_t)p);
    pfn_t frame = mi_read_pte(pte).hard.page_frame_number;

    ktest_reference_frame(frame);
    make_transition(pte);
    ktest_assert_eq(test, ktest_read(p), 0x55);
    ktest_assert_eq(test, mi_pfn(frame)->page_location, ACTIVE_AND_VALID);
    ktest_assert_eq(test, mi_pfn(frame)->reference_count, 2);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_dereference_frame(frame);
    ktest_assert_eq(test, mi_pfn(frame)->reference_count, 1);
    ex_free_pool_with_tag((void *)p, TAG);
}
