/* Suspending threads, and their contexts. */
#include "kernel/ke/suspend.h"
#include "kernel/nt/reference.h"
#include "kernel/nt/user_memory.h"
#include "mm/pool.h"

#define TAG 'txeC'

static ntstatus count(handle_t handle, uint32_t *previous_at, bool suspend)
{
    struct ethread *thread;
    uint32_t previous = 0;
    ntstatus status = previous_at ? rtl_probe_user_word(previous_at, &previous) : STATUS_SUCCESS;

    if (NT_SUCCESS(status))
        status = nt_reference_thread(handle, THREAD_SUSPEND_RESUME, &thread);
    if (!NT_SUCCESS(status))
        return status;
    if (!thread->tcb.npx_state)
        status = STATUS_ACCESS_DENIED; /* the system's */
    else if (suspend)
        status = ke_suspend_thread(&thread->tcb, &previous);
    else
        previous = ke_resume_thread(&thread->tcb);
    ob_dereference_object(thread);
    if (NT_SUCCESS(status) && previous_at)
        (void)rtl_write_user_word(previous_at, previous);
    return status;
}

ntstatus nt_suspend_thread(handle_t thread, uint32_t *previous)
{
    return count(thread, previous, true);
}

ntstatus nt_resume_thread(handle_t thread, uint32_t *previous)
{
    return count(thread, previous, false);
}

static ntstatus move(handle_t handle, struct context *context, bool set)
{
    struct ethread *thread;
    ntstatus status =
        nt_reference_thread(handle, set ? THREAD_SET_CONTEXT : THREAD_GET_CONTEXT, &thread);

    if (!NT_SUCCESS(status))
        return status;
    status = set ? ps_set_context_thread(thread, context) : ps_get_context_thread(thread, context);
    ob_dereference_object(thread);
    return status;
}

/* By way of pool: another thread works on it, and a CONTEXT is large. */
static ntstatus transfer(handle_t handle, struct context *caller, bool set)
{
    struct context *context = ex_allocate_pool_with_tag(NONPAGED_POOL, sizeof(*context), TAG);

    if (!context)
        return STATUS_INSUFFICIENT_RESOURCES;
    ntstatus status = rtl_copy_from_user(context, caller, sizeof(*context));
    if (NT_SUCCESS(status))
        status = move(handle, context, set);
    if (NT_SUCCESS(status) && !set)
        status = rtl_copy_to_user(caller, context, sizeof(*context));
    ex_free_pool_with_tag(context, TAG);
    return status;
}

ntstatus nt_get_context_thread(handle_t thread, struct context *context)
{
    return transfer(thread, context, false);
}

ntstatus nt_set_context_thread(handle_t thread, const struct context *context)
{
    return transfer(thread, (struct context *)(uintptr_t)context, true);
}
