/*
 * What another thread of the parent does between the two halves of cloning some pages: the parent's
 * entries have been read, the child's are not written yet, and the PFN lock was let go.
 */
#include "arch/i386/registers.h"
#include "kernel/ps/user_process.h"
#include "mm/clone.h"
#include "mm/fault.h"
#include "mm/low_resources.h"
#include "tests/kernel/spaces.h"

#define BASE           0x00400000u
#define RESERVE_COMMIT (MEM_RESERVE | MEM_COMMIT)

static struct ktest_space parent;
static void (*act)(void); /* what the other thread does; the PFN lock is held */
static enum {
    NOT_YET,
    ACTING,
    ACTED
} stage;
static bool refused; /* the child gets no frame afterwards */

/* Asked for each frame. The first that the child wants is for its page table, between the halves.
 */
static bool between_the_halves(void)
{
    struct kprocess *process = ke_get_attached_process();

    if (stage == NOT_YET && mi_pfn_lock_held() && process != parent.saved &&
        process != &parent.process->pcb) {
        uint32_t child = read_cr3();
        stage = ACTING;
        write_cr3(mm_directory_table_base(parent.vm));
        act();
        write_cr3(child);
        stage = ACTED;
    }
    return stage == ACTED && refused;
}

static ntstatus clone(struct eprocess **child, void (*what)(void), bool refuse)
{
    static const struct mm_low_resource plan[MM_RESOURCES] = {
        [MM_RESOURCE_PAGES] = {.at = 1, .which = MM_REFUSE_FROM, .ask = between_the_halves}};

    stage = NOT_YET;
    act = what;
    refused = refuse;
    mm_set_low_resources(plan);
    ntstatus status = ps_clone_process(child, "child", parent.process);
    mm_set_low_resources(NULL);
    return status;
}

static void touch(void)
{
    struct mmpte *pte = mi_get_pte_address(BASE);
    struct mi_fault fault = {.va = BASE, .pte = pte, .before = mi_read_pte(pte)};

    mi_bring_back(&fault, HW_OWNER, DISPATCH_LEVEL);
    mi_lock_pfn();
}

static void write(void)
{
    mi_make_private(parent.vm, mi_get_pte_address(BASE), BASE, false);
}

/* A page in transition is copied for the child; the parent may have it back any time. */
KTEST(clone, a_page_in_transition_may_come_back_meanwhile)
{
    struct eprocess *child;
    uint32_t old;

    if (!ktest_enter_space(test, &parent))
        return;
    ktest_allocate(&parent, BASE, PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE);
    ktest_write((void *)BASE, 1);
    ktest_protect(&parent, BASE, PAGE_SIZE, PAGE_NOACCESS, &old);
    ktest_protect(&parent, BASE, PAGE_SIZE, PAGE_READWRITE, &old);
    ktest_assert_eq(test, mi_pte_kind(ktest_pte(BASE)), MI_PTE_TRANSITION);
    ktest_assert_eq(test, clone(&child, touch, false), STATUS_SUCCESS);
    ktest_assert_eq(test, stage, ACTED);
    ktest_assert(test, ktest_pte(BASE).hard.valid);
    ktest_assert_eq(test, mi_pfn(ktest_pte(BASE).hard.page_frame_number)->reference_count, 1);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ob_dereference_object(child);
    ktest_leave_space(&parent);
}

static bool listed; /* the process that is being made */

static void look(void)
{
    for (struct list_entry *at = ps_active_processes.flink; at != &ps_active_processes;
         at = at->flink)
        if (&CONTAINER_OF(at, struct eprocess, links)->pcb == ke_get_attached_process())
            listed = true;
}

/* A page of its own that somebody touched would be lost. */
KTEST(clone, nobody_finds_a_child_that_is_not_whole)
{
    struct eprocess *child, *found;

    if (!ktest_enter_space(test, &parent))
        return;
    ktest_allocate(&parent, BASE, PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE);
    ktest_write((void *)BASE, 1);
    listed = false;
    ktest_assert_eq(test, clone(&child, look, false), STATUS_SUCCESS);
    ktest_assert_eq(test, stage, ACTED);
    ktest_assert(test, !listed);
    found = ps_lookup_process(child->unique_process_id);
    ktest_assert(test, found == child);
    ob_dereference_object(found);
    ob_dereference_object(child);
    ktest_leave_space(&parent);
}

/* The parent got a copy of a page that was to be shared, and the child does not take the page. */
KTEST(clone, a_page_that_nobody_shares_in_the_end_is_freed)
{
    struct eprocess *child;

    if (!ktest_enter_space(test, &parent))
        return;
    ktest_allocate(&parent, BASE, PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE);
    ktest_write((void *)BASE, 1);
    ktest_assert_eq(test, clone(&child, write, true), STATUS_NO_MEMORY);
    ktest_assert_eq(test, stage, ACTED);
    ktest_assert(test, !ktest_pte(BASE).hard.prototype);
    ktest_assert_eq(test, ktest_read((void *)BASE), 1);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_leave_space(&parent); /* the frame and the block of the other page have not leaked */
}
