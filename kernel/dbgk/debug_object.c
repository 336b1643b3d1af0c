/*
 * Debug objects, and which process has which: see dbgk.h. An object is referenced by its handles
 * and by each process that it is the port of.
 */
#include "kernel/dbgk/dbgk.h"
#include "arch/i386/guarded.h"
#include "kernel/ke/attach.h"
#include "kernel/ke/bugcheck.h"

#define PEB_BEING_DEBUGGED 2u /* a byte (winternl.h) */

struct object_type *dbgk_debug_object_type;
struct fast_mutex dbgk_lock;

ntstatus dbgk_create_debug_object(uint32_t flags, struct debug_object **out)
{
    void *body;
    ntstatus status = ob_create_object(dbgk_debug_object_type, &body);

    if (!NT_SUCCESS(status))
        return status;
    struct debug_object *object = body;
    ke_initialize_event(&object->events_present, EVENT_NOTIFICATION_OBJECT, false);
    initialize_list_head(&object->events);
    initialize_list_head(&object->processes);
    object->flags = flags;
    *out = object;
    return STATUS_SUCCESS;
}

void dbgk_set_flags(struct debug_object *object, uint32_t flags)
{
    ex_acquire_fast_mutex(&dbgk_lock);
    object->flags = flags;
    ex_release_fast_mutex(&dbgk_lock);
}

/* ---- ports --------------------------------------------------------------------------------------
 */

void dbgk_set_port(struct eprocess *process, struct debug_object *object)
{
    struct ps_debug_state *debug = &process->debug;

    if (object) {
        ob_reference_object(object);
        insert_tail_list(&object->processes, &debug->links);
    } else {
        remove_entry_list(&debug->links);
        ob_dereference_object(debug->port);
    }
    debug->port = object;
    debug->created = false;
    process->pcb.debugged = object != NULL;
}

void dbgk_mark_process_peb(struct eprocess *process)
{
    uint8_t debugged = process->pcb.debugged;
    struct kprocess *saved;

    if (!process->image.image_bytes)
        return; /* it has none */
    ke_stack_attach_process(&process->pcb, &saved);
    ki_copy_guarded((void *)(MM_PEB + PEB_BEING_DEBUGGED), &debugged, sizeof(debugged));
    ke_unstack_detach_process(saved);
}

void dbgk_assign_new_process(struct eprocess *process, struct debug_object *object)
{
    ex_acquire_fast_mutex(&dbgk_lock);
    if (!object->inactive && !process->debug.port) /* nobody was quicker, who found it by its id */
        dbgk_set_port(process, object);
    ex_release_fast_mutex(&dbgk_lock);
    dbgk_mark_process_peb(process);
}

void dbgk_copy_process_debug_port(struct eprocess *process, struct eprocess *parent)
{
    bool inherited = false;

    ex_acquire_fast_mutex(&dbgk_lock);
    if (parent->debug.port && !parent->debug.no_inherit && !process->debug.port) {
        dbgk_set_port(process, parent->debug.port);
        inherited = true;
    }
    ex_release_fast_mutex(&dbgk_lock);
    if (inherited || parent->debug.port) /* a clone has its parent's PEB */
        dbgk_mark_process_peb(process);
}

void dbgk_forget_process(struct eprocess *process)
{
    ex_acquire_fast_mutex(&dbgk_lock);
    if (process->debug.port)
        dbgk_set_port(process, NULL);
    ex_release_fast_mutex(&dbgk_lock);
}

/* ---- the end of a debugger ----------------------------------------------------------------------
 */

/* A process that OBJECT debugs is not debugged any more. => false: there is none. *PROCESS is it,
 * referenced; NULL: it is going in any case. */
static bool release_one(struct debug_object *object, struct eprocess **process)
{
    bool found;

    ex_acquire_fast_mutex(&dbgk_lock);
    found = !is_list_empty(&object->processes);
    if (found) {
        struct eprocess *first =
            CONTAINER_OF(object->processes.flink, struct eprocess, debug.links);
        *process = ps_lookup_process(first->unique_process_id);
        dbgk_set_port(first, NULL);
    }
    ex_release_fast_mutex(&dbgk_lock);
    return found;
}

static void release_processes(struct debug_object *object)
{
    struct eprocess *process;

    while (release_one(object, &process)) {
        if (!process)
            continue;
        dbgk_mark_process_peb(process);
        if ((object->flags & DEBUG_KILL_ON_CLOSE) && process != ps_get_current_thread()->process)
            ps_terminate_process(process, STATUS_DEBUGGER_INACTIVE);
        ob_dereference_object(process);
    }
}

/* The last handle is closed: the processes are let go, or end. One that closes it itself, having
 * got hold of its debugger's object, goes on. */
static void close_object(void *body, uint32_t access, bool last)
{
    struct debug_object *object = body;
    struct list_entry events;

    (void)access;
    if (!last)
        return;
    initialize_list_head(&events);
    ex_acquire_fast_mutex(&dbgk_lock);
    object->inactive = true;
    dbgk_remove_events(object, NULL, &events);
    ke_set_event(&object->events_present, EVENT_INCREMENT);
    ex_release_fast_mutex(&dbgk_lock);
    release_processes(object);
    dbgk_finish_events(&events, STATUS_DEBUGGER_INACTIVE);
}

void dbgk_init_objects(void)
{
    static const struct object_type_initializer info = {
        .mapping = {0x20000 | DEBUG_READ_EVENT, 0x20000 | DEBUG_PROCESS_ASSIGN, 0x120000,
                    DEBUG_ALL_ACCESS},
        .valid_access = DEBUG_ALL_ACCESS | ACCESS_SYNCHRONIZE,
        .body_bytes = sizeof(struct debug_object),
        .pool = NONPAGED_POOL,
        .waitable = true,
        .close = close_object,
    };

    ex_initialize_fast_mutex(&dbgk_lock);
    if (!NT_SUCCESS(ob_create_object_type(u"DebugObject", &info, &dbgk_debug_object_type)))
        ke_bug_check_ex(PHASE0_INITIALIZATION_FAILED, 6, 0, 0, 0);
}
