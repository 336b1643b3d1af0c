/*
 * Deferred procedure calls: what an interrupt's routine leaves to be done at DISPATCH_LEVEL. Each
 * processor has a queue, which is worked off as soon as the level falls below DISPATCH_LEVEL.
 */
#pragma once

#include "kernel/ke/irql.h"

struct kdpc;
typedef void (*kdeferred_routine)(struct kdpc *dpc, void *context, void *argument1,
                                  void *argument2);

struct kdpc {
    struct list_entry links; /* the processor's queue; interrupts off */
    kdeferred_routine routine;
    void *context;
    void *argument1, *argument2;
    bool inserted;  /* interrupts off */
    bool important; /* goes to the head of the queue */
};

void ke_initialize_dpc(struct kdpc *dpc, kdeferred_routine routine, void *context);
/* To the head of the queue from now on, or to its end. */
void ke_set_importance_dpc(struct kdpc *dpc, bool important);

/* Call the routine soon, once, at DISPATCH_LEVEL. => false when it is queued already; then the
 * arguments stay as they were. Any IRQL. */
bool ke_insert_queue_dpc(struct kdpc *dpc, void *argument1, void *argument2);
/* => whether it was queued. Any IRQL. */
bool ke_remove_queue_dpc(struct kdpc *dpc);
