/* The begin and the end of a request to a device. */
#include "kernel/nt/request.h"
#include "kernel/ex/objects.h"

#define EVENT_MODIFY_STATE 0x2u

ntstatus nt_probe_status_block(struct io_status_block *block)
{
    struct io_status_block value;

    return rtl_probe_user(block, &value, sizeof(value));
}

static ntstatus reference_file(handle_t handle, uint32_t access, bool any,
                               struct nt_request *request)
{
    struct handle_entry entry;
    void *object;
    enum kprocessor_mode mode = ke_get_previous_mode();
    ntstatus status = ob_reference_object_by_handle(handle, any ? 0 : access, io_file_type, mode,
                                                    &object, &entry);

    if (!NT_SUCCESS(status))
        return status;
    request->file = object;
    request->granted = ex_handle_access(&entry);
    if (!any || mode == KERNEL_MODE || !access || (access & request->granted))
        return STATUS_SUCCESS;
    ob_dereference_object(object);
    return STATUS_ACCESS_DENIED;
}

static ntstatus reference_event(handle_t handle, struct nt_request *request)
{
    void *event;

    request->event = NULL;
    if (!handle)
        return STATUS_SUCCESS;
    ntstatus status = ob_reference_object_by_handle(handle, EVENT_MODIFY_STATE, ex_event_type,
                                                    ke_get_previous_mode(), &event, NULL);
    if (!NT_SUCCESS(status))
        return status;
    request->event = event;
    ke_reset_event(event);
    return STATUS_SUCCESS;
}

ntstatus nt_begin_request(handle_t file, uint32_t access, bool any, handle_t event,
                          const void *apc_routine, struct io_status_block *block,
                          struct nt_request *request)
{
    ntstatus status = nt_probe_status_block(block);

    if (NT_SUCCESS(status))
        status = reference_file(file, access, any, request);
    if (!NT_SUCCESS(status))
        return status;
    request->block = block;
    status = apc_routine ? STATUS_NOT_SUPPORTED : reference_event(event, request);
    if (!NT_SUCCESS(status))
        ob_dereference_object(request->file);
    else
        ke_reset_event(&request->file->event);
    return status;
}

ntstatus nt_end_request(struct nt_request *request, ntstatus status, uint32_t information)
{
    struct io_status_block value = {status, information};
    ntstatus told = rtl_copy_to_user(request->block, &value, sizeof(value));

    ke_set_event(&request->file->event, EVENT_INCREMENT);
    if (request->event && !NT_ERROR(status))
        ke_set_event(request->event, EVENT_INCREMENT);
    if (request->event)
        ob_dereference_object(request->event);
    ob_dereference_object(request->file);
    return NT_SUCCESS(told) ? status : told;
}
