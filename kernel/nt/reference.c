/* Objects by their handles. */
#include "kernel/nt/reference.h"
#include "kernel/nt/user_memory.h"

/* => what the pseudo-handle HANDLE stands for, or NULL: it is none. */
static void *pseudo_object(handle_t handle)
{
    struct ethread *thread = ps_get_current_thread();

    return handle == NT_CURRENT_PROCESS  ? (void *)thread->process
           : handle == NT_CURRENT_THREAD ? (void *)thread
                                         : NULL;
}

ntstatus nt_reference_object(handle_t handle, uint32_t access, const struct object_type *type,
                             void **object, struct handle_entry *info)
{
    *object = pseudo_object(handle);
    if (!*object)
        return ob_reference_object_by_handle(handle, access, type, ke_get_previous_mode(), object,
                                             info);
    ntstatus status = ob_reference_object_by_pointer(*object, type);
    if (!NT_SUCCESS(status)) {
        *object = NULL;
        return status;
    }
    if (info)
        *info =
            (struct handle_entry){.object = ob_header(*object),
                                  .granted_access = ob_header(*object)->type->info.valid_access};
    return STATUS_SUCCESS;
}

ntstatus nt_reference_process(handle_t handle, uint32_t access, struct eprocess **process)
{
    void *object;
    ntstatus status = nt_reference_object(handle, access, ps_process_type, &object, NULL);

    *process = object;
    return status;
}

bool nt_has_address_space(const struct eprocess *process)
{
    return process->pcb.address_space &&
           (!process->exiting || process == ps_get_current_thread()->process);
}

ntstatus nt_reference_thread(handle_t handle, uint32_t access, struct ethread **thread)
{
    void *object;
    ntstatus status = nt_reference_object(handle, access, ps_thread_type, &object, NULL);

    *thread = object;
    return status;
}
