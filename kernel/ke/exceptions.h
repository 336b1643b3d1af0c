/* What happens to the processor's exceptions. */
#pragma once

#include "arch/i386/trap.h"
#include "lib/status.h"

enum kprocessor_mode {
    KERNEL_MODE,
    USER_MODE
};

/* Resolves page faults: mm_access_fault, registered at start-up. A success status resumes the
 * interrupted instruction. */
typedef ntstatus (*ki_page_fault_handler)(uint32_t error_code, uintptr_t va,
                                          enum kprocessor_mode mode, struct ktrap_frame *frame);
void ke_set_page_fault_handler(ki_page_fault_handler handler);

/* Offered every exception before it stops the machine: true, resume. The debugger's. */
void ke_set_debug_handler(bool (*handler)(struct ktrap_frame *frame));

/* Says of a double fault's stack pointer whether a kernel stack ends there: the memory manager's.
 */
void ke_set_stack_overflow_test(bool (*test)(uintptr_t esp));

/* Take the exception vectors. */
void ki_init_exceptions(void);
