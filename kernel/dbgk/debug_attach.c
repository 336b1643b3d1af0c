/*
 * A debugger comes to a process that runs, and leaves it. What happened before it came is told as
 * if it happened now (DbgkpPostFakeProcessCreateMessages): the process, its threads, its DLLs in
 * the order of the loader's list. Each thread is suspended until its event is continued; so the
 * process stands still until the debugger has heard of all of it.
 */
#include "kernel/dbgk/dbgk.h"
#include "kernel/ke/attach.h"
#include "kernel/ke/suspend.h"
#include "kernel/ke/teb.h"
#include "kernel/ke/user_mode.h"
#include "mm/section.h"

/* PEB, PEB_LDR_DATA and LDR_DATA_TABLE_ENTRY (winternl.h). */
#define PEB_LDR              0x0Cu
#define LDR_IN_LOAD_ORDER    0x0Cu
#define ENTRY_DLL_BASE       0x18u
#define MOST_MODULES_TOLD_OF 500u /* the list is the program's, and may be anything */

/* Both locks of a report: the debug lock is held, and the process is attached to. */
struct report {
    struct debug_object *object;
    struct eprocess *process;
    struct ethread *first; /* whom the DLLs are told of as */
    struct list_entry events;
    ntstatus status;
};

static struct debug_event *add_event(struct report *report, enum dbg_state state,
                                     struct ethread *thread)
{
    struct debug_event *event = ex_allocate_pool_with_tag(NONPAGED_POOL, sizeof(*event), DBGK_TAG);

    if (!event) {
        report->status = STATUS_INSUFFICIENT_RESOURCES;
        return NULL;
    }
    *event = (struct debug_event){
        .process = report->process, .thread = thread, .state = state, .reported = true};
    ob_reference_object(report->process);
    ob_reference_object(thread);
    insert_tail_list(&report->events, &event->links);
    return event;
}

/* ---- threads ------------------------------------------------------------------------------------
 */

static void describe_program(struct report *report, struct dbgk_image *image)
{
    struct mm_page_source *file;
    uintptr_t base;

    if (mm_find_image(&report->process->vm, report->process->image_base, &base, &file))
        *image = dbgk_describe_image(file, base);
}

/* Of those that have a life of their own still; none after a failure. */
static void add_thread(struct ethread *thread, void *context)
{
    struct report *report = context;
    bool first = !report->first;
    uint32_t previous;

    if (!NT_SUCCESS(report->status) || !thread->tcb.npx_state || thread->terminating)
        return;
    struct debug_event *event = add_event(
        report, first ? DBG_CREATE_PROCESS_STATE_CHANGE : DBG_CREATE_THREAD_STATE_CHANGE, thread);
    if (!event)
        return;
    event->about.created.start_address = (uint32_t)thread->win32_start_address;
    event->suspended = NT_SUCCESS(ke_suspend_thread(&thread->tcb, &previous));
    thread->debug_created = true;
    if (!first)
        return;
    report->first = thread;
    describe_program(report, &event->about.created.image);
}

/* ---- DLLs ---------------------------------------------------------------------------------------
 */

static uint32_t read_word(uintptr_t from)
{
    uint32_t word;

    return ki_copy_from_user_space(&word, from, sizeof(word)) ? word : 0;
}

static void add_module(struct report *report, uintptr_t at)
{
    struct mm_page_source *file;
    uintptr_t base;

    if (!mm_find_image(&report->process->vm, at, &base, &file))
        return;
    struct debug_event *event = add_event(report, DBG_LOAD_DLL_STATE_CHANGE, report->first);
    if (event)
        event->about.image = dbgk_describe_image(file, base);
    else
        file->dereference(file);
}

static void add_modules(struct report *report)
{
    uintptr_t head = read_word(MM_PEB + PEB_LDR), at;

    if (!head)
        return; /* it has not begun to load */
    head += LDR_IN_LOAD_ORDER;
    at = read_word(head);
    for (uint32_t i = 0; at && at != head && i < MOST_MODULES_TOLD_OF; i++) {
        uintptr_t base = read_word(at + ENTRY_DLL_BASE);

        if (base && base != report->process->image_base)
            add_module(report, base);
        at = read_word(at);
    }
}

/* ---- both ---------------------------------------------------------------------------------------
 */

static ntstatus can_be_attached(const struct eprocess *process, const struct debug_object *object)
{
    if (object->inactive)
        return STATUS_DEBUGGER_INACTIVE;
    if (process->debug.port)
        return STATUS_PORT_ALREADY_SET;
    if (process->exiting || !process->active_threads)
        return STATUS_PROCESS_IS_TERMINATING;
    return STATUS_SUCCESS;
}

/* The debug lock is held. */
static void describe(struct report *report)
{
    struct kprocess *saved;

    ke_stack_attach_process(&report->process->pcb, &saved);
    ps_visit_threads(report->process, add_thread, report);
    if (NT_SUCCESS(report->status) && report->first)
        add_modules(report);
    ke_unstack_detach_process(saved);
    if (NT_SUCCESS(report->status) && !report->first)
        report->status = STATUS_PROCESS_IS_TERMINATING;
}

/* The debug lock is held. The port comes first: a thread that begins from now on tells of itself,
 * and waits for the lock to do so. */
static void attach(struct report *report)
{
    struct eprocess *process = report->process;

    report->status = can_be_attached(process, report->object);
    if (!NT_SUCCESS(report->status))
        return;
    dbgk_set_port(process, report->object);
    describe(report);
    if (!NT_SUCCESS(report->status)) {
        dbgk_set_port(process, NULL);
        return;
    }
    process->debug.created = true;
    process->debug.no_inherit = true; /* DebugActiveProcess: as DEBUG_ONLY_THIS_PROCESS has it */
    while (!is_list_empty(&report->events))
        dbgk_queue_event(report->object, CONTAINER_OF(remove_head_list(&report->events),
                                                      struct debug_event, links));
}

ntstatus dbgk_attach(struct eprocess *process, struct debug_object *object)
{
    struct report report = {.object = object, .process = process};

    initialize_list_head(&report.events);
    ex_acquire_fast_mutex(&dbgk_lock);
    attach(&report);
    ex_release_fast_mutex(&dbgk_lock);
    dbgk_finish_events(&report.events, STATUS_DEBUGGER_INACTIVE); /* what was for nothing */
    if (NT_SUCCESS(report.status))
        dbgk_mark_process_peb(process);
    return report.status;
}

ntstatus dbgk_detach(struct eprocess *process, struct debug_object *object)
{
    struct list_entry events;

    initialize_list_head(&events);
    ex_acquire_fast_mutex(&dbgk_lock);
    bool is_port = process->debug.port == object;
    if (is_port) {
        dbgk_set_port(process, NULL);
        dbgk_remove_events(object, process, &events);
    }
    ex_release_fast_mutex(&dbgk_lock);
    if (!is_port)
        return STATUS_PORT_NOT_SET;
    dbgk_mark_process_peb(process);
    dbgk_finish_events(&events, STATUS_DEBUGGER_INACTIVE);
    return STATUS_SUCCESS;
}
