/*
 * The table of trap handlers, and the double-fault task, which turns the state the processor saved
 * in the task-state segment into an ordinary trap frame.
 */
#include "arch/i386/trap.h"
#include "arch/i386/descriptors.h"
#include "arch/i386/registers.h"

#define VECTORS 256

ki_trap_handler ki_trap_handlers[VECTORS];
void (*ki_before_user_mode)(struct ktrap_frame *frame);
static ki_trap_handler double_fault_handler;

static const char *const vector_names[VECTOR_EXCEPTIONS] = {
    [0] = "#DE divide error",
    [1] = "#DB debug exception",
    [2] = "non-maskable interrupt",
    [3] = "#BP breakpoint",
    [4] = "#OF overflow",
    [5] = "#BR bound range exceeded",
    [6] = "#UD invalid opcode",
    [7] = "#NM device not available",
    [8] = "#DF double fault",
    [9] = "coprocessor segment overrun",
    [10] = "#TS invalid TSS",
    [11] = "#NP segment not present",
    [12] = "#SS stack-segment fault",
    [13] = "#GP general protection",
    [14] = "#PF page fault",
    [16] = "#MF x87 floating-point error",
    [17] = "#AC alignment check",
    [18] = "#MC machine check",
    [19] = "#XM SIMD floating-point exception",
};

const char *ki_vector_name(uint32_t vector)
{
    if (vector >= VECTOR_EXCEPTIONS)
        return "interrupt";
    return vector_names[vector] ? vector_names[vector] : "reserved exception";
}

ki_trap_handler ki_set_trap_handler(uint32_t vector, ki_trap_handler handler)
{
    ki_trap_handler previous = ki_trap_handlers[vector];

    ki_trap_handlers[vector] = handler;
    return previous;
}

void ki_set_double_fault_handler(ki_trap_handler handler)
{
    double_fault_handler = handler;
}

void ki_double_fault_task(void)
{
    static struct ktrap_frame frame;
    const struct ktss *from = &ki_tss;

    frame = (struct ktrap_frame){
        .edi = from->edi,
        .esi = from->esi,
        .ebp = from->ebp,
        .ebx = from->ebx,
        .edx = from->edx,
        .ecx = from->ecx,
        .eax = from->eax,
        .vector = VECTOR_DOUBLE_FAULT,
        .eip = from->eip,
        .cs = from->cs,
        .eflags = from->eflags,
        .esp = from->esp,
        .ss = from->ss,
    };
    double_fault_handler(&frame);
    for (;;)
        __asm__ volatile("cli; hlt");
}
