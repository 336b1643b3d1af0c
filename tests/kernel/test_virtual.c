/* Reserving, committing, decommitting and releasing: entries, charges, faults and statuses. */
#include "mm/fault.h"
#include "mm/mm.h"
#include "mm/page_read.h"
#include "tests/kernel/spaces.h"

#define BASE 0x00400000u
#define KB64 0x10000u

#define RESERVE_COMMIT (MEM_RESERVE | MEM_COMMIT)

static uint32_t demand_zero_faults(void)
{
    return mm_fault_counts[MM_FAULT_DEMAND_ZERO];
}

KTEST(virtual, reserving_costs_a_vad_and_nothing_else)
{
    struct ktest_space s;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_assert_eq(test, ktest_allocate(&s, BASE, 100 * PAGE_SIZE, MEM_RESERVE, PAGE_READWRITE),
                    BASE);
    ktest_assert_eq(test, s.vm->vads.count, 1);
    ktest_assert_eq(test, s.vm->virtual_pages, 100);
    ktest_assert_eq(test, s.vm->commit_charge, 0);
    ktest_assert_eq(test, s.vm->page_table_charge, 1);
    ktest_assert_eq(test, s.vm->page_tables, 0);
    ktest_assert_eq(test, ktest_fault(BASE, false), STATUS_ACCESS_VIOLATION);
    ktest_assert_eq(test, s.vm->page_tables, 0);
    ktest_leave_space(&s);
}

KTEST(virtual, a_page_comes_by_one_fault)
{
    struct ktest_space s;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_assert_eq(test, ktest_allocate(&s, BASE, 3 * PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE),
                    BASE);
    ktest_assert_eq(test, s.vm->commit_charge, 3);
    ktest_assert_eq(test, ktest_pte(BASE).value, 0);
    uint32_t before = demand_zero_faults();
    ktest_write((void *)(BASE + 5), 7);
    ktest_assert_eq(test, ktest_read((void *)(BASE + 4)), 0);
    ktest_assert_eq(test, demand_zero_faults() - before, 1);
    ktest_assert_eq(test, s.vm->faults, 1);
    struct mmpte pte = ktest_pte(BASE);
    ktest_assert(test, pte.hard.valid && pte.hard.write && pte.hard.owner && pte.hard.dirty);
    ktest_assert(test, !pte.hard.global);
    const struct mmpfn *pfn = mi_pfn(pte.hard.page_frame_number);
    ktest_assert_eq(test, pfn->original_pte.value, 0x80);
    ktest_assert_eq(test, pfn->u2.share_count, 1);
    ktest_assert_eq(test, s.vm->page_tables, 1);
    ktest_assert_eq(test, s.vm->private_pages, 1);
    const struct mmpfn *table = mi_user_table_pfn(mi_get_pte_address(BASE));
    ktest_assert_eq(test, table->u1.used_entries, 1);
    ktest_assert_eq(test, table->u2.share_count, 2);
    ktest_assert_eq(test, mi_get_pde_address(BASE)->hard.owner, 1);
    ktest_leave_space(&s);
}

KTEST(virtual, committing_part_of_a_reservation_builds_entries)
{
    struct ktest_space s;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, 16 * PAGE_SIZE, MEM_RESERVE, PAGE_NOACCESS);
    ktest_assert_eq(
        test, ktest_allocate(&s, BASE + 4 * PAGE_SIZE, 2 * PAGE_SIZE, MEM_COMMIT, PAGE_READONLY),
        BASE + 4 * PAGE_SIZE);
    ktest_assert_eq(test, s.vm->commit_charge, 2);
    ktest_assert_eq(test, s.vm->page_tables, 1);
    ktest_assert_eq(test, ktest_pte(BASE + 4 * PAGE_SIZE).value, MM_READONLY << 5);
    ktest_assert_eq(test, ktest_pte(BASE + 3 * PAGE_SIZE).value, 0);
    ktest_assert_eq(test, ktest_fault(BASE + 4 * PAGE_SIZE, true), STATUS_ACCESS_VIOLATION);
    ktest_assert_eq(test, ktest_fault(BASE + 3 * PAGE_SIZE, false), STATUS_ACCESS_VIOLATION);
    ktest_assert_eq(test, ktest_read((void *)(BASE + 5 * PAGE_SIZE)), 0);
    ktest_assert_eq(test, ktest_fault(BASE + 5 * PAGE_SIZE, true), STATUS_ACCESS_VIOLATION);
    /* Committing again changes the protection, and charges what is new. */
    ktest_assert(
        test, ktest_allocate(&s, BASE + 4 * PAGE_SIZE, 3 * PAGE_SIZE, MEM_COMMIT, PAGE_READWRITE));
    ktest_assert_eq(test, s.vm->commit_charge, 3);
    ktest_write((void *)(BASE + 5 * PAGE_SIZE), 1);
    ktest_leave_space(&s);
}

KTEST(virtual, committing_all_of_a_reservation_builds_none)
{
    struct ktest_space s;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, 16 * PAGE_SIZE, MEM_RESERVE, PAGE_NOACCESS);
    ktest_allocate(&s, BASE, 16 * PAGE_SIZE, MEM_COMMIT, PAGE_READWRITE);
    ktest_assert_eq(test, s.vm->commit_charge, 16);
    ktest_assert_eq(test, s.vm->page_tables, 0);
    ktest_write((void *)BASE, 1);
    ktest_leave_space(&s);
}

KTEST(virtual, decommitted_pages_are_gone_and_can_come_again)
{
    struct ktest_space s;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, 8 * PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE);
    ktest_write((void *)(BASE + PAGE_SIZE), 9);
    ktest_assert_eq(test, ktest_free(&s, BASE + PAGE_SIZE, 2 * PAGE_SIZE, MEM_DECOMMIT),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, s.vm->commit_charge, 6);
    ktest_assert_eq(test, s.vm->private_pages, 0);
    ktest_assert_eq(test, mi_pte_kind(ktest_pte(BASE + PAGE_SIZE)), MI_PTE_DECOMMITTED);
    uint32_t refused = mm_fault_counts[MM_FAULT_USER_ADDRESS];
    ktest_assert_eq(test, ktest_fault(BASE + PAGE_SIZE, false), STATUS_ACCESS_VIOLATION);
    ktest_assert_eq(test, mm_fault_counts[MM_FAULT_USER_ADDRESS] - refused, 1);
    ktest_assert_eq(test, ktest_free(&s, BASE + PAGE_SIZE, PAGE_SIZE, MEM_DECOMMIT),
                    STATUS_SUCCESS); /* again: nothing changes */
    ktest_assert_eq(test, s.vm->commit_charge, 6);
    ktest_allocate(&s, BASE + PAGE_SIZE, 2 * PAGE_SIZE, MEM_COMMIT, PAGE_READWRITE);
    ktest_assert_eq(test, s.vm->commit_charge, 8);
    ktest_assert_eq(test, s.vm->page_tables, 0); /* as at first: nothing needs an entry */
    ktest_assert_eq(test, ktest_read((void *)(BASE + PAGE_SIZE)), 0);
    ktest_assert_eq(test, ktest_free(&s, BASE, 0, MEM_DECOMMIT), STATUS_SUCCESS);
    ktest_assert_eq(test, s.vm->commit_charge, 0);
    ktest_assert_eq(test, s.vm->page_tables, 0);
    ktest_assert_eq(test, s.vm->vads.count, 1);
    ktest_assert_eq(test, ktest_fault(BASE, false), STATUS_ACCESS_VIOLATION);
    ktest_leave_space(&s);
}

KTEST(virtual, page_tables_go_with_their_last_entry)
{
    struct ktest_space s;
    struct mm_counters before, after;

    if (!ktest_enter_space(test, &s))
        return;
    mm_query_counters(&before);
    uintptr_t p = ktest_allocate(&s, BASE, 3 * LARGE_PAGE_SIZE, MEM_RESERVE, PAGE_READWRITE);
    ktest_assert_eq(test, s.vm->page_table_charge, 3);
    for (uint32_t i = 0; i < 3; i++) {
        ktest_allocate(&s, p + i * LARGE_PAGE_SIZE, PAGE_SIZE, MEM_COMMIT, PAGE_READWRITE);
        ktest_write((void *)(p + i * LARGE_PAGE_SIZE + 77), 1);
    }
    ktest_assert_eq(test, s.vm->page_tables, 3);
    ktest_assert_eq(test, ktest_free(&s, p, 0, MEM_RELEASE), STATUS_SUCCESS);
    ktest_assert_eq(test, s.vm->page_tables, 0);
    ktest_assert_eq(test, s.vm->page_table_charge, 0);
    ktest_assert(test, !mi_has_page_table(p));
    mm_query_counters(&after);
    ktest_assert_eq(test, after.available_pages, before.available_pages);
    ktest_assert(test, ktest_tlb_forgot((uintptr_t)mi_get_pte_address(p)));
    ktest_leave_space(&s);
}

KTEST(virtual, neighbours_share_the_charge_for_a_page_table)
{
    struct ktest_space s;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, KB64, MEM_RESERVE, PAGE_READWRITE);
    ktest_allocate(&s, BASE + 2 * KB64, KB64, MEM_RESERVE, PAGE_READWRITE);
    ktest_allocate(&s, BASE + KB64, KB64, MEM_RESERVE, PAGE_READWRITE);
    ktest_assert_eq(test, s.vm->page_table_charge, 1);
    ktest_allocate(&s, BASE + LARGE_PAGE_SIZE - KB64, 2 * KB64, MEM_RESERVE, PAGE_READWRITE);
    ktest_assert_eq(test, s.vm->page_table_charge, 2);
    ktest_free(&s, BASE + KB64, 0, MEM_RELEASE);
    ktest_assert_eq(test, s.vm->page_table_charge, 2);
    ktest_free(&s, BASE + LARGE_PAGE_SIZE - KB64, 0, MEM_RELEASE);
    ktest_assert_eq(test, s.vm->page_table_charge, 1);
    ktest_leave_space(&s);
}

/* Release from the front, the end and the middle. */
KTEST(virtual, a_region_can_be_released_in_parts)
{
    struct ktest_space s;
    struct memory_basic_information info;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, 20 * PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE);
    for (uint32_t i = 0; i < 20; i++)
        ktest_write((void *)(BASE + i * PAGE_SIZE), (uint8_t)i);
    ktest_assert_eq(test, ktest_free(&s, BASE, 2 * PAGE_SIZE, MEM_RELEASE), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_free(&s, BASE + 18 * PAGE_SIZE, 2 * PAGE_SIZE, MEM_RELEASE),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_free(&s, BASE + 9 * PAGE_SIZE, PAGE_SIZE, MEM_RELEASE),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, s.vm->vads.count, 2);
    ktest_assert_eq(test, s.vm->commit_charge, 15);
    ktest_assert_eq(test, s.vm->private_pages, 15);
    ktest_assert_eq(test, ktest_read((void *)(BASE + 8 * PAGE_SIZE)), 8);
    ktest_assert_eq(test, ktest_read((void *)(BASE + 10 * PAGE_SIZE)), 10);
    ktest_assert_eq(test, mm_query_virtual_memory(s.vm, BASE + 10 * PAGE_SIZE, &info),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, info.allocation_base, BASE + 10 * PAGE_SIZE);
    ktest_assert_eq(test, info.region_size, 8 * PAGE_SIZE);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_leave_space(&s);
}

KTEST(virtual, addresses_are_chosen_from_below_or_from_above)
{
    struct ktest_space s;
    uint32_t size = 1;
    uintptr_t p = 0;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_assert_eq(test, ktest_allocate(&s, 0, 1, MEM_RESERVE, PAGE_READWRITE),
                    MM_LOWEST_USER_ADDRESS);
    ktest_assert_eq(test, ktest_allocate(&s, 0, KB64 + 1, MEM_RESERVE, PAGE_READWRITE),
                    MM_LOWEST_USER_ADDRESS + KB64);
    ktest_assert_eq(test, ktest_allocate(&s, 0, 1, MEM_RESERVE, PAGE_READWRITE),
                    MM_LOWEST_USER_ADDRESS + 3 * KB64);
    ktest_assert_eq(test, ktest_allocate(&s, 0, 1, MEM_RESERVE | MEM_TOP_DOWN, PAGE_READWRITE),
                    (MM_HIGHEST_USER_ADDRESS & ~(KB64 - 1)));
    ktest_assert_eq(
        test,
        mm_allocate_virtual_memory(s.vm, &p, 8, &size, MEM_RESERVE | MEM_TOP_DOWN, PAGE_READWRITE),
        STATUS_SUCCESS);
    ktest_assert_eq(test, p, 0x00FF0000); /* eight zero bits on top */
    ktest_assert_eq(test, size, PAGE_SIZE);
    /* A given address is rounded down to 64 KB, the size up to what the pages hold. */
    p = BASE + 0x1234;
    size = PAGE_SIZE;
    ktest_assert_eq(test,
                    mm_allocate_virtual_memory(s.vm, &p, 0, &size, MEM_RESERVE, PAGE_READWRITE),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, p, BASE);
    ktest_assert_eq(test, size, 3 * PAGE_SIZE);
    ktest_leave_space(&s);
}

KTEST(virtual, more_than_can_be_kept_is_not_promised)
{
    struct ktest_space s;
    struct mm_counters counters;

    if (!ktest_enter_space(test, &s))
        return;
    mm_query_counters(&counters);
    uint32_t left = counters.commit_limit - counters.committed_pages;
    uint32_t bytes = left < 0x70000 ? left << PAGE_SHIFT : 0x70000000u;
    uintptr_t p = 0;
    if (left < 0x70000) {
        ktest_assert_eq(
            test, mm_allocate_virtual_memory(s.vm, &p, 0, &bytes, RESERVE_COMMIT, PAGE_READWRITE),
            STATUS_COMMITMENT_LIMIT);
        ktest_assert_eq(test, s.vm->vads.count, 0);
        ktest_assert_eq(test, s.vm->commit_charge, 0);
        ktest_assert_eq(test, s.vm->page_table_charge, 0);
    }
    p = ktest_allocate(&s, 0, bytes, MEM_RESERVE, PAGE_READWRITE);
    ktest_assert(test, p);
    if (left < 0x70000) {
        ktest_assert_eq(test,
                        mm_allocate_virtual_memory(s.vm, &p, 0, &bytes, MEM_COMMIT, PAGE_READWRITE),
                        STATUS_COMMITMENT_LIMIT);
        ktest_assert_eq(test, s.vm->commit_charge, 0);
    }
    ktest_leave_space(&s);
}

/* All that is committed is there when it is touched, to the last page; of a large machine, as much
 * as can be touched in a second. */
#define MOST_PAGES 0xC000u

KTEST(virtual, all_that_is_promised_is_kept)
{
    struct ktest_space s;
    struct mm_counters counters;

    if (!ktest_enter_space(test, &s))
        return;
    mm_query_counters(&counters);
    uint32_t pages = counters.commit_limit - counters.committed_pages;
    void (*delay)(void) = mi_pager_delay;
    mi_pager_delay = NULL; /* there are too many pages for that */
    if (pages > MOST_PAGES)
        pages = MOST_PAGES;
    pages -= pages / PTES_PER_PAGE + 2; /* the page tables */
    uintptr_t p = ktest_allocate(&s, 0, pages << PAGE_SHIFT, RESERVE_COMMIT, PAGE_READWRITE);
    ktest_assert(test, p);
    for (uint32_t i = 0; i < pages; i++)
        ktest_write((void *)(p + (i << PAGE_SHIFT)), 1);
    mi_pager_delay = delay;
    ktest_assert_eq(test, s.vm->private_pages, pages);
    ktest_leave_space(&s);
}

KTEST(virtual, the_last_page_can_be_promised_and_no_more)
{
    uint32_t rest = mm_total_commit_limit - mm_total_committed_pages;
    bool all = mm_charge_commitment(MM_COMMIT_CONTIGUOUS, rest);
    bool more = mm_charge_commitment(MM_COMMIT_CONTIGUOUS, 1);

    if (all)
        mm_return_commitment(MM_COMMIT_CONTIGUOUS, rest);
    if (more)
        mm_return_commitment(MM_COMMIT_CONTIGUOUS, 1);
    ktest_assert(test, all && !more);
}

KTEST(virtual, resetting_keeps_the_pages_and_forgets_their_contents)
{
    struct ktest_space s;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, BASE, 4 * PAGE_SIZE, RESERVE_COMMIT, PAGE_READWRITE);
    ktest_write((void *)BASE, 1);
    ktest_assert_eq(test, ktest_allocate(&s, BASE, PAGE_SIZE, MEM_RESET, PAGE_READWRITE), BASE);
    ktest_assert(test, ktest_pte(BASE).hard.valid && !ktest_pte(BASE).hard.dirty);
    ktest_assert_eq(test, mi_pfn(ktest_pte(BASE).hard.page_frame_number)->modified, 0);
    ktest_assert_eq(test, s.vm->commit_charge, 4);
    ktest_leave_space(&s);
}

/* What each wrong call of NtAllocateVirtualMemory is answered with. */
KTEST(virtual, refuses_bad_allocations)
{
    static const struct {
        uint32_t base, zero_bits, size, type, protect;
        ntstatus status;
    } calls[] = {
        {0, 22, 1, MEM_RESERVE, PAGE_READWRITE, STATUS_INVALID_PARAMETER_3},
        {0, 0, 1, 0, PAGE_READWRITE, STATUS_INVALID_PARAMETER_5},
        {0, 0, 1, MEM_TOP_DOWN, PAGE_READWRITE, STATUS_INVALID_PARAMETER_5},
        {0, 0, 1, MEM_RESERVE | 1, PAGE_READWRITE, STATUS_INVALID_PARAMETER_5},
        {BASE, 0, 1, MEM_RESET | MEM_COMMIT, PAGE_READWRITE, STATUS_INVALID_PARAMETER_5},
        {0, 0, 1, MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE, STATUS_INVALID_PARAMETER_5},
        {0, 0, 1, MEM_RESERVE | MEM_COMMIT | MEM_PHYSICAL, PAGE_READWRITE,
         STATUS_INVALID_PARAMETER_5},
        {0, 0, 1, MEM_RESERVE | MEM_PHYSICAL, PAGE_READONLY, STATUS_INVALID_PARAMETER_6},
        {0, 0, 1, RESERVE_COMMIT | MEM_LARGE_PAGES, PAGE_READWRITE, STATUS_PRIVILEGE_NOT_HELD},
        {0x80000000, 0, 1, MEM_RESERVE, PAGE_READWRITE, STATUS_INVALID_PARAMETER_2},
        {0x1000, 0, 1, MEM_RESERVE, PAGE_READWRITE, STATUS_INVALID_PARAMETER_2},
        {0, 0, 0, MEM_RESERVE, PAGE_READWRITE, STATUS_INVALID_PARAMETER_4},
        {0x7FFE0000, 0, 0x10001, MEM_RESERVE, PAGE_READWRITE, STATUS_INVALID_PARAMETER_4},
        {BASE, 0, 0xFFFFFFFF, MEM_RESERVE, PAGE_READWRITE, STATUS_INVALID_PARAMETER_4},
        {0, 0, 1, MEM_RESERVE, 0, STATUS_INVALID_PAGE_PROTECTION},
        {0, 0, 1, MEM_RESERVE, PAGE_READONLY | PAGE_READWRITE, STATUS_INVALID_PAGE_PROTECTION},
        {0, 0, 1, MEM_RESERVE, PAGE_NOACCESS | PAGE_GUARD, STATUS_INVALID_PAGE_PROTECTION},
        {0, 0, 1, MEM_RESERVE, PAGE_READWRITE | PAGE_GUARD | PAGE_NOCACHE,
         STATUS_INVALID_PAGE_PROTECTION},
        {0, 0, 1, MEM_RESERVE, PAGE_WRITECOPY, STATUS_INVALID_PAGE_PROTECTION},
        {0, 0, 1, MEM_RESERVE, PAGE_EXECUTE_WRITECOPY, STATUS_INVALID_PAGE_PROTECTION},
        {BASE, 0, 1, MEM_COMMIT, PAGE_READWRITE, STATUS_CONFLICTING_ADDRESSES},
        {0x10000000, 0, KB64, MEM_RESERVE, PAGE_READWRITE, STATUS_CONFLICTING_ADDRESSES},
        {0x0FFF0000, 0, KB64 + 1, MEM_RESERVE, PAGE_READWRITE, STATUS_CONFLICTING_ADDRESSES},
        {0x1000F000, 0, 2 * PAGE_SIZE, MEM_COMMIT, PAGE_READWRITE, STATUS_CONFLICTING_ADDRESSES},
        {0, 0, 0x7FFE0001, MEM_RESERVE, PAGE_READWRITE, STATUS_NO_MEMORY},
        {0, 16, KB64, MEM_RESERVE, PAGE_READWRITE, STATUS_NO_MEMORY},
    };
    struct ktest_space s;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, 0x10000000, KB64, MEM_RESERVE, PAGE_READWRITE);
    for (uint32_t i = 0; i < ARRAY_SIZE(calls); i++) {
        uintptr_t base = calls[i].base;
        uint32_t size = calls[i].size;
        ntstatus status = mm_allocate_virtual_memory(s.vm, &base, calls[i].zero_bits, &size,
                                                     calls[i].type, calls[i].protect);
        if (status != calls[i].status)
            ktest_note("call %u", i);
        ktest_assert_eq(test, status, calls[i].status);
        ktest_assert_eq(test, s.vm->vads.count, 1);
    }
    ktest_leave_space(&s);
}

KTEST(virtual, refuses_bad_frees)
{
    static const struct {
        uint32_t base, size, type;
        ntstatus status;
    } calls[] = {
        {0, 0, 0, STATUS_INVALID_PARAMETER_4},
        {0, 0, MEM_DECOMMIT | MEM_RELEASE, STATUS_INVALID_PARAMETER_4},
        {0, 0, MEM_COMMIT, STATUS_INVALID_PARAMETER_4},
        {0x80000000, 0, MEM_RELEASE, STATUS_INVALID_PARAMETER_2},
        {0x7FFEF000, 0x1001, MEM_RELEASE, STATUS_INVALID_PARAMETER_3},
        {0x10000000 - 1, 0, MEM_RELEASE, STATUS_MEMORY_NOT_ALLOCATED},
        {0x10000000, KB64 + 1, MEM_RELEASE, STATUS_UNABLE_TO_FREE_VM},
        {0x10001000, KB64, MEM_DECOMMIT, STATUS_UNABLE_TO_FREE_VM},
        {0x10001000, 0, MEM_RELEASE, STATUS_FREE_VM_NOT_AT_BASE},
        {0x10001000, 0, MEM_DECOMMIT, STATUS_FREE_VM_NOT_AT_BASE},
        {0x20000000, PAGE_SIZE, MEM_RELEASE, STATUS_UNABLE_TO_FREE_VM}, /* it is watched */
    };
    struct ktest_space s;

    if (!ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, 0x10000000, KB64, MEM_RESERVE, PAGE_READWRITE);
    ktest_allocate(&s, 0x20000000, KB64, MEM_RESERVE | MEM_WRITE_WATCH, PAGE_READWRITE);
    for (uint32_t i = 0; i < ARRAY_SIZE(calls); i++) {
        ntstatus status = ktest_free(&s, calls[i].base, calls[i].size, calls[i].type);
        if (status != calls[i].status)
            ktest_note("call %u", i);
        ktest_assert_eq(test, status, calls[i].status);
        ktest_assert_eq(test, s.vm->vads.count, 2);
    }
    ktest_leave_space(&s);
}

/* Random allocations, commitments and frees; after each batch everything must add up. */
KTEST(virtual, random_operations_add_up)
{
    static uintptr_t regions[40];
    struct ktest_space s;

    if (!ktest_enter_space(test, &s))
        return;
    for (uint32_t n = 0; n < 1500; n++) {
        uint32_t i = ktest_random() % ARRAY_SIZE(regions), r = ktest_random();
        uintptr_t page = regions[i] + (r >> 8) % 64 * PAGE_SIZE;
        uint32_t bytes = (1 + (r >> 16) % 30) * PAGE_SIZE, old;
        if (!regions[i])
            regions[i] = ktest_allocate(&s, 0, 64 * PAGE_SIZE,
                                        MEM_RESERVE | (r & 1 ? MEM_COMMIT : 0), PAGE_READWRITE);
        else if (r % 16 == 0)
            ktest_free(&s, regions[i], 0, MEM_RELEASE), regions[i] = 0;
        else if (r % 4 == 1)
            ktest_allocate(&s, page, bytes, MEM_COMMIT, r & 8 ? PAGE_READWRITE : PAGE_READONLY);
        else if (r % 4 == 2)
            ktest_free(&s, page, bytes, MEM_DECOMMIT);
        else if (r % 8 == 3)
            ktest_protect(&s, page, bytes, r & 16 ? PAGE_NOACCESS : PAGE_READWRITE, &old);
        else
            ktest_fault(page, true);
        if (n % 100 == 0)
            ktest_assert_eq(test, mm_verify(NULL), 0);
    }
    for (uint32_t i = 0; i < ARRAY_SIZE(regions); i++)
        regions[i] = 0;
    ktest_leave_space(&s);
}
