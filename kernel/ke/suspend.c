/* Suspending threads. */
#include "kernel/ke/suspend.h"
#include "kernel/ke/scheduler.h"
#include "kernel/ke/wait.h"

static void nothing(struct kapc *apc, knormal_routine *normal, void **context, void **argument1,
                    void **argument2)
{
    (void)apc, (void)normal, (void)context, (void)argument1, (void)argument2;
}

/* What a suspended thread does: it waits until the event says that it need not. */
static void wait_for_resume(void *context, void *argument1, void *argument2)
{
    struct kthread *thread = ke_get_current_thread();

    (void)context, (void)argument1, (void)argument2;
    ke_wait_for_single_object(&thread->resumed, WR_SUSPENDED, KERNEL_MODE, false, NULL);
}

void ki_initialize_suspend(struct kthread *thread)
{
    ke_initialize_event(&thread->resumed, EVENT_NOTIFICATION_OBJECT, true);
    ke_initialize_apc(&thread->suspend_apc, thread, nothing, NULL, wait_for_resume, KERNEL_MODE,
                      NULL);
}

ntstatus ke_suspend_thread(struct kthread *thread, uint32_t *previous)
{
    ke_assert_irql_at_most(APC_LEVEL);
    kirql irql = ki_lock_dispatcher_database();
    bool ended = thread->apc_state.ended || thread->never_suspended;
    bool full = thread->suspend_count == MAXIMUM_SUSPEND_COUNT;

    *previous = thread->suspend_count;
    if (!ended && !full) {
        thread->suspend_count++;
        thread->resumed.header.signal_state = 0;
    }
    ki_unlock_dispatcher_database(irql);
    if (ended)
        return STATUS_THREAD_IS_TERMINATING;
    if (full)
        return STATUS_SUSPEND_COUNT_EXCEEDED;
    if (!*previous)
        ke_insert_queue_apc(&thread->suspend_apc, NULL, NULL, 0); /* unless it is queued still */
    return STATUS_SUCCESS;
}

/* => the count before. FORCE: none are left, and none come. */
static uint32_t resume(struct kthread *thread, bool force)
{
    kirql irql = ki_lock_dispatcher_database();
    uint32_t previous = thread->suspend_count;

    thread->never_suspended |= force;
    if (previous)
        thread->suspend_count = force ? 0 : (uint8_t)(previous - 1);
    if (force || (previous && !thread->suspend_count)) {
        thread->resumed.header.signal_state = 1;
        ki_wait_test(&thread->resumed.header, 0);
    }
    ki_unlock_dispatcher_database(irql);
    return previous;
}

uint32_t ke_resume_thread(struct kthread *thread)
{
    return resume(thread, false);
}

void ke_force_resume_thread(struct kthread *thread)
{
    resume(thread, true);
}
