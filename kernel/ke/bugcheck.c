/*
 * The blue screen. Its order is: be heard at all, say what and where, then try the helpful things
 * that may themselves fail. If one of them bugchecks, the second report is one line and the machine
 * stops with the first verdict.
 *
 *      ke_bug_check_ex --> registers, stack --> callbacks (mm_verify, the debugger) --> verdict
 *           ^                                        |
 *           +------------ fails again ---------------+--> one line --> verdict
 */
#include "kernel/ke/bugcheck.h"
#include "arch/i386/debug_exit.h"
#include "arch/i386/descriptors.h"
#include "arch/i386/vga.h"
#include "kernel/ke/dbgprint.h"
#include "kernel/ke/irql.h"
#include "kernel/ke/stack_trace.h"
#include "kernel/ke/symbols.h"

static const struct {
    uint32_t code;
    const char *name;
} names[] = {
    {APC_INDEX_MISMATCH, "APC_INDEX_MISMATCH"},
    {IRQL_NOT_GREATER_OR_EQUAL, "IRQL_NOT_GREATER_OR_EQUAL"},
    {IRQL_NOT_LESS_OR_EQUAL, "IRQL_NOT_LESS_OR_EQUAL"},
    {SPIN_LOCK_ALREADY_OWNED, "SPIN_LOCK_ALREADY_OWNED"},
    {SPIN_LOCK_NOT_OWNED, "SPIN_LOCK_NOT_OWNED"},
    {REFERENCE_BY_POINTER, "REFERENCE_BY_POINTER"},
    {BAD_POOL_HEADER, "BAD_POOL_HEADER"},
    {MEMORY_MANAGEMENT, "MEMORY_MANAGEMENT"},
    {KMODE_EXCEPTION_NOT_HANDLED, "KMODE_EXCEPTION_NOT_HANDLED"},
    {NO_MORE_SYSTEM_PTES, "NO_MORE_SYSTEM_PTES"},
    {PFN_LIST_CORRUPT, "PFN_LIST_CORRUPT"},
    {PAGE_FAULT_IN_NONPAGED_AREA, "PAGE_FAULT_IN_NONPAGED_AREA"},
    {PHASE0_INITIALIZATION_FAILED, "PHASE0_INITIALIZATION_FAILED"},
    {MEMORY1_INITIALIZATION_FAILED, "MEMORY1_INITIALIZATION_FAILED"},
    {KERNEL_DATA_INPAGE_ERROR, "KERNEL_DATA_INPAGE_ERROR"},
    {UNEXPECTED_KERNEL_MODE_TRAP, "UNEXPECTED_KERNEL_MODE_TRAP"},
    {INSTALL_MORE_MEMORY, "INSTALL_MORE_MEMORY"},
    {NMI_HARDWARE_FAILURE, "NMI_HARDWARE_FAILURE"},
    {ATTEMPTED_SWITCH_FROM_DPC, "ATTEMPTED_SWITCH_FROM_DPC"},
    {ATTEMPTED_WRITE_TO_READONLY_MEMORY, "ATTEMPTED_WRITE_TO_READONLY_MEMORY"},
    {THREAD_TERMINATE_HELD_MUTEX, "THREAD_TERMINATE_HELD_MUTEX"},
    {IRQL_UNEXPECTED_VALUE, "IRQL_UNEXPECTED_VALUE"},
    {BAD_POOL_CALLER, "BAD_POOL_CALLER"},
    {DRIVER_VERIFIER_DETECTED_VIOLATION, "DRIVER_VERIFIER_DETECTED_VIOLATION"},
    {KERNEL_SECURITY_CHECK_FAILURE, "KERNEL_SECURITY_CHECK_FAILURE"},
    {MAXIMUM_WAIT_OBJECTS_EXCEEDED, "MAXIMUM_WAIT_OBJECTS_EXCEEDED"},
    {WORKER_THREAD_RETURNED_AT_BAD_IRQL, "WORKER_THREAD_RETURNED_AT_BAD_IRQL"},
    {SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION, "SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION"},
    {PAGE_FAULT_IN_FREED_SPECIAL_POOL, "PAGE_FAULT_IN_FREED_SPECIAL_POOL"},
    {PAGE_FAULT_BEYOND_END_OF_ALLOCATION, "PAGE_FAULT_BEYOND_END_OF_ALLOCATION"},
    {MANUALLY_INITIATED_CRASH, "MANUALLY_INITIATED_CRASH"},
};

static uint32_t depth; /* bugchecks under way */
static struct kbugcheck_callback_record *callbacks;

const char *ke_bug_check_name(uint32_t code)
{
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (names[i].code == code)
            return names[i].name;
    return "UNKNOWN_BUG_CHECK";
}

void ke_register_bug_check_callback(struct kbugcheck_callback_record *record)
{
    record->next = callbacks;
    callbacks = record;
}

void ke_append_bug_check_callback(struct kbugcheck_callback_record *record)
{
    struct kbugcheck_callback_record **link = &callbacks;

    while (*link)
        link = &(*link)->next;
    record->next = NULL;
    *link = record;
}

void ke_print_registers(const struct ktrap_frame *f)
{
    dbg_print("eax=%08x ebx=%08x ecx=%08x edx=%08x esi=%08x edi=%08x\n", f->eax, f->ebx, f->ecx,
              f->edx, f->esi, f->edi);
    dbg_print("eip=%08x esp=%08x ebp=%08x efl=%08x cs=%04x vec=%02x err=%04x\n", f->eip,
              ki_frame_esp(f), f->ebp, f->eflags, f->cs & 0xFFFF, f->vector, f->error_code);
    dbg_print("cr0=%08x cr2=%08x cr3=%08x irql=%u\n", read_cr0(), read_cr2(), read_cr3(),
              ke_get_current_irql());
    ke_print_symbol(f->eip);
    dbg_print("\n");
}

static void print_stop(uint32_t code, const uintptr_t p[4])
{
    dbg_print("\n*** STOP: 0x%08X (0x%08X,0x%08X,0x%08X,0x%08X)\n%s\n\n", code, (uint32_t)p[0],
              (uint32_t)p[1], (uint32_t)p[2], (uint32_t)p[3], ke_bug_check_name(code));
}

static void run_callbacks(struct ktrap_frame *frame)
{
    /* Unlinked before it runs: one that fails is not called again. */
    while (callbacks) {
        struct kbugcheck_callback_record *record = callbacks;
        callbacks = record->next;
        dbg_print("\n%s:\n", record->name);
        record->routine(frame);
    }
}

void ke_bug_check_with_frame(uint32_t code, uintptr_t p1, uintptr_t p2, uintptr_t p3, uintptr_t p4,
                             struct ktrap_frame *frame)
{
    const uintptr_t parameters[4] = {p1, p2, p3, p4};

    disable_interrupts();
    if (depth++ == 0) {
        ki_init_console(true); /* it may not have been up, or been left in any state */
        ki_vga_alarm();
        print_stop(code, parameters);
        KPCR_WRITE(irql, HIGH_LEVEL);
        ke_print_registers(frame);
        ke_print_stack(frame);
        run_callbacks(frame);
    } else if (depth == 2) {
        dbg_print("\n*** while stopping:");
        print_stop(code, parameters);
    }
    ki_debug_exit(DEBUG_EXIT_BUGCHECK);
}

void ke_bug_check_ex(uint32_t code, uintptr_t p1, uintptr_t p2, uintptr_t p3, uintptr_t p4)
{
    struct ktrap_frame frame = {
        .eip = (uint32_t)__builtin_return_address(0),
        .ebp = *(uint32_t *)__builtin_frame_address(0),
        .eflags = read_eflags(),
        .cs = KGDT_R0_CODE,
    };

    ke_bug_check_with_frame(code, p1, p2, p3, p4, &frame);
}
