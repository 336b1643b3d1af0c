/* System worker threads: a queue each for the two kinds, with a semaphore that counts its items. */
#include "kernel/ex/worker.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ps/ps.h"

static const struct {
    uint32_t threads;
    int8_t priority;
} kinds[WORK_QUEUES] = {
    [CRITICAL_WORK_QUEUE] = {2, 13},
    [DELAYED_WORK_QUEUE] = {2, 12},
};

static struct {
    struct list_entry items;
    struct ksemaphore available;
} queues[WORK_QUEUES];
static struct kspin_lock lock = KSPIN_LOCK_OF_RANK(LOCK_RANK_WORK_QUEUE);

void ex_initialize_work_item(struct work_queue_item *item, void (*routine)(void *context),
                             void *context)
{
    *item = (struct work_queue_item){.routine = routine, .context = context};
}

bool ex_queue_work_item(struct work_queue_item *item, enum work_queue_type queue)
{
    kirql irql = ke_acquire_spin_lock(&lock);
    bool first = !item->queued;

    item->queued = true;
    if (first)
        insert_tail_list(&queues[queue].items, &item->links);
    ke_release_spin_lock(&lock, irql);
    if (first)
        ke_release_semaphore(&queues[queue].available, IO_NO_INCREMENT, 1, NULL);
    return first;
}

static struct work_queue_item take(uint32_t queue)
{
    kirql irql = ke_acquire_spin_lock(&lock);
    struct work_queue_item *item =
        CONTAINER_OF(remove_head_list(&queues[queue].items), struct work_queue_item, links);

    item->queued = false;
    struct work_queue_item copy = *item;
    ke_release_spin_lock(&lock, irql);
    return copy;
}

static void work(void *context)
{
    uint32_t queue = (uint32_t)(uintptr_t)context;

    for (;;) {
        ke_wait_for_single_object(&queues[queue].available, WR_QUEUE, KERNEL_MODE, false, NULL);
        struct work_queue_item item = take(queue);
        item.routine(item.context);
        if (ke_get_current_irql() || ke_get_current_thread()->kernel_apc_disable)
            ke_bug_check_ex(WORKER_THREAD_RETURNED_AT_BAD_IRQL, (uintptr_t)item.routine,
                            ke_get_current_irql(), (uintptr_t)item.context, 0);
    }
}

static void start_thread(uint32_t queue)
{
    struct ethread *thread;

    if (!NT_SUCCESS(ps_create_system_thread(&thread, kinds[queue].priority, work,
                                            (void *)(uintptr_t)queue)))
        ke_bug_check_ex(PHASE0_INITIALIZATION_FAILED, 1, queue, 0, 0);
    ob_dereference_object(thread);
}

void ex_init_workers(void)
{
    ke_assert_irql_at_most(PASSIVE_LEVEL);
    for (uint32_t queue = 0; queue < WORK_QUEUES; queue++) {
        initialize_list_head(&queues[queue].items);
        ke_initialize_semaphore(&queues[queue].available, 0, 0x7FFFFFFF);
        for (uint32_t i = 0; i < kinds[queue].threads; i++)
            start_thread(queue);
    }
}
