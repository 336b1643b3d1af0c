/*
 * What happens in debugged processes, told by the thread that it happens to: see dbgk.h. A process
 * that nobody debugs pays for one look at its port.
 */
#include "kernel/dbgk/dbgk.h"
#include "arch/i386/guarded.h"
#include "kernel/ke/suspend.h"
#include "kernel/ke/teb.h"
#include "kernel/ke/user_mode.h"
#include "kernel/ps/system_dll.h"
#include "lib/pe.h"
#include "mm/section.h"

/* The debug lock is held. => the current thread's EVENT is queued, and it is to be waited for. */
static bool queue(struct debug_event *event)
{
    struct debug_object *object = event->process->debug.port;

    if (!object || object->inactive)
        return false;
    dbgk_queue_event(object, event);
    return true;
}

/* Tell EVENT, of the current thread, and wait for the answer. NOTE is called first, with the debug
 * lock held: false, there is nothing to tell. (DbgkpSendApiMessage) */
static ntstatus send(struct debug_event *event, bool (*note)(struct debug_event *event))
{
    event->thread = ps_get_current_thread();
    event->process = event->thread->process;
    ke_initialize_event(&event->continued, EVENT_NOTIFICATION_OBJECT, false);
    ke_freeze_all_threads();
    ex_acquire_fast_mutex(&dbgk_lock);
    bool queued = (!note || note(event)) && queue(event);
    ex_release_fast_mutex(&dbgk_lock);
    if (queued)
        ke_wait_for_single_object(&event->continued, WR_EXECUTIVE, KERNEL_MODE, false, NULL);
    ke_thaw_all_threads();
    return queued ? event->answer : STATUS_PORT_NOT_SET;
}

static void put_back(struct dbgk_image *image)
{
    if (image->file)
        image->file->dereference(image->file);
}

/* ---- exceptions ---------------------------------------------------------------------------------
 */

static bool forward_exception(const struct exception_record *record, bool first_chance)
{
    struct debug_event event = {
        .state = record->exception_code == STATUS_BREAKPOINT    ? DBG_BREAKPOINT_STATE_CHANGE
                 : record->exception_code == STATUS_SINGLE_STEP ? DBG_SINGLE_STEP_STATE_CHANGE
                                                                : DBG_EXCEPTION_STATE_CHANGE,
        .about.exception = {*record, first_chance},
    };
    ntstatus answer = send(&event, NULL);

    return NT_SUCCESS(answer); /* DBG_EXCEPTION_NOT_HANDLED is none */
}

/* ---- images -------------------------------------------------------------------------------------
 */

struct dbgk_image dbgk_describe_image(struct mm_page_source *file, uintptr_t base)
{
    struct dbgk_image image = {.file = file, .base = (uint32_t)base};
    struct image_dos_header dos;
    struct image_nt_headers32 nt;

    if (ki_copy_from_user_space(&dos, base, sizeof(dos)) &&
        ki_copy_from_user_space(&nt, base + dos.e_lfanew, sizeof(nt))) {
        image.symbols_offset = nt.file_header.pointer_to_symbol_table;
        image.symbols = nt.file_header.number_of_symbols;
    }
    return image;
}

static void tell_load(struct mm_page_source *file, uintptr_t base)
{
    struct debug_event event = {.state = DBG_LOAD_DLL_STATE_CHANGE,
                                .about.image = dbgk_describe_image(file, base)};

    event.about.image.name_pointer =
        (uint32_t)ps_get_current_thread()->tcb.teb + TEB_ARBITRARY_USER_POINTER;
    send(&event, NULL);
}

void dbgk_map_view_of_section(struct mm_page_source *file, uintptr_t base)
{
    if (likely(!ke_get_current_process()->debugged))
        return;
    tell_load(file, base); /* the view keeps FILE while this thread waits */
}

void dbgk_unmap_view_of_section(uintptr_t address)
{
    struct debug_event event = {.state = DBG_UNLOAD_DLL_STATE_CHANGE};
    struct mm_page_source *file;
    uintptr_t base;

    if (likely(!ke_get_current_process()->debugged) ||
        !mm_find_image(&ps_get_current_thread()->process->vm, address, &base, &file))
        return;
    file->dereference(file);
    event.about.image.base = (uint32_t)base;
    send(&event, NULL);
}

/* ---- threads ------------------------------------------------------------------------------------
 */

/* The first thread of a process is told as the process. */
static bool note_start(struct debug_event *event)
{
    bool told = event->thread->debug_created;

    event->thread->debug_created = true;
    event->state = event->process->debug.created ? DBG_CREATE_THREAD_STATE_CHANGE
                                                 : DBG_CREATE_PROCESS_STATE_CHANGE;
    event->process->debug.created = true;
    return !told;
}

static void thread_started(struct ethread *thread)
{
    struct debug_event event = {.about.created.start_address =
                                    (uint32_t)thread->win32_start_address};
    struct eprocess *process = thread->process;
    struct mm_page_source *file = NULL;
    uintptr_t base = process->image_base;

    if (likely(!process->pcb.debugged))
        return;
    if (mm_find_image(&process->vm, base, &base, &file))
        event.about.created.image = dbgk_describe_image(file, base);
    send(&event, note_start);
    put_back(&event.about.created.image);
    if (event.state != DBG_CREATE_PROCESS_STATE_CHANGE ||
        !mm_find_image(&process->vm, ps_system_dll_base(process), &base, &file))
        return;
    tell_load(file, base); /* it was there before the first instruction */
    file->dereference(file);
}

/* The end of a thread that was not told of is not told either, unless it is the process's. */
static bool note_exit(struct debug_event *event)
{
    bool last = ps_begin_thread_exit(event->process);

    event->state = last ? DBG_EXIT_PROCESS_STATE_CHANGE : DBG_EXIT_THREAD_STATE_CHANGE;
    return event->thread->debug_created || (last && event->process->debug.created);
}

/* The debug object of a debugging THREAD, which has its handle in its TEB, goes with the thread
 * (DebugSetProcessKillOnExit's documentation). The handle is the program's word. */
static void close_debug_object(const struct ethread *thread)
{
    handle_t handle;
    void *object;

    if (!thread->tcb.teb ||
        ki_copy_guarded(&handle, (void *)(thread->tcb.teb + TEB_DEBUG_OBJECT), sizeof(handle)) ||
        !NT_SUCCESS(ob_reference_object_by_handle(handle, 0, dbgk_debug_object_type, USER_MODE,
                                                  &object, NULL)))
        return;
    ob_close_handle(handle, USER_MODE);
    ob_dereference_object(object);
}

/* First, as it could be its own debugger that THREAD debugs: see process_ends. */
static void thread_exits(struct ethread *thread)
{
    struct debug_event event = {.about.exit_status = thread->exit_status};

    close_debug_object(thread);
    if (likely(!thread->process->pcb.debugged))
        ps_begin_thread_exit(thread->process);
    else
        send(&event, note_exit);
}

/* A debugged process that is to end debugs nobody any more: its own debugger could be among those
 * that it debugs, or be itself, and then each would wait for the other. */
static void process_ends(struct eprocess *process)
{
    if (likely(!process->pcb.debugged))
        return;
    struct handle_table *table = ps_reference_handle_table(process);
    if (!table)
        return;
    ob_close_handles_of_type(table, dbgk_debug_object_type);
    ps_dereference_handle_table(process, table);
}

void dbgk_init(void)
{
    static const struct ps_debug_hooks hooks = {thread_started, thread_exits, process_ends,
                                                dbgk_forget_process};

    dbgk_init_objects();
    ki_forward_exception = forward_exception;
    ps_set_debug_hooks(&hooks);
}
