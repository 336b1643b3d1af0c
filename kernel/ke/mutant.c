/*
 * Mutants: 1 is free, and each time its owner takes it the state falls by one. A thread keeps a
 * list of those it owns, so that they can be abandoned when it ends.
 */
#include "kernel/ke/wait.h"
#include "kernel/ke/bugcheck.h"

void ke_initialize_mutant(struct kmutant *mutant, bool owned)
{
    *mutant = (struct kmutant){.abandoned = false};
    ki_initialize_header(&mutant->header, MUTANT_OBJECT, !owned);
    if (!owned)
        return;
    kirql irql = ki_lock_dispatcher_database();
    ki_own_mutant(mutant, ke_get_current_thread());
    ki_unlock_dispatcher_database(irql);
}

void ke_initialize_mutex(struct kmutant *mutex)
{
    ke_initialize_mutant(mutex, false);
    mutex->apc_disable = true;
}

/* Nobody owns it now; who waits for it may. */
static void disown(struct kmutant *mutant, int32_t increment)
{
    mutant->owner_thread = NULL;
    mutant->header.signal_state = 1;
    remove_entry_list(&mutant->mutant_list_entry);
    if (!is_list_empty(&mutant->header.wait_list_head))
        ki_wait_test(&mutant->header, increment);
}

ntstatus ke_release_mutant(struct kmutant *mutant, int32_t increment, int32_t *previous)
{
    struct kthread *thread = ke_get_current_thread();
    kirql irql = ki_lock_dispatcher_database();
    int32_t old = mutant->header.signal_state;
    bool owned = mutant->owner_thread == thread;
    bool last = owned && old == 0;

    if (last)
        disown(mutant, increment);
    else if (owned)
        mutant->header.signal_state++;
    ki_unlock_dispatcher_database(irql);
    if (last && mutant->apc_disable)
        ke_leave_critical_region();
    if (previous)
        *previous = old;
    return owned ? STATUS_SUCCESS : STATUS_MUTANT_NOT_OWNED;
}

void ke_delete_mutant(struct kmutant *mutant)
{
    kirql irql = ki_lock_dispatcher_database();

    if (mutant->owner_thread)
        disown(mutant, IO_NO_INCREMENT);
    ki_unlock_dispatcher_database(irql);
}

int32_t ke_read_state_mutant(const struct kmutant *mutant)
{
    return mutant->header.signal_state;
}

void ki_abandon_mutants(struct kthread *thread)
{
    while (!is_list_empty(&thread->mutant_list_head)) {
        struct kmutant *mutant =
            CONTAINER_OF(thread->mutant_list_head.flink, struct kmutant, mutant_list_entry);
        if (mutant->apc_disable)
            ke_bug_check_ex(THREAD_TERMINATE_HELD_MUTEX, (uintptr_t)thread, (uintptr_t)mutant, 0,
                            0);
        mutant->abandoned = true;
        disown(mutant, MUTANT_INCREMENT);
    }
}
