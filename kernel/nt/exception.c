/* Going on at a context, and raising exceptions. */
#include "kernel/ke/user_mode.h"
#include "kernel/nt/nt.h"
#include "kernel/nt/user_memory.h"

/* Only threads of user mode have a frame to return by. */
static struct ktrap_frame *own_frame(void)
{
    const struct kthread *thread = ke_get_current_thread();

    return ke_get_previous_mode() == USER_MODE ? ki_thread_trap_frame(thread) : NULL;
}

ntstatus nt_continue(const struct context *context_at, uint32_t test_alert)
{
    struct aligned_context aligned;
    struct context *context = &aligned.context;
    struct ktrap_frame *frame = own_frame();
    ntstatus status = frame ? rtl_copy_from_user(context, context_at, CONTEXT_USED_BYTES)
                            : STATUS_INVALID_PARAMETER;

    if (!NT_SUCCESS(status))
        return status;
    if (test_alert)
        ke_test_alert_thread(USER_MODE);
    ke_context_to_kframes(ke_get_current_thread(), frame, context);
    return STATUS_SUCCESS;
}

ntstatus nt_raise_exception(const struct exception_record *record_at,
                            const struct context *context_at, uint32_t first_chance)
{
    struct context context;
    struct exception_record record;
    struct ktrap_frame *frame = own_frame();
    ntstatus status = frame ? rtl_copy_from_user(&context, context_at, sizeof(context))
                            : STATUS_INVALID_PARAMETER;

    if (NT_SUCCESS(status))
        status = rtl_copy_from_user(&record, record_at, sizeof(record));
    if (!NT_SUCCESS(status))
        return status;
    if (record.number_parameters > EXCEPTION_MAXIMUM_PARAMETERS)
        return STATUS_INVALID_PARAMETER;
    ki_dispatch_exception(&record, frame, &context, first_chance != 0);
    return STATUS_SUCCESS;
}
