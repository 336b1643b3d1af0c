/* Processes and threads by their handles. */
#include "kernel/nt/reference.h"
#include "kernel/nt/user_memory.h"

static ntstatus reference(handle_t handle, uint32_t access, const struct object_type *type,
                          void **object)
{
    return ob_reference_object_by_handle(handle, access, type, ke_get_previous_mode(), object,
                                         NULL);
}

ntstatus nt_reference_process(handle_t handle, uint32_t access, struct eprocess **process)
{
    void *object = ps_get_current_thread()->process;
    ntstatus status = STATUS_SUCCESS;

    if (handle == NT_CURRENT_PROCESS)
        ob_reference_object(object);
    else
        status = reference(handle, access, ps_process_type, &object);
    *process = object;
    return status;
}

ntstatus nt_reference_thread(handle_t handle, uint32_t access, struct ethread **thread)
{
    void *object = ps_get_current_thread();
    ntstatus status = STATUS_SUCCESS;

    if (handle == NT_CURRENT_THREAD)
        ob_reference_object(object);
    else
        status = reference(handle, access, ps_thread_type, &object);
    *thread = object;
    return status;
}
