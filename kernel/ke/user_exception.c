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

#define VECTOR_BOUNDS    5
#define PRIVILEGED_BYTES 16u

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
    {VECTOR_X87, STATUS_FLOAT_INVALID_OPERATION},
    {VECTOR_SIMD, STATUS_FLOAT_MULTIPLE_TRAPS},
};

bool ki_copy_to_user_stack(uintptr_t to, const void *from, uint32_t bytes)
{
    return to <= ki_highest_user_address && ki_highest_user_address - to >= bytes - 1 &&
           ki_copy_guarded((void *)to, from, bytes) == 0;
}

/* The instructions at EIP that only ring 0 may execute: one byte, or two behind 0Fh. */
static bool is_privileged(uintptr_t eip)
{
    static const uint8_t one[] = {0xF4, 0xFA, 0xFB, 0xEC, 0xED, 0xEE, 0xEF, 0xE4,
                                  0xE5, 0xE6, 0xE7, 0x6C, 0x6D, 0x6E, 0x6F};
    static const uint8_t two[] = {0x00, 0x01, 0x06, 0x08, 0x09, 0x20, 0x21,
                                  0x22, 0x23, 0x30, 0x32, 0x33, 0x35};
    uint8_t bytes[PRIVILEGED_BYTES] = {0};
    uint32_t i = 0;

    for (; i < PRIVILEGED_BYTES - 1; i++) {
        if (eip + i > ki_highest_user_address ||
            ki_copy_guarded(&bytes[i], (const void *)(eip + i), 1))
            return false;
        bool prefix = bytes[i] == 0xF3 || bytes[i] == 0xF2 || bytes[i] == 0x66 ||
                      bytes[i] == 0x67 || bytes[i] == 0x2E || bytes[i] == 0x3E;
        if (!prefix)
            break;
    }
    if (bytes[i] != 0x0F)
        return memchr(one, bytes[i], sizeof(one)) != NULL;
    return !ki_copy_guarded(&bytes[i + 1], (const void *)(eip + i + 1), 1) &&
           memchr(two, bytes[i + 1], sizeof(two)) != NULL;
}

static struct exception_record record_of(const struct ktrap_frame *frame)
{
    struct exception_record record = {.exception_address = frame->eip};

    for (uint32_t i = 0; i < ARRAY_SIZE(codes); i++)
        if (codes[i].vector == frame->vector)
            record.exception_code = codes[i].code;
    if (frame->vector == VECTOR_BREAKPOINT) {
        record.exception_address = frame->eip - 1; /* of the instruction itself */
        record.number_parameters = 1;
    }
    if (!record.exception_code && is_privileged(frame->eip)) {
        record.exception_code = STATUS_PRIVILEGED_INSTRUCTION;
    } else if (!record.exception_code) { /* #GP and its kin: of an address that is not said */
        record.exception_code = STATUS_ACCESS_VIOLATION;
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
    user->ds = user->es = KGDT_R3_DATA;
    user->fs = KGDT_R3_TEB;
    frame->vector = 0; /* arch/i386/system_call.S */
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
                           const struct context *context)
{
    const struct kprocess *process = ke_get_current_thread()->process;

    if (process->user_exception_dispatcher && deliver(record, frame, context))
        return;
    if (!ask_debugger(record, false))
        ki_unhandled_exception(record->exception_code);
}

void ki_dispatch_exception(const struct exception_record *record, struct ktrap_frame *frame,
                           struct context *context, bool first_chance)
{
    if (context && ke_get_current_process()
                       ->debugged) { /* what the debugger reads of the thread is its frame */
        ke_context_to_kframes(ke_get_current_thread(), frame, context);
        context = NULL;
    }
    if (ask_debugger(record, first_chance))
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
