/* Alerts and APCs to threads. */
#include "kernel/nt/reference.h"
#include "kernel/nt/user_memory.h"
#include "mm/pool.h"

#define TAG 'cpAU'

ntstatus nt_test_alert(void)
{
    return ke_test_alert_thread(ke_get_previous_mode()) ? STATUS_ALERTED : STATUS_SUCCESS;
}

ntstatus nt_alert_thread(handle_t handle)
{
    struct ethread *thread;
    ntstatus status = nt_reference_thread(handle, THREAD_ALERT, &thread);

    if (!NT_SUCCESS(status))
        return status;
    ke_alert_thread(&thread->tcb, ke_get_previous_mode());
    ob_dereference_object(thread);
    return STATUS_SUCCESS;
}

static void free_apc(struct kapc *apc)
{
    ex_free_pool_with_tag(apc, TAG);
}

static void delivered(struct kapc *apc, knormal_routine *normal, void **context, void **argument1,
                      void **argument2)
{
    (void)normal, (void)context, (void)argument1, (void)argument2;
    free_apc(apc);
}

static ntstatus queue(struct ethread *thread, knormal_routine routine, void *context,
                      void *argument1, void *argument2)
{
    if (!thread->tcb.npx_state)
        return STATUS_INVALID_HANDLE; /* the system's: it never goes to user mode */
    struct kapc *apc = ex_allocate_pool_with_tag(NONPAGED_POOL, sizeof(*apc), TAG);
    if (!apc)
        return STATUS_NO_MEMORY;
    ke_initialize_apc(apc, &thread->tcb, delivered, free_apc, routine, USER_MODE, context);
    if (ke_insert_queue_apc(apc, argument1, argument2, IO_NO_INCREMENT))
        return STATUS_SUCCESS;
    free_apc(apc);
    return STATUS_UNSUCCESSFUL; /* the thread is ending */
}

ntstatus nt_queue_apc_thread(handle_t handle, knormal_routine routine, void *context,
                             void *argument1, void *argument2)
{
    struct ethread *thread;
    ntstatus status = nt_reference_thread(handle, THREAD_SET_CONTEXT, &thread);

    if (!NT_SUCCESS(status))
        return status;
    status = queue(thread, routine, context, argument1, argument2);
    ob_dereference_object(thread);
    return status;
}
