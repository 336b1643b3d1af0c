/* Demand paging from files: views in the system cache, and what becomes of their pages. */
#include "kernel/io/module.h"
#include "kernel/startup.h"
#include "lib/string.h"
#include "mm/fault.h"
#include "mm/mi.h"
#include "mm/view.h"
#include "mm/mm.h"
#include "mm/pool.h"
#include "tests/kernel/ktest.h"

static uint32_t count(enum mm_fault_kind kind)
{
    return mm_fault_counts[kind];
}

static enum mi_pte_kind kind_at(const void *va)
{
    return mi_pte_kind(mi_read_pte(mi_get_pte_address((uintptr_t)va)));
}

static pfn_t frame_at(const void *va)
{
    return mi_read_pte(mi_get_pte_address((uintptr_t)va)).hard.page_frame_number;
}

/* ---- the boot module
 * ----------------------------------------------------------------------------- */

static bool open_module(struct ktest *test, struct mm_page_source *source)
{
    if (!boot_information.module_count) {
        ktest_skip(test, "the loader gave no module");
        return false;
    }
    io_open_module(&boot_information.modules[0], source);
    if (source->bytes <= 2 * PAGE_SIZE) {
        ktest_skip(test, "the module is too short to page");
        return false;
    }
    return true;
}

/* What the module really holds at OFFSET, looked up in physical memory. */
static uint8_t module_byte(uint32_t offset)
{
    uint32_t physical = boot_information.modules[0].start + offset;
    const uint8_t *page = mi_map_page_in_hyper_space(physical >> PAGE_SHIFT);
    uint8_t byte = page[physical & (PAGE_SIZE - 1)];

    mi_unmap_page_in_hyper_space((void *)page);
    return byte;
}

KTEST(demand_page, module_contents_arrive_page_by_page)
{
    ktest_suspend_irql_check();
    struct mm_page_source source;
    void *view;

    if (!open_module(test, &source))
        return;
    uint32_t pages = BYTES_TO_PAGES(source.bytes);
    ktest_assert_eq(test, mm_map_view_in_system_space(&source, &view), STATUS_SUCCESS);
    const uint8_t *bytes = view;
    ktest_dirty_free_frames(pages); /* the end of the last page must not show them */
    uint32_t before = count(MM_FAULT_DEMAND_PAGE), differing = 0;
    for (uint32_t i = 0; i < source.bytes; i++)
        differing += bytes[i] != module_byte(i);
    ktest_assert_eq(test, differing, 0);
    ktest_assert_eq(test, count(MM_FAULT_DEMAND_PAGE) - before, pages);
    for (uint32_t i = source.bytes; i < pages << PAGE_SHIFT; i++)
        differing += bytes[i] != 0;
    ktest_assert_eq(test, differing, 0);
    ktest_assert_eq(test, mm_unmap_view_in_system_space(view), STATUS_SUCCESS);
}

KTEST(demand_page, untouched_module_pages_stay_out)
{
    ktest_suspend_irql_check();
    struct mm_page_source source;
    void *view;

    if (!open_module(test, &source))
        return;
    ktest_assert_eq(test, mm_map_view_in_system_space(&source, &view), STATUS_SUCCESS);
    uint32_t before = count(MM_FAULT_DEMAND_PAGE), available = mi_available_pages();
    ktest_read((char *)view + PAGE_SIZE);
    ktest_read((char *)view + PAGE_SIZE + 100);
    ktest_assert_eq(test, count(MM_FAULT_DEMAND_PAGE) - before, 1);
    ktest_assert_eq(test, available - mi_available_pages(), 1);
    for (uint32_t i = 0; i < BYTES_TO_PAGES(source.bytes); i++)
        ktest_assert_eq(test, kind_at((char *)view + i * PAGE_SIZE),
                        i == 1 ? MI_PTE_VALID : MI_PTE_SUBSECTION);
    mm_unmap_view_in_system_space(view);
}

/* ---- a made-up file, whose reads can be counted and made to fail
 * ---------------------------------- */

#define FILE_PAGES 40u

static uint32_t reads, last_page;
static bool irql_was_raised;

static ntstatus read_made_up(const struct mm_page_source *source, uint32_t offset, uint32_t bytes,
                             pfn_t frame)
{
    uint32_t page = offset >> PAGE_SHIFT;

    (void)bytes;
    reads++;
    last_page = page;
    irql_was_raised |= mi_pfn_lock_held();
    void *to = mi_map_page_in_hyper_space(frame);
    memset(to, (int)(page + 1), PAGE_SIZE);
    mi_unmap_page_in_hyper_space(to);
    return source->context ? source->context : STATUS_SUCCESS;
}

static const struct mm_page_source made_up = {
    .name = "made up", .bytes = FILE_PAGES * PAGE_SIZE, .read_page = read_made_up};

KTEST(demand_page, reads_only_the_page_that_is_touched)
{
    ktest_suspend_irql_check();
    void *view;

    ktest_assert_eq(test, mm_map_view_in_system_space(&made_up, &view), STATUS_SUCCESS);
    reads = 0;
    ktest_assert_eq(test, ktest_read((char *)view + 7 * PAGE_SIZE + 5), 8);
    ktest_assert_eq(test, reads, 1);
    ktest_assert_eq(test, last_page, 7);
    ktest_assert(test, !irql_was_raised);
    ktest_assert_eq(test, mm_unmap_view_in_system_space(view), STATUS_SUCCESS);
}

KTEST(demand_page, pte_and_frame_before_and_after)
{
    ktest_suspend_irql_check();
    void *view;

    ktest_assert_eq(test, mm_map_view_in_system_space(&made_up, &view), STATUS_SUCCESS);
    struct mmpte *pte = mi_get_pte_address((uintptr_t)view);
    struct mmpte before = mi_read_pte(pte);
    ktest_assert_eq(test, mi_pte_kind(before), MI_PTE_SUBSECTION);
    ktest_assert_eq(test, before.subsect.protection, MM_READONLY);
    ktest_assert_eq(test, (uintptr_t)mi_subsection_of(before)->source, (uintptr_t)&made_up);
    ktest_read(view);
    struct mmpte_hardware hard = mi_read_pte(pte).hard;
    const struct mmpfn *pfn = mi_pfn(hard.page_frame_number);
    ktest_assert(test, hard.valid && !hard.write && !hard.dirty && !hard.owner);
    ktest_assert_eq(test, pfn->page_location, ACTIVE_AND_VALID);
    ktest_assert_eq(test, pfn->u2.share_count, 1);
    ktest_assert_eq(test, pfn->reference_count, 1);
    ktest_assert_eq(test, pfn->original_pte.value, before.value);
    ktest_assert(test, !pfn->modified && !pfn->read_in_progress);
    mm_unmap_view_in_system_space(view);
}

KTEST(demand_page, two_views_have_pages_of_their_own)
{
    ktest_suspend_irql_check();
    void *a, *b;

    ktest_assert_eq(test, mm_map_view_in_system_space(&made_up, &a), STATUS_SUCCESS);
    ktest_assert_eq(test, mm_map_view_in_system_space(&made_up, &b), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_read(a), 1);
    ktest_assert_eq(test, ktest_read(b), 1);
    ktest_assert(test, frame_at(a) != frame_at(b));
    ktest_assert_eq(test, mm_unmap_view_in_system_space(a), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_read((char *)b + PAGE_SIZE), 2);
    ktest_assert_eq(test, mm_unmap_view_in_system_space(b), STATUS_SUCCESS);
}

KTEST(demand_page, bad_unmap_and_empty_file_are_refused)
{
    ktest_suspend_irql_check();
    struct mm_page_source empty = made_up;
    void *view = NULL;

    empty.bytes = 0;
    ktest_assert_eq(test, mm_map_view_in_system_space(&empty, &view), STATUS_INVALID_PARAMETER);
    ktest_assert(test, view == NULL);
    ktest_assert_eq(test, mm_unmap_view_in_system_space((void *)MM_SYSTEM_CACHE_START),
                    STATUS_INVALID_PARAMETER);
    ktest_assert_eq(test, mm_map_view_in_system_space(&made_up, &view), STATUS_SUCCESS);
    ktest_assert_eq(test, mm_unmap_view_in_system_space((char *)view + PAGE_SIZE),
                    STATUS_INVALID_PARAMETER);
    ktest_assert_eq(test, mm_unmap_view_in_system_space(view), STATUS_SUCCESS);
}

KTEST(demand_page, a_file_too_large_for_the_addresses_is_refused)
{
    ktest_suspend_irql_check();
    struct mm_page_source huge = made_up;
    void *view = NULL;

    huge.bytes = MM_SYSTEM_CACHE_END - MM_SYSTEM_CACHE_START + 1 + PAGE_SIZE;
    ktest_assert_eq(test, mm_map_view_in_system_space(&huge, &view), STATUS_NO_MEMORY);
    ktest_assert(test, view == NULL);
}

/* ---- trimming and transition
 * --------------------------------------------------------------------- */

static uint32_t trim(uint32_t pages)
{
    kirql irql = mi_lock_pfn();
    uint32_t trimmed = mi_trim_views(pages);

    mi_unlock_pfn(irql);
    return trimmed;
}

KTEST(transition, a_trimmed_page_waits_on_standby_and_comes_back_unread)
{
    ktest_suspend_irql_check();
    void *view;

    ktest_assert_eq(test, mm_map_view_in_system_space(&made_up, &view), STATUS_SUCCESS);
    ktest_read(view);
    pfn_t frame = frame_at(view);
    uint32_t available = mi_available_pages(), standby = mm_page_lists[STANDBY_PAGE_LIST].total;
    ktest_assert_eq(test, trim(1), 1);

    struct mmpte pte = mi_read_pte(mi_get_pte_address((uintptr_t)view));
    ktest_assert_eq(test, mi_pte_kind(pte), MI_PTE_TRANSITION);
    ktest_assert_eq(test, pte.trans.page_frame_number, frame);
    ktest_assert_eq(test, pte.trans.protection, MM_READONLY);
    ktest_assert_eq(test, mi_pfn(frame)->page_location, STANDBY_PAGE_LIST);
    ktest_assert_eq(test, mi_pfn(frame)->reference_count, 0);
    ktest_assert_eq(test, mm_page_lists[STANDBY_PAGE_LIST].total, standby + 1);
    ktest_assert_eq(test, mi_available_pages(), available + 1);
    ktest_assert_eq(test, mm_verify(NULL), 0);

    reads = 0;
    uint32_t before = count(MM_FAULT_TRANSITION);
    ktest_assert_eq(test, ktest_read(view), 1);
    ktest_assert_eq(test, reads, 0);
    ktest_assert_eq(test, count(MM_FAULT_TRANSITION) - before, 1);
    ktest_assert_eq(test, frame_at(view), frame);
    ktest_assert_eq(test, mi_pfn(frame)->u2.share_count, 1);
    ktest_assert_eq(test, mm_page_lists[STANDBY_PAGE_LIST].total, standby);
    mm_unmap_view_in_system_space(view);
}

KTEST(transition, a_standby_page_taken_for_another_use_is_read_again)
{
    ktest_suspend_irql_check();
    void *view;

    ktest_assert_eq(test, mm_map_view_in_system_space(&made_up, &view), STATUS_SUCCESS);
    struct mmpte original = mi_read_pte(mi_get_pte_address((uintptr_t)view));
    ktest_read(view);
    pfn_t frame = frame_at(view);
    ktest_assert_eq(test, trim(1), 1);
    kirql irql = mi_lock_pfn();
    mi_unlink_page_from_list(frame);
    mi_restore_transition_pte(frame);
    mi_insert_page_in_free_list(frame);
    mi_unlock_pfn(irql);
    ktest_assert_eq(test, mi_read_pte(mi_get_pte_address((uintptr_t)view)).value, original.value);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    reads = 0;
    ktest_assert_eq(test, ktest_read(view), 1);
    ktest_assert_eq(test, reads, 1);
    mm_unmap_view_in_system_space(view);
}

KTEST(transition, unmapping_frees_pages_on_standby_too)
{
    ktest_suspend_irql_check();
    void *view;
    uint32_t standby = mm_page_lists[STANDBY_PAGE_LIST].total;

    ktest_assert_eq(test, mm_map_view_in_system_space(&made_up, &view), STATUS_SUCCESS);
    ktest_read(view);
    ktest_read((char *)view + PAGE_SIZE);
    ktest_assert_eq(test, trim(1), 1);
    ktest_assert_eq(test, mm_unmap_view_in_system_space(view), STATUS_SUCCESS);
    ktest_assert_eq(test, mm_page_lists[STANDBY_PAGE_LIST].total, standby);
}

/* The page is unmapped while somebody still refers to it: an I/O, say. */
KTEST(transition, unmapping_leaves_a_referenced_page_to_its_last_reference)
{
    ktest_suspend_irql_check();
    void *view;

    ktest_assert_eq(test, mm_map_view_in_system_space(&made_up, &view), STATUS_SUCCESS);
    ktest_read(view);
    pfn_t frame = frame_at(view);
    mi_increment_reference_count(frame);
    ktest_assert_eq(test, trim(1), 1);
    ktest_assert_eq(test, mi_pfn(frame)->page_location, TRANSITION_PAGE);
    ktest_assert_eq(test, mm_unmap_view_in_system_space(view), STATUS_SUCCESS);
    ktest_assert_eq(test, mi_pfn(frame)->page_location, TRANSITION_PAGE);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    kirql irql = mi_lock_pfn();
    mi_decrement_reference_count(frame);
    mi_unlock_pfn(irql);
    ktest_assert_eq(test, mi_pfn(frame)->page_location, FREE_PAGE_LIST);
}

/* The free and zeroed lists are emptied for a moment: the next fault must be served from a view. */
KTEST(transition, memory_pressure_trims_views)
{
    ktest_suspend_irql_check();
    void *view;
    uint32_t hidden;

    ktest_assert_eq(test, mm_map_view_in_system_space(&made_up, &view), STATUS_SUCCESS);
    for (uint32_t i = 0; i < 20; i++)
        ktest_read((char *)view + i * PAGE_SIZE);
    kirql irql = mi_lock_pfn();
    ktest_take_free_frames(&hidden);
    mi_unlock_pfn(irql);
    uint8_t arrived = ktest_read((char *)view + 30 * PAGE_SIZE);
    ktest_give_frames_back(&hidden, UINT32_MAX);

    ktest_assert_eq(test, arrived, 31);
    ktest_assert_eq(test, mm_page_lists[STANDBY_PAGE_LIST].total, 15); /* 16 trimmed, one taken */
    for (uint32_t i = 0; i < 20; i++)
        ktest_assert_eq(test, ktest_read((char *)view + i * PAGE_SIZE), i + 1);
    mm_unmap_view_in_system_space(view);
}

/* The only page that a view could give up is in somebody's hands. */
KTEST(transition, memory_pressure_leaves_referenced_pages_alone)
{
    ktest_suspend_irql_check();
    void *view;
    uint32_t hidden;

    ktest_assert_eq(test, mm_map_view_in_system_space(&made_up, &view), STATUS_SUCCESS);
    ktest_read(view);
    pfn_t frame = frame_at(view);
    uint8_t irql = mi_lock_pfn();
    mi_increment_reference_count(frame);
    ktest_take_free_frames(&hidden);
    pfn_t found = mi_remove_any_page();
    enum mmlists location = mi_pfn(frame)->page_location;
    mi_decrement_reference_count(frame);
    mi_unlock_pfn(irql);
    ktest_give_frames_back(&hidden, UINT32_MAX);
    ktest_assert_eq(test, found, PFN_NONE);
    ktest_assert_eq(test, location, TRANSITION_PAGE);
    ktest_assert_eq(test, mm_unmap_view_in_system_space(view), STATUS_SUCCESS);
}

/* What was written through the PTE is known to the frame when the PTE goes. */
KTEST(transition, a_dirty_pte_makes_its_page_modified)
{
    ktest_suspend_irql_check();
    volatile uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, 'mirT');
    ktest_assert(test, p);
    ktest_write(p, 1);
    pfn_t frame = frame_at((const void *)p);
    uint8_t irql = mi_lock_pfn();
    mi_pfn(frame)->modified = 0; /* as if it had just been written to disk */
    mi_trim_page(mi_get_pte_address((uintptr_t)p));
    mi_unlock_pfn(irql);
    ktest_assert_eq(test, mi_pfn(frame)->page_location, MODIFIED_PAGE_LIST);
    ex_free_pool_with_tag((void *)p, 'mirT');
}
