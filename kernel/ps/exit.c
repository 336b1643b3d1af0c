/*
 * The end of a process.
 *
 *      ps_terminate_process   it takes no more threads; each is told to end
 *      ps_leave_process       a thread's last act in it; the last thread's is to close the handles
 *                             and to free the memory
 *      delete                 when nobody refers to the object any more: the page directory goes
 */
#include "arch/i386/guarded.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/scheduler.h"
#include "kernel/ke/suspend.h"
#include "kernel/ke/teb.h"
#include "kernel/ke/user_mode.h"
#include "kernel/ps/ps_internal.h"
#include "mm/address_space.h"
#include "mm/virtual_memory.h"

bool ps_begin_thread_exit(struct eprocess *process)
{
    kirql irql = ki_lock_dispatcher_database();
    bool last = ++process->exiting_threads == process->active_threads;

    ki_unlock_dispatcher_database(irql);
    return last;
}

/* => whether the current thread is the last of PROCESS, which takes no more then. */
static bool leave(struct eprocess *process, ntstatus status)
{
    kirql irql = ki_lock_dispatcher_database();
    bool last = --process->active_threads == 0 && process->pcb.address_space;

    process->exiting_threads--;
    if (last) {
        process->exiting = true;
        if (process->exit_status == STATUS_PENDING)
            process->exit_status = status;
    }
    ki_unlock_dispatcher_database(irql);
    return last;
}

/* A thread that says so in its TEB at TEB was the last to use its stack. */
static void free_user_stack(struct eprocess *process, uintptr_t teb)
{
    uint32_t stack, size = 0;
    uint8_t wanted;
    struct kprocess *saved;

    ke_stack_attach_process(&process->pcb, &saved);
    if (!ki_copy_guarded(&wanted, (void *)(teb + TEB_FREE_STACK), sizeof(wanted)) && wanted &&
        !ki_copy_guarded(&stack, (void *)(teb + TEB_DEALLOCATION_STACK), sizeof(stack)) && stack) {
        uintptr_t base = stack;

        mm_free_virtual_memory(&process->vm, &base, &size, MEM_RELEASE);
    }
    ke_unstack_detach_process(saved);
}

static void close_handles(struct eprocess *process)
{
    struct handle_table *table = process->object_table;

    ps_stamp(&process->life.ended);
    process->object_table = NULL;
    ps_dereference_handle_table(process, table);
}

void ps_leave_process(struct ethread *thread)
{
    struct eprocess *process = thread->process;

    if (thread->tcb.teb) {
        uintptr_t teb = thread->tcb.teb;

        free_user_stack(process, teb);
        thread->tcb.teb = 0; /* its place may be anybody's soon */
        ps_delete_teb(process, teb);
    }
    if (!leave(process, thread->exit_status))
        return;
    close_handles(process);
    mm_clean_address_space(&process->vm);
}

/* The memory of PROCESS, which never had a thread to free it. */
static void free_memory(struct eprocess *process)
{
    struct kprocess *saved;

    ke_stack_attach_process(&process->pcb, &saved);
    mm_clean_address_space(&process->vm);
    ke_unstack_detach_process(saved);
}

void ps_delete_address_space(struct eprocess *process)
{
    if (process->vm.vads.count)
        free_memory(process);
    mm_delete_address_space(&process->vm);
}

/* => whether it is the first who says so; *EMPTY: there is no thread to be told. */
static bool begin_exit(struct eprocess *process, ntstatus status, bool *empty)
{
    kirql irql = ki_lock_dispatcher_database();
    bool first = !process->exiting;

    process->exiting = true;
    if (first)
        process->exit_status = status;
    *empty = !process->active_threads;
    ki_unlock_dispatcher_database(irql);
    return first;
}

/* PROCESS never had a thread, and will not have one. */
static void end_without_threads(struct eprocess *process)
{
    close_handles(process);
    free_memory(process);
    ke_set_process(&process->pcb, IO_NO_INCREMENT);
}

static void terminate_other(struct ethread *thread, void *status)
{
    if (thread != ps_get_current_thread())
        ps_terminate_thread(thread, *(const ntstatus *)status);
}

ntstatus ps_terminate_other_threads(ntstatus status)
{
    ke_assert_irql_at_most(PASSIVE_LEVEL);
    ps_visit_threads(ps_get_current_thread()->process, terminate_other, &status);
    return STATUS_SUCCESS;
}

ntstatus ps_terminate_process(struct eprocess *process, ntstatus status)
{
    ke_assert_irql_at_most(PASSIVE_LEVEL);
    if (!process->pcb.address_space)
        return STATUS_ACCESS_DENIED;                 /* the system, or the idle loop */
    if (ps_get_current_thread()->process == process) /* nobody else tells the others: it goes on */
        ke_force_resume_thread(ke_get_current_thread());
    bool empty, first = begin_exit(process, status, &empty);
    ps_debug_hooks->process_ends(process);
    if (first && empty)
        end_without_threads(process);
    else if (first)
        ps_visit_threads(process, terminate_other, &status);
    if (ps_get_current_thread()->process == process)
        ps_exit_thread(status);
    return first ? STATUS_SUCCESS : STATUS_PROCESS_IS_TERMINATING;
}

static void unhandled_exception(ntstatus code)
{
    ps_terminate_process(ps_get_current_thread()->process, code);
    ke_bug_check_ex(KERNEL_SECURITY_CHECK_FAILURE, FAST_FAIL_INVALID_ARG, code, 0, 0);
}

void ps_init_exit(void)
{
    ki_unhandled_exception = unhandled_exception;
}
