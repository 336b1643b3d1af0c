/* Protections, guard pages, queries, locks and write watch. */
#include "kernel/ps/user_process.h"
#include "mm/fault.h"
#include "mm/mm.h"
#include "mm/query_page.h"
#include "arch/i386/descriptors.h"
#include "arch/i386/trap.h"
#include "tests/kernel/spaces.h"

#define BASE           0x00400000u
#define RESERVE_COMMIT (MEM_RESERVE | MEM_COMMIT)

static bool enter(struct ktest *test, struct ktest_space *s, uint32_t pages)
{
    return ktest_enter_space(test, s) &&
           ktest_allocate(s, BASE, pages * PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE) == BASE;
}

KTEST(protect, a_valid_page_becomes_read_only_and_back)
{
    struct ktest_space s;
    uint32_t old = 0;

    ktest_assert(test, enter(test, &s, 4));
    ktest_write((void *)BASE, 5);
    pfn_t frame = ktest_pte(BASE).hard.page_frame_number;
    ktest_assert_eq(test, ktest_protect(&s, BASE + 7, 1, PAGE_READONLY, &old), STATUS_SUCCESS);
    ktest_assert_eq(test, old, PAGE_READWRITE);
    ktest_assert(test, ktest_pte(BASE).hard.valid && !ktest_pte(BASE).hard.write);
    ktest_assert(test, ktest_pte(BASE).hard.owner);
    ktest_assert_eq(test, ktest_pte(BASE).hard.page_frame_number, frame);
    ktest_assert_eq(test, ktest_fault(BASE, true), STATUS_ACCESS_VIOLATION);
    ktest_assert_eq(test, ktest_read((void *)BASE), 5);
    ktest_protect(&s, BASE, 1, PAGE_EXECUTE_READWRITE, &old);
    ktest_assert_eq(test, old, PAGE_READONLY);
    uint32_t faults = s.vm->faults;
    ktest_write((void *)BASE, 6);
    ktest_assert_eq(test, s.vm->faults, faults);
    ktest_leave_space(&s);
}

/* By the processor, which has just written there: its TLB must not remember that it could. */
KTEST(protect, a_page_made_read_only_is_so_at_once)
{
    struct ktest_space s;
    uint8_t byte = 6;
    uint32_t old = 0;

    ktest_assert(test, enter(test, &s, 1));
    ktest_write((void *)BASE, 5);
    ktest_protect(&s, BASE, 1, PAGE_READONLY, &old);
    ktest_assert_eq(test, ki_copy_guarded((void *)BASE, &byte, 1), STATUS_ACCESS_VIOLATION);
    ktest_assert_eq(test, ktest_read((void *)BASE), 5);
    ktest_leave_space(&s);
}

/* With SMAP; without, such a fault means that the TLB was late. */
KTEST(protect, the_kernel_touches_user_space_only_when_it_says_so)
{
    struct ktest_space s;
    struct ktrap_frame frame = {0};
    uint32_t refused = ki_smap ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;

    ktest_assert(test, enter(test, &s, 1));
    ktest_write((void *)BASE, 5);
    ktest_assert_eq(test, mm_access_fault(PF_PRESENT, BASE, KERNEL_MODE, &frame), refused);
    frame.eflags = EFLAGS_AC;
    ktest_assert_eq(test, mm_access_fault(PF_PRESENT, BASE, KERNEL_MODE, &frame), STATUS_SUCCESS);
    ktest_assert_eq(test, mm_access_fault(PF_PRESENT | PF_FETCH, BASE, KERNEL_MODE, &frame),
                    refused);
    frame.cs = KGDT_R3_CODE; /* the flag is the program's */
    ktest_assert_eq(test, mm_access_fault(PF_PRESENT, BASE, USER_MODE, &frame), refused);
    ktest_leave_space(&s);
}

KTEST(protect, a_page_of_no_access_keeps_its_contents_in_transition)
{
    struct ktest_space s;
    uint32_t old = 0;

    ktest_assert(test, enter(test, &s, 4));
    ktest_write((void *)BASE, 5);
    pfn_t frame = ktest_pte(BASE).hard.page_frame_number;
    ktest_protect(&s, BASE, 1, PAGE_NOACCESS, &old);
    ktest_assert_eq(test, mi_pte_kind(ktest_pte(BASE)), MI_PTE_TRANSITION);
    ktest_assert_eq(test, mi_pfn(frame)->page_location, MODIFIED_PAGE_LIST);
    ktest_assert_eq(test, ktest_fault(BASE, false), STATUS_ACCESS_VIOLATION);
    ktest_protect(&s, BASE, 1, PAGE_READWRITE, &old);
    ktest_assert_eq(test, old, PAGE_NOACCESS);
    ktest_assert_eq(test, mi_pte_kind(ktest_pte(BASE)), MI_PTE_TRANSITION);
    uint32_t before = mm_fault_counts[MM_FAULT_TRANSITION];
    ktest_assert_eq(test, ktest_read((void *)BASE), 5);
    ktest_assert_eq(test, mm_fault_counts[MM_FAULT_TRANSITION] - before, 1);
    ktest_assert_eq(test, ktest_pte(BASE).hard.page_frame_number, frame);
    ktest_protect(&s, BASE, 1, PAGE_READONLY, &old);
    ktest_assert_eq(test, old, PAGE_READWRITE);
    ktest_leave_space(&s);
}

KTEST(protect, untouched_pages_differ_from_their_vad_by_an_entry)
{
    struct ktest_space s;
    uint32_t old = 0;

    ktest_assert(test, enter(test, &s, 4));
    ktest_protect(&s, BASE + PAGE_SIZE, PAGE_SIZE, PAGE_READONLY, &old);
    ktest_assert_eq(test, ktest_pte(BASE + PAGE_SIZE).value, MM_READONLY << 5);
    ktest_assert_eq(test, ktest_pte(BASE).value, 0);
    ktest_assert_eq(test, s.vm->page_tables, 1);
    ktest_protect(&s, BASE, 4 * PAGE_SIZE, PAGE_READWRITE, &old);
    ktest_assert_eq(test, old, PAGE_READWRITE); /* the first page's */
    ktest_write((void *)(BASE + PAGE_SIZE), 1);
    ktest_leave_space(&s);
}

KTEST(protect, refuses_bad_calls)
{
    static const struct {
        uint32_t base, size, protect;
        ntstatus status;
    } calls[] = {
        {BASE, 1, 0, STATUS_INVALID_PAGE_PROTECTION},
        {BASE, 1, PAGE_GUARD, STATUS_INVALID_PAGE_PROTECTION},
        {BASE, 1, PAGE_WRITECOPY, STATUS_INVALID_PAGE_PROTECTION},
        {0x80000000, 1, PAGE_READONLY, STATUS_INVALID_PARAMETER_2},
        {BASE, 0, PAGE_READONLY, STATUS_INVALID_PARAMETER_3},
        {BASE, 0x80000000, PAGE_READONLY, STATUS_INVALID_PARAMETER_3},
        {BASE - 1, 1, PAGE_READONLY, STATUS_CONFLICTING_ADDRESSES},
        {BASE, 4 * PAGE_SIZE + 1, PAGE_READONLY, STATUS_CONFLICTING_ADDRESSES},
        {BASE + 3 * PAGE_SIZE, 1, PAGE_READONLY, STATUS_NOT_COMMITTED},
        {BASE, 4 * PAGE_SIZE, PAGE_READONLY, STATUS_NOT_COMMITTED},
    };
    struct ktest_space s;
    uint32_t old = 0;

    ktest_assert(test, enter(test, &s, 4));
    ktest_free(&s, BASE + 3 * PAGE_SIZE, PAGE_SIZE, MEM_DECOMMIT);
    for (uint32_t i = 0; i < ARRAY_SIZE(calls); i++) {
        ntstatus status = ktest_protect(&s, calls[i].base, calls[i].size, calls[i].protect, &old);
        if (status != calls[i].status)
            ktest_note("call %u", i);
        ktest_assert_eq(test, status, calls[i].status);
    }
    ktest_leave_space(&s);
}

KTEST(protect, a_guard_page_is_reported_once)
{
    struct ktest_space s;
    uint32_t old = 0;

    ktest_assert(test, enter(test, &s, 4));
    ktest_write((void *)(BASE + PAGE_SIZE), 9); /* one that is in memory, one that is not */
    ktest_protect(&s, BASE, 2 * PAGE_SIZE, PAGE_READWRITE | PAGE_GUARD, &old);
    ktest_assert_eq(test, ktest_pte(BASE).value, (MM_READWRITE | MM_GUARD_PAGE) << 5);
    ktest_assert_eq(test, mi_pte_kind(ktest_pte(BASE + PAGE_SIZE)), MI_PTE_TRANSITION);
    uint32_t before = mm_fault_counts[MM_FAULT_GUARD_PAGE];
    for (uint32_t i = 0; i < 2; i++) {
        ktest_assert_eq(test, ktest_fault(BASE + i * PAGE_SIZE, i != 0),
                        STATUS_GUARD_PAGE_VIOLATION);
        ktest_assert(test, NT_SUCCESS(ktest_fault(BASE + i * PAGE_SIZE, i != 0)));
    }
    ktest_assert_eq(test, mm_fault_counts[MM_FAULT_GUARD_PAGE] - before, 2);
    ktest_assert_eq(test, ktest_read((void *)(BASE + PAGE_SIZE)), 9);
    ktest_leave_space(&s);
}

/* A region that was made of guard pages has no entries until one is touched. */
KTEST(protect, a_whole_region_of_guard_pages)
{
    struct ktest_space s;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, 3 * PAGE_SIZE, RESERVE_COMMIT, PAGE_READONLY | PAGE_GUARD);
    ktest_assert_eq(test, ktest_fault(BASE, true), STATUS_ACCESS_VIOLATION);
    ktest_assert_eq(test, ktest_fault(BASE, false), STATUS_GUARD_PAGE_VIOLATION);
    ktest_assert_eq(test, ktest_pte(BASE).value, MM_READONLY << 5);
    ktest_assert(test, NT_SUCCESS(ktest_fault(BASE, false)));
    ktest_assert_eq(test, ktest_fault(BASE + PAGE_SIZE, false), STATUS_GUARD_PAGE_VIOLATION);
    ktest_leave_space(&s);
}

static void expect_region(struct ktest *test, struct ktest_space *s, uintptr_t at, uint32_t pages,
                          uint32_t state, uint32_t protect)
{
    struct memory_basic_information info;

    ktest_assert_eq(test, mm_query_virtual_memory(s->vm, at + 5, &info), STATUS_SUCCESS);
    ktest_assert_eq(test, info.base_address, at);
    ktest_assert_eq(test, info.region_size, pages << PAGE_SHIFT);
    ktest_assert_eq(test, info.state, state);
    ktest_assert_eq(test, info.protect, protect);
    ktest_assert_eq(test, info.type, state == MEM_FREE ? 0 : MEM_PRIVATE);
    ktest_assert_eq(test, info.allocation_base, state == MEM_FREE ? 0 : BASE);
    ktest_assert_eq(test, info.allocation_protect, state == MEM_FREE ? 0 : PAGE_NOACCESS);
}

KTEST(protect, queries_merge_what_is_the_same)
{
    struct ktest_space s;
    uint32_t old = 0, page = PAGE_SIZE;
    struct memory_basic_information info;

    if (!ktest_enter_space(test, &s))
        return;
    expect_region(test, &s, MM_LOWEST_USER_ADDRESS, (BASE >> PAGE_SHIFT) - 16 + 0x7FBF0, MEM_FREE,
                  PAGE_NOACCESS);
    ktest_allocate(&s, BASE, 4096 * page, MEM_RESERVE, PAGE_NOACCESS);
    ktest_assert(test,
                 ktest_allocate(&s, BASE + 10 * page, 1300 * page, MEM_COMMIT, PAGE_READWRITE));
    ktest_protect(&s, BASE + 1100 * page, page, PAGE_READONLY, &old);
    for (uint32_t i = 10; i < 1100; i += 7)
        ktest_write((void *)(BASE + i * page), 1);
    expect_region(test, &s, BASE, 10, MEM_RESERVE, 0);
    expect_region(test, &s, BASE + 10 * page, 1090, MEM_COMMIT, PAGE_READWRITE);
    expect_region(test, &s, BASE + 12 * page, 1088, MEM_COMMIT, PAGE_READWRITE);
    expect_region(test, &s, BASE + 1100 * page, 1, MEM_COMMIT, PAGE_READONLY);
    expect_region(test, &s, BASE + 1101 * page, 209, MEM_COMMIT, PAGE_READWRITE);
    expect_region(test, &s, BASE + 1310 * page, 2786, MEM_RESERVE, 0);
    expect_region(test, &s, BASE + 4096 * page, 0x7FFF0 - (BASE >> 12) - 4096, MEM_FREE,
                  PAGE_NOACCESS);
    ktest_assert_eq(test, mm_query_virtual_memory(s.vm, MM_HIGHEST_USER_ADDRESS + 1, &info),
                    STATUS_INVALID_PARAMETER);
    ktest_leave_space(&s);
}

static void expect_allocated_as(struct ktest *test, struct ktest_space *s, uintptr_t at,
                                uint32_t protect)
{
    struct memory_basic_information info;
    struct tokos_page page;

    ktest_assert_eq(test, mm_query_virtual_memory(s->vm, at, &info), STATUS_SUCCESS);
    ktest_assert_eq(test, info.allocation_protect, protect);
    ktest_assert_eq(test, mm_query_page(s->vm, at, &page), STATUS_SUCCESS);
    ktest_assert_eq(test, page.vad_protection, protect);
}

/* What a range was reserved with is told of it for ever, whatever becomes of its pages; of what is
 * left of it, and of the clone's, too. */
KTEST(protect, queries_tell_the_first_protection)
{
    struct ktest_space s;
    struct eprocess *child;
    struct kprocess *saved;
    uint32_t old = 0, page = PAGE_SIZE;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, 4 * page, MEM_RESERVE, PAGE_NOACCESS);
    expect_allocated_as(test, &s, BASE, PAGE_NOACCESS);
    ktest_assert(test, ktest_allocate(&s, BASE, 4 * page, MEM_COMMIT, PAGE_READWRITE));
    ktest_assert_eq(test, s.vm->page_tables, 0); /* all: the VAD says it */
    expect_region(test, &s, BASE, 4, MEM_COMMIT, PAGE_READWRITE);
    expect_allocated_as(test, &s, BASE, PAGE_NOACCESS);
    ktest_protect(&s, BASE, 4 * page, PAGE_READONLY, &old);
    expect_allocated_as(test, &s, BASE, PAGE_NOACCESS);
    ktest_assert_eq(test, ktest_free(&s, BASE + page, page, MEM_RELEASE), STATUS_SUCCESS);
    expect_allocated_as(test, &s, BASE, PAGE_NOACCESS);
    expect_allocated_as(test, &s, BASE + 2 * page, PAGE_NOACCESS);
    ktest_assert_eq(test, ps_clone_process(&child, "child", s.process), STATUS_SUCCESS);
    ke_stack_attach_process(&child->pcb, &saved);
    struct ktest_space clone = {.process = child, .vm = &child->vm};
    expect_allocated_as(test, &clone, BASE + 2 * page, PAGE_NOACCESS);
    ke_unstack_detach_process(saved);
    ob_dereference_object(child);
    ktest_free(&s, BASE, 0, MEM_DECOMMIT);
    expect_allocated_as(test, &s, BASE, PAGE_NOACCESS);
    ktest_leave_space(&s);
}

static ntstatus lock(struct ktest_space *s, uint32_t first, uint32_t pages, bool on)
{
    uintptr_t base = BASE + first * PAGE_SIZE;
    uint32_t size = pages * PAGE_SIZE;

    return on ? mm_lock_virtual_memory(s->vm, &base, &size)
              : mm_unlock_virtual_memory(s->vm, &base, &size);
}

KTEST(protect, locked_pages_stay)
{
    struct ktest_space s;
    uint32_t old = 0;

    ktest_assert(test, enter(test, &s, 16));
    ktest_assert_eq(test, lock(&s, 2, 4, true), STATUS_SUCCESS);
    ktest_assert_eq(test, s.vm->private_pages, 4);
    pfn_t frame = ktest_pte(BASE + 3 * PAGE_SIZE).hard.page_frame_number;
    ktest_assert_eq(test, mi_pfn(frame)->reference_count, 2);
    ktest_assert_eq(test, lock(&s, 3, 5, true), STATUS_WAS_LOCKED);
    ktest_assert_eq(test, mi_pfn(frame)->reference_count, 2);
    ktest_assert_eq(test, lock(&s, 1, 2, false), STATUS_NOT_LOCKED);
    ktest_assert_eq(test, ktest_protect(&s, BASE + 3 * PAGE_SIZE, 1, PAGE_NOACCESS, &old),
                    STATUS_WAS_UNLOCKED);
    ktest_assert_eq(test, mi_pfn(frame)->page_location, MODIFIED_PAGE_LIST);
    ktest_assert_eq(test, lock(&s, 3, 1, false), STATUS_NOT_LOCKED);
    ktest_assert_eq(test, lock(&s, 2, 1, false), STATUS_SUCCESS);
    ktest_assert_eq(test, lock(&s, 3, 1, true), STATUS_ACCESS_VIOLATION);
    ktest_assert_eq(test, lock(&s, 14, 3, true), STATUS_ACCESS_VIOLATION);
    ktest_assert(test, !mi_any_locked(s.vm, BASE + 14 * PAGE_SIZE, BASE + 16 * PAGE_SIZE));
    ktest_assert_eq(test, ktest_free(&s, BASE + 5 * PAGE_SIZE, PAGE_SIZE, MEM_DECOMMIT),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, mi_locked_pages(s.vm), 3);
    /* What is still locked (4, 6 and 7) goes with the region. */
    ktest_assert_eq(test, ktest_free(&s, BASE, 0, MEM_RELEASE), STATUS_SUCCESS);
    ktest_assert(test, !s.vm->locked_ranges);
    /* And with the process. */
    ktest_allocate(&s, BASE, PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE);
    ktest_assert_eq(test, lock(&s, 0, 1, true), STATUS_SUCCESS);
    ktest_leave_space(&s);
}

KTEST(protect, watched_memory_tells_what_was_written)
{
    struct ktest_space s;
    uint32_t written[8], count = 8, old = 0;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, 40 * PAGE_SIZE, RESERVE_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE);
    ktest_read((void *)(BASE + PAGE_SIZE));
    ktest_write((void *)(BASE + 3 * PAGE_SIZE), 1);
    ktest_write((void *)(BASE + 35 * PAGE_SIZE), 1);
    ktest_protect(&s, BASE + 35 * PAGE_SIZE, 1, PAGE_NOACCESS, &old);
    ktest_assert_eq(test, mm_get_write_watch(s.vm, BASE, 40 * PAGE_SIZE, false, written, &count),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, count, 2);
    ktest_assert_eq(test, written[0], BASE + 3 * PAGE_SIZE);
    ktest_assert_eq(test, written[1], BASE + 35 * PAGE_SIZE);
    count = 1;
    mm_get_write_watch(s.vm, BASE, 40 * PAGE_SIZE, true, written, &count);
    ktest_assert_eq(test, count, 1);
    count = 8;
    mm_get_write_watch(s.vm, BASE, 40 * PAGE_SIZE, false, written, &count);
    ktest_assert_eq(test, count, 1);
    ktest_assert_eq(test, mm_reset_write_watch(s.vm, BASE, 40 * PAGE_SIZE), STATUS_SUCCESS);
    ktest_write((void *)(BASE + 3 * PAGE_SIZE), 2);
    count = 8;
    mm_get_write_watch(s.vm, BASE, 40 * PAGE_SIZE, false, written, &count);
    ktest_assert_eq(test, count, 1);
    ktest_assert_eq(test, written[0], BASE + 3 * PAGE_SIZE);
    ktest_assert_eq(test, mm_reset_write_watch(s.vm, BASE, 41 * PAGE_SIZE),
                    STATUS_INVALID_PARAMETER_1);
    ktest_leave_space(&s);
}

/* MEM_RESET forgets the contents, not that there were any. */
KTEST(protect, watched_memory_tells_what_was_written_before_a_reset)
{
    struct ktest_space s;
    uint32_t written[2], count = 2;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, 2 * PAGE_SIZE, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH,
                   PAGE_READWRITE);
    ktest_write((void *)(BASE + PAGE_SIZE), 1);
    ktest_allocate(&s, BASE, 2 * PAGE_SIZE, MEM_RESET, PAGE_READWRITE);
    mm_get_write_watch(s.vm, BASE, 2 * PAGE_SIZE, false, written, &count);
    ktest_assert_eq(test, count, 1);
    ktest_assert_eq(test, written[0], BASE + PAGE_SIZE);
    ktest_leave_space(&s);
}

/* The PEB and the TEBs are not to be changed; that another commit is a change of protection too
 * does not help. */
KTEST(protect, blocks_of_the_system_are_not_committed_anew)
{
    struct ktest_space s;
    uintptr_t block, base;
    uint32_t size = PAGE_SIZE;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_assert_eq(test, mm_create_block(s.vm, 0x7FFDE000, &block), STATUS_SUCCESS);
    ktest_write((void *)block, 1);
    base = block;
    ktest_assert_eq(test,
                    mm_allocate_virtual_memory(s.vm, &base, 0, &size, MEM_COMMIT, PAGE_NOACCESS),
                    STATUS_INVALID_PAGE_PROTECTION);
    ktest_assert_eq(test, ktest_read((void *)block), 1);
    ktest_leave_space(&s);
}
