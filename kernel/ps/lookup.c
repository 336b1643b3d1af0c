/* Processes and threads by their ids. */
#include "kernel/ke/scheduler.h"
#include "kernel/ps/ps_internal.h"

/* OBJECT is still referred to by somebody: then by the caller too. Dispatcher lock held, so that it
 * cannot be freed meanwhile. */
static bool try_reference(void *object)
{
    struct object_header *header = ob_header(object);

    if (!header->pointer_count)
        return false; /* on its way out */
    ob_reference_object(object);
    return true;
}

static struct ethread *find_thread(struct eprocess *process, uint32_t id)
{
    struct list_entry *head = &process->pcb.thread_list_head;

    for (struct list_entry *at = head->flink; at != head; at = at->flink) {
        struct ethread *thread = CONTAINER_OF(at, struct ethread, tcb.thread_list_entry);
        if (thread->tcb.id == id)
            return thread;
    }
    return NULL;
}

struct eprocess *ps_lookup_process(uint32_t id)
{
    struct eprocess *found = NULL;
    kirql irql = ki_lock_dispatcher_database();

    for (struct list_entry *at = ps_active_processes.flink; at != &ps_active_processes && !found;
         at = at->flink) {
        struct eprocess *process = CONTAINER_OF(at, struct eprocess, links);
        if (process->unique_process_id == id && try_reference(process))
            found = process;
    }
    ki_unlock_dispatcher_database(irql);
    return found;
}

struct ethread *ps_lookup_thread(uint32_t id)
{
    struct ethread *found = NULL;
    kirql irql = ki_lock_dispatcher_database();

    for (struct list_entry *at = ps_active_processes.flink; at != &ps_active_processes && !found;
         at = at->flink)
        found = find_thread(CONTAINER_OF(at, struct eprocess, links), id);
    if (found && !try_reference(found))
        found = NULL;
    ki_unlock_dispatcher_database(irql);
    return found;
}
