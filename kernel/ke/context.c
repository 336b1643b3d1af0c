/* Between the frame that a trap left and the CONTEXT that programs know. */
#include "kernel/ke/context.h"
#include "arch/i386/cpu.h"
#include "arch/i386/descriptors.h"
#include "arch/i386/npx.h"
#include "kernel/ke/debug_registers.h"
#include "kernel/ke/user_mode.h"
#include "lib/string.h"

/* Flags that user mode may set: carry, parity, adjust, zero, sign, trap, direction, overflow,
 * resume, nested-task not, alignment check, identification. Interrupts are always on. */
#define EFLAGS_USER   0x00250DD5u
#define EFLAGS_ALWAYS (EFLAGS_IF | 2u)

#define NPX_PARTS (CONTEXT_FLOATING_POINT | CONTEXT_EXTENDED_REGISTERS)

/* The parts that CONTEXT asks for; none if it is another processor's. */
static inline uint32_t parts_of(const struct context *context)
{
    return context->context_flags & CONTEXT_I386 ? context->context_flags : 0;
}

/* THREAD's floating-point state is in memory after this. */
static void save_npx(struct kthread *thread)
{
    kirql irql = ke_raise_irql_unchecked(DISPATCH_LEVEL);

    if (ke_get_pcr()->npx_thread == thread)
        ki_npx_save(thread->npx_state);
    ke_lower_irql(irql);
}

void ke_context_from_kframes(struct kthread *thread, const struct ktrap_frame *frame,
                             struct context *context)
{
    const struct kuser_frame *user = ki_user_frame((struct ktrap_frame *)frame);
    uint32_t parts = parts_of(context);

    if (parts & CONTEXT_CONTROL) {
        context->ebp = frame->ebp;
        context->eip = frame->eip;
        context->seg_cs = frame->cs & 0xFFFF;
        context->eflags = frame->eflags;
        context->esp = frame->esp;
        context->seg_ss = frame->ss & 0xFFFF;
    }
    if (parts & CONTEXT_INTEGER) {
        context->edi = frame->edi;
        context->esi = frame->esi;
        context->ebx = frame->ebx;
        context->edx = frame->edx;
        context->ecx = frame->ecx;
        context->eax = frame->eax;
    }
    if (parts & CONTEXT_SEGMENTS) {
        context->seg_gs = user->gs & 0xFFFF;
        context->seg_fs = user->fs & 0xFFFF;
        context->seg_es = user->es & 0xFFFF;
        context->seg_ds = user->ds & 0xFFFF;
    }
    if (parts & NPX_PARTS)
        save_npx(thread);
    if (parts & CONTEXT_FLOATING_POINT)
        ki_npx_to_float_save(thread->npx_state, context->float_save);
    if ((parts & CONTEXT_EXTENDED_REGISTERS) && ke_has(KF_FXSR))
        memcpy(context->extended_registers, thread->npx_state, NPX_STATE_BYTES);
    if (parts & CONTEXT_DEBUG_REGISTERS)
        memcpy(context->dr, thread->dr, sizeof(context->dr));
}

const void *ke_capture_user_context(const struct ktrap_frame *frame, struct context *context)
{
    struct kthread *thread = ke_get_current_thread();

    context->context_flags = CONTEXT_FULL | CONTEXT_FLOATING_POINT | CONTEXT_DEBUG_REGISTERS;
    ke_context_from_kframes(thread, frame, context);
    context->context_flags = CONTEXT_ALL_STATE;
    if (ke_has(KF_FXSR))
        return thread->npx_state;
    memset(context->extended_registers, 0, sizeof(context->extended_registers));
    return context->extended_registers;
}

/* A data selector that user mode may load; others become VALUE_ELSE. */
static uint32_t user_selector(uint32_t selector, uint32_t otherwise)
{
    selector &= 0xFFFF;
    return selector == KGDT_R3_DATA || selector == KGDT_R3_TEB || selector == KGDT_R3_CODE ||
                   selector == 0
               ? selector
               : otherwise;
}

static void load_npx(struct kthread *thread, struct context *context)
{
    kirql irql = ke_raise_irql_unchecked(DISPATCH_LEVEL);
    uint32_t parts = parts_of(context);
    bool in_registers = ke_get_pcr()->npx_thread == thread;
    bool all = (parts & CONTEXT_EXTENDED_REGISTERS) && ke_has(KF_FXSR);
    uint8_t *state = thread->npx_state;

    if (all && in_registers && (uintptr_t)context->extended_registers % 16 == 0)
        state = context->extended_registers; /* loaded from here */
    else if (all)
        memcpy(state, context->extended_registers, NPX_USED_BYTES);
    else if (in_registers)
        ki_npx_save(state);
    if (all)
        ki_npx_make_loadable(state);
    if (parts & CONTEXT_FLOATING_POINT)
        ki_npx_from_float_save(state, context->float_save);
    if (in_registers)
        ki_npx_switch(NULL, state);
    ke_lower_irql(irql);
}

/* Each exception that is handled comes here: memcmp would take nine instructions a byte. */
static bool are_different(const uint32_t a[6], const uint32_t b[6])
{
    uint32_t difference = 0;

    for (uint32_t i = 0; i < 6; i++)
        difference |= a[i] ^ b[i];
    return difference != 0;
}

void ke_context_to_kframes(struct kthread *thread, struct ktrap_frame *frame,
                           struct context *context)
{
    struct kuser_frame *user = ki_user_frame(frame);
    uint32_t parts = parts_of(context);

    if (parts & CONTEXT_CONTROL) {
        frame->ebp = context->ebp;
        frame->eip = context->eip;
        frame->cs = KGDT_R3_CODE;
        frame->eflags = (context->eflags & EFLAGS_USER) | EFLAGS_ALWAYS;
        frame->esp = context->esp;
        frame->ss = KGDT_R3_DATA;
    }
    if (parts & CONTEXT_INTEGER) {
        frame->edi = context->edi;
        frame->esi = context->esi;
        frame->ebx = context->ebx;
        frame->edx = context->edx;
        frame->ecx = context->ecx;
        frame->eax = context->eax;
    }
    if (parts & CONTEXT_SEGMENTS) {
        user->gs = user_selector(context->seg_gs, 0);
        user->fs = user_selector(context->seg_fs, KGDT_R3_TEB);
        user->es = user_selector(context->seg_es, KGDT_R3_DATA);
        user->ds = user_selector(context->seg_ds, KGDT_R3_DATA);
    }
    if (parts & NPX_PARTS)
        load_npx(thread, context);
    if ((parts & CONTEXT_DEBUG_REGISTERS) && are_different(thread->dr, context->dr))
        ki_set_debug_registers(thread, context->dr);
    frame->vector = 0; /* whatever it was: all registers count now (arch/i386/trap.h) */
}
