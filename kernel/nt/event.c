/* Events for programs. */
#include "kernel/ex/objects.h"
#include "kernel/nt/common.h"

ntstatus nt_create_event(handle_t *handle, uint32_t access,
                         const struct nt_object_attributes *attributes, uint32_t type,
                         uint8_t signalled)
{
    struct nt_creation creation;
    ntstatus status = nt_begin_creation(&creation, handle, attributes);

    if (!NT_SUCCESS(status))
        return status;
    if (type == EVENT_NOTIFICATION_OBJECT || type == EVENT_SYNCHRONIZATION_OBJECT)
        status = ex_create_event(creation.attributes, access, ke_get_previous_mode(), type,
                                 signalled != 0, &creation.handle);
    else
        status = STATUS_INVALID_PARAMETER;
    return nt_end_creation(&creation, status);
}

ntstatus nt_open_event(handle_t *handle, uint32_t access,
                       const struct nt_object_attributes *attributes)
{
    return nt_open_object(handle, access, attributes, ex_event_type);
}

/* CHANGE the event, and tell whether it was signalled. */
static ntstatus change(handle_t handle, int32_t *previous_at, bool (*function)(struct kevent *))
{
    void *event;
    ntstatus status = nt_probe_result(previous_at, sizeof(*previous_at));

    if (NT_SUCCESS(status))
        status = nt_reference_object(handle, EVENT_MODIFY_STATE, ex_event_type, &event, NULL);
    if (!NT_SUCCESS(status))
        return status;
    int32_t previous = function(event);
    ob_dereference_object(event);
    nt_write_result(previous_at, &previous, sizeof(previous));
    return STATUS_SUCCESS;
}

static bool set(struct kevent *event)
{
    return ke_set_event(event, EVENT_INCREMENT);
}

static bool pulse(struct kevent *event)
{
    return ke_pulse_event(event, EVENT_INCREMENT);
}

ntstatus nt_set_event(handle_t handle, int32_t *previous)
{
    return change(handle, previous, set);
}

ntstatus nt_reset_event(handle_t handle, int32_t *previous)
{
    return change(handle, previous, ke_reset_event);
}

ntstatus nt_clear_event(handle_t handle)
{
    return change(handle, NULL, ke_reset_event);
}

ntstatus nt_pulse_event(handle_t handle, int32_t *previous)
{
    return change(handle, previous, pulse);
}

static void fill(const void *object, void *information)
{
    const struct kevent *event = object;

    *(struct event_basic_information *)information = (struct event_basic_information){
        .type = event->header.type,
        .state = ke_read_state_event(event),
    };
}

ntstatus nt_query_event(handle_t handle, uint32_t information_class, void *buffer, uint32_t length,
                        uint32_t *returned)
{
    static const struct nt_query query = {&ex_event_type, EVENT_QUERY_STATE,
                                          sizeof(struct event_basic_information), fill};

    return nt_query(&query, handle, information_class, buffer, length, returned);
}
