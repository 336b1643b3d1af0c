/*
 * From vector to cause. Page faults go to the memory manager; breakpoints and single steps to the
 * debugger; a non-maskable interrupt stops the machine; everything else that happens in the kernel
 * is a bug in it.
 */
#include "kernel/ke/exceptions.h"
#include "arch/i386/descriptors.h"
#include "arch/i386/guarded.h"
#include "arch/i386/pte_bits.h"
#include "arch/i386/registers.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/dbgprint.h"
#include "kernel/ke/debug_registers.h"
#include "kernel/ke/user_mode.h"

static ki_page_fault_handler resolve_page_fault;
static bool (*debug_handler)(struct ktrap_frame *frame);
static bool (*stack_overflowed)(uintptr_t esp);

void ke_set_page_fault_handler(ki_page_fault_handler handler)
{
    resolve_page_fault = handler;
}

void ke_set_debug_handler(bool (*handler)(struct ktrap_frame *frame))
{
    debug_handler = handler;
}

void ke_set_stack_overflow_test(bool (*test)(uintptr_t esp))
{
    stack_overflowed = test;
}

/* A fault that the memory manager could not resolve: the access itself was wrong. Of the program,
 * or of the kernel where it touches what the program gave it, and expects that. */
static void access_failed(ntstatus status, uintptr_t va, struct ktrap_frame *frame)
{
    uintptr_t fixup;

    if (ki_from_user_mode(frame)) {
        ki_user_access_failed(status, va, frame);
        return;
    }
    fixup = va <= ki_highest_user_address ? ki_find_fixup(frame->eip) : 0;
    if (fixup) {
        frame->eax = status;
        frame->eip = fixup;
        return;
    }
    ke_bug_check_with_frame(KMODE_EXCEPTION_NOT_HANDLED, status, frame->eip,
                            (frame->error_code & PF_WRITE) != 0, va, frame);
}

static void page_fault(struct ktrap_frame *frame)
{
    uintptr_t va = read_cr2(); /* before interrupts are on: another fault would overwrite it */

    if (frame->eflags & EFLAGS_IF)
        enable_interrupts();
    ntstatus status = resolve_page_fault(frame->error_code, va,
                                         ki_from_user_mode(frame) ? USER_MODE : KERNEL_MODE, frame);
    disable_interrupts();
    if (unlikely(!NT_SUCCESS(status)))
        access_failed(status, va, frame);
}

/* A selector error code (SDM volume 3, figure 6-7): which table, which entry, who caused it. */
static void explain_selector(uint32_t error)
{
    static const char *const tables[] = {"GDT", "IDT", "LDT", "IDT"};

    if (error)
        dbg_print("selector %04x in the %s%s\n", error & 0xFFF8, tables[error >> 1 & 3],
                  error & 1 ? ", from outside the program" : "");
}

/* SYSENTER's caller had something in gs that is no selector, but a segment of virtual-8086 mode
 * (see ki_trap_from_virtual): it gets none. => whether it was that. */
static bool take_gs(const struct ktrap_frame *frame)
{
    if (frame->vector != VECTOR_GENERAL_PROTECTION || frame->eip != (uintptr_t)ki_pop_user_gs)
        return false;
    *(uint32_t *)(uintptr_t)ki_frame_esp(frame) = 0;
    return true;
}

static void unexpected(struct ktrap_frame *frame)
{
    if (ki_from_user_mode(frame)) {
        ki_user_trap(frame);
        return;
    }
    if (take_gs(frame))
        return;
    if (debug_handler && debug_handler(frame))
        return;
    dbg_print("\n%s in kernel mode\n", ki_vector_name(frame->vector));
    if (frame->vector >= 10 && frame->vector <= VECTOR_GENERAL_PROTECTION)
        explain_selector(frame->error_code);
    ke_bug_check_with_frame(UNEXPECTED_KERNEL_MODE_TRAP, frame->vector, frame->error_code,
                            frame->eip, 0, frame);
}

/* The machine's, whatever it interrupts: a program that runs has no part in it. */
static void non_maskable_interrupt(struct ktrap_frame *frame)
{
    dbg_print("\n%s in %s mode\n", ki_vector_name(frame->vector),
              ki_from_user_mode(frame) ? "user" : "kernel");
    ke_bug_check_with_frame(NMI_HARDWARE_FAILURE, 0, 0, 0, 0, frame);
}

static void breakpoint(struct ktrap_frame *frame)
{
    if (ki_from_user_mode(frame)) {
        ki_user_trap(frame);
        return;
    }
    if (frame->vector == VECTOR_DEBUG && ki_dismiss_debug_exception())
        return;
    if (debug_handler && debug_handler(frame))
        return;
    ke_bug_check_with_frame(KMODE_EXCEPTION_NOT_HANDLED,
                            frame->vector == VECTOR_BREAKPOINT ? STATUS_BREAKPOINT
                                                               : STATUS_SINGLE_STEP,
                            frame->eip, 0, 0, frame);
}

/* No stack was left to push a frame on, or the page-fault handler itself could not be entered. */
static void double_fault(struct ktrap_frame *frame)
{
    if (stack_overflowed && stack_overflowed(frame->esp))
        dbg_print("\nkernel stack overflow: esp %08x is at the guard page below the stack\n",
                  frame->esp);
    ke_bug_check_with_frame(UNEXPECTED_KERNEL_MODE_TRAP, VECTOR_DOUBLE_FAULT, (uintptr_t)&ki_tss,
                            frame->esp, frame->eip, frame);
}

void ki_init_exceptions(void)
{
    for (uint32_t vector = 0; vector < 256; vector++)
        ki_set_trap_handler(vector, unexpected);
    ki_set_trap_handler(VECTOR_DEBUG, breakpoint);
    ki_set_trap_handler(VECTOR_NMI, non_maskable_interrupt);
    ki_set_trap_handler(VECTOR_BREAKPOINT, breakpoint);
    ki_set_trap_handler(VECTOR_PAGE_FAULT, page_fault);
    ki_set_double_fault_handler(double_fault);
}
