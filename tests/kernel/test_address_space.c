/* Page directories: each process's own, and what they share. */
#include "mm/fault.h"
#include "mm/mm.h"
#include "mm/system_directory.h"
#include "tests/kernel/spaces.h"
#include "tests/kernel/threads.h"

#define BASE 0x00400000u

KTEST(address_space, the_same_pte_address_shows_each_process_its_own)
{
    struct ktest_space a, b;
    struct mmpte *pte = mi_get_pte_address(BASE);

    if (!ktest_enter_space(test, &a))
        return;
    ktest_assert_eq(
        test, ktest_allocate(&a, BASE, PAGE_SIZE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), BASE);
    ktest_write((void *)BASE, 0xA1);
    pfn_t first = pte->hard.page_frame_number;
    if (!ktest_enter_space(test, &b))
        return;
    ktest_assert(test, !mi_has_page_table(BASE));
    ktest_assert_eq(
        test, ktest_allocate(&b, BASE, PAGE_SIZE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), BASE);
    ktest_assert_eq(test, ktest_read((void *)BASE), 0);
    ktest_write((void *)BASE, 0xB2);
    pfn_t second = pte->hard.page_frame_number;
    ktest_assert(test, first != second);
    ktest_leave_space(&b); /* back in a */
    ktest_assert_eq(test, pte->hard.page_frame_number, first);
    ktest_assert_eq(test, ktest_read((void *)BASE), 0xA1);
    ktest_leave_space(&a);
}

KTEST(address_space, an_empty_one_is_two_frames)
{
    struct mm_counters before, now;
    struct ktest_space space;

    mm_query_counters(&before);
    if (!ktest_enter_space(test, &space))
        return;
    mm_query_counters(&now);
    ktest_assert_eq(test, space.vm->page_tables, 0);
    ktest_assert_eq(test, space.vm->page_table_charge, 0);
    ktest_assert_eq(test, mi_committed[MM_COMMIT_PROCESS_TABLES], MI_ADDRESS_SPACE_FRAMES);
    ktest_assert_eq(test, read_cr3(), mm_directory_table_base(space.vm));
    const struct mmpfn *directory = mi_pfn(space.vm->directory);
    ktest_assert_eq(test, directory->u2.share_count, 3); /* itself: one, and its two tables */
    ktest_assert_eq(test, directory->containing_page, space.vm->directory);
    ktest_leave_space(&space);
    ktest_assert_eq(test, mi_committed[MM_COMMIT_PROCESS_TABLES], 0);
}

KTEST(address_space, system_entries_are_the_systems)
{
    struct ktest_space space;
    uint32_t own = 0;

    if (!ktest_enter_space(test, &space))
        return;
    for (uint32_t i = 0; i < PTES_PER_PAGE; i++) {
        struct mmpte mine = mi_read_pte((struct mmpte *)PDE_BASE + i);
        struct mmpte theirs = mi_read_system_pde((uintptr_t)i << LARGE_PAGE_SHIFT);
        if (i < PDE_SELF_MAP_INDEX)
            ktest_assert_eq(test, mine.value, 0);
        else if (mine.hard.valid != theirs.hard.valid ||
                 mine.hard.page_frame_number != theirs.hard.page_frame_number)
            own++;
    }
    ktest_assert_eq(test, own, 2); /* the self-map and hyperspace */
    ktest_leave_space(&space);
}

static void copy_system_entries(struct mmpte copy[PTES_PER_PAGE])
{
    for (uint32_t i = PDE_SELF_MAP_INDEX; i < PTES_PER_PAGE; i++)
        copy[i] = mi_read_pte((struct mmpte *)PDE_BASE + i);
}

KTEST(address_space, two_processes_have_the_same_kernel)
{
    static struct mmpte first[PTES_PER_PAGE], second[PTES_PER_PAGE];
    struct ktest_space a, b;
    uint32_t valid = 0, same = 0;

    if (!ktest_enter_space(test, &a))
        return;
    copy_system_entries(first);
    uint32_t first_cr3 = read_cr3();
    if (!ktest_enter_space(test, &b))
        return;
    copy_system_entries(second);
    ktest_assert(test, read_cr3() != first_cr3);
    ktest_leave_space(&b);
    ktest_leave_space(&a);
    for (uint32_t i = PDE_SELF_MAP_INDEX; i < PTES_PER_PAGE; i++) {
        valid += first[i].hard.valid;
        same += first[i].hard.valid && second[i].hard.valid &&
                first[i].hard.page_frame_number == second[i].hard.page_frame_number;
        if (first[i].hard.page_frame_number != second[i].hard.page_frame_number)
            ktest_note("entry %u: frame %05x in one, %05x in the other", i,
                       first[i].hard.page_frame_number, second[i].hard.page_frame_number);
        ktest_assert(test, !first[i].hard.owner && !second[i].hard.owner);
    }
    ktest_note("%u entries of the kernel's are valid, %u of them the same in both", valid, same);
    ktest_assert_eq(test, same, valid - 2);
}

/* => an address of the system cache whose page table nobody has made yet. */
static uintptr_t address_without_table(void)
{
    for (uintptr_t va = MM_SYSTEM_CACHE_END + 1 - LARGE_PAGE_SIZE; va > MM_SYSTEM_CACHE_START;
         va -= LARGE_PAGE_SIZE)
        if (!mi_read_system_pde(va).hard.valid)
            return va;
    return 0;
}

KTEST(address_space, a_new_system_table_comes_by_a_fault)
{
    struct ktest_space space;
    uintptr_t va = address_without_table();
    struct kprocess *saved;

    ktest_assert(test, va);
    if (!ktest_enter_space(test, &space))
        return;
    /* Made in the system process's name, so in the system's directory and in none other. */
    ke_stack_attach_process(&ps_initial_system_process->pcb, &saved);
    ke_leave_directory(mm_directory_table_base(space.vm));
    ktest_assert(test, mi_make_system_page_table(va));
    ke_unstack_detach_process(saved);
    ktest_assert_eq(test, mi_get_pde_address(va)->value, 0);
    uint32_t before = mm_fault_counts[MM_FAULT_PDE_COPIED];
    kirql irql = ke_raise_irql_unchecked(HIGH_LEVEL); /* at any level */
    uint32_t entry = mi_read_pte(mi_get_pte_address(va)).value;
    ke_lower_irql(irql);
    ktest_assert_eq(test, entry, 0);
    ktest_assert_eq(test, mm_fault_counts[MM_FAULT_PDE_COPIED] - before, 1);
    ktest_assert_eq(test, mi_get_pde_address(va)->hard.page_frame_number,
                    mi_read_system_pde(va).hard.page_frame_number);
    ktest_assert(test, !mm_is_address_valid(va));
    ktest_leave_space(&space);
}

/* Pages that have come into paged pool meanwhile are there in an older process too. */
KTEST(address_space, mapped_system_pages_come_by_a_fault)
{
    struct ktest_space space;
    uintptr_t va = address_without_table();
    struct kprocess *saved;

    ktest_assert(test, va);
    if (!ktest_enter_space(test, &space))
        return;
    ke_stack_attach_process(&ps_initial_system_process->pcb, &saved);
    ke_leave_directory(mm_directory_table_base(space.vm));
    ktest_assert(test, mi_make_system_page_table(va));
    kirql irql = mi_lock_pfn();
    mi_write_pte(mi_get_pte_address(va), mi_make_demand_zero_pte(MM_READWRITE));
    mi_unlock_pfn(irql);
    ktest_write((void *)va, 0x5C);
    ke_unstack_detach_process(saved);
    ktest_assert_eq(test, mi_get_pde_address(va)->value, 0);
    ki_flush_entire_tb(); /* a global page's translation may still be known */
    uint32_t before = mm_fault_counts[MM_FAULT_PDE_COPIED];
    ktest_assert_eq(test, ktest_read((void *)va), 0x5C);
    ktest_assert_eq(test, mm_fault_counts[MM_FAULT_PDE_COPIED] - before, 1);
    irql = mi_lock_pfn();
    mi_delete_ptes(mi_get_pte_address(va), 1);
    mi_unlock_pfn(irql);
    ktest_leave_space(&space);
}

KTEST(address_space, a_removed_large_page_goes_from_all_directories)
{
    enum mm_large_failure why;
    struct ktest_space space;
    void *large = mm_allocate_large_pages(1, MM_LARGE_ON_DEMAND, &why);

    if (!large) {
        ktest_skip(test, mm_large_failure_names[why]);
        return;
    }
    ktest_write(large, 1);
    if (!ktest_enter_space(test, &space))
        return;
    ktest_assert_eq(test, ktest_read(large), 1);
    ktest_assert(test, mi_get_pde_address((uintptr_t)large)->hard.valid);
    struct kprocess *saved;
    ke_stack_attach_process(&ps_initial_system_process->pcb, &saved);
    ke_leave_directory(mm_directory_table_base(space.vm));
    mm_free_large_pages(large, 1);
    ke_unstack_detach_process(saved);
    ktest_assert_eq(test, mi_get_pde_address((uintptr_t)large)->value, 0);
    ktest_leave_space(&space);
}

KTEST(address_space, a_directory_is_left_before_it_goes)
{
    struct ktest_space space;

    if (!ktest_enter_space(test, &space))
        return;
    uint32_t directory = read_cr3();
    ktest_assert(test, directory != ki_system_directory);
    ke_unstack_detach_process(space.saved);
    ktest_assert_eq(test, read_cr3(), directory); /* as nobody needs another */
    ob_dereference_object(space.process);
    ktest_assert_eq(test, read_cr3(), ki_system_directory);
}

static volatile uint32_t seen_cr3[2], seen_value[2];
static struct kevent turn[2];

static void run_in_process(void *context)
{
    uint32_t i = (uint32_t)(uintptr_t)context;

    ktest_write((void *)BASE, (uint8_t)(100 + i));
    ke_set_event(&turn[!i], 0);
    ke_wait_for_single_object(&turn[i], WR_EXECUTIVE, KERNEL_MODE, false, NULL);
    seen_cr3[i] = read_cr3();
    seen_value[i] = ktest_read((void *)BASE);
    ke_set_event(&turn[!i], 0);
}

KTEST(address_space, a_switch_of_threads_switches_it)
{
    struct ktest_space space[2];
    struct ethread *threads[2];

    for (uint32_t i = 0; i < 2; i++) {
        ke_initialize_event(&turn[i], EVENT_SYNCHRONIZATION_OBJECT, false);
        if (!ktest_enter_space(test, &space[i]))
            return;
        ktest_assert(test, ktest_allocate(&space[i], BASE, PAGE_SIZE, MEM_RESERVE | MEM_COMMIT,
                                          PAGE_READWRITE));
        ke_unstack_detach_process(space[i].saved);
    }
    for (uint32_t i = 0; i < 2; i++)
        ktest_assert(
            test, NT_SUCCESS(ps_create_thread(&threads[i], space[i].process, NORMAL_BASE_PRIORITY,
                                              run_in_process, (void *)(uintptr_t)i)));
    for (uint32_t i = 0; i < 2; i++)
        ktest_assert_eq(test, ktest_join(threads[i]), STATUS_SUCCESS);
    for (uint32_t i = 0; i < 2; i++) {
        ktest_assert_eq(test, seen_cr3[i], mm_directory_table_base(space[i].vm));
        ktest_assert_eq(test, seen_value[i], 100 + i);
        ob_dereference_object(space[i].process);
    }
}

/* userva=3072: the third gigabyte is a process's that asks for it, and of no other. */
KTEST(address_space, the_third_gigabyte_is_user_space_where_it_is_wanted)
{
    struct eprocess *process;
    struct kprocess *saved;
    uintptr_t p = 0;
    uint32_t size = PAGE_SIZE;
    bool large = mm_highest_user_address == MM_HIGHEST_LARGE_ADDRESS;

    ktest_assert_eq(test, mm_regions[MM_REGION_USER].end, mm_highest_user_address);
    ktest_assert(test, NT_SUCCESS(ps_create_sized_process(&process, "large", NULL,
                                                          mm_highest_user_address)));
    ke_stack_attach_process(&process->pcb, &saved);
    ktest_assert_eq(test,
                    mm_allocate_virtual_memory(&process->vm, &p, 0, &size,
                                               MEM_RESERVE | MEM_COMMIT | MEM_TOP_DOWN,
                                               PAGE_READWRITE),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, p, large ? 0xBFFE0000 : 0x7FFE0000);
    ktest_write((void *)p, 5);
    ktest_assert_eq(test, ktest_read((void *)p), 5);
    ktest_assert_eq(test, process->vm.page_tables, 1);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ke_unstack_detach_process(saved);
    ob_dereference_object(process);
    struct ktest_space small;
    if (!ktest_enter_space(test, &small))
        return;
    p = 0x90000000;
    ktest_assert_eq(test,
                    mm_allocate_virtual_memory(small.vm, &p, 0, &size, MEM_RESERVE, PAGE_READWRITE),
                    STATUS_INVALID_PARAMETER_2);
    ktest_assert_eq(test, ktest_fault(0x90000000, false), STATUS_ACCESS_VIOLATION);
    ktest_leave_space(&small);
}
