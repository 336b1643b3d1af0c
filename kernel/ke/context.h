/*
 * The state of a thread in user mode as programs see it: CONTEXT and EXCEPTION_RECORD, laid out as
 * winnt.h has them for x86.
 */
#pragma once

#include "arch/i386/npx.h"
#include "kernel/ke/thread.h"

#define CONTEXT_I386               0x00010000u
#define CONTEXT_CONTROL            0x00000001u /* ss:esp, cs:eip, eflags, ebp */
#define CONTEXT_INTEGER            0x00000002u
#define CONTEXT_SEGMENTS           0x00000004u
#define CONTEXT_FLOATING_POINT     0x00000008u
#define CONTEXT_DEBUG_REGISTERS    0x00000010u
#define CONTEXT_EXTENDED_REGISTERS 0x00000020u
#define CONTEXT_FULL               (CONTEXT_I386 | 7u)
#define CONTEXT_ALL_STATE \
    (CONTEXT_FULL | CONTEXT_FLOATING_POINT | CONTEXT_DEBUG_REGISTERS | CONTEXT_EXTENDED_REGISTERS)

struct context {
    uint32_t context_flags;
    uint32_t dr[6]; /* 0 to 3, 6 and 7 */
    uint8_t float_save[112];
    uint32_t seg_gs, seg_fs, seg_es, seg_ds;
    uint32_t edi, esi, ebx, edx, ecx, eax;
    uint32_t ebp, eip, seg_cs, eflags, esp, seg_ss;
    uint8_t extended_registers[512];
};
_Static_assert(sizeof(struct context) == 716, "CONTEXT of winnt.h");
#define CONTEXT_USED_BYTES (offsetof(struct context, extended_registers) + NPX_USED_BYTES)

#define EXCEPTION_MAXIMUM_PARAMETERS 15u
#define EXCEPTION_NONCONTINUABLE     1u

struct exception_record {
    uint32_t exception_code;
    uint32_t exception_flags;
    uint32_t exception_record; /* another one, in user space; 0: none */
    uint32_t exception_address;
    uint32_t number_parameters;
    uint32_t exception_information[EXCEPTION_MAXIMUM_PARAMETERS];
};
_Static_assert(sizeof(struct exception_record) == 80, "EXCEPTION_RECORD of winnt.h");

/* What CONTEXT's flags ask for of THREAD, whose FRAME from user mode this is. The current thread's,
 * or one that does not run. (KeContextFromKframes) */
void ke_context_from_kframes(struct kthread *thread, const struct ktrap_frame *frame,
                             struct context *context);
/* The same of the current thread, for its handlers in user mode: all registers that user mode uses.
 * CONTEXT need not be initialized, and is wholly set but for its extended registers: the
 * NPX_USED_BYTES of those are where the return value says, that they need not be copied twice. */
const void *ke_capture_user_context(const struct ktrap_frame *frame, struct context *context);
/* And back: FRAME will return to CONTEXT, as far as user mode may say it: selectors, flags and the
 * instruction pointer become such as user mode can have. CONTEXT is changed in what it must not say
 * of extended registers. It is quickest if these are aligned to 16. If it is the frame of a
 * service, that has no status any more (arch/i386/trap.h). (KeContextToKframes) */
void ke_context_to_kframes(struct kthread *thread, struct ktrap_frame *frame,
                           struct context *context);

/* A CONTEXT whose extended registers are aligned. */
struct aligned_context {
    uint32_t before;
    struct context context;
} __attribute__((aligned(16)));
_Static_assert(offsetof(struct aligned_context, context.extended_registers) % 16 == 0, "FXRSTOR's");
