/*
 * Exceptions and interrupts. Each vector has a stub that completes the frame below and calls the
 * vector's handler; higher floors register handlers, so that nothing here reaches upward.
 */
#pragma once

#include "lib/types.h"

#define VECTOR_DIVIDE               0
#define VECTOR_DEBUG                1
#define VECTOR_NMI                  2
#define VECTOR_BREAKPOINT           3
#define VECTOR_OVERFLOW             4
#define VECTOR_INVALID_OPCODE       6
#define VECTOR_DEVICE_NOT_AVAILABLE 7
#define VECTOR_DOUBLE_FAULT         8
#define VECTOR_GENERAL_PROTECTION   13
#define VECTOR_PAGE_FAULT           14
#define VECTOR_EXCEPTIONS           32 /* below: the processor's own */
#define VECTOR_X87                  16
#define VECTOR_ALIGNMENT            17
#define VECTOR_SIMD                 19
#define VECTOR_SYSTEM_SERVICE       0x2E /* INT 2Eh, as on NT */
#define VECTOR_IRQ                  48   /* the PIC's 16 lines follow; NT's base 0x30 */

/* The vector in a system call's frame says how the call ends. VECTOR_SYSTEM_SERVICE: eax gets the
 * service's status, and what services do not keep need not be loaded from the frame. This one: eax
 * gets the status, all other registers are the frame's. 0: all are, eax too. It is VECTOR_DEBUG, as
 * a call that is stepped over ends so (arch/i386/system_call.S). */
#define VECTOR_SERVICE_BY_IRET VECTOR_DEBUG

/* The interrupted registers, as the stub pushed them: pusha's order, then what the processor
 * pushed. esp and ss are there only when the trap came from user mode. */
struct ktrap_frame {
    uint32_t edi, esi, ebp, esp_of_pusha, ebx, edx, ecx, eax;
    uint32_t vector;
    uint32_t error_code; /* 0 for vectors without one */
    uint32_t eip, cs, eflags;
    uint32_t esp, ss;
};

/* What a trap from user mode leaves at the top of the thread's kernel stack: the segment registers
 * below the frame. The kernel has its own in ds, es and fs meanwhile; gs it does not use. */
struct kuser_frame {
    uint32_t gs, fs, es, ds;
    struct ktrap_frame trap;
};

static inline struct kuser_frame *ki_user_frame(struct ktrap_frame *frame)
{
    return (struct kuser_frame *)((char *)frame - offsetof(struct kuser_frame, trap));
}

/* Go to user mode as FRAME, which lies on the current stack, says; interrupts are off. */
NORETURN void ki_exit_to_user_mode(struct kuser_frame *frame);

/* Called on the way out of each trap from user mode, interrupts off: ke's. */
extern void (*ki_before_user_mode)(struct ktrap_frame *frame);

/* Runs with interrupts off, at the interrupted code's IRQL. */
typedef void (*ki_trap_handler)(struct ktrap_frame *frame);

/* Who handles VECTOR from now on; the previous handler is returned. */
ki_trap_handler ki_set_trap_handler(uint32_t vector, ki_trap_handler handler);

/* The instruction on each way back from SYSENTER that loads gs from the top of the stack. */
extern const char ki_pop_user_gs[];

/* CALL(frame, ROUTINE), the frame being made of this place, as if an interrupt had come here. */
void ki_call_with_frame(ki_trap_handler routine,
                        void (*call)(struct ktrap_frame *frame, ki_trap_handler routine));

/* Called for a double fault, on its own stack, with a frame rebuilt from the faulting task. */
void ki_set_double_fault_handler(ki_trap_handler handler);
void ki_double_fault_task(void);

/* "#PF page fault" and the like; "interrupt" beyond the exceptions. */
const char *ki_vector_name(uint32_t vector);

static inline bool ki_from_user_mode(const struct ktrap_frame *frame)
{
    return (frame->cs & 3) != 0;
}

/* The stack pointer of the interrupted code: from kernel mode it is where the frame ends, except
 * for a double fault, whose frame lies on another stack and was filled in whole. */
static inline uint32_t ki_frame_esp(const struct ktrap_frame *frame)
{
    bool pushed = ki_from_user_mode(frame) || frame->vector == VECTOR_DOUBLE_FAULT;

    return pushed ? frame->esp : (uint32_t)(uintptr_t)&frame->esp;
}
