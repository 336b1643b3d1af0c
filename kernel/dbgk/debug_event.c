/* The events of debug objects: see dbgk.h. */
#include "kernel/dbgk/dbgk.h"
#include "kernel/ke/suspend.h"

void dbgk_queue_event(struct debug_object *object, struct debug_event *event)
{
    insert_tail_list(&object->events, &event->links);
    ke_set_event(&object->events_present, EVENT_INCREMENT);
}

struct dbgk_image *dbgk_image_of(struct debug_event *event)
{
    return event->state == DBG_LOAD_DLL_STATE_CHANGE         ? &event->about.image
           : event->state == DBG_CREATE_PROCESS_STATE_CHANGE ? &event->about.created.image
                                                             : NULL;
}

void dbgk_remove_events(struct debug_object *object, const struct eprocess *process,
                        struct list_entry *list)
{
    for (struct list_entry *at = object->events.flink, *next; at != &object->events; at = next) {
        next = at->flink;
        if (process && CONTAINER_OF(at, struct debug_event, links)->process != process)
            continue;
        remove_entry_list(at);
        insert_tail_list(list, at);
    }
}

/* ---- to the debugger ----------------------------------------------------------------------------
 */

/* Is an event before EVENT, of the same process, with the debugger? */
static bool is_held_back(const struct debug_object *object, const struct debug_event *event)
{
    for (struct list_entry *at = object->events.flink; at != &event->links; at = at->flink) {
        const struct debug_event *before = CONTAINER_OF(at, struct debug_event, links);
        if (before->read && before->process == event->process)
            return true;
    }
    return false;
}

/* => the oldest event that may be taken, or NULL. */
static struct debug_event *find_event(const struct debug_object *object)
{
    for (struct list_entry *at = object->events.flink; at != &object->events; at = at->flink) {
        struct debug_event *event = CONTAINER_OF(at, struct debug_event, links);
        if (!event->read && !is_held_back(object, event))
            return event;
    }
    return NULL;
}

bool dbgk_take_event(struct debug_object *object, struct debug_event *taken)
{
    ex_acquire_fast_mutex(&dbgk_lock);
    struct debug_event *event = find_event(object);

    if (event) {
        event->read = true;
        *taken = *event;
        ob_reference_object(event->process);
        ob_reference_object(event->thread);
        struct dbgk_image *image = dbgk_image_of(taken);
        if (image && image->file)
            image->file->reference(image->file);
    } else if (!object->inactive) {
        ke_reset_event(&object->events_present);
    }
    ex_release_fast_mutex(&dbgk_lock);
    return event != NULL;
}

void dbgk_release_taken(struct debug_event *taken)
{
    struct dbgk_image *image = dbgk_image_of(taken);

    if (image && image->file)
        image->file->dereference(image->file);
    ob_dereference_object(taken->thread);
    ob_dereference_object(taken->process);
}

/* => the event that the debugger has of that process and thread, or NULL. */
static struct debug_event *find_read_event(struct debug_object *object, uint32_t process,
                                           uint32_t thread)
{
    for (struct list_entry *at = object->events.flink; at != &object->events; at = at->flink) {
        struct debug_event *event = CONTAINER_OF(at, struct debug_event, links);
        if (event->read && event->process->unique_process_id == process &&
            event->thread->tcb.id == thread)
            return event;
    }
    return NULL;
}

void dbgk_untake_event(struct debug_object *object, const struct debug_event *taken)
{
    ex_acquire_fast_mutex(&dbgk_lock);
    struct debug_event *event =
        find_read_event(object, taken->process->unique_process_id, taken->thread->tcb.id);

    if (event) { /* it may have been detached from meanwhile */
        event->read = false;
        ke_set_event(&object->events_present, EVENT_INCREMENT);
    }
    ex_release_fast_mutex(&dbgk_lock);
}

/* ---- and back -----------------------------------------------------------------------------------
 */

/* EVENT, which no list has any more, is over. The thread that waits may free it at once. */
static void finish(struct debug_event *event, ntstatus answer)
{
    if (!event->reported) {
        event->answer = answer;
        ke_set_event(&event->continued, EVENT_INCREMENT);
        return;
    }
    if (event->suspended)
        ke_resume_thread(&event->thread->tcb);
    dbgk_release_taken(event);
    ex_free_pool_with_tag(event, DBGK_TAG);
}

void dbgk_finish_events(struct list_entry *list, ntstatus answer)
{
    while (!is_list_empty(list))
        finish(CONTAINER_OF(remove_head_list(list), struct debug_event, links), answer);
}

ntstatus dbgk_continue(struct debug_object *object, uint32_t process, uint32_t thread,
                       ntstatus answer)
{
    ex_acquire_fast_mutex(&dbgk_lock);
    struct debug_event *event = find_read_event(object, process, thread);

    if (event) {
        remove_entry_list(&event->links);
        ke_set_event(&object->events_present, EVENT_INCREMENT); /* the next may be had now */
    }
    ex_release_fast_mutex(&dbgk_lock);
    if (!event)
        return STATUS_INVALID_PARAMETER;
    finish(event, answer);
    return STATUS_SUCCESS;
}
