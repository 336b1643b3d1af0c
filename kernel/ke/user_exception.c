/*
 * Exceptions of user mode: from the processor's vector to NT's code and parameters
 * (EXCEPTION_RECORD's documentation), and from there to the place where user mode handles them.
 */
#include "arch/i386/descriptors.h"
#include "arch/i386/guarded.h"
#include "arch/i386/registers.h"
#include "kernel/ke/debug_registers.h"
#include "kernel/ke/user_mode.h"
#include "lib/string.h"

void (*ki_unhandled_exception)(ntstatus code);
bool (*ki_forward_exception)(const struct exception_record *record, bool first_chance);

#define VECTOR_BOUNDS 5

static const struct {
    uint8_t vector;
    ntstatus code;
} codes[] = {
    {VECTOR_DIVIDE, STATUS_INTEGER_DIVIDE_BY_ZERO},
    {VECTOR_DEBUG, STATUS_SINGLE_STEP},
    {VECTOR_BREAKPOINT, STATUS_BREAKPOINT},
    {VECTOR_OVERFLOW, STATUS_INTEGER_OVERFLOW},
    {VECTOR_BOUNDS, STATUS_ARRAY_BOUNDS_EXCEEDED},
    {VECTOR_INVALID_OPCODE, STATUS_ILLEGAL_INSTRUCTION},
    {VECTOR_ALIGNMENT, STATUS_DATATYPE_MISALIGNMENT},
    {VECTOR_SIMD, STATUS_FLOAT_MULTIPLE_TRAPS},
};

static bool is_user_space(uintptr_t address, uint32_t bytes)
{
    return address <= ki_highest_user_address && ki_highest_user_address - address >= bytes - 1;
}

bool ki_copy_to_user_stack(uintptr_t to, const void *from, uint32_t bytes)
{
    return is_user_space(to, bytes) && !ki_copy_guarded((void *)to, from, bytes);
}

bool ki_copy_from_user_space(void *to, uintptr_t from, uint32_t bytes)
{
    return is_user_space(from, bytes) && !ki_copy_guarded(to, (const void *)from, bytes);
}

/* An unmasked floating-point exception of the current thread, the first that is documented; its
 * registers are the processor's. */
static ntstatus float_code(void)
{
    static const struct {
        uint32_t flags;
        ntstatus code;
    } floats[] = {
        {NPX_STACK_FAULT | NPX_INVALID, STATUS_FLOAT_STACK_CHECK},
        {NPX_INVALID, STATUS_FLOAT_INVALID_OPERATION},
        {NPX_ZERO_DIVIDE, STATUS_FLOAT_DIVIDE_BY_ZERO},
        {NPX_DENORMAL, STATUS_FLOAT_DENORMAL_OPERAND},
        {NPX_OVERFLOW, STATUS_FLOAT_OVERFLOW},
        {NPX_UNDERFLOW, STATUS_FLOAT_UNDERFLOW},
        {NPX_PRECISION, STATUS_FLOAT_INEXACT_RESULT},
    };
    uint32_t pending = ki_npx_unmasked_exceptions();

    for (uint32_t i = 0; i < ARRAY_SIZE(floats); i++)
        if ((pending & floats[i].flags) == floats[i].flags)
            return floats[i].code;
    return STATUS_FLOAT_INVALID_OPERATION; /* it is over already */
}

static ntstatus code_of(struct ktrap_frame *frame)
{
    if (frame->vector == VECTOR_X87)
        return float_code();
    if (frame->vector == VECTOR_INVALID_OPCODE && ki_has_lock_prefix(frame->eip))
        return STATUS_INVALID_LOCK_SEQUENCE;
    if (frame->vector == VECTOR_DIVIDE && !ki_divides_by_zero(frame))
        return STATUS_INTEGER_OVERFLOW;
    for (uint32_t i = 0; i < ARRAY_SIZE(codes); i++)
        if (codes[i].vector == frame->vector)
            return codes[i].code;
    return ki_is_privileged(frame->eip) ? STATUS_PRIVILEGED_INSTRUCTION : STATUS_ACCESS_VIOLATION;
}

static struct exception_record record_of(struct ktrap_frame *frame)
{
    struct exception_record record = {.exception_code = code_of(frame),
                                      .exception_address = frame->eip};

    if (frame->vector == VECTOR_BREAKPOINT || frame->vector == VECTOR_OVERFLOW)
        record.exception_address--; /* traps come behind the instruction */
    if (frame->vector == VECTOR_BREAKPOINT)
        record.number_parameters = 1;
    if (record.exception_code ==
        STATUS_ACCESS_VIOLATION) { /* #GP and its kin: no address is said */
        record.number_parameters = 2;
        record.exception_information[1] = UINT32_MAX;
    }
    return record;
}

void ki_user_access_failed(ntstatus status, uintptr_t va, struct ktrap_frame *frame)
{
    struct exception_record record = {
        .exception_code = status,
        .exception_address = frame->eip,
        .number_parameters = status == STATUS_IN_PAGE_ERROR ? 3 : 2,
        .exception_information = {(frame->error_code >> 1) & 1, (uint32_t)va, status},
    };

    enable_interrupts();
    if (status == STATUS_STACK_OVERFLOW)
        record.number_parameters = 0;
    ki_dispatch_exception(&record, frame, NULL, true);
    disable_interrupts();
}

void ki_enter_dispatcher(struct ktrap_frame *frame, uintptr_t esp, uintptr_t dispatcher)
{
    struct kuser_frame *user = ki_user_frame(frame);

    frame->esp = (uint32_t)esp;
    frame->eip = (uint32_t)dispatcher;
    frame->eflags &= ~(EFLAGS_TF | EFLAGS_DF);
    frame->ss = user->ds = user->es = KGDT_R3_DATA;
    user->fs = KGDT_R3_TEB;
    frame->vector = 0; /* all registers count (arch/i386/trap.h) */
}

/* What lies on the user's stack for the dispatcher. */
struct exception_stack {
    uint32_t record_address, context_address;
    struct exception_record record;
    struct context context;
};
#define EXTENDED_OFFSET offsetof(struct exception_stack, context.extended_registers)

static bool deliver(const struct exception_record *record, struct ktrap_frame *frame,
                    const struct context *given)
{
    struct exception_stack stack; /* large: it is not set twice */
    const void *extended;

    stack.record = *record;
    if (given) {
        memcpy(&stack.context, given, offsetof(struct context, extended_registers));
        extended = given->extended_registers;
    } else {
        extended = ke_capture_user_context(frame, &stack.context);
    }
    uintptr_t esp = ROUND_DOWN((uintptr_t)stack.context.esp - sizeof(stack), 4);
    stack.record_address = (uint32_t)(esp + offsetof(struct exception_stack, record));
    stack.context_address = (uint32_t)(esp + offsetof(struct exception_stack, context));
    if (!ki_copy_to_user_stack(esp, &stack, EXTENDED_OFFSET) ||
        !ki_copy_to_user_stack(esp + EXTENDED_OFFSET, extended, NPX_USED_BYTES))
        return false;
    ki_enter_dispatcher(frame, esp, ke_get_current_thread()->process->user_exception_dispatcher);
    return true;
}

static bool ask_debugger(const struct exception_record *record, bool first_chance)
{
    return unlikely(ke_get_current_process()->debugged) &&
           ki_forward_exception(record, first_chance);
}

static void deliver_or_end(const struct exception_record *record, struct ktrap_frame *frame,
                           struct context *context)
{
    struct kthread *thread = ke_get_current_thread();

    if (thread->process->user_exception_dispatcher && deliver(record, frame, context))
        return;
    if (context) /* a debugger may have come meanwhile */
        ke_context_to_kframes(thread, frame, context);
    if (!ask_debugger(record, false))
        ki_unhandled_exception(record->exception_code);
}

void ki_dispatch_exception(const struct exception_record *record, struct ktrap_frame *frame,
                           struct context *context, bool first_chance)
{
    /* Looked at once: a debugger that comes behind this is not asked about what was before it. */
    bool debugged = ke_get_current_process()->debugged;

    if (debugged && context) { /* what the debugger reads of the thread is its frame */
        ke_context_to_kframes(ke_get_current_thread(), frame, context);
        context = NULL;
    }
    if (debugged && ki_forward_exception(record, first_chance))
        return;
    if (first_chance)
        deliver_or_end(record, frame, context);
    else
        ki_unhandled_exception(record->exception_code);
}

void ki_user_trap(struct ktrap_frame *frame)
{
    if (frame->vector == VECTOR_DEBUG)
        ki_note_debug_exception();
    enable_interrupts();
    struct exception_record record = record_of(frame);

    frame->eflags &= ~EFLAGS_TF; /* a step is one step */
    if (!ask_debugger(&record, true)) {
        /* A debugger finds eip behind the breakpoint, a handler at it. */
        if (record.exception_code == STATUS_BREAKPOINT)
            frame->eip--;
        deliver_or_end(&record, frame, NULL);
    }
    disable_interrupts();
}
