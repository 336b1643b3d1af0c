/*
 * System worker threads: functions that run soon, at PASSIVE_LEVEL, in a thread of the system's.
 */
#pragma once

#include "lib/list.h"

/* Which threads: the critical ones are better than ordinary threads; neither should wait long. */
enum work_queue_type {
    CRITICAL_WORK_QUEUE,
    DELAYED_WORK_QUEUE,
    WORK_QUEUES
};

struct work_queue_item {
    struct list_entry links;
    void (*routine)(void *context);
    void *context;
    bool queued; /* guarded by the work-queue lock */
};

void ex_initialize_work_item(struct work_queue_item *item, void (*routine)(void *context),
                             void *context);

/* Have ITEM's routine called once, in the order of queuing. The item is free for use again, or to
 * be freed, when the routine begins. => false: it is queued already. Up to DISPATCH_LEVEL. */
bool ex_queue_work_item(struct work_queue_item *item, enum work_queue_type queue);

/* Start the threads. PASSIVE_LEVEL, once. */
void ex_init_workers(void);
