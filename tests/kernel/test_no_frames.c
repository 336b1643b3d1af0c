/* When no frame is left at all: what then fails, fails with a status, and leaves everything as it
 * was. */
#include "kernel/ps/user_process.h"
#include "mm/fault.h"
#include "mm/low_resources.h"
#include "mm/pool.h"
#include "tests/kernel/sources.h"
#include "tests/kernel/spaces.h"

#define BASE           0x00400000u
#define NO_TABLE       0x00800000u /* these have no page table */
#define GUARD          0x00C00000u
#define RESERVE_COMMIT (MEM_RESERVE | MEM_COMMIT)

static ntstatus faults[5];

/* A fault of each kind that takes a frame: a page of a table that is there, a page table, a guard
 * page without one, a page of a file, a copy of it. */
static void fault_everywhere(uintptr_t view, uintptr_t copy)
{
    faults[0] = ktest_fault(BASE + PAGE_SIZE, true);
    faults[1] = ktest_fault(NO_TABLE, false);
    faults[2] = ktest_fault(GUARD, false);
    faults[3] = ktest_fault(view, false);
    faults[4] = ktest_fault(copy, true);
}

KTEST(no_frames, faults_say_so_and_can_be_taken_again)
{
    struct ktest_space s;
    struct ktest_file file;
    struct mm_section section;
    struct mm_view_request view = {.inherit = VIEW_UNMAP, .protect = PAGE_READONLY};
    struct mm_view_request copy = {.inherit = VIEW_UNMAP, .protect = PAGE_WRITECOPY};
    uint32_t hidden;

    ktest_make_file(&file, NULL, 3 * PAGE_SIZE);
    mm_create_section(&section, &file.source, 0, PAGE_READONLY, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    mm_map_view_of_section(s.vm, &section, &view);
    mm_map_view_of_section(s.vm, &section, &copy);
    ktest_allocate(&s, BASE, 2 * PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE);
    ktest_allocate(&s, NO_TABLE, PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE);
    ktest_allocate(&s, GUARD, PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE | PAGE_GUARD);
    ktest_write((void *)BASE, 1);
    uint32_t before = mm_fault_counts[MM_FAULT_NO_MEMORY], pages = s.vm->private_pages;
    hidden = ktest_exhaust_frames(0);
    fault_everywhere(view.base, copy.base + PAGE_SIZE);
    ktest_end_exhaustion(hidden);

    for (uint32_t i = 0; i < ARRAY_SIZE(faults); i++)
        ktest_assert_eq(test, faults[i], STATUS_NO_MEMORY);
    ktest_assert_eq(test, mm_fault_counts[MM_FAULT_NO_MEMORY] - before, ARRAY_SIZE(faults));
    ktest_assert_eq(test, s.vm->private_pages, pages);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    fault_everywhere(view.base, copy.base + PAGE_SIZE);
    for (uint32_t i = 0; i < ARRAY_SIZE(faults); i++)
        ktest_assert(test,
                     i == 2 ? faults[i] == STATUS_GUARD_PAGE_VIOLATION : NT_SUCCESS(faults[i]));
    ktest_assert_eq(test, ktest_read((void *)BASE), 1);
    ktest_assert_eq(test, ktest_read((void *)view.base), 1);
    ktest_assert_eq(test, ktest_read((void *)(copy.base + PAGE_SIZE)), 2);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

/* There is a frame for a view's page table, and none for its page, of a file or of zeros. */
KTEST(no_frames, a_page_table_may_wait_for_its_first_page)
{
    struct ktest_file file;
    struct mm_section sections[2];
    struct ktest_space s;

    ktest_make_file(&file, NULL, PAGE_SIZE);
    mm_create_section(&sections[0], &file.source, 0, PAGE_READONLY, SEC_COMMIT);
    mm_create_section(&sections[1], NULL, PAGE_SIZE, PAGE_READWRITE, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    for (uint32_t i = 0; i < ARRAY_SIZE(sections); i++) {
        struct mm_view_request view = {
            .base = NO_TABLE, .inherit = VIEW_UNMAP, .protect = PAGE_READONLY};
        mm_map_view_of_section(s.vm, &sections[i], &view);
        uint32_t hidden = ktest_exhaust_frames(1);
        ntstatus status = ktest_fault(NO_TABLE, false);
        ktest_end_exhaustion(hidden);
        ktest_assert_eq(test, status, STATUS_NO_MEMORY);
        ktest_assert_eq(test, s.vm->page_tables, 1);
        ktest_assert_eq(test, mm_verify(NULL), 0);
        ktest_assert_eq(test, ktest_read((void *)NO_TABLE), i == 0);
        mm_unmap_view_of_section(s.vm, NO_TABLE);
        mm_delete_section(&sections[i]);
    }
    ktest_leave_space(&s);
}

/* Pages of nobody's access are on standby if they need not be kept; one has been written since. */
KTEST(no_frames, memory_that_was_reset_gives_its_pages)
{
    struct ktest_space s;
    uint32_t hidden, old;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, 3 * PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE);
    for (uint32_t i = 0; i < 3; i++)
        ktest_write((void *)(BASE + i * PAGE_SIZE), 0x55);
    ktest_allocate(&s, BASE, 3 * PAGE_SIZE, MEM_RESET, PAGE_READWRITE);
    ktest_write((void *)(BASE + PAGE_SIZE), 0x66);
    ktest_protect(&s, BASE, 3 * PAGE_SIZE, PAGE_NOACCESS, &old);
    ke_unstack_detach_process(s.saved); /* its page tables are seen through hyperspace */
    hidden = ktest_exhaust_frames(0);
    ktest_end_exhaustion(hidden);
    ktest_assert_eq(test, s.vm->private_pages, 1);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ke_stack_attach_process(&s.process->pcb, &s.saved);
    ktest_assert_eq(test, mi_pte_kind(ktest_pte(BASE)), MI_PTE_DEMAND_ZERO);
    ktest_assert_eq(test, ktest_fault(BASE, false), STATUS_ACCESS_VIOLATION);
    ktest_protect(&s, BASE, 3 * PAGE_SIZE, PAGE_READWRITE, &old);
    ktest_assert_eq(test, old, PAGE_NOACCESS);
    ktest_assert_eq(test, ktest_read((void *)BASE), 0);
    ktest_assert_eq(test, ktest_read((void *)(BASE + PAGE_SIZE)), 0x66);
    ktest_assert_eq(test, ktest_read((void *)(BASE + 2 * PAGE_SIZE)), 0);
    ktest_leave_space(&s);
}

static void make_file_section(struct ktest_file *file, struct mm_section *section)
{
    ktest_make_file(file, NULL, PAGE_SIZE);
    mm_create_section(section, &file->source, 0, PAGE_READONLY, SEC_COMMIT);
}

static ntstatus reset(struct ktest_space *s, uintptr_t base)
{
    uint32_t size = PAGE_SIZE;

    return mm_allocate_virtual_memory(s->vm, &base, 0, &size, MEM_RESET, PAGE_READWRITE);
}

/* A view's page that the process has a copy of, which nobody may touch: the copy cannot be given
 * away, as the entry could not tell zeros from the section's page. Of a file it is an error to try.
 */
KTEST(no_frames, a_copy_in_a_view_is_kept_though_it_was_reset)
{
    struct mm_section sections[2];
    struct ktest_file file;
    struct ktest_space s;
    uint32_t old;

    make_file_section(&file, &sections[0]);
    mm_create_section(&sections[1], NULL, PAGE_SIZE, PAGE_READWRITE, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    for (uint32_t i = 0; i < ARRAY_SIZE(sections); i++) {
        struct mm_view_request view = {
            .base = NO_TABLE, .inherit = VIEW_UNMAP, .protect = PAGE_WRITECOPY};
        mm_map_view_of_section(s.vm, &sections[i], &view);
        ktest_write((void *)NO_TABLE, 0x55);
        ktest_assert_eq(test, reset(&s, NO_TABLE), i ? STATUS_SUCCESS : STATUS_USER_MAPPED_FILE);
        ktest_protect(&s, NO_TABLE, PAGE_SIZE, PAGE_NOACCESS, &old);
        uint32_t hidden = ktest_exhaust_frames(0);
        ktest_end_exhaustion(hidden);
        ktest_assert_eq(test, mm_verify(NULL), 0);
        ktest_assert_eq(test, s.vm->private_pages, 1);
        ktest_protect(&s, NO_TABLE, PAGE_SIZE, PAGE_READWRITE, &old);
        ktest_assert_eq(test, ktest_read((void *)NO_TABLE), 0x55);
        mm_unmap_view_of_section(s.vm, NO_TABLE);
        mm_delete_section(&sections[i]);
    }
    ktest_leave_space(&s);
}

/* With one frame more each time, until it can be made: each of the places where it may fail is met.
 */
KTEST(no_frames, a_clone_that_cannot_be_made_leaves_nothing_behind)
{
    struct ktest_space s;
    struct eprocess *child;
    uintptr_t locked = BASE + PAGE_SIZE;
    uint32_t size = PAGE_SIZE, frames = 0, hidden;
    ntstatus status;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, 4 * PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE);
    ktest_allocate(&s, NO_TABLE, PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE);
    for (uint32_t i = 0; i < 4; i++)
        ktest_write((void *)(BASE + i * PAGE_SIZE), (uint8_t)i);
    ktest_write((void *)NO_TABLE, 9);
    mm_lock_virtual_memory(s.vm, &locked, &size); /* copied, not shared: takes a frame of its own */
    do {
        hidden = ktest_exhaust_frames(frames++);
        status = ps_clone_process(&child, "child", s.process);
        ktest_end_exhaustion(hidden);
        ktest_assert_eq(test, mm_verify(NULL), 0);
        for (uint32_t i = 0; i < 4; i++)
            ktest_assert_eq(test, ktest_read((void *)(BASE + i * PAGE_SIZE)), i);
        ktest_assert(test, frames < 32);
    } while (!NT_SUCCESS(status));
    ktest_note("%u frames make a clone", frames - 1);
    ktest_assert(test, frames > 4); /* a directory, hyperspace, two page tables, the copy */
    ktest_assert_eq(test, ktest_read((void *)NO_TABLE), 9);
    ob_dereference_object(child);
    ktest_leave_space(&s);
}

static const struct mm_low_resource NO_PAGES[MM_RESOURCES] = {
    [MM_RESOURCE_PAGES] = {.at = 1, .which = MM_REFUSE_FROM}};

/* When only trimming gives a frame for the copy, that is not the frame that is copied. */
KTEST(no_frames, a_copy_does_not_take_its_source)
{
    static struct mmpte pte;
    static struct mmpfn pfn;
    struct ktest_file file;
    struct mm_section section;
    struct ktest_space s;
    struct mm_view_request view = {.inherit = VIEW_UNMAP, .protect = PAGE_WRITECOPY};

    make_file_section(&file, &section);
    if (!ktest_enter_space(test, &s))
        return;
    mm_map_view_of_section(s.vm, &section, &view);
    ktest_read((void *)view.base);
    kirql irql = mi_lock_pfn();
    pfn_t hidden = ktest_take_available_frames();
    mi_unlock_pfn(APC_LEVEL);
    ntstatus status = ktest_fault(view.base, true);
    mi_lock_pfn();
    ktest_give_frames_back(hidden);
    pte = ktest_pte(view.base);
    pfn = *mi_pfn(pte.hard.page_frame_number);
    mi_unlock_pfn(irql);
    ktest_assert(test, status == STATUS_PAGE_FAULT_COPY_ON_WRITE || status == STATUS_NO_MEMORY);
    ktest_assert(test, pte.hard.valid);
    ktest_assert_eq(test, pfn.page_location, ACTIVE_AND_VALID);
    ktest_assert_eq(test, pfn.reference_count, 1);
    ktest_assert_eq(test, pfn.prototype_pte, status == STATUS_NO_MEMORY);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_write((void *)view.base, 5);
    ktest_assert_eq(test, ktest_read((void *)(view.base + 1)), 1);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

/* The frame of SECTION's page, which is on standby, off its list. */
static pfn_t take_off_standby(const struct mm_section *section)
{
    pfn_t frame = section->control_area->prototypes->trans.page_frame_number;

    mi_unlink_page_from_list(frame);
    return frame;
}

static void read_and_unmap(struct ktest_space *s, struct mm_section *section)
{
    struct mm_view_request view = {.inherit = VIEW_UNMAP, .protect = PAGE_READONLY};

    mm_map_view_of_section(s->vm, section, &view);
    ktest_read((void *)view.base);
    mm_unmap_view_of_section(s->vm, view.base);
}

/* The page of a file is on standby, as the next that is taken; and its view needs a page table, and
 * takes it. The page is read again. */
KTEST(no_frames, a_page_table_may_take_the_page_it_is_made_for)
{
    struct ktest_file file, other_file;
    struct mm_section section, other;
    struct ktest_space s;
    struct mm_view_request view = {
        .base = 0x10000000, .inherit = VIEW_UNMAP, .protect = PAGE_READONLY};

    make_file_section(&file, &section);
    make_file_section(&other_file, &other);
    if (!ktest_enter_space(test, &s))
        return;
    read_and_unmap(&s, &section);
    read_and_unmap(&s, &other);
    ktest_assert_eq(test, mm_map_view_of_section(s.vm, &section, &view), STATUS_SUCCESS);
    kirql irql = mi_lock_pfn();
    pfn_t first = take_off_standby(&section), second = take_off_standby(&other);
    pfn_t hidden = ktest_take_available_frames();
    mi_insert_page_in_list(STANDBY_PAGE_LIST, first);
    mi_insert_page_in_list(STANDBY_PAGE_LIST, second);
    mi_unlock_pfn(APC_LEVEL);
    ntstatus status = ktest_fault(view.base, false);
    mi_lock_pfn();
    ktest_give_frames_back(hidden);
    mi_unlock_pfn(irql);
    ktest_assert(test, NT_SUCCESS(status));
    ktest_assert_eq(test, ktest_read((void *)view.base), 1);
    ktest_assert_eq(test, file.reads, 2);
    mm_delete_section(&section);
    mm_delete_section(&other);
    ktest_leave_space(&s);
}

/* Nothing is available, but pages of a file can be given up: for the headers of an image, too. */
KTEST(no_frames, an_image_is_made_of_what_views_give_up)
{
    static uint8_t bytes[KTEST_IMAGE_BYTES];
    struct ktest_file file, image_file;
    struct mm_section section, image;
    struct mm_view_request view = {.inherit = VIEW_UNMAP, .protect = PAGE_READONLY};
    struct ktest_space s;

    ktest_make_file(&file, NULL, 64 * PAGE_SIZE);
    mm_create_section(&section, &file.source, 0, PAGE_READONLY, SEC_COMMIT);
    ktest_build_image(bytes, BASE);
    ktest_make_file(&image_file, bytes, sizeof(bytes));
    if (!ktest_enter_space(test, &s))
        return;
    ktest_suspend_special_pool();
    /* The pools have pages for what else is needed: they would have the views give up pages. */
    void *kept[] = {ex_allocate_pool_with_tag(NONPAGED_POOL, 64, 'tseT'),
                    ex_allocate_pool_with_tag(PAGED_POOL, 64, 'tseT')};
    mm_create_section(&image, &image_file.source, 0, PAGE_EXECUTE_READ, SEC_IMAGE);
    mm_delete_section(&image);
    mm_map_view_of_section(s.vm, &section, &view);
    for (uint32_t i = 0; i < 64; i++)
        ktest_read((void *)(view.base + (i << PAGE_SHIFT)));
    kirql irql = mi_lock_pfn();
    pfn_t hidden = ktest_take_available_frames();
    mi_unlock_pfn(irql);
    ntstatus status =
        mm_create_section(&image, &image_file.source, 0, PAGE_EXECUTE_READ, SEC_IMAGE);
    ktest_end_exhaustion(hidden);
    ex_free_pool_with_tag(kept[0], 'tseT');
    ex_free_pool_with_tag(kept[1], 'tseT');
    ktest_assert_eq(test, status, STATUS_SUCCESS);
    mm_delete_section(&image);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

KTEST(no_frames, a_commit_without_its_page_table_costs_nothing)
{
    struct ktest_space s;
    uintptr_t base = BASE;
    uint32_t size = PAGE_SIZE;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, 16 * PAGE_SIZE, MEM_RESERVE, PAGE_READWRITE);
    uint32_t charge = s.vm->commit_charge;
    mm_set_low_resources(NO_PAGES);
    ntstatus status = mm_allocate_virtual_memory(s.vm, &base, 0, &size, MEM_COMMIT, PAGE_READWRITE);
    mm_set_low_resources(NULL);
    ktest_assert_eq(test, status, STATUS_NO_MEMORY);
    ktest_assert_eq(test, s.vm->commit_charge, charge);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_leave_space(&s);
}

/* A page shared by cloning that nobody may touch any more is copied first. */
KTEST(no_frames, a_clones_page_that_cannot_be_protected_stays_as_it_is)
{
    static const uint32_t PROTECTIONS[] = {PAGE_NOACCESS, PAGE_READWRITE | PAGE_GUARD};
    struct ktest_space s;
    struct eprocess *child;
    uint32_t old;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE);
    ktest_write((void *)BASE, 1);
    ktest_assert_eq(test, ps_clone_process(&child, "child", s.process), STATUS_SUCCESS);
    for (uint32_t i = 0; i < ARRAY_SIZE(PROTECTIONS); i++) {
        mm_set_low_resources(NO_PAGES);
        ntstatus status = ktest_protect(&s, BASE, PAGE_SIZE, PROTECTIONS[i], &old);
        mm_set_low_resources(NULL);
        ktest_assert_eq(test, status, STATUS_NO_MEMORY);
        ktest_assert_eq(test, ktest_read((void *)BASE), 1);
        ktest_assert_eq(test, mm_verify(NULL), 0);
    }
    ob_dereference_object(child);
    ktest_leave_space(&s);
}

/* A stale translation may make a page fault that is there; that is nothing to be waited for. */
KTEST(faults, a_user_page_that_is_there_is_dismissed_at_dispatch_level)
{
    struct ktest_space s;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE);
    ktest_write((void *)BASE, 1);
    uint32_t before = mm_fault_counts[MM_FAULT_DISMISSED];
    kirql irql = ke_raise_irql(DISPATCH_LEVEL);
    ntstatus status = ktest_fault(BASE, true);
    ke_lower_irql(irql);
    ktest_assert_eq(test, status, STATUS_SUCCESS);
    ktest_assert_eq(test, mm_fault_counts[MM_FAULT_DISMISSED] - before, 1);
    ktest_leave_space(&s);
}
