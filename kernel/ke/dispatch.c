/*
 * What runs at the lowest two levels when something asked for it: at DISPATCH_LEVEL the expired
 * timers, the DPCs and then the scheduler, at APC_LEVEL the current thread's kernel APCs.
 *
 *      an interrupt's routine queues a DPC, finds a timer due, uses up a quantum
 *          -> ki_request_level(DISPATCH_LEVEL) -> when the level falls: dispatch_interrupt
 */
#include "arch/i386/registers.h"
#include "kernel/ke/interrupt.h"
#include "kernel/ke/scheduler.h"

/* => the first DPC, off the queue, or NULL. Interrupts off. */
static struct kdpc *next_dpc(struct kpcr *pcr)
{
    if (is_list_empty(&pcr->dpc_list))
        return NULL;
    struct kdpc *dpc = CONTAINER_OF(remove_head_list(&pcr->dpc_list), struct kdpc, links);
    dpc->inserted = false; /* it may be queued again while it runs, and may be freed by it */
    pcr->dpcs++;
    return dpc;
}

/* Interrupts are off on both ends. */
static void run_dpcs(struct kpcr *pcr)
{
    struct kdpc *dpc;

    pcr->dpc_routine_active = true;
    for (;;) {
        if (pcr->timers_due) {
            pcr->timers_due = false;
            enable_interrupts();
            ki_expire_timers();
            disable_interrupts();
        }
        dpc = next_dpc(pcr);
        if (!dpc)
            break;
        kdeferred_routine routine = dpc->routine;
        void *context = dpc->context, *argument1 = dpc->argument1, *argument2 = dpc->argument2;
        enable_interrupts();
        routine(dpc, context, argument1, argument2);
        disable_interrupts();
        if (unlikely(ke_get_current_irql() != DISPATCH_LEVEL || pcr->held_locks))
            ki_unexpected_irql(DISPATCH_LEVEL); /* the routine left something behind */
    }
    pcr->dpc_routine_active = false;
}

static void dispatch_interrupt(void)
{
    struct kpcr *pcr = ke_get_pcr();

    run_dpcs(pcr);
    if (!pcr->quantum_end && !pcr->next_thread)
        return;
    enable_interrupts();
    ke_acquire_spin_lock_at_dpc_level(&ki_dispatcher_lock);
    if (pcr->quantum_end)
        ki_quantum_end();
    else
        pcr->current_thread->preempted = true;
    pcr->quantum_end = false;
    if (pcr->next_thread)
        ki_preempt_current_thread();
    ke_release_spin_lock_from_dpc_level(&ki_dispatcher_lock);
    disable_interrupts();
}

static void apc_interrupt(void)
{
    enable_interrupts();
    ki_deliver_apc(KERNEL_MODE, NULL);
    disable_interrupts();
}

void ki_init_dispatch(void)
{
    ki_set_software_interrupt(APC_LEVEL, apc_interrupt);
    ki_set_software_interrupt(DISPATCH_LEVEL, dispatch_interrupt);
}
