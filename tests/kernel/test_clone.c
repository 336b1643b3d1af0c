/* Cloned address spaces: what is shared, what is copied, and who gets the page in the end. */
#include "kernel/ps/user_process.h"
#include "mm/clone.h"
#include "mm/low_resources.h"
#include "tests/kernel/sources.h"
#include "tests/kernel/spaces.h"

#define BASE           0x00400000u
#define PAGES          4u
#define RESERVE_COMMIT (MEM_RESERVE | MEM_COMMIT)

/* Clone S's process, and attach to the clone. */
static bool fork(struct ktest *test, struct ktest_space *s, struct ktest_space *child)
{
    ntstatus status = ps_clone_process(&child->process, "child", s->process);

    if (!NT_SUCCESS(status)) {
        ktest_fail_eq(test, __FILE__, __LINE__, "ps_clone_process", status, STATUS_SUCCESS);
        return false;
    }
    child->vm = &child->process->vm;
    ke_stack_attach_process(&child->process->pcb, &child->saved);
    return true;
}

static struct mmpfn *pfn_at(uintptr_t va)
{
    return mi_pfn(ktest_pte(va).hard.page_frame_number);
}

KTEST(clone, private_pages_are_shared_until_they_are_written)
{
    struct ktest_space s, child;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, 4 * PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE);
    ktest_write((void *)BASE, 1);
    ktest_write((void *)(BASE + PAGE_SIZE), 2);
    pfn_t frame = ktest_pte(BASE).hard.page_frame_number;
    if (!fork(test, &s, &child))
        return;
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_assert_eq(test, child.vm->commit_charge, 4);
    ktest_assert_eq(test, child.vm->private_pages, 0);
    ktest_assert_eq(test, s.vm->private_pages, 0);
    ktest_assert_eq(test, ktest_pte(BASE).hard.page_frame_number, frame);
    ktest_assert_eq(test, mi_pfn(frame)->u2.share_count, 2);
    ktest_assert(test, ktest_pte(BASE).hard.copy_on_write && !ktest_pte(BASE).hard.write);
    uint32_t faults = child.vm->faults;
    ktest_assert_eq(test, ktest_read((void *)BASE), 1);
    ktest_assert_eq(test, child.vm->faults, faults);
    uint32_t copied = mm_fault_counts[MM_FAULT_COPY_ON_WRITE];
    ktest_write((void *)BASE, 11);
    ktest_assert_eq(test, mm_fault_counts[MM_FAULT_COPY_ON_WRITE] - copied, 1);
    ktest_assert(test, ktest_pte(BASE).hard.page_frame_number != frame);
    ktest_assert_eq(test, child.vm->private_pages, 1);
    ktest_assert_eq(test, mi_pfn(frame)->u2.share_count, 1);
    ktest_write((void *)(BASE + 3 * PAGE_SIZE), 13); /* never touched before */
    ke_unstack_detach_process(child.saved);          /* the parent */
    ktest_assert_eq(test, ktest_read((void *)BASE), 1);
    ktest_assert_eq(test, ktest_read((void *)(BASE + 3 * PAGE_SIZE)), 0);
    uint32_t writable = mm_fault_counts[MM_FAULT_MADE_WRITABLE];
    ktest_write((void *)BASE, 21); /* nobody else has it any more */
    ktest_assert_eq(test, mm_fault_counts[MM_FAULT_MADE_WRITABLE] - writable, 1);
    ktest_assert_eq(test, ktest_pte(BASE).hard.page_frame_number, frame);
    ktest_assert(test, !mi_pfn(frame)->prototype_pte);
    ob_dereference_object(child.process);
    ktest_leave_space(&s);
}

/* A shared page's protection is in the entries alone. */
KTEST(clone, a_shared_page_keeps_its_protection)
{
    static const uint32_t protect[] = {PAGE_EXECUTE, PAGE_READWRITE | PAGE_WRITECOMBINE};
    struct ktest_space s, child;
    struct memory_basic_information info;
    uint32_t old = 0;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, 2 * PAGE_SIZE, RESERVE_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE);
    for (uint32_t i = 0; i < ARRAY_SIZE(protect); i++) {
        ktest_read((void *)(BASE + i * PAGE_SIZE));
        ktest_protect(&s, BASE + i * PAGE_SIZE, 1, protect[i], &old);
    }
    if (!fork(test, &s, &child))
        return;
    for (uint32_t i = 0; i < ARRAY_SIZE(protect); i++) {
        ktest_assert(test, ktest_pte(BASE + i * PAGE_SIZE).hard.prototype);
        mm_query_virtual_memory(child.vm, BASE + i * PAGE_SIZE, &info);
        ktest_assert_eq(test, info.protect, protect[i]);
    }
    ke_unstack_detach_process(child.saved);
    uint32_t written[2], count = 2; /* nobody wrote, whatever the entries are marked with */
    mm_get_write_watch(s.vm, BASE, 2 * PAGE_SIZE, false, written, &count);
    ktest_assert_eq(test, count, 0);
    ob_dereference_object(child.process);
    ktest_leave_space(&s);
}

KTEST(clone, the_parent_may_go_first)
{
    struct ktest_space s, child;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, 4 * PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE);
    ktest_write((void *)BASE, 1);
    if (!fork(test, &s, &child))
        return;
    ktest_free(&child, BASE + PAGE_SIZE, PAGE_SIZE, MEM_DECOMMIT);
    ke_unstack_detach_process(child.saved);
    ktest_leave_space(&s);
    struct kprocess *saved;
    ke_stack_attach_process(&child.process->pcb, &saved);
    ktest_assert_eq(test, ktest_read((void *)BASE), 1);
    ktest_assert_eq(test, pfn_at(BASE)->u2.share_count, 1);
    ke_unstack_detach_process(saved);
    ob_dereference_object(child.process);
}

KTEST(clone, generations_share_one_page)
{
    struct ktest_space s, child, grandchild;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE);
    ktest_write((void *)BASE, 1);
    if (!fork(test, &s, &child) || !fork(test, &child, &grandchild))
        return;
    ktest_assert_eq(test, pfn_at(BASE)->u2.share_count, 3);
    ktest_write((void *)BASE, 3);
    ktest_leave_space(&grandchild);
    ktest_assert_eq(test, pfn_at(BASE)->u2.share_count, 2);
    ktest_assert_eq(test, ktest_read((void *)BASE), 1);
    ktest_leave_space(&child);
    ktest_assert_eq(test, pfn_at(BASE)->u2.share_count, 1);
    ktest_leave_space(&s);
}

KTEST(clone, protections_are_kept_and_can_be_changed)
{
    struct ktest_space s, child;
    struct memory_basic_information info;
    uint32_t old = 0;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, 4 * PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE);
    for (uint32_t i = 0; i < 4; i++)
        ktest_write((void *)(BASE + i * PAGE_SIZE), (uint8_t)i);
    ktest_protect(&s, BASE + PAGE_SIZE, PAGE_SIZE, PAGE_READONLY, &old);
    ktest_protect(&s, BASE + 2 * PAGE_SIZE, PAGE_SIZE, PAGE_NOACCESS, &old);
    if (!fork(test, &s, &child))
        return;
    mm_query_virtual_memory(child.vm, BASE, &info);
    ktest_assert_eq(test, info.protect, PAGE_READWRITE);
    ktest_assert_eq(test, info.region_size, PAGE_SIZE);
    ktest_assert_eq(test, ktest_fault(BASE + PAGE_SIZE, true), STATUS_ACCESS_VIOLATION);
    ktest_assert_eq(test, ktest_fault(BASE + 2 * PAGE_SIZE, false), STATUS_ACCESS_VIOLATION);
    ktest_assert_eq(test,
                    ktest_protect(&child, BASE + PAGE_SIZE, 2 * PAGE_SIZE, PAGE_READWRITE, &old),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, old, PAGE_READONLY);
    ktest_write((void *)(BASE + PAGE_SIZE + 1), 9);
    ktest_assert_eq(test, ktest_read((void *)(BASE + PAGE_SIZE)), 1);
    ktest_assert_eq(test, ktest_read((void *)(BASE + 2 * PAGE_SIZE)), 2); /* a copy */
    ktest_protect(&child, BASE + 3 * PAGE_SIZE, 1, PAGE_NOACCESS, &old);
    ktest_assert_eq(test, mi_pte_kind(ktest_pte(BASE + 3 * PAGE_SIZE)), MI_PTE_TRANSITION);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_leave_space(&child);
    ktest_assert_eq(test, ktest_read((void *)(BASE + 3 * PAGE_SIZE)), 3);
    ktest_leave_space(&s);
}

KTEST(clone, views_follow_their_inherit_flag)
{
    struct ktest_space s, child;
    struct ktest_file file;
    struct mm_section section;
    struct mm_view_request shared = {.inherit = VIEW_SHARE, .protect = PAGE_WRITECOPY};
    struct mm_view_request unmapped = {.inherit = VIEW_UNMAP, .protect = PAGE_READONLY};

    ktest_make_file(&file, NULL, 3 * PAGE_SIZE);
    mm_create_section(&section, &file.source, 0, PAGE_READONLY, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    mm_map_view_of_section(s.vm, &section, &shared);
    mm_map_view_of_section(s.vm, &section, &unmapped);
    ktest_write((void *)shared.base, 0x44);
    ktest_read((void *)(shared.base + PAGE_SIZE));
    if (!fork(test, &s, &child))
        return;
    ktest_assert_eq(test, section.control_area->mapped_views, 3);
    ktest_assert_eq(test, child.vm->vads.count, 1);
    ktest_assert_eq(test, ktest_read((void *)shared.base), 0x44);
    ktest_assert_eq(test, ktest_read((void *)(shared.base + PAGE_SIZE)), 2);
    ktest_assert_eq(test, ktest_read((void *)(shared.base + 2 * PAGE_SIZE)), 3);
    ktest_write((void *)shared.base, 0x55);
    ktest_assert_eq(test, ktest_fault(unmapped.base, false), STATUS_ACCESS_VIOLATION);
    ktest_leave_space(&child);
    ktest_assert_eq(test, ktest_read((void *)shared.base), 0x44);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

KTEST(clone, locked_pages_are_copied_at_once)
{
    struct ktest_space s, child;
    uintptr_t base = BASE;
    uint32_t size = PAGE_SIZE;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE);
    ktest_write((void *)BASE, 1);
    mm_lock_virtual_memory(s.vm, &base, &size);
    pfn_t frame = ktest_pte(BASE).hard.page_frame_number;
    if (!fork(test, &s, &child))
        return;
    ktest_assert(test, ktest_pte(BASE).hard.page_frame_number != frame);
    ktest_assert_eq(test, ktest_read((void *)BASE), 1);
    ktest_assert_eq(test, mi_pfn(frame)->reference_count, 2);
    ktest_leave_space(&child);
    ktest_leave_space(&s);
}

/* What was written to watched memory is known when it has been shared. */
KTEST(clone, watched_writes_are_not_forgotten)
{
    struct ktest_space s;
    struct eprocess *child;
    uint32_t written[PAGES], count = PAGES;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, 2 * PAGE_SIZE, RESERVE_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE);
    ktest_write((void *)BASE, 1);
    ktest_read((void *)(BASE + PAGE_SIZE));
    ktest_assert_eq(test, ps_clone_process(&child, "child", s.process), STATUS_SUCCESS);
    mm_get_write_watch(s.vm, BASE, 2 * PAGE_SIZE, false, written, &count);
    ktest_assert_eq(test, count, 1);
    ktest_assert_eq(test, written[0], BASE);
    ob_dereference_object(child);
    ktest_leave_space(&s);
}

static struct kprocess *parent_of_touched;

/* Nothing is refused; but meanwhile the parent's page at BASE becomes valid. */
static bool touch_meanwhile(void)
{
    if (ke_get_current_irql() <= APC_LEVEL && ke_get_attached_process() == parent_of_touched)
        ktest_write((void *)BASE, PAGES + 1);
    return false;
}

/* Clone a process of PAGES pages, all but the first of them valid, which becomes so at request AT
 * for a block of nonpaged pool. *SHARED: how many the two share then. => whether there was such a
 * request, and all was as it should be. */
static bool clone_and_touch(struct ktest *test, uint32_t at, uint32_t *shared)
{
    struct mm_low_resource plan[MM_RESOURCES] = {
        [MM_RESOURCE_NONPAGED_POOL] = {.at = at, .ask = touch_meanwhile}};
    struct ktest_space s, child;

    if (!ktest_enter_space(test, &s))
        return false;
    parent_of_touched = &s.process->pcb;
    ktest_allocate(&s, BASE, PAGES * PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE);
    for (uint32_t i = 1; i < PAGES; i++)
        ktest_write((void *)(BASE + i * PAGE_SIZE), (uint8_t)i);
    mm_set_low_resources(plan);
    bool done = fork(test, &s, &child);
    mm_set_low_resources(NULL);
    if (!done)
        return false;
    bool there = mm_low_resource_counts[MM_RESOURCE_NONPAGED_POOL].requests >= at;
    uint32_t first = ktest_pte(BASE).hard.valid ? PAGES + 1 : 0, wrong = 0;
    *shared = 0;
    for (uint32_t i = 0; i < PAGES; i++) {
        *shared += ktest_pte(BASE + i * PAGE_SIZE).hard.prototype;
        wrong += ktest_read((void *)(BASE + i * PAGE_SIZE)) != (i ? i : first);
    }
    wrong += mm_verify(NULL) + (child.vm->private_pages != PAGES - *shared);
    ktest_leave_space(&child);
    ktest_leave_space(&s);
    if (wrong)
        ktest_fail(test, __FILE__, __LINE__, "what the child has");
    return there && !wrong;
}

/* A page becomes valid at each moment of a clone at which pool is asked for. Before the pages to be
 * shared are counted, it is one of them; while they are, one too many wants a clone block, and is
 * copied; after that the child has an entry of its own already. */
KTEST(clone, a_page_may_become_valid_meanwhile)
{
    uint32_t clones[PAGES + 1] = {0}, shared;

    for (uint32_t at = 1; clone_and_touch(test, at, &shared); at++)
        clones[shared]++;
    ktest_assert(test, clones[PAGES] >= 2);
    ktest_assert_eq(test, clones[PAGES - 1], PAGES - 1);
}
