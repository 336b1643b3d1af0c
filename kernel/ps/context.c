/*
 * The context of another thread (PspGetContextThreadInternal): it is read and written by the thread
 * itself, in a special kernel APC, so that it is in the kernel then and its frame is whole.
 */
#include "kernel/ke/user_mode.h"
#include "kernel/ps/ps_internal.h"

struct transfer {
    struct kapc apc;
    struct kevent done;
    struct context *context;
    bool set;
    bool happened;
};

/* A thread that is in a service has its status still to come, and gets it whatever CONTEXT says of
 * eax, as on NT; the other registers must not be lost on the way out. One that was in a trap keeps
 * its cause, which it may not have looked at yet. */
static void set_frame(struct kthread *thread, struct ktrap_frame *frame, struct context *context)
{
    uint32_t vector = frame->vector;

    ke_context_to_kframes(thread, frame, context);
    frame->vector = vector == VECTOR_SYSTEM_SERVICE ? VECTOR_SERVICE_BY_IRET : vector;
}

static void move(struct kthread *thread, struct transfer *transfer)
{
    struct ktrap_frame *frame = ki_thread_trap_frame(thread);

    if (transfer->set)
        set_frame(thread, frame, transfer->context);
    else
        ke_context_from_kframes(thread, frame, transfer->context);
    transfer->happened = true;
}

static void in_the_thread(struct kapc *apc, knormal_routine *normal, void **context,
                          void **argument1, void **argument2)
{
    struct transfer *transfer = CONTAINER_OF(apc, struct transfer, apc);

    (void)normal, (void)context, (void)argument1, (void)argument2;
    move(ke_get_current_thread(), transfer);
    ke_set_event(&transfer->done, 0);
}

static void thread_ended(struct kapc *apc)
{
    ke_set_event(&CONTAINER_OF(apc, struct transfer, apc)->done, 0);
}

static ntstatus run(struct ethread *thread, struct context *context, bool set)
{
    struct transfer transfer = {.context = context, .set = set};

    if (!thread->tcb.npx_state)
        return STATUS_INVALID_HANDLE; /* the system's: it has none */
    if (thread == ps_get_current_thread()) {
        move(&thread->tcb, &transfer);
        return STATUS_SUCCESS;
    }
    ke_initialize_event(&transfer.done, EVENT_NOTIFICATION_OBJECT, false);
    ke_initialize_apc(&transfer.apc, &thread->tcb, in_the_thread, thread_ended, NULL, KERNEL_MODE,
                      NULL);
    if (!ke_insert_queue_apc(&transfer.apc, NULL, NULL, 0))
        return STATUS_UNSUCCESSFUL;
    ke_enter_critical_region(); /* the APC is on this stack */
    ke_wait_for_single_object(&transfer.done, WR_EXECUTIVE, KERNEL_MODE, false, NULL);
    ke_leave_critical_region();
    return transfer.happened ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

ntstatus ps_get_context_thread(struct ethread *thread, struct context *context)
{
    return run(thread, context, false);
}

ntstatus ps_set_context_thread(struct ethread *thread, struct context *context)
{
    return run(thread, context, true);
}
