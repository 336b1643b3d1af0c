/* Processes and threads by their ids, and a process's threads one after the other. */
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

/* => the thread of PROCESS with the least id above AFTER's (NULL: of all), referenced, or NULL. The
 * list need not be in the order of ids. */
static struct ethread *next_thread(struct eprocess *process, struct ethread *after)
{
    kirql irql = ki_lock_dispatcher_database();
    struct list_entry *head = &process->pcb.thread_list_head;
    struct ethread *next = NULL;

    for (struct list_entry *at = head->flink; at != head; at = at->flink) {
        struct ethread *thread = CONTAINER_OF(at, struct ethread, tcb.thread_list_entry);
        if ((!after || thread->tcb.id > after->tcb.id) && (!next || thread->tcb.id < next->tcb.id))
            next = thread;
    }
    if (next)
        ob_reference_object(next);
    ki_unlock_dispatcher_database(irql);
    return next;
}

void ps_visit_threads(struct eprocess *process,
                      void (*visit)(struct ethread *thread, void *context), void *context)
{
    struct ethread *thread = NULL, *next;

    while ((next = next_thread(process, thread)) != NULL) {
        visit(next, context);
        if (thread)
            ob_dereference_object(thread);
        thread = next;
    }
    if (thread)
        ob_dereference_object(thread);
}
