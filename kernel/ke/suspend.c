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

/* Is THREAD to stand still: suspended, or frozen by another thread of its process? */
static bool is_to_stop(const struct kthread *thread)
{
    return !thread->never_suspended && !thread->apc_state.ended &&
           (thread->suspend_count || thread->process->freeze_count > thread->freezes);
}

/* The counts of THREAD have changed: it stops, or goes on. The dispatcher lock is held. */
static void follow_counts(struct kthread *thread)
{
    bool stop = is_to_stop(thread);

    if (stop == !thread->resumed.header.signal_state)
        return;
    thread->resumed.header.signal_state = !stop;
    if (stop)
        ki_insert_queue_apc(&thread->suspend_apc); /* unless it is queued still */
    else
        ki_wait_test(&thread->resumed.header, 0);
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
        follow_counts(thread);
    }
    ki_unlock_dispatcher_database(irql);
    return ended  ? STATUS_THREAD_IS_TERMINATING
           : full ? STATUS_SUSPEND_COUNT_EXCEEDED
                  : STATUS_SUCCESS;
}

/* => the count before. FORCE: none are left, and none come. */
static uint32_t resume(struct kthread *thread, bool force)
{
    kirql irql = ki_lock_dispatcher_database();
    uint32_t previous = thread->suspend_count;

    thread->never_suspended |= force;
    if (previous)
        thread->suspend_count = force ? 0 : (uint8_t)(previous - 1);
    follow_counts(thread);
    ki_unlock_dispatcher_database(irql);
    return previous;
}

/* The current thread freezes the others BY one time more, or less. */
static void freeze(int8_t by)
{
    struct kthread *self = ke_get_current_thread();
    struct list_entry *head = &self->process->thread_list_head;
    kirql irql = ki_lock_dispatcher_database();

    self->process->freeze_count = (uint32_t)((int32_t)self->process->freeze_count + by);
    self->freezes = (uint8_t)(self->freezes + by);
    for (struct list_entry *at = head->flink; at != head; at = at->flink)
        follow_counts(CONTAINER_OF(at, struct kthread, thread_list_entry));
    ki_unlock_dispatcher_database(irql);
}

void ke_freeze_all_threads(void)
{
    ke_enter_critical_region();
    freeze(1);
}

void ke_thaw_all_threads(void)
{
    freeze(-1);
    ke_leave_critical_region();
}

uint32_t ke_resume_thread(struct kthread *thread)
{
    return resume(thread, false);
}

void ke_force_resume_thread(struct kthread *thread)
{
    resume(thread, true);
}
