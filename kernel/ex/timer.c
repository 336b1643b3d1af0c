/* Timers that call a thread. */
#include "kernel/ex/timer.h"

static struct kspin_lock lock = KSPIN_LOCK_OF_RANK(LOCK_RANK_TIMER);

/* The timer has expired. The queued APC has a reference of its own. */
static void expired(struct kdpc *dpc, void *context, void *argument1, void *argument2)
{
    struct etimer *timer = context;
    uint64_t now = ke_query_system_time();

    (void)dpc, (void)argument1, (void)argument2;
    ke_acquire_spin_lock_at_dpc_level(&lock);
    if (timer->owner) {
        ob_reference_object(timer);
        if (!ke_insert_queue_apc(&timer->apc, (void *)(uint32_t)now, (void *)(uint32_t)(now >> 32),
                                 IO_NO_INCREMENT))
            ob_dereference_object(timer); /* not the last: there is the owner's */
    }
    ke_release_spin_lock_from_dpc_level(&lock);
}

/* TIMER has no owner from now on. Lock held. */
static void disown(struct etimer *timer)
{
    remove_entry_list(&timer->links);
    timer->owner = NULL;
}

static void drop(struct etimer *timer, uint32_t references)
{
    while (references--)
        ob_dereference_object(timer);
}

/* The APC's kernel routine, in its thread. A timer that comes once has been its last time, unless
 * it was set again meanwhile by another thread. */
static void deliver(struct kapc *apc, knormal_routine *normal, void **context, void **argument1,
                    void **argument2)
{
    struct etimer *timer = CONTAINER_OF(apc, struct etimer, apc);
    kirql irql = ke_acquire_spin_lock(&lock);
    bool over = timer->owner == ps_get_current_thread() && !timer->period;

    (void)normal, (void)context, (void)argument1, (void)argument2;
    if (over)
        disown(timer);
    ke_release_spin_lock(&lock, irql);
    drop(timer, 1 + over);
}

static void rundown(struct kapc *apc)
{
    ob_dereference_object(CONTAINER_OF(apc, struct etimer, apc));
}

void ex_initialize_timer(struct etimer *timer, enum kobject_type type)
{
    ke_initialize_timer_ex(&timer->timer, type);
    ke_initialize_dpc(&timer->dpc, expired, timer);
}

void ex_delete_timer(void *timer)
{
    ke_cancel_timer(&((struct etimer *)timer)->timer);
}

/* Nothing comes of TIMER any more. Lock held. => the references that go by it. */
static uint32_t withdraw(struct etimer *timer)
{
    ke_cancel_timer(&timer->timer);
    if (!timer->owner)
        return 0;
    disown(timer);
    ke_remove_queue_dpc(&timer->dpc);
    return 1u + ke_remove_queue_apc(&timer->apc);
}

/* The current thread is to be called. Lock held. */
static void own(struct etimer *timer, knormal_routine routine, void *context,
                enum kprocessor_mode mode)
{
    struct ethread *thread = ps_get_current_thread();

    ke_initialize_apc(&timer->apc, &thread->tcb, deliver, rundown, routine, mode, context);
    timer->owner = thread;
    insert_tail_list(&thread->active_timers, &timer->links);
    ob_reference_object(timer);
}

bool ex_set_timer(struct etimer *timer, int64_t due, uint32_t period, knormal_routine routine,
                  void *context, enum kprocessor_mode mode)
{
    ke_assert_irql_at_most(PASSIVE_LEVEL);
    kirql irql = ke_acquire_spin_lock(&lock);
    bool was_signalled = ke_read_state_timer(&timer->timer);
    uint32_t references = withdraw(timer);

    if (routine)
        own(timer, routine, context, mode);
    timer->period = period;
    ke_set_timer_ex(&timer->timer, due, period, routine ? &timer->dpc : NULL);
    ke_release_spin_lock(&lock, irql);
    drop(timer, references);
    return was_signalled;
}

bool ex_cancel_timer(struct etimer *timer)
{
    ke_assert_irql_at_most(PASSIVE_LEVEL);
    kirql irql = ke_acquire_spin_lock(&lock);
    bool was_signalled = ke_read_state_timer(&timer->timer);
    uint32_t references = withdraw(timer);

    ke_release_spin_lock(&lock, irql);
    drop(timer, references);
    return was_signalled;
}

void ex_rundown_timers(void)
{
    struct list_entry *head = &ps_get_current_thread()->active_timers;

    ke_assert_irql_at_most(PASSIVE_LEVEL);
    for (;;) {
        struct etimer *timer = NULL;
        uint32_t references = 0;
        kirql irql = ke_acquire_spin_lock(&lock);
        if (!is_list_empty(head)) {
            timer = CONTAINER_OF(head->flink, struct etimer, links);
            references = withdraw(timer);
        }
        ke_release_spin_lock(&lock, irql);
        if (!timer)
            return;
        drop(timer, references);
    }
}
