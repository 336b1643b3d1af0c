/*
 * Faults that make threads wait. The pager is slowed down by an event of the test's own, so that
 * every state in between can be looked at; once by the timer that the boot option slowpager uses.
 */
#include "kernel/io/slow_pager.h"
#include "kernel/ps/user_process.h"
#include "lib/string.h"
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/page_read.h"
#include "mm/pool.h"
#include "tests/kernel/sources.h"
#include "tests/kernel/spaces.h"
#include "tests/kernel/threads.h"

#define ABOVE (TEST_PRIORITY + 2)
#define TAG   'PwlS'

static struct kevent page_arrives;
static uint32_t delays, reads;

static void wait_for_page(void)
{
    delays++;
    ke_wait_for_single_object(&page_arrives, WR_PAGE_IN, KERNEL_MODE, false, NULL);
}

static void slow_down(void)
{
    ke_initialize_event(&page_arrives, EVENT_NOTIFICATION_OBJECT, false);
    delays = reads = 0;
    mi_pager_delay = wait_for_page;
}

static void let_go(void)
{
    mi_pager_delay = NULL;
    ke_set_event(&page_arrives, 0);
}

static ntstatus read_sevens(const struct mm_page_source *source, uint32_t offset, uint32_t bytes,
                            pfn_t frame)
{
    (void)source, (void)offset, (void)bytes;
    reads++;
    kirql irql = ke_raise_irql(DISPATCH_LEVEL);
    void *to = mi_map_page_in_hyper_space(frame);
    memset(to, 7, PAGE_SIZE);
    mi_unmap_page_in_hyper_space(to);
    ke_lower_irql(irql);
    return STATUS_SUCCESS;
}

static const struct mm_page_source sevens = {
    .name = "sevens", .bytes = 2 * PAGE_SIZE, .read_page = read_sevens};

struct toucher {
    volatile uint8_t *at;
    uint32_t seen; /* what was there; 999 before */
    uint8_t irql;
    struct ethread *thread;
};

static void touch(void *context)
{
    struct toucher *t = context;
    kirql irql = ke_raise_irql(t->irql);

    t->seen = ktest_read(t->at);
    ke_lower_irql(irql);
}

static bool start(struct ktest *test, struct toucher *t, void *at)
{
    *t = (struct toucher){.at = at, .seen = 999, .irql = t->irql};
    t->thread = ktest_thread(test, ABOVE, touch, t);
    return t->thread != NULL;
}

static uint32_t count(enum mm_fault_kind kind)
{
    return *(volatile uint32_t *)&mm_fault_counts[kind];
}

static void check_under_read(struct ktest *test, void *at, uint32_t waiters)
{
    struct mmpte pte = mi_read_pte(mi_get_pte_address((uintptr_t)at));
    ktest_assert_eq(test, mi_pte_kind(pte), MI_PTE_TRANSITION);
    const struct mmpfn *pfn = mi_pfn(pte.trans.page_frame_number);
    ktest_assert_eq(test, pfn->page_location, TRANSITION_PAGE);
    ktest_assert_eq(test, pfn->read_in_progress, 1);
    ktest_assert_eq(test, pfn->reference_count, 1);
    for (const struct mi_read_waiter *at_waiter = pfn->u1.waiters; at_waiter;
         at_waiter = at_waiter->next)
        waiters--;
    ktest_assert_eq(test, waiters, 0);
    ktest_assert_eq(test, mm_verify(NULL), 0);
}

static volatile uint32_t counted;
static volatile bool counting;

static void count_up(void *context)
{
    (void)context;
    while (counting)
        counted++;
}

KTEST(slow_pager, others_run_while_a_thread_waits_in_its_fault)
{
    ktest_suspend_irql_check();
    struct toucher t = {0};
    void *view;

    ktest_assert_eq(test, mm_map_view_in_system_space(&sevens, &view), STATUS_SUCCESS);
    uint32_t before = count(MM_FAULT_DEMAND_PAGE);
    slow_down();
    ktest_assert(test, start(test, &t, view));
    ktest_assert_eq(test, ktest_state(t.thread), THREAD_WAITING);
    ktest_assert_eq(test, t.thread->tcb.wait_reason, WR_PAGE_IN);
    ktest_assert_eq(test, t.thread->tcb.wait_irql, APC_LEVEL);
    check_under_read(test, view, 0);
    counted = 0;
    counting = true;
    struct ethread *counter = ktest_thread(test, TEST_PRIORITY - 1, count_up, NULL);
    ktest_assert(test, counter);
    for (uint32_t i = 0; i < 1000 && !counted; i++)
        ke_delay_execution_thread(KERNEL_MODE, false, MILLISECONDS(5));
    ktest_assert(test, counted > 0);
    ktest_assert_eq(test, ktest_state(t.thread), THREAD_WAITING);
    ktest_assert_eq(test, count(MM_FAULT_DEMAND_PAGE), before); /* the fault is not over */
    counting = false;
    let_go();
    ktest_assert_eq(test, t.seen, 7);
    ktest_assert_eq(test, reads, 1);
    ktest_assert_eq(test, count(MM_FAULT_DEMAND_PAGE) - before, 1);
    ktest_join(t.thread);
    ktest_join(counter);
    mm_unmap_view_in_system_space(view);
}

KTEST(slow_pager, collided_faults_cause_one_read)
{
    ktest_suspend_irql_check();
    struct toucher t[4] = {{0}};
    void *view;

    ktest_assert_eq(test, mm_map_view_in_system_space(&sevens, &view), STATUS_SUCCESS);
    uint32_t paged = count(MM_FAULT_DEMAND_PAGE), collided = count(MM_FAULT_COLLIDED);
    slow_down();
    for (uint32_t i = 0; i < 4; i++)
        ktest_assert(test, start(test, &t[i], (char *)view + 100 * i));
    check_under_read(test, view, 3);
    for (uint32_t i = 0; i < 4; i++)
        ktest_assert_eq(test, ktest_state(t[i].thread), THREAD_WAITING);
    let_go();
    for (uint32_t i = 0; i < 4; i++) {
        ktest_join(t[i].thread);
        ktest_assert_eq(test, t[i].seen, 7);
    }
    ktest_assert_eq(test, reads, 1);
    ktest_assert_eq(test, delays, 1);
    ktest_assert_eq(test, count(MM_FAULT_DEMAND_PAGE) - paged, 1);
    ktest_assert_eq(test, count(MM_FAULT_COLLIDED) - collided, 3);
    const struct mmpte *pte = mi_get_pte_address((uintptr_t)view);
    ktest_assert_eq(test, mi_pte_kind(*pte), MI_PTE_VALID);
    const struct mmpfn *pfn = mi_pfn(pte->hard.page_frame_number);
    ktest_assert_eq(test, pfn->u2.share_count, 1);
    ktest_assert_eq(test, pfn->reference_count, 1);
    mm_unmap_view_in_system_space(view);
}

KTEST(slow_pager, different_pages_are_read_side_by_side)
{
    ktest_suspend_irql_check();
    struct toucher t[2] = {{0}};
    void *view;

    ktest_assert_eq(test, mm_map_view_in_system_space(&sevens, &view), STATUS_SUCCESS);
    slow_down();
    ktest_assert(test, start(test, &t[0], view));
    ktest_assert(test, start(test, &t[1], (char *)view + PAGE_SIZE));
    check_under_read(test, view, 0);
    check_under_read(test, (char *)view + PAGE_SIZE, 0);
    ktest_assert_eq(test, delays, 2);
    let_go();
    ktest_assert_eq(test, reads, 2);
    ktest_join(t[0].thread);
    ktest_join(t[1].thread);
    mm_unmap_view_in_system_space(view);
}

KTEST(slow_pager, paged_pool_waits_and_collides_too)
{
    ktest_suspend_irql_check();
    struct toucher t[2] = {{0}, {.irql = APC_LEVEL}};
    uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);

    ktest_assert(test, p);
    uint32_t zeroed = count(MM_FAULT_DEMAND_ZERO), collided = count(MM_FAULT_COLLIDED);
    slow_down();
    ktest_assert(test, start(test, &t[0], p) && start(test, &t[1], p + 1));
    check_under_read(test, p, 1);
    let_go();
    ktest_assert_eq(test, t[0].seen, 0);
    ktest_assert_eq(test, t[1].seen, 0);
    ktest_assert_eq(test, count(MM_FAULT_DEMAND_ZERO) - zeroed, 1);
    ktest_assert_eq(test, count(MM_FAULT_COLLIDED) - collided, 1);
    ktest_assert_eq(test,
                    mi_pfn(mi_get_pte_address((uintptr_t)p)->hard.page_frame_number)->modified, 1);
    ktest_join(t[0].thread);
    ktest_join(t[1].thread);
    ex_free_pool_with_tag(p, TAG);
}

KTEST(slow_pager, terminated_thread_finishes_its_fault_and_leaves_nothing)
{
    ktest_suspend_irql_check();
    struct toucher t[2] = {{0}};
    void *view;

    ktest_assert_eq(test, mm_map_view_in_system_space(&sevens, &view), STATUS_SUCCESS);
    slow_down();
    ktest_assert(test, start(test, &t[0], view) && start(test, &t[1], view));
    ktest_assert_eq(test, ps_terminate_thread(t[0].thread, STATUS_UNSUCCESSFUL), STATUS_SUCCESS);
    ktest_assert_eq(test, ps_terminate_thread(t[1].thread, STATUS_UNSUCCESSFUL), STATUS_SUCCESS);
    ktest_assert_eq(test, ps_terminate_thread(t[0].thread, STATUS_UNSUCCESSFUL),
                    STATUS_THREAD_IS_TERMINATING);
    /* Neither wait is cut short: the frame refers to the second thread's stack. */
    ktest_assert_eq(test, ktest_state(t[0].thread), THREAD_WAITING);
    ktest_assert_eq(test, ktest_state(t[1].thread), THREAD_WAITING);
    check_under_read(test, view, 1);
    let_go();
    for (uint32_t i = 0; i < 2; i++) {
        ktest_assert_eq(test, ktest_join(t[i].thread), STATUS_UNSUCCESSFUL);
        ktest_assert_eq(test, t[i].seen, 999); /* they ended before the access was tried again */
    }
    ktest_assert_eq(test, mi_pte_kind(*mi_get_pte_address((uintptr_t)view)), MI_PTE_VALID);
    ktest_assert_eq(test, reads, 1);
    mm_unmap_view_in_system_space(view);
}

static void unmap(void *view)
{
    mm_unmap_view_in_system_space(view);
}

KTEST(slow_pager, view_unmapped_under_a_read_waits_for_it)
{
    ktest_suspend_irql_check();
    struct toucher t = {0};
    void *view;

    ktest_assert_eq(test, mm_map_view_in_system_space(&sevens, &view), STATUS_SUCCESS);
    slow_down();
    ktest_assert(test, start(test, &t, view));
    ps_terminate_thread(t.thread, STATUS_UNSUCCESSFUL); /* or it would touch what is not there */
    pfn_t frame = mi_get_pte_address((uintptr_t)view)->trans.page_frame_number;
    struct ethread *unmapper = ktest_thread(test, ABOVE, unmap, view);
    ktest_assert(test, unmapper);
    ktest_assert_eq(test, ktest_state(unmapper), THREAD_WAITING);
    ktest_assert_eq(test, mi_get_pte_address((uintptr_t)view)->value, 0);
    ktest_assert_eq(test, mi_pfn(frame)->page_location, TRANSITION_PAGE);
    let_go();
    ktest_assert_eq(test, mi_pfn(frame)->page_location, FREE_PAGE_LIST);
    ktest_join(unmapper);
    ktest_join(t.thread);
}

/* Somebody who reads or writes a byte of SPACE. */
struct visitor {
    struct ktest_space *space;
    uintptr_t at;
    bool writes;
    uint32_t status; /* what its access came to */
};

static void visit(void *context)
{
    struct visitor *v = context;
    struct kprocess *saved;
    uint8_t byte = 1;

    ke_stack_attach_process(&v->space->process->pcb, &saved);
    v->status = v->writes ? ki_copy_guarded((void *)v->at, &byte, sizeof(byte))
                          : ki_copy_guarded(&byte, (void *)v->at, sizeof(byte));
    ke_unstack_detach_process(saved);
}

/* Have somebody, W, write to a page that a new SPACE has not got yet, and wait in that fault.
 * => the thread, or NULL with the test failed. */
static struct ethread *start_write(struct ktest *test, struct ktest_space *space, struct visitor *w)
{
    if (!ktest_enter_space(test, space))
        return NULL;
    *w = (struct visitor){.space = space, .writes = true};
    w->at = ktest_allocate(space, 0x10000000, PAGE_SIZE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    slow_down();
    return ktest_thread(test, ABOVE, visit, w);
}

/* With its page table. */
KTEST(slow_pager, memory_freed_under_its_fault_is_gone)
{
    ktest_suspend_irql_check();
    struct ktest_space space;
    struct visitor w;
    struct ethread *thread = start_write(test, &space, &w);

    ktest_assert(test, thread);
    ktest_assert_eq(test, delays, 1);
    ktest_assert_eq(test, ktest_free(&space, w.at, 0, MEM_RELEASE), STATUS_SUCCESS);
    ktest_assert(test, !mi_has_page_table(w.at));
    let_go();
    ktest_join(thread);
    ktest_assert_eq(test, w.status, STATUS_ACCESS_VIOLATION);
    ktest_leave_space(&space);
}

/* It is not there yet, so the clone makes its own. */
KTEST(slow_pager, a_page_that_is_being_made_can_be_cloned)
{
    ktest_suspend_irql_check();
    struct ktest_space space;
    struct visitor w;
    struct ethread *thread = start_write(test, &space, &w);
    struct eprocess *child;
    struct kprocess *saved;

    ktest_assert(test, thread);
    ktest_assert_eq(test, delays, 1);
    ktest_assert_eq(test, ps_clone_process(&child, "child", space.process), STATUS_SUCCESS);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ke_stack_attach_process(&child->pcb, &saved);
    struct mmpte its = ktest_pte(w.at);
    ke_unstack_detach_process(saved);
    let_go();
    ktest_join(thread);
    ktest_assert_eq(test, w.status, STATUS_SUCCESS);
    ktest_assert_eq(test, mi_pte_kind(its), MI_PTE_DEMAND_ZERO);
    ktest_assert_eq(test, ktest_read((void *)w.at), 1);
    ktest_assert_eq(test, ktest_free(&space, w.at, 0, MEM_RELEASE), STATUS_SUCCESS);
    ob_dereference_object(child);
    ktest_leave_space(&space);
}

/* ---- the same in a process's own memory, where the access can be refused afterwards ------------
 */

KTEST(slow_pager, a_page_protected_under_its_read_does_not_become_valid)
{
    struct ktest_space s;
    uint32_t old;

    if (!ktest_enter_space(test, &s))
        return;
    uintptr_t p = ktest_allocate(&s, 0, PAGE_SIZE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    struct visitor v = {.space = &s, .at = p};
    slow_down();
    struct ethread *thread = ktest_thread(test, ABOVE, visit, &v);
    ntstatus status = ktest_protect(&s, p, 1, PAGE_READWRITE | PAGE_GUARD, &old);
    let_go();
    ktest_join(thread);
    ktest_assert_eq(test, status, STATUS_SUCCESS);
    ktest_assert_eq(test, delays, 1);
    ktest_assert_eq(test, v.status, STATUS_GUARD_PAGE_VIOLATION);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_leave_space(&s);
}

KTEST(slow_pager, a_section_stays_while_a_page_of_it_is_read)
{
    struct mm_view_request request = {.inherit = VIEW_UNMAP, .protect = PAGE_READONLY};
    struct ktest_file file;
    struct mm_section section;
    struct ktest_space s;

    ktest_make_file(&file, NULL, PAGE_SIZE);
    mm_create_section(&section, &file.source, 0, PAGE_READONLY, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    ntstatus status = mm_map_view_of_section(s.vm, &section, &request);
    mm_delete_section(&section); /* the view keeps it */
    struct visitor v = {.space = &s, .at = request.base};
    slow_down();
    struct ethread *thread = ktest_thread(test, ABOVE, visit, &v);
    mm_unmap_view_of_section(s.vm, request.base);
    const struct control_area *area = file.source.data_area;
    uint32_t under_way = area ? area->reads : 0;
    let_go();
    ktest_join(thread);
    ktest_assert_eq(test, status, STATUS_SUCCESS);
    ktest_assert_eq(test, under_way, 1);
    ktest_assert_eq(test, v.status, STATUS_ACCESS_VIOLATION);
    ktest_assert(test, !file.source.data_area);
    ktest_leave_space(&s);
}

/* Somebody has a page of a file read whose page table was made for it; another process waits for
 * the same page, with a page table of its own. Neither table is without entries meanwhile. */
KTEST(slow_pager, a_page_table_stays_while_its_first_page_is_read)
{
    struct mm_view_request request = {
        .base = 0x10000000, .inherit = VIEW_UNMAP, .protect = PAGE_READONLY};
    struct ktest_file file;
    struct mm_section section;
    struct ktest_space spaces[2];
    struct visitor v[2];
    struct ethread *threads[2];

    ktest_make_file(&file, NULL, PAGE_SIZE);
    mm_create_section(&section, &file.source, 0, PAGE_READONLY, SEC_COMMIT);
    slow_down();
    for (uint32_t i = 0; i < 2; i++) {
        if (!ktest_enter_space(test, &spaces[i]))
            return;
        mm_map_view_of_section(spaces[i].vm, &section, &request);
        v[i] = (struct visitor){.space = &spaces[i], .at = request.base};
        threads[i] = ktest_thread(test, ABOVE, visit, &v[i]);
    }
    uint32_t failures = mm_verify(NULL);
    uint32_t tables = spaces[0].vm->page_tables + spaces[1].vm->page_tables;
    struct mmpte pte = ktest_pte(request.base);
    let_go();
    for (uint32_t i = 2; i-- > 0;) {
        ktest_join(threads[i]);
        ktest_leave_space(&spaces[i]);
    }
    mm_delete_section(&section);
    ktest_assert_eq(test, failures, 0);
    ktest_assert_eq(test, tables, 2);
    ktest_assert_eq(test, pte.value, mi_make_vad_prototype_pte(MM_READONLY).value);
    ktest_assert_eq(test, v[0].status, STATUS_SUCCESS);
    ktest_assert_eq(test, v[1].status, STATUS_SUCCESS);
    ktest_assert_eq(test, file.reads, 1);
}

KTEST(slow_pager, that_waits_for_a_timer_is_late_by_as_much)
{
    ktest_suspend_irql_check();
    uint8_t *p = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);

    ktest_assert(test, p);
    io_set_slow_pager(20);
    uint64_t start = ke_query_interrupt_time();
    uint32_t switches = ke_get_current_thread()->context_switches;
    ktest_write(p, 1);
    uint64_t passed = ke_query_interrupt_time() - start;
    io_set_slow_pager(0);
    ktest_assert(test, passed >= 200000);
    ktest_assert_eq(test, ke_get_current_thread()->context_switches - switches, 1);
    ex_free_pool_with_tag(p, TAG);
}
