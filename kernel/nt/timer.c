/* Timers for programs. */
#include "kernel/ex/timer.h"
#include "kernel/ex/objects.h"
#include "kernel/nt/common.h"

/* TIMER_TYPE: what kind of dispatcher object it is. */
static const enum kobject_type kinds[] = {TIMER_NOTIFICATION_OBJECT, TIMER_SYNCHRONIZATION_OBJECT};

ntstatus nt_create_timer(handle_t *handle, uint32_t access,
                         const struct nt_object_attributes *attributes, uint32_t type)
{
    struct nt_creation creation;
    ntstatus status = nt_begin_creation(&creation, handle, attributes);

    if (!NT_SUCCESS(status))
        return status;
    if (type < ARRAY_SIZE(kinds))
        status = ex_create_timer(creation.attributes, access, ke_get_previous_mode(), kinds[type],
                                 &creation.handle);
    else
        status = STATUS_INVALID_PARAMETER_4;
    return nt_end_creation(&creation, status);
}

ntstatus nt_open_timer(handle_t *handle, uint32_t access,
                       const struct nt_object_attributes *attributes)
{
    return nt_open_object(handle, access, attributes, ex_timer_type);
}

ntstatus nt_set_timer(handle_t handle, const int64_t *due_at, knormal_routine routine,
                      void *context, uint8_t resume, int32_t period, uint8_t *previous_at)
{
    void *timer;
    int64_t due;
    ntstatus status = nt_probe_result(previous_at, sizeof(*previous_at));

    if (NT_SUCCESS(status))
        status = rtl_copy_from_user(&due, due_at, sizeof(due));
    if (NT_SUCCESS(status) && period < 0)
        status = STATUS_INVALID_PARAMETER_6;
    if (NT_SUCCESS(status))
        status = nt_reference_object(handle, TIMER_MODIFY_STATE, ex_timer_type, &timer, NULL);
    if (!NT_SUCCESS(status))
        return status;
    uint8_t previous =
        ex_set_timer(timer, due, (uint32_t)period, routine, context, ke_get_previous_mode());
    ob_dereference_object(timer);
    nt_write_result(previous_at, &previous, sizeof(previous));
    return resume ? STATUS_TIMER_RESUME_IGNORED : STATUS_SUCCESS; /* the machine never sleeps */
}

ntstatus nt_cancel_timer(handle_t handle, uint8_t *state_at)
{
    void *timer;
    ntstatus status = nt_probe_result(state_at, sizeof(*state_at));

    if (NT_SUCCESS(status))
        status = nt_reference_object(handle, TIMER_MODIFY_STATE, ex_timer_type, &timer, NULL);
    if (!NT_SUCCESS(status))
        return status;
    uint8_t state = ex_cancel_timer(timer);
    ob_dereference_object(timer);
    nt_write_result(state_at, &state, sizeof(state));
    return STATUS_SUCCESS;
}

static void fill(const void *object, void *information)
{
    const struct ktimer *timer = &((const struct etimer *)object)->timer;

    *(struct timer_basic_information *)information = (struct timer_basic_information){
        .remaining = (int64_t)(timer->due_time - ke_query_interrupt_time()),
        .state = ke_read_state_timer(timer),
    };
}

ntstatus nt_query_timer(handle_t handle, uint32_t information_class, void *buffer, uint32_t length,
                        uint32_t *returned)
{
    static const struct nt_query query = {&ex_timer_type, TIMER_QUERY_STATE,
                                          sizeof(struct timer_basic_information), fill};

    return nt_query(&query, handle, information_class, buffer, length, returned);
}
