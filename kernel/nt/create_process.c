/*
 * Creating and opening processes and threads. The process that asks fills in the rest itself, as on
 * NT: the parameters of a new process by NtWriteVirtualMemory, a thread's stack before the thread.
 */
#include "kernel/dbgk/dbgk.h"
#include "kernel/ke/suspend.h"
#include "kernel/nt/common.h"
#include "kernel/nt/section.h"
#include "kernel/ps/user_process.h"

#define PROCESS_CREATE_FLAGS_BREAKAWAY        0x1u /* of a job: there are none */
#define PROCESS_CREATE_FLAGS_NO_DEBUG_INHERIT 0x2u
#define PROCESS_CREATE_FLAGS_INHERIT_HANDLES  0x4u
#define PROCESS_CREATE_FLAGS_VALID            0x7u

/* OBJECT, new and with one reference, becomes what ATTRIBUTES say, and gets a handle. The reference
 * goes. */
static ntstatus insert(void *object, const struct nt_object_attributes *attributes_at,
                       uint32_t access, handle_t *handle_at)
{
    struct nt_captured_attributes captured;
    handle_t handle;
    ntstatus status = nt_capture_new_attributes(attributes_at, &captured);

    if (!NT_SUCCESS(status)) {
        ob_dereference_object(object);
        return status;
    }
    status =
        ob_insert_object(object, &captured.attributes, access, ke_get_previous_mode(), &handle);
    nt_release_object_attributes(&captured);
    if (!NT_SUCCESS(status))
        return status;
    ntstatus written = rtl_write_user_word(handle_at, handle);
    if (!NT_SUCCESS(written))
        ob_close_handle(handle, ke_get_previous_mode());
    return NT_SUCCESS(written) ? status : written;
}

/* ---- processes ----------------------------------------------------------------------------------
 */

static ntstatus create(struct eprocess *parent, bool inherit_handles, handle_t section_handle,
                       struct eprocess **process)
{
    void *section;

    if (!section_handle) /* a clone of the parent */
        return nt_has_address_space(parent)
                   ? ps_clone_process(process, parent->image_file_name, parent)
                   : STATUS_PROCESS_IS_TERMINATING;
    ntstatus status =
        ob_reference_object_by_handle(section_handle, SECTION_MAP_EXECUTE, nt_section_type,
                                      ke_get_previous_mode(), &section, NULL);

    if (!NT_SUCCESS(status))
        return status;
    status = ps_create_user_process(process, parent->image_file_name,
                                    inherit_handles ? parent : NULL, section);
    ob_dereference_object(section);
    return status;
}

/* => the debug object of HANDLE (0: none), referenced. */
static ntstatus reference_port(handle_t handle, struct debug_object **port)
{
    void *object = NULL;
    ntstatus status =
        handle ? ob_reference_object_by_handle(handle, DEBUG_PROCESS_ASSIGN, dbgk_debug_object_type,
                                               ke_get_previous_mode(), &object, NULL)
               : STATUS_SUCCESS;

    *port = object;
    return status;
}

static void set_debugger(struct eprocess *process, struct eprocess *parent,
                         struct debug_object *port, uint32_t flags)
{
    process->debug.no_inherit = (flags & PROCESS_CREATE_FLAGS_NO_DEBUG_INHERIT) != 0;
    if (port)
        dbgk_assign_new_process(process, port);
    else
        dbgk_copy_process_debug_port(process, parent);
}

/* => the new process in *PROCESS, with a reference. */
static ntstatus create_debugged(handle_t parent_handle, uint32_t flags, handle_t section,
                                handle_t debug_port, struct eprocess **process)
{
    struct debug_object *port;
    struct eprocess *parent;
    ntstatus status = reference_port(debug_port, &port);

    if (!NT_SUCCESS(status))
        return status;
    status = nt_reference_process(parent_handle, PROCESS_CREATE_PROCESS, &parent);
    if (NT_SUCCESS(status)) {
        status = create(parent, flags & PROCESS_CREATE_FLAGS_INHERIT_HANDLES, section, process);
        if (NT_SUCCESS(status)) {
            (*process)->inherited_from_unique_process_id = parent->unique_process_id;
            set_debugger(*process, parent, port, flags);
        }
        ob_dereference_object(parent);
    }
    if (port)
        ob_dereference_object(port);
    return status;
}

ntstatus nt_create_process_ex(handle_t *handle_at, uint32_t access,
                              const struct nt_object_attributes *attributes, handle_t parent,
                              uint32_t flags, handle_t section, handle_t debug_port,
                              handle_t exception_port, uint8_t in_job)
{
    struct eprocess *process = NULL;
    ntstatus status = nt_probe_handle(handle_at);

    (void)in_job; /* there are no jobs */
    if (NT_SUCCESS(status) && (flags & ~PROCESS_CREATE_FLAGS_VALID))
        status = STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status) && exception_port)
        status = STATUS_OBJECT_TYPE_MISMATCH; /* there are no ports: it is something else */
    if (NT_SUCCESS(status))
        status = create_debugged(parent, flags, section, debug_port, &process);
    return NT_SUCCESS(status) ? insert(process, attributes, access, handle_at) : status;
}

ntstatus nt_create_process(handle_t *handle_at, uint32_t access,
                           const struct nt_object_attributes *attributes, handle_t parent,
                           uint8_t inherit_handles, handle_t section, handle_t debug_port,
                           handle_t exception_port)
{
    return nt_create_process_ex(handle_at, access, attributes, parent,
                                inherit_handles ? PROCESS_CREATE_FLAGS_INHERIT_HANDLES : 0, section,
                                debug_port, exception_port, false);
}

/* ---- threads ------------------------------------------------------------------------------------
 */

static ntstatus make_thread(struct eprocess *process, const struct context *context_at,
                            const struct initial_teb *teb_at, uint32_t suspended,
                            struct ethread **thread)
{
    struct context context;
    struct initial_teb teb;
    uint32_t previous;
    ntstatus status = rtl_copy_from_user(&context, context_at, sizeof(context));

    if (NT_SUCCESS(status))
        status = rtl_copy_from_user(&teb, teb_at, sizeof(teb));
    if (!NT_SUCCESS(status))
        return status;
    if (!process->image.image_bytes) /* it has no program, and so no loader */
        return STATUS_INVALID_PARAMETER;
    status = ps_create_process_thread(thread, process, &context, &teb);
    if (NT_SUCCESS(status) && suspended)
        ke_suspend_thread(&(*thread)->tcb, &previous);
    return status;
}

ntstatus nt_create_thread(handle_t *handle_at, uint32_t access,
                          const struct nt_object_attributes *attributes, handle_t process_handle,
                          struct client_id *client_at, const struct context *context,
                          const struct initial_teb *teb, uint32_t suspended)
{
    struct eprocess *process;
    struct ethread *thread;
    ntstatus status = nt_probe_handle(handle_at);

    if (NT_SUCCESS(status))
        status = nt_probe_result(client_at, sizeof(*client_at));
    if (NT_SUCCESS(status))
        status = nt_reference_process(process_handle, PROCESS_CREATE_THREAD, &process);
    if (!NT_SUCCESS(status))
        return status;
    status = make_thread(process, context, teb, suspended, &thread);
    if (!NT_SUCCESS(status)) {
        ob_dereference_object(process);
        return status;
    }
    struct client_id client = {process->unique_process_id, thread->tcb.id};
    ob_dereference_object(process);
    ob_reference_object(thread); /* to be started whether or not it gets its handle */
    status = insert(thread, attributes, access, handle_at);
    if (NT_SUCCESS(status))
        nt_write_result(client_at, &client, sizeof(client));
    else
        ps_terminate_thread(thread, status);
    ps_start_thread(thread);
    ob_dereference_object(thread);
    return status;
}

/* ---- opening by id ------------------------------------------------------------------------------
 */

/* Whose id it is, and what of OBJ_ the handle is to have. Names they have none. */
static ntstatus read_client(const struct nt_object_attributes *attributes_at,
                            const struct client_id *client_at, struct client_id *client,
                            uint32_t *attributes)
{
    struct nt_captured_attributes captured;
    ntstatus status = nt_capture_optional_attributes(attributes_at, &captured);

    if (!NT_SUCCESS(status))
        return status;
    bool named = captured.attributes.name != NULL;
    *attributes = captured.attributes.attributes & (OBJ_INHERIT | OBJ_KERNEL_HANDLE);
    nt_release_object_attributes(&captured);
    return client_at && !named ? rtl_copy_from_user(client, client_at, sizeof(*client))
                               : STATUS_INVALID_PARAMETER_MIX;
}

static bool is_the_systems(const void *object, const struct object_type *type)
{
    const struct eprocess *process =
        type == ps_process_type ? object : ((const struct ethread *)object)->process;

    return !process->pcb.address_space;
}

/* Programs may ask about the system's process and threads and wait for them, no more. On NT their
 * security descriptors say so. */
static ntstatus limit_access(const struct object_type *type, uint32_t *access)
{
    const uint32_t query = PROCESS_QUERY_INFORMATION | THREAD_QUERY_INFORMATION;
    const struct generic_mapping *mapping = &type->info.mapping;
    uint32_t granted, most = (mapping->read & query) | mapping->execute;
    ntstatus status = ob_grant_access(type, *access & ~MAXIMUM_ALLOWED, USER_MODE, &granted);

    if (NT_SUCCESS(status) && (granted & ~most))
        status = STATUS_ACCESS_DENIED;
    *access = *access & MAXIMUM_ALLOWED ? most : granted;
    return status;
}

/* A handle for OBJECT, whose reference goes. */
static ntstatus open_object(void *object, const struct object_type *type, uint32_t attributes,
                            uint32_t access, handle_t *handle_at)
{
    ntstatus status = STATUS_SUCCESS;
    handle_t handle;

    if (!object)
        return STATUS_INVALID_CID;
    if (ke_get_previous_mode() == USER_MODE && is_the_systems(object, type))
        status = limit_access(type, &access);
    if (NT_SUCCESS(status))
        status = ob_open_object_by_pointer(object, attributes, access, type, ke_get_previous_mode(),
                                           &handle);
    ob_dereference_object(object);
    if (!NT_SUCCESS(status))
        return status;
    status = rtl_write_user_word(handle_at, handle);
    if (!NT_SUCCESS(status))
        ob_close_handle(handle, ke_get_previous_mode());
    return status;
}

ntstatus nt_open_process(handle_t *handle_at, uint32_t access,
                         const struct nt_object_attributes *attributes_at,
                         const struct client_id *client_at)
{
    struct client_id client;
    uint32_t attributes;
    ntstatus status = read_client(attributes_at, client_at, &client, &attributes);

    return NT_SUCCESS(status) ? open_object(ps_lookup_process(client.process), ps_process_type,
                                            attributes, access, handle_at)
                              : status;
}

ntstatus nt_open_thread(handle_t *handle_at, uint32_t access,
                        const struct nt_object_attributes *attributes_at,
                        const struct client_id *client_at)
{
    struct client_id client;
    uint32_t attributes;
    ntstatus status = read_client(attributes_at, client_at, &client, &attributes);

    return NT_SUCCESS(status) ? open_object(ps_lookup_thread(client.thread), ps_thread_type,
                                            attributes, access, handle_at)
                              : status;
}
