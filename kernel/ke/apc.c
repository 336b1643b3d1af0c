/*
 * Asynchronous procedure calls: queuing, delivery, and the alerts that go with them. What may
 * interrupt which wait stands in the header.
 */
#include "kernel/ke/apc.h"
#include "arch/i386/registers.h"
#include "kernel/ke/interrupt.h"
#include "kernel/ke/scheduler.h"

void (*ki_initialize_user_apc)(struct ktrap_frame *frame, knormal_routine routine, void *context,
                               void *argument1, void *argument2);

void ke_initialize_apc(struct kapc *apc, struct kthread *thread, kkernel_routine kernel,
                       krundown_routine rundown, knormal_routine normal, enum kprocessor_mode mode,
                       void *context)
{
    *apc = (struct kapc){
        .thread = thread,
        .kernel_routine = kernel,
        .rundown_routine = rundown,
        .normal_routine = normal,
        .mode = normal ? (uint8_t)mode : KERNEL_MODE,
        .normal_context = context,
    };
}

/* Special kernel APCs go before normal ones, all others to the end. */
static void insert(struct kapc *apc)
{
    struct list_entry *head = &apc->thread->apc_state.apc_list_head[apc->mode], *at = head;

    if (!apc->normal_routine) {
        at = head->flink;
        while (at != head && !CONTAINER_OF(at, struct kapc, links)->normal_routine)
            at = at->flink;
    }
    insert_tail_list(at, &apc->links);
    apc->inserted = true;
}

static bool normal_apcs_held(const struct kthread *thread)
{
    return thread->kernel_apc_disable || thread->apc_state.kernel_apc_in_progress;
}

/* A kernel APC is queued: have the thread see it. */
static void announce_kernel_apc(const struct kapc *apc, int32_t increment)
{
    struct kthread *thread = apc->thread;

    thread->apc_state.kernel_apc_pending = true;
    if (thread == ke_get_current_thread()) {
        ki_request_apc_interrupt();
        return;
    }
    if (thread->state == THREAD_WAITING && thread->wait_irql < APC_LEVEL &&
        (!apc->normal_routine || !normal_apcs_held(thread)))
        ki_unwait_thread(thread, STATUS_KERNEL_APC, increment);
}

static void announce_user_apc(struct kthread *thread, int32_t increment)
{
    if (thread->state == THREAD_WAITING && thread->wait_mode == USER_MODE &&
        (thread->alertable || thread->apc_state.user_apc_pending)) {
        thread->apc_state.user_apc_pending = true;
        ki_unwait_thread(thread, STATUS_USER_APC, increment);
    }
}

static bool insert_locked(struct kapc *apc, void *argument1, void *argument2, int32_t increment)
{
    bool queued = !apc->inserted && !apc->thread->apc_state.ended;

    if (queued) {
        apc->argument1 = argument1;
        apc->argument2 = argument2;
        insert(apc);
        if (apc->mode == KERNEL_MODE)
            announce_kernel_apc(apc, increment);
        else
            announce_user_apc(apc->thread, increment);
    }
    return queued;
}

bool ke_insert_queue_apc(struct kapc *apc, void *argument1, void *argument2, int32_t increment)
{
    kirql irql = ki_lock_dispatcher_database();
    bool queued = insert_locked(apc, argument1, argument2, increment);

    ki_unlock_dispatcher_database(irql);
    return queued;
}

void ki_insert_queue_apc(struct kapc *apc)
{
    insert_locked(apc, NULL, NULL, 0);
}

bool ke_force_user_apc(struct kapc *apc, void *argument1, void *argument2, int32_t increment)
{
    struct kthread *thread = apc->thread;
    kirql irql = ki_lock_dispatcher_database();
    bool queued = !apc->inserted && !thread->apc_state.ended;

    if (queued) {
        apc->argument1 = argument1;
        apc->argument2 = argument2;
        insert_head_list(&thread->apc_state.apc_list_head[USER_MODE], &apc->links);
        apc->inserted = true;
        thread->apc_state.user_apc_pending = true;
        announce_user_apc(thread, increment);
    }
    ki_unlock_dispatcher_database(irql);
    return queued;
}

bool ke_remove_queue_apc(struct kapc *apc)
{
    kirql irql = ki_lock_dispatcher_database();
    bool queued = apc->inserted;

    if (queued) {
        remove_entry_list(&apc->links);
        apc->inserted = false;
    }
    ki_unlock_dispatcher_database(irql);
    return queued;
}

bool ke_alert_thread(struct kthread *thread, enum kprocessor_mode mode)
{
    kirql irql = ki_lock_dispatcher_database();
    bool was_alerted = thread->alerted[mode];

    if (!was_alerted && thread->state == THREAD_WAITING && thread->alertable &&
        mode <= thread->wait_mode)
        ki_unwait_thread(thread, STATUS_ALERTED, EVENT_INCREMENT);
    else
        thread->alerted[mode] = true;
    ki_unlock_dispatcher_database(irql);
    return was_alerted;
}

bool ke_test_alert_thread(enum kprocessor_mode mode)
{
    struct kthread *thread = ke_get_current_thread();
    kirql irql = ki_lock_dispatcher_database();
    bool was_alerted = thread->alerted[mode];

    thread->alerted[mode] = false;
    if (mode == USER_MODE && !is_list_empty(&thread->apc_state.apc_list_head[USER_MODE]))
        thread->apc_state.user_apc_pending = true;
    ki_unlock_dispatcher_database(irql);
    return was_alerted;
}

/* What an APC says, taken down before its kernel routine may free it. */
struct call {
    knormal_routine normal;
    void *context, *argument1, *argument2;
};

static struct call take(struct kapc *apc)
{
    remove_entry_list(&apc->links);
    apc->inserted = false;
    return (struct call){apc->normal_routine, apc->normal_context, apc->argument1, apc->argument2};
}

static void call_kernel_routine(struct kapc *apc, struct call *call)
{
    apc->kernel_routine(apc, &call->normal, &call->context, &call->argument1, &call->argument2);
}

static struct kapc *first_of(const struct list_entry *head)
{
    return is_list_empty(head) ? NULL : CONTAINER_OF(head->flink, struct kapc, links);
}

static void run_normal_routine(struct kthread *thread, const struct call *call)
{
    thread->apc_state.kernel_apc_in_progress = true;
    ke_lower_irql(PASSIVE_LEVEL);
    call->normal(call->context, call->argument1, call->argument2);
    ke_raise_irql(APC_LEVEL);
    thread->apc_state.kernel_apc_in_progress = false;
}

/* Deliver the first kernel APC, if it may be. Dispatcher lock held on both ends. */
static bool deliver_kernel_apc(struct kthread *thread, kirql *irql)
{
    struct kapc *apc = first_of(&thread->apc_state.apc_list_head[KERNEL_MODE]);

    if (!apc || (apc->normal_routine && normal_apcs_held(thread)))
        return false;
    struct call call = take(apc);
    ki_unlock_dispatcher_database(*irql);
    call_kernel_routine(apc, &call);
    if (call.normal)
        run_normal_routine(thread, &call);
    *irql = ki_lock_dispatcher_database();
    return true;
}

static void deliver_user_apc(struct kthread *thread, struct ktrap_frame *frame, kirql irql)
{
    struct kapc *apc = first_of(&thread->apc_state.apc_list_head[USER_MODE]);

    thread->apc_state.user_apc_pending = false;
    if (!apc) {
        ki_unlock_dispatcher_database(irql);
        return;
    }
    struct call call = take(apc);
    ki_unlock_dispatcher_database(irql);
    call_kernel_routine(apc, &call);
    if (!call.normal)
        ke_test_alert_thread(USER_MODE); /* the next one, if any */
    else if (ki_initialize_user_apc)
        ki_initialize_user_apc(frame, call.normal, call.context, call.argument1, call.argument2);
}

void ki_deliver_apc(enum kprocessor_mode mode, struct ktrap_frame *frame)
{
    struct kthread *thread = ke_get_current_thread();

    ke_assert_irql_at_least(APC_LEVEL);
    kirql irql = ki_lock_dispatcher_database();
    thread->apc_state.kernel_apc_pending = false;
    while (deliver_kernel_apc(thread, &irql))
        ;
    if (mode == USER_MODE && thread->apc_state.user_apc_pending)
        deliver_user_apc(thread, frame, irql);
    else
        ki_unlock_dispatcher_database(irql);
}

void ke_enter_critical_region(void)
{
    ke_assert_irql_at_most(APC_LEVEL);
    ke_get_current_thread()->kernel_apc_disable--;
    __asm__ volatile("" : : : "memory");
}

void ke_leave_critical_region(void)
{
    struct kthread *thread = ke_get_current_thread();

    __asm__ volatile("" : : : "memory");
    if (++thread->kernel_apc_disable ||
        is_list_empty(&thread->apc_state.apc_list_head[KERNEL_MODE]))
        return;
    thread->apc_state.kernel_apc_pending = true; /* what was held may run now */
    ki_request_apc_interrupt();
    ki_deliver_pending(ke_get_current_irql());
}

void ke_rundown_apc_queues(void)
{
    struct kthread *thread = ke_get_current_thread();

    ke_assert_irql_at_most(PASSIVE_LEVEL);
    kirql irql = ki_lock_dispatcher_database();

    thread->apc_state.ended = true;
    for (int mode = KERNEL_MODE; mode <= USER_MODE; mode++) {
        struct kapc *apc;
        while ((apc = first_of(&thread->apc_state.apc_list_head[mode])) != NULL) {
            take(apc);
            ki_unlock_dispatcher_database(APC_LEVEL);
            if (apc->rundown_routine)
                apc->rundown_routine(apc);
            ki_lock_dispatcher_database();
        }
    }
    thread->apc_state.kernel_apc_pending = thread->apc_state.user_apc_pending = false;
    ki_unlock_dispatcher_database(irql);
}

void ki_visit_apcs(struct kthread *thread, enum kprocessor_mode mode,
                   void (*visit)(const struct kapc *apc))
{
    const struct list_entry *head = &thread->apc_state.apc_list_head[mode];

    for (const struct list_entry *at = head->flink; at != head; at = at->flink)
        visit(CONTAINER_OF(at, struct kapc, links));
}
