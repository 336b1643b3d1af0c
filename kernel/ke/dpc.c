/* The queue of deferred procedure calls. dispatch_interrupt (dispatch.c) works it off. */
#include "kernel/ke/dpc.h"
#include "arch/i386/registers.h"
#include "kernel/ke/interrupt.h"

void ke_initialize_dpc(struct kdpc *dpc, kdeferred_routine routine, void *context)
{
    *dpc = (struct kdpc){.routine = routine, .context = context};
}

void ke_set_importance_dpc(struct kdpc *dpc, bool important)
{
    dpc->important = important;
}

/* Interrupts are off. */
static void insert(struct kdpc *dpc)
{
    struct list_entry *queue = &ke_get_pcr()->dpc_list;

    if (dpc->important)
        insert_head_list(queue, &dpc->links);
    else
        insert_tail_list(queue, &dpc->links);
    dpc->inserted = true;
    ki_request_level(DISPATCH_LEVEL);
}

bool ke_insert_queue_dpc(struct kdpc *dpc, void *argument1, void *argument2)
{
    uint32_t flags = save_and_disable_interrupts();
    bool queued = !dpc->inserted;

    if (queued) {
        dpc->argument1 = argument1;
        dpc->argument2 = argument2;
        insert(dpc);
    }
    restore_interrupts(flags);
    if (ke_get_current_irql() < DISPATCH_LEVEL)
        ki_deliver_pending(ke_get_current_irql());
    return queued;
}

bool ke_remove_queue_dpc(struct kdpc *dpc)
{
    uint32_t flags = save_and_disable_interrupts();
    bool queued = dpc->inserted;

    if (queued)
        remove_entry_list(&dpc->links);
    dpc->inserted = false;
    restore_interrupts(flags);
    return queued;
}
