/*
 * Stopping the machine when the kernel itself is wrong. User programs and bad input never come
 * here.
 */
#pragma once

#include "arch/i386/trap.h"
#include "kernel/ke/bugcodes.h"

/* Stop with CODE and four parameters, whose meaning the bug check's documentation gives. Any IRQL,
 * any state: works before the console is up, and when a bugcheck is already under way. */
NORETURN void ke_bug_check_ex(uint32_t code, uintptr_t p1, uintptr_t p2, uintptr_t p3,
                              uintptr_t p4);

/* The same with the interrupted registers, which are shown instead of the caller's. */
NORETURN void ke_bug_check_with_frame(uint32_t code, uintptr_t p1, uintptr_t p2, uintptr_t p3,
                                      uintptr_t p4, struct ktrap_frame *frame);

/* Called once on the way down, after registers and stack were shown: NAME is printed before what
 * ROUTINE prints (KeRegisterBugCheckCallback). RECORD is the caller's and stays linked. */
struct kbugcheck_callback_record {
    struct kbugcheck_callback_record *next;
    const char *name;
    void (*routine)(struct ktrap_frame *frame);
};
void ke_register_bug_check_callback(struct kbugcheck_callback_record *record);
/* The same, behind all that are registered: for the debugger, which may not return. */
void ke_append_bug_check_callback(struct kbugcheck_callback_record *record);

/* "IRQL_NOT_LESS_OR_EQUAL", or "UNKNOWN_BUG_CHECK". */
const char *ke_bug_check_name(uint32_t code);

/* Show the registers of FRAME. */
void ke_print_registers(const struct ktrap_frame *frame);
