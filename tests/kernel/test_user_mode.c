/* User mode: in, out, and everything that can go wrong on the way. */
#include "arch/i386/cpu.h"
#include "arch/i386/fast_call.h"
#include "kernel/ke/teb.h"
#include "kernel/ke/user_mode.h"
#include "kernel/nt/nt.h"
#include "kernel/nt/services.h"
#include "kernel/ps/user_process.h"
#include "mm/fault.h"
#include "mm/low_resources.h"
#include "mm/mi.h"
#include "tests/kernel/threads.h"
#include "tests/kernel/user_code.h"

USER_PROGRAM(exit_with_edi);
USER_PROGRAM(call_number_edi);
USER_PROGRAM(fast_call);
USER_PROGRAM(registers);
USER_PROGRAM(segments);
USER_PROGRAM(read_at_edi);
USER_PROGRAM(write_at_edi);
USER_PROGRAM(jump_to_edi);
USER_PROGRAM(divide_by_zero);
USER_PROGRAM(breakpoint);
USER_PROGRAM(undefined);
USER_PROGRAM(halt);
USER_PROGRAM(load_cr3);
USER_PROGRAM(port);
USER_PROGRAM(general_protection);
USER_PROGRAM(single_step);
USER_PROGRAM(step_to_edi);
USER_PROGRAM(load_bad_selector);
USER_PROGRAM(dispatcher);
USER_PROGRAM(allocate);
USER_PROGRAM(allocate_at_edi);
USER_PROGRAM(arguments_at_edi);
USER_PROGRAM(floating_point);
USER_PROGRAM(loop_for_ever);
USER_PROGRAM(descend);
extern const char user_fast_call_return[], user_dispatcher_entry[];

#define STEP 0x10000u /* user_code.S */

_Static_assert(SERVICE_NULL == NUMBER_NtTokosNull &&
                   SERVICE_ALLOCATE == NUMBER_NtAllocateVirtualMemory &&
                   SERVICE_FREE == NUMBER_NtFreeVirtualMemory &&
                   SERVICE_CONTINUE == NUMBER_NtContinue &&
                   SERVICE_TERMINATE_PROCESS == NUMBER_NtTerminateProcess &&
                   SERVICE_YIELD == NUMBER_NtYieldExecution,
               "user_code.h has the numbers of services.h");

KTEST(user_mode, a_program_runs_and_ends_with_its_code)
{
    ktest_assert_eq(test, KTEST_USER(test, exit_with_edi, 42), 42);
    ktest_assert_eq(test, KTEST_USER(test, exit_with_edi, 0xC0DE0000), 0xC0DE0000);
}

KTEST(user_mode, it_takes_a_fault_a_page)
{
    struct ktest_program program;

    if (!ktest_load_program(test, &program, user_registers, user_registers_end, 0))
        return;
    ob_reference_object(program.process);
    ktest_assert_eq(test, program.process->vm.faults, 2); /* its code and its TEB were written */
    ktest_assert_eq(test, ktest_run_program(&program), 0x600D);
    ob_dereference_object(program.process);
}

KTEST(user_mode, services_are_called_by_int_2e)
{
    ktest_assert_eq(test, KTEST_USER(test, call_number_edi, NUMBER_NtTokosNull), STATUS_SUCCESS);
    ktest_assert_eq(test, KTEST_USER(test, call_number_edi, SERVICE_COUNT),
                    STATUS_INVALID_SYSTEM_SERVICE);
    ktest_assert_eq(test, KTEST_USER(test, call_number_edi, UINT32_MAX),
                    STATUS_INVALID_SYSTEM_SERVICE);
}

KTEST(user_mode, services_are_called_by_sysenter)
{
    uintptr_t saved = ki_fast_call_return;

    if (!ke_has(KF_FAST_SYSCALL)) {
        /* QEMU's 486 knows the instruction, and finds that it was not set up. */
        ntstatus status = KTEST_USER(test, fast_call, 0);
        ktest_assert(test,
                     status == STATUS_ILLEGAL_INSTRUCTION || status == STATUS_ACCESS_VIOLATION);
        return;
    }
    ki_fast_call_return =
        USER_CODE + ((uintptr_t)user_fast_call_return - (uintptr_t)user_fast_call);
    ntstatus good = KTEST_USER(test, fast_call, NUMBER_NtTokosNull);
    ntstatus bad = KTEST_USER(test, fast_call, SERVICE_COUNT);
    ntstatus step = KTEST_USER(test, fast_call, NUMBER_NtTokosNull | STEP);
    ki_fast_call_return = saved;
    ktest_assert_eq(test, good, STATUS_SUCCESS);
    ktest_assert_eq(test, bad, STATUS_INVALID_SYSTEM_SERVICE);
    ktest_assert_eq(test, step, STATUS_SINGLE_STEP); /* behind the call */
}

/* The trap's address is that of a step into the kernel by SYSENTER, and it is none. */
KTEST(user_mode, a_step_to_the_kernels_entry_is_the_programs)
{
    ktest_assert_eq(test, KTEST_USER(test, step_to_edi, (uint32_t)ki_fast_call_entry),
                    STATUS_SINGLE_STEP);
}

KTEST(user_mode, fs_leads_to_the_teb_and_segments_are_kept)
{
    ktest_assert_eq(test, KTEST_USER(test, segments, 0), MM_PEB - PAGE_SIZE);
}

KTEST(user_mode, kernel_addresses_are_out_of_reach)
{
    static const uint32_t addresses[] = {
        0,           0xFFFF,      0x7FFF0000,          0x80000000,      PTE_BASE,   PDE_BASE,
        HYPER_SPACE, KERNEL_BASE, MM_PAGED_POOL_START, MM_PFN_DATABASE, 0xFFFFFFFC,
    };

    for (uint32_t i = 0; i < ARRAY_SIZE(addresses); i++) {
        ktest_assert_eq(test, KTEST_USER(test, read_at_edi, addresses[i]), STATUS_ACCESS_VIOLATION);
        ktest_assert_eq(test, KTEST_USER(test, write_at_edi, addresses[i]),
                        STATUS_ACCESS_VIOLATION);
        ktest_assert_eq(test, KTEST_USER(test, jump_to_edi, addresses[i]), STATUS_ACCESS_VIOLATION);
    }
}

KTEST(user_mode, each_exception_has_its_code)
{
    ktest_assert_eq(test, KTEST_USER(test, divide_by_zero, 0), STATUS_INTEGER_DIVIDE_BY_ZERO);
    ktest_assert_eq(test, KTEST_USER(test, breakpoint, 0), STATUS_BREAKPOINT);
    ktest_assert_eq(test, KTEST_USER(test, undefined, 0), STATUS_ILLEGAL_INSTRUCTION);
    ktest_assert_eq(test, KTEST_USER(test, halt, 0), STATUS_PRIVILEGED_INSTRUCTION);
    ktest_assert_eq(test, KTEST_USER(test, load_cr3, 0), STATUS_PRIVILEGED_INSTRUCTION);
    ktest_assert_eq(test, KTEST_USER(test, port, 0), STATUS_PRIVILEGED_INSTRUCTION);
    ktest_assert_eq(test, KTEST_USER(test, general_protection, 0), STATUS_ACCESS_VIOLATION);
    ktest_assert_eq(test, KTEST_USER(test, load_bad_selector, 0), STATUS_ACCESS_VIOLATION);
    ktest_assert_eq(test, KTEST_USER(test, single_step, 0), STATUS_SINGLE_STEP);
}

static uint32_t word_at(struct eprocess *process, uintptr_t va)
{
    uint32_t value = 0xDEAD;
    struct kprocess *saved;

    ke_stack_attach_process(&process->pcb, &saved);
    ki_copy_guarded(&value, (void *)va, sizeof(value));
    ke_unstack_detach_process(saved);
    return value;
}

KTEST(user_mode, a_program_repairs_and_goes_on)
{
    struct ktest_program program;
    uint32_t offset = (uint32_t)user_dispatcher_entry - (uint32_t)user_dispatcher;

    if (!ktest_load_program(test, &program, user_dispatcher, user_dispatcher_end, 0x00700010))
        return;
    program.process->pcb.user_exception_dispatcher = USER_CODE + offset;
    ktest_assert_eq(test, word_at(program.process, USER_DATA + 8), 0);
    ktest_assert_eq(test, ktest_run_program(&program), STATUS_ACCESS_VIOLATION);
}

KTEST(user_mode, a_program_allocates_and_frees)
{
    ktest_assert_eq(test, KTEST_USER(test, allocate, 0), MM_LOWEST_USER_ADDRESS);
}

KTEST(user_mode, pointers_that_are_not_its_own_are_refused)
{
    static const uint32_t pointers[] = {
        0, 0x1000, 0x7FFF0000, 0x7FFEFFFD, KERNEL_BASE, PDE_BASE, 0xFFFFFFFC, 0xFFFFFFFF,
    };

    for (uint32_t i = 0; i < ARRAY_SIZE(pointers); i++) {
        ktest_assert_eq(test, KTEST_USER(test, allocate_at_edi, pointers[i]),
                        STATUS_ACCESS_VIOLATION);
        ktest_assert_eq(test, KTEST_USER(test, arguments_at_edi, pointers[i]),
                        STATUS_ACCESS_VIOLATION);
    }
}

#define NT_CONTROL_WORD 0x27F

KTEST(user_mode, floating_point_state_is_each_threads_own)
{
    struct ktest_program program[3];

    for (uint32_t i = 0; i < ARRAY_SIZE(program); i++)
        if (!ktest_load_program(test, &program[i], user_floating_point, user_floating_point_end,
                                1000 + i))
            return;
    for (uint32_t i = 1; i < ARRAY_SIZE(program); i++)
        ps_start_thread(program[i].thread);
    ktest_assert_eq(test, ktest_run_program(&program[0]), NT_CONTROL_WORD);
    for (uint32_t i = 1; i < ARRAY_SIZE(program); i++) {
        ke_wait_for_single_object(program[i].process, WR_EXECUTIVE, KERNEL_MODE, false, NULL);
        ktest_assert_eq(test, program[i].process->exit_status, NT_CONTROL_WORD);
        ob_dereference_object(program[i].thread);
        ob_dereference_object(program[i].process);
    }
}

KTEST(user_mode, a_program_that_loops_is_ended)
{
    struct ktest_program program;

    if (!ktest_load_program(test, &program, user_loop_for_ever, user_loop_for_ever_end, 0))
        return;
    ps_start_thread(program.thread);
    while (word_at(program.process, USER_DATA) != 1)
        ke_yield_execution();
    ktest_assert_eq(test, ps_terminate_process(program.process, 77), STATUS_SUCCESS);
    ktest_assert_eq(test, ps_terminate_process(program.process, 78), STATUS_PROCESS_IS_TERMINATING);
    ke_wait_for_single_object(program.process, WR_EXECUTIVE, KERNEL_MODE, false, NULL);
    ktest_assert_eq(test, program.process->exit_status, 77);
    ktest_assert_eq(test, program.process->vm.vads.count, 0);
    ktest_assert_eq(test, program.process->vm.page_tables, 0);
    struct ethread *late;
    struct context context = {.context_flags = CONTEXT_FULL};
    ktest_assert_eq(test, ps_create_user_thread(&late, program.process, &context),
                    STATUS_PROCESS_IS_TERMINATING);
    ob_dereference_object(program.thread);
    ob_dereference_object(program.process);
}

/* For tests/system/test_machine.py, which interrupts the program; it does not come back. */
KTEST_ASKED(nmi, while_a_program_loops)
{
    struct ktest_program program;

    if (!ktest_load_program(test, &program, user_loop_for_ever, user_loop_for_ever_end, 0))
        return;
    ps_start_thread(program.thread);
    while (word_at(program.process, USER_DATA) != 1)
        ke_yield_execution();
    ktest_note("the program loops");
    ke_wait_for_single_object(program.process, WR_EXECUTIVE, KERNEL_MODE, false, NULL);
    ktest_note("it ended with %08x", program.process->exit_status);
    ktest_assert(test, false);
}

/* A program with a stack of its own that goes down PAGES pages. */
static ntstatus descend(struct ktest *test, uint32_t pages, uint32_t *grown)
{
    struct ktest_program program;
    struct initial_teb teb;
    struct kprocess *saved;
    uint32_t before = mm_fault_counts[MM_FAULT_STACK_GROWTH];

    if (!ktest_load_program(test, &program, user_descend, user_descend_end, pages) ||
        !NT_SUCCESS(ps_create_user_stack(program.process, &teb)))
        return STATUS_UNSUCCESSFUL;
    uintptr_t block = program.thread->tcb.teb;
    ki_thread_trap_frame(&program.thread->tcb)->esp = teb.stack_base;
    ke_stack_attach_process(&program.process->pcb, &saved);
    ki_copy_guarded((void *)(block + TEB_STACK_BASE), &teb.stack_base, 8);
    ki_copy_guarded((void *)(block + TEB_DEALLOCATION_STACK), &teb.stack_allocation_base, 4);
    ke_unstack_detach_process(saved);
    ntstatus status = ktest_run_program(&program);
    *grown = mm_fault_counts[MM_FAULT_STACK_GROWTH] - before;
    return status;
}

/* The default stack has 256 pages: one committed at first, and the lowest never given. */
KTEST(user_mode, stacks_grow_to_their_end)
{
    uint32_t grown;

    ktest_assert_eq(test, descend(test, 1, &grown), 0x600D);
    ktest_assert_eq(test, grown, 1); /* the exit's pushes need one page more */
    ktest_assert_eq(test, descend(test, 100, &grown), 0x600D);
    ktest_assert_eq(test, grown, 100);
    ktest_assert_eq(test, descend(test, 300, &grown), STATUS_STACK_OVERFLOW);
    ktest_assert_eq(test, grown, 253);
}

/* A process that ends tells all its threads, also those that its walk could not see in their place.
 */
KTEST(user_mode, processes_end_with_threads_that_come_late)
{
    struct ktest_program program;

    ktest_assert(test,
                 ktest_load_program(test, &program, user_loop_for_ever, user_loop_for_ever_end, 0));
    program.process->exiting = true; /* as if it had looked for threads before this one came */
    program.process->exit_status = 5;
    ktest_assert_eq(test, ktest_run_program(&program), 5);
}

/* Another thread of PROGRAM, a page further down the stack, which does not run yet. */
static ntstatus add_thread(struct ktest_program *program, struct ethread **thread)
{
    struct context context = {.context_flags = CONTEXT_I386 | CONTEXT_CONTROL,
                              .eip = USER_CODE,
                              .esp = USER_STACK - 0x1000};

    return ps_create_user_thread(thread, program->process, &context);
}

KTEST(user_mode, processes_end_with_threads_in_any_order)
{
    struct ktest_program program;
    struct ethread *second;

    ktest_assert(test,
                 ktest_load_program(test, &program, user_loop_for_ever, user_loop_for_ever_end, 0));
    ktest_assert_eq(test, add_thread(&program, &second), STATUS_SUCCESS);
    uint32_t id = second->tcb.id;
    second->tcb.id = program.thread->tcb.id;
    program.thread->tcb.id = id;
    ps_start_thread(second);
    ps_start_thread(program.thread);
    ktest_assert_eq(test, ps_terminate_process(program.process, 6), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_join(second), 6);
    ktest_assert_eq(test, ktest_join(program.thread), 6);
    ob_dereference_object(program.process);
}

static struct ethread *last_thread;

/* There is no stack for another thread; but meanwhile the last one ends. */
static bool end_last_thread(void)
{
    ps_terminate_thread(last_thread, 8);
    ktest_wait(last_thread, 10000);
    return true;
}

/* A process ends with its last thread, also while somebody fails to make it another one. */
KTEST(user_mode, processes_end_while_they_get_no_thread)
{
    struct mm_low_resource plan[MM_RESOURCES] = {
        [MM_RESOURCE_KERNEL_STACKS] = {.at = 1, .ask = end_last_thread}};
    struct ktest_program program;
    struct ethread *second;

    ktest_assert(test,
                 ktest_load_program(test, &program, user_loop_for_ever, user_loop_for_ever_end, 0));
    ps_start_thread(program.thread);
    last_thread = program.thread;
    mm_set_low_resources(plan);
    ntstatus status = add_thread(&program, &second);
    mm_set_low_resources(NULL);
    ktest_assert_eq(test, status, STATUS_INSUFFICIENT_RESOURCES);
    ktest_assert_eq(test, ktest_wait(program.process, 10000), STATUS_SUCCESS);
    ktest_assert_eq(test, program.process->exit_status, 8);
    ktest_assert_eq(test, ktest_join(program.thread), 8);
    ob_dereference_object(program.process);
}
