/* The services of debuggers: debug objects by their handles, and events with handles in them. */
#include "kernel/nt/debug.h"
#include "kernel/dbgk/dbgk.h"
#include "kernel/io/io.h"

#define KILL_PROCESS_ON_EXIT_CLASS 1u

static ntstatus reference_object(handle_t handle, uint32_t access, struct debug_object **object)
{
    void *body;
    ntstatus status = ob_reference_object_by_handle(handle, access, dbgk_debug_object_type,
                                                    ke_get_previous_mode(), &body, NULL);

    *object = body;
    return status;
}

ntstatus nt_create_debug_object(handle_t *handle_at, uint32_t access,
                                const struct nt_object_attributes *attributes, uint32_t flags)
{
    struct nt_creation creation;
    struct debug_object *object;

    if (flags & ~DEBUG_KILL_ON_CLOSE)
        return STATUS_INVALID_PARAMETER;
    ntstatus status = nt_begin_creation(&creation, handle_at, attributes);
    if (!NT_SUCCESS(status))
        return status;
    status = dbgk_create_debug_object(flags, &object);
    if (NT_SUCCESS(status))
        status = ob_insert_object(object, creation.attributes, access, ke_get_previous_mode(),
                                  &creation.handle);
    return nt_end_creation(&creation, status);
}

ntstatus nt_set_information_debug_object(handle_t handle, uint32_t information_class,
                                         const void *buffer, uint32_t length, uint32_t *returned)
{
    struct debug_object *object;
    uint32_t flags, ignored;
    ntstatus status = returned ? rtl_probe_user_word(returned, &ignored) : STATUS_SUCCESS;

    if (!NT_SUCCESS(status))
        return status;
    if (information_class != KILL_PROCESS_ON_EXIT_CLASS)
        return STATUS_INVALID_PARAMETER;
    if (length != sizeof(flags)) {
        if (returned)
            (void)rtl_write_user_word(returned, sizeof(flags));
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    status = rtl_read_user_word(&flags, buffer);
    if (NT_SUCCESS(status) && (flags & ~DEBUG_KILL_ON_CLOSE))
        status = STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status))
        status = reference_object(handle, DEBUG_SET_INFORMATION, &object);
    if (!NT_SUCCESS(status))
        return status;
    dbgk_set_flags(object, flags);
    ob_dereference_object(object);
    return STATUS_SUCCESS;
}

/* ---- attaching and detaching --------------------------------------------------------------------
 */

static ntstatus debug(handle_t process_handle, handle_t object_handle,
                      ntstatus (*act)(struct eprocess *process, struct debug_object *object))
{
    struct eprocess *process;
    struct debug_object *object;
    ntstatus status = nt_reference_process(process_handle, PROCESS_SUSPEND_RESUME, &process);

    if (!NT_SUCCESS(status))
        return status;
    if (process == ps_get_current_thread()->process || !process->pcb.address_space)
        status = STATUS_ACCESS_DENIED; /* nobody can wait for itself, or stop the system */
    else
        status = reference_object(object_handle, DEBUG_PROCESS_ASSIGN, &object);
    if (NT_SUCCESS(status)) {
        status = act(process, object);
        ob_dereference_object(object);
    }
    ob_dereference_object(process);
    return status;
}

ntstatus nt_debug_active_process(handle_t process, handle_t debug_object)
{
    return debug(process, debug_object, dbgk_attach);
}

ntstatus nt_remove_process_debug(handle_t process, handle_t debug_object)
{
    return debug(process, debug_object, dbgk_detach);
}

/* ---- events -------------------------------------------------------------------------------------
 */

/* The handles that an event brings, to be closed if it cannot be told. */
struct brought {
    handle_t handles[3];
    uint32_t count;
};

static handle_t keep(struct brought *brought, ntstatus status, handle_t handle)
{
    if (!NT_SUCCESS(status))
        return 0; /* then it comes without */
    brought->handles[brought->count++] = handle;
    return handle;
}

static handle_t bring(struct brought *brought, void *object, const struct object_type *type)
{
    handle_t handle;
    ntstatus status =
        ob_open_object_by_pointer(object, 0, type->info.valid_access, type, KERNEL_MODE, &handle);

    return keep(brought, status, handle);
}

static handle_t bring_file(struct brought *brought, const struct mm_page_source *file)
{
    handle_t handle;

    if (!file)
        return 0;
    ntstatus status =
        io_open_page_source(file, FILE_READ_DATA | FILE_READ_ATTRIBUTES | FILE_EXECUTE, &handle);
    return keep(brought, status, handle);
}

static void tell_create_process(const struct debug_event *event,
                                struct dbgui_wait_state_change *change, struct brought *brought)
{
    const struct dbgk_image *image = &event->about.created.image;

    change->info.create_process.process = bring(brought, event->process, ps_process_type);
    change->info.create_process.thread = bring(brought, event->thread, ps_thread_type);
    change->info.create_process.file = bring_file(brought, image->file);
    change->info.create_process.base_of_image = image->base;
    change->info.create_process.debug_info_offset = image->symbols_offset;
    change->info.create_process.debug_info_size = image->symbols;
    change->info.create_process.start_address = event->about.created.start_address;
}

static void tell_load_dll(const struct debug_event *event, struct dbgui_wait_state_change *change,
                          struct brought *brought)
{
    const struct dbgk_image *image = &event->about.image;

    change->info.load_dll.file = bring_file(brought, image->file);
    change->info.load_dll.base_of_dll = image->base;
    change->info.load_dll.debug_info_offset = image->symbols_offset;
    change->info.load_dll.debug_info_size = image->symbols;
    change->info.load_dll.name_pointer = image->name_pointer;
}

static void tell(const struct debug_event *event, struct dbgui_wait_state_change *change,
                 struct brought *brought)
{
    *change = (struct dbgui_wait_state_change){
        .new_state = event->state,
        .client = {event->process->unique_process_id, event->thread->tcb.id},
    };
    switch (event->state) {
    case DBG_CREATE_PROCESS_STATE_CHANGE:
        tell_create_process(event, change, brought);
        break;
    case DBG_CREATE_THREAD_STATE_CHANGE:
        change->info.create_thread.thread = bring(brought, event->thread, ps_thread_type);
        change->info.create_thread.start_address = event->about.created.start_address;
        break;
    case DBG_EXIT_PROCESS_STATE_CHANGE:
    case DBG_EXIT_THREAD_STATE_CHANGE:
        change->info.exit_status = event->about.exit_status;
        break;
    case DBG_LOAD_DLL_STATE_CHANGE:
        tell_load_dll(event, change, brought);
        break;
    case DBG_UNLOAD_DLL_STATE_CHANGE:
        change->info.unloaded_base = event->about.image.base;
        break;
    default:
        change->info.exception.record = event->about.exception.record;
        change->info.exception.first_chance = event->about.exception.first_chance;
    }
}

/* => false: there was no event after all. */
static bool take(struct debug_object *object, struct dbgui_wait_state_change *change_at,
                 ntstatus *status)
{
    struct dbgui_wait_state_change change;
    struct debug_event event;
    struct brought brought = {.count = 0};

    if (!dbgk_take_event(object, &event))
        return false;
    tell(&event, &change, &brought);
    *status = rtl_copy_to_user(change_at, &change, sizeof(change));
    if (!NT_SUCCESS(*status)) {
        for (uint32_t i = 0; i < brought.count; i++)
            ob_close_handle(brought.handles[i], ke_get_previous_mode());
        dbgk_untake_event(object, &event);
    }
    dbgk_release_taken(&event);
    return true;
}

/* A timeout from now on becomes a moment: there may be more than one wait for it. One that no time
 * can tell never comes. */
static int64_t moment_of(int64_t timeout)
{
    if (timeout >= 0)
        return timeout;
    uint64_t moment = ke_query_system_time() - (uint64_t)timeout;
    return moment > INT64_MAX ? INT64_MAX : (int64_t)moment;
}

static ntstatus wait_for_event(struct debug_object *object, uint8_t alertable,
                               const int64_t *timeout, struct dbgui_wait_state_change *change)
{
    ntstatus status;

    do {
        status = ke_wait_for_single_object(object, WR_USER_REQUEST, ke_get_previous_mode(),
                                           alertable != 0, timeout);
        if (status == STATUS_SUCCESS && object->inactive)
            status = STATUS_DEBUGGER_INACTIVE;
    } while (status == STATUS_SUCCESS && !take(object, change, &status));
    return status;
}

ntstatus nt_wait_for_debug_event(handle_t handle, uint8_t alertable, const int64_t *timeout_at,
                                 struct dbgui_wait_state_change *change)
{
    struct debug_object *object;
    int64_t timeout;
    ntstatus status = STATUS_SUCCESS;

    if (timeout_at)
        status = rtl_copy_from_user(&timeout, timeout_at, sizeof(timeout));
    if (NT_SUCCESS(status))
        status = rtl_probe_user_buffer(change, sizeof(*change));
    if (NT_SUCCESS(status))
        status = reference_object(handle, DEBUG_READ_EVENT, &object);
    if (!NT_SUCCESS(status))
        return status;
    timeout = timeout_at ? moment_of(timeout) : 0;
    status = wait_for_event(object, alertable, timeout_at ? &timeout : NULL, change);
    ob_dereference_object(object);
    return status;
}

static bool is_answer(ntstatus status)
{
    static const ntstatus answers[] = {DBG_CONTINUE, DBG_EXCEPTION_HANDLED,
                                       DBG_EXCEPTION_NOT_HANDLED, DBG_TERMINATE_THREAD,
                                       DBG_TERMINATE_PROCESS};

    for (uint32_t i = 0; i < ARRAY_SIZE(answers); i++)
        if (answers[i] == status)
            return true;
    return false;
}

ntstatus nt_debug_continue(handle_t handle, const struct client_id *client_at, ntstatus answer)
{
    struct debug_object *object;
    struct client_id client;
    ntstatus status = rtl_copy_from_user(&client, client_at, sizeof(client));

    if (NT_SUCCESS(status) && !is_answer(answer))
        status = STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status))
        status = reference_object(handle, DEBUG_READ_EVENT, &object);
    if (!NT_SUCCESS(status))
        return status;
    status = dbgk_continue(object, client.process, client.thread, answer);
    ob_dereference_object(object);
    return status;
}
