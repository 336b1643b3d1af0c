/*
 * APCs of user mode: the thread that returns there is sent to its process's dispatcher instead,
 * with the call and the state that it is to go on with afterwards on its stack.
 */
#include "kernel/ke/irql.h"
#include "kernel/ke/user_mode.h"

/* What lies on the user's stack for the dispatcher. */
struct apc_stack {
    uint32_t routine, normal_context, argument1, argument2;
    struct context context;
};
#define EXTENDED_OFFSET offsetof(struct apc_stack, context.extended_registers)

/* => the address that could not be written, or 0. */
static uintptr_t deliver(struct ktrap_frame *frame, struct apc_stack *stack)
{
    struct kthread *thread = ke_get_current_thread();

    const void *extended = ke_capture_user_context(frame, &stack->context);
    uintptr_t esp = ROUND_DOWN((uintptr_t)stack->context.esp - sizeof(*stack), 4);
    if (!ki_copy_to_user_stack(esp, stack, EXTENDED_OFFSET) ||
        !ki_copy_to_user_stack(esp + EXTENDED_OFFSET, extended, NPX_USED_BYTES))
        return esp;
    ki_enter_dispatcher(frame, esp, thread->process->user_apc_dispatcher);
    return 0;
}

void ki_call_user_apc(struct ktrap_frame *frame, knormal_routine routine, void *context,
                      void *argument1, void *argument2)
{
    struct apc_stack stack; /* large: it is not set twice */
    bool can_be_called = ke_get_current_thread()->process->user_apc_dispatcher != 0;

    stack.routine = (uint32_t)routine;
    stack.normal_context = (uint32_t)context;
    stack.argument1 = (uint32_t)argument1;
    stack.argument2 = (uint32_t)argument2;
    uintptr_t failed = can_be_called ? deliver(frame, &stack) : 0;

    if (can_be_called && !failed)
        return;
    struct exception_record record = {
        .exception_code = STATUS_ACCESS_VIOLATION,
        .exception_address = frame->eip,
        .number_parameters = 2,
        .exception_information = {1, (uint32_t)failed},
    };
    ke_lower_irql(PASSIVE_LEVEL); /* the process may end by it */
    ki_dispatch_exception(&record, frame, NULL, can_be_called);
    ke_raise_irql(APC_LEVEL);
}
