/* Ending processes and threads, and the small services of a thread about itself. */
#include "kernel/nt/reference.h"
#include "kernel/nt/user_memory.h"

ntstatus nt_close(handle_t handle)
{
    return ob_close_handle(handle, ke_get_previous_mode());
}

ntstatus nt_terminate_thread(handle_t handle, ntstatus exit_status)
{
    struct ethread *thread = ps_get_current_thread();

    if (!handle) /* NT: the current thread, unless it is the last of its process */
        return thread->process->active_threads == 1
                   ? STATUS_CANT_TERMINATE_SELF
                   : nt_terminate_thread(NT_CURRENT_THREAD, exit_status);
    ntstatus status = nt_reference_thread(handle, THREAD_TERMINATE, &thread);
    if (!NT_SUCCESS(status))
        return status;
    if (thread == ps_get_current_thread()) {
        ob_dereference_object(thread);
        ps_terminate_thread(thread, exit_status); /* does not return */
    }
    status = thread->tcb.npx_state
                 ? ps_terminate_thread(thread, exit_status)
                 : STATUS_ACCESS_DENIED; /* the system's threads end by themselves */
    ob_dereference_object(thread);
    return status;
}

/* PROCESS 0: all other threads of the caller's process. */
ntstatus nt_terminate_process(handle_t handle, ntstatus exit_status)
{
    struct eprocess *process;

    if (!handle)
        return ps_terminate_other_threads(exit_status);
    ntstatus status = nt_reference_process(handle, PROCESS_TERMINATE, &process);
    if (!NT_SUCCESS(status))
        return status;
    if (process == ps_get_current_thread()->process) {
        ob_dereference_object(process);
        ps_terminate_process(process, exit_status); /* does not return */
    }
    status = ps_terminate_process(process, exit_status);
    ob_dereference_object(process);
    return status;
}

ntstatus nt_yield_execution(void)
{
    return ke_yield_execution() ? STATUS_SUCCESS : STATUS_NO_YIELD_PERFORMED;
}
