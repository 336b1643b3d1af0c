/*
 * A signal, and whom it lets through. What is signalled is taken here, on behalf of the thread that
 * waits, so nobody can come between; a wait for all takes all or nothing.
 */
#include "kernel/ke/scheduler.h"
#include "kernel/ke/wait.h"

void ki_own_mutant(struct kmutant *mutant, struct kthread *thread)
{
    mutant->owner_thread = thread;
    insert_tail_list(&thread->mutant_list_head, &mutant->mutant_list_entry);
    if (mutant->apc_disable)
        thread->kernel_apc_disable--;
}

static ntstatus acquire_mutant(struct kmutant *mutant, struct kthread *thread)
{
    if (unlikely(mutant->header.signal_state == INT32_MIN))
        return STATUS_MUTANT_LIMIT_EXCEEDED;
    if (mutant->header.signal_state-- != 1)
        return STATUS_SUCCESS; /* again */
    ki_own_mutant(mutant, thread);
    bool abandoned = mutant->abandoned;
    mutant->abandoned = false;
    return abandoned ? STATUS_ABANDONED : STATUS_SUCCESS;
}

static inline struct kmutant *mutant_of(struct dispatcher_header *header)
{
    return CONTAINER_OF(header, struct kmutant, header);
}

/* Could THREAD have it? */
bool ki_is_signalled(struct dispatcher_header *header, const struct kthread *thread)
{
    return header->signal_state > 0 ||
           (header->type == MUTANT_OBJECT && mutant_of(header)->owner_thread == thread);
}

/* THREAD takes it. => STATUS_ABANDONED or STATUS_SUCCESS, or, nothing taken, why not. */
ntstatus ki_satisfy(struct dispatcher_header *header, struct kthread *thread)
{
    switch (header->type) {
    case EVENT_SYNCHRONIZATION_OBJECT:
    case TIMER_SYNCHRONIZATION_OBJECT:
        header->signal_state = 0;
        return STATUS_SUCCESS;
    case SEMAPHORE_OBJECT:
        header->signal_state--;
        return STATUS_SUCCESS;
    case MUTANT_OBJECT:
        return acquire_mutant(mutant_of(header), thread);
    default:
        return STATUS_SUCCESS;
    }
}

static bool all_signalled(const struct kwait_block *first, const struct kthread *thread)
{
    const struct kwait_block *block = first;

    do {
        if (block->wait_type == WAIT_ALL && !ki_is_signalled(block->object, thread))
            return false;
        block = block->next_wait_block;
    } while (block != first);
    return true;
}

static ntstatus satisfy_all(struct kwait_block *first, struct kthread *thread)
{
    struct kwait_block *block = first;
    ntstatus status = STATUS_SUCCESS;

    do {
        if (block->wait_type == WAIT_ALL)
            status |= ki_satisfy(block->object, thread);
        block = block->next_wait_block;
    } while (block != first);
    return status;
}

void ki_wait_test(struct dispatcher_header *header, int32_t increment)
{
    struct list_entry *before = &header->wait_list_head;

    while (before->flink != &header->wait_list_head && header->signal_state > 0) {
        struct kwait_block *block =
            CONTAINER_OF(before->flink, struct kwait_block, wait_list_entry);
        struct kthread *thread = block->thread;
        ntstatus status;

        if (block->wait_type == WAIT_ANY) {
            status = block->wait_key | ki_satisfy(header, thread);
        } else if (all_signalled(thread->wait_block_list, thread)) {
            status = satisfy_all(thread->wait_block_list, thread);
        } else {
            before = before->flink; /* who waits for all has one block here: it stays */
            continue;
        }
        ki_unwait_thread(thread, status, increment); /* all its blocks go, this the first here */
    }
}

static void unlink_blocks(struct kthread *thread)
{
    struct kwait_block *block = thread->wait_block_list;

    do {
        remove_entry_list(&block->wait_list_entry);
        block = block->next_wait_block;
    } while (block != thread->wait_block_list);
    if (thread->timer.inserted)
        ki_remove_timer(&thread->timer);
}

/* The thread has waited for something that has come: it should use it soon. */
static void boost(struct kthread *thread, int32_t increment)
{
    int32_t priority = thread->base_priority + increment;

    thread->quantum -= WAIT_QUANTUM_DECREMENT;
    if (thread->quantum <= 0) {
        thread->quantum = thread->quantum_reset;
        if (thread->priority > thread->base_priority)
            thread->priority--;
    }
    if (priority >= LOW_REALTIME_PRIORITY)
        priority = LOW_REALTIME_PRIORITY - 1;
    if (!thread->disable_boost && priority > thread->priority)
        thread->priority = (int8_t)priority;
}

void ki_unwait_thread(struct kthread *thread, ntstatus status, int32_t increment)
{
    unlink_blocks(thread);
    thread->wait_status = status;
    if (thread->base_priority < LOW_REALTIME_PRIORITY)
        boost(thread, increment);
    ki_ready_thread(thread);
}
