/* Between the frame that a trap left and the CONTEXT that programs know. */
#include "kernel/ke/context.h"
#include "arch/i386/cpu.h"
#include "arch/i386/descriptors.h"
#include "arch/i386/npx.h"
#include "kernel/ke/user_mode.h"
#include "lib/string.h"

/* Flags that user mode may set: carry, parity, adjust, zero, sign, trap, direction, overflow,
 * nested-task not, alignment check, identification. Interrupts are always on. */
#define EFLAGS_USER   0x00240DD5u
#define EFLAGS_ALWAYS (EFLAGS_IF | 2u)
#define MXCSR_OFFSET  24u
#define MXCSR_VALID   0xFFBFu /* what every processor with SSE takes */

static bool asks(const struct context *context, uint32_t part)
{
    return (context->context_flags & (CONTEXT_I386 | part)) == (CONTEXT_I386 | part);
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

    if (asks(context, CONTEXT_CONTROL)) {
        context->ebp = frame->ebp;
        context->eip = frame->eip;
        context->seg_cs = frame->cs & 0xFFFF;
        context->eflags = frame->eflags;
        context->esp = frame->esp;
        context->seg_ss = frame->ss & 0xFFFF;
    }
    if (asks(context, CONTEXT_INTEGER)) {
        context->edi = frame->edi;
        context->esi = frame->esi;
        context->ebx = frame->ebx;
        context->edx = frame->edx;
        context->ecx = frame->ecx;
        context->eax = frame->eax;
    }
    if (asks(context, CONTEXT_SEGMENTS)) {
        context->seg_gs = user->gs & 0xFFFF;
        context->seg_fs = user->fs & 0xFFFF;
        context->seg_es = user->es & 0xFFFF;
        context->seg_ds = user->ds & 0xFFFF;
    }
    if (asks(context, CONTEXT_FLOATING_POINT) || asks(context, CONTEXT_EXTENDED_REGISTERS))
        save_npx(thread);
    if (asks(context, CONTEXT_FLOATING_POINT))
        ki_npx_to_float_save(thread->npx_state, context->float_save);
    if (asks(context, CONTEXT_EXTENDED_REGISTERS) && ke_has(KF_FXSR))
        memcpy(context->extended_registers, thread->npx_state, NPX_STATE_BYTES);
    if (asks(context, CONTEXT_DEBUG_REGISTERS))
        memset(context->dr, 0, sizeof(context->dr));
}

void ke_capture_user_context(const struct ktrap_frame *frame, struct context *context)
{
    context->context_flags = CONTEXT_ALL_STATE;
    memset(context->dr, 0, sizeof(context->dr));
    if (!ke_has(KF_FXSR))
        memset(context->extended_registers, 0, sizeof(context->extended_registers));
    ke_context_from_kframes(ke_get_current_thread(), frame, context);
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

static void load_npx(struct kthread *thread, const struct context *context)
{
    kirql irql = ke_raise_irql_unchecked(DISPATCH_LEVEL);
    struct kpcr *pcr = ke_get_pcr();
    bool all = asks(context, CONTEXT_EXTENDED_REGISTERS) && ke_has(KF_FXSR);

    if (pcr->npx_thread == thread && !all)
        ki_npx_save(thread->npx_state);
    if (all) {
        uint32_t mxcsr;
        memcpy(thread->npx_state, context->extended_registers, NPX_STATE_BYTES);
        memcpy(&mxcsr, (char *)thread->npx_state + MXCSR_OFFSET, sizeof(mxcsr));
        mxcsr &= MXCSR_VALID; /* anything else would fault when it is loaded */
        memcpy((char *)thread->npx_state + MXCSR_OFFSET, &mxcsr, sizeof(mxcsr));
    }
    if (asks(context, CONTEXT_FLOATING_POINT))
        ki_npx_from_float_save(thread->npx_state, context->float_save);
    if (pcr->npx_thread == thread)
        ki_npx_switch(NULL, thread->npx_state);
    ke_lower_irql(irql);
}

void ke_context_to_kframes(struct kthread *thread, struct ktrap_frame *frame,
                           const struct context *context)
{
    struct kuser_frame *user = ki_user_frame(frame);

    if (asks(context, CONTEXT_CONTROL)) {
        frame->ebp = context->ebp;
        frame->eip = context->eip;
        frame->cs = KGDT_R3_CODE;
        frame->eflags = (context->eflags & EFLAGS_USER) | EFLAGS_ALWAYS;
        frame->esp = context->esp;
        frame->ss = KGDT_R3_DATA;
    }
    if (asks(context, CONTEXT_INTEGER)) {
        frame->edi = context->edi;
        frame->esi = context->esi;
        frame->ebx = context->ebx;
        frame->edx = context->edx;
        frame->ecx = context->ecx;
        frame->eax = context->eax;
    }
    if (asks(context, CONTEXT_SEGMENTS)) {
        user->gs = user_selector(context->seg_gs, 0);
        user->fs = user_selector(context->seg_fs, KGDT_R3_TEB);
        user->es = user_selector(context->seg_es, KGDT_R3_DATA);
        user->ds = user_selector(context->seg_ds, KGDT_R3_DATA);
    }
    if (asks(context, CONTEXT_FLOATING_POINT) || asks(context, CONTEXT_EXTENDED_REGISTERS))
        load_npx(thread, context);
    frame->vector = 0; /* whatever it was: all registers count now (arch/i386/system_call.S) */
}
