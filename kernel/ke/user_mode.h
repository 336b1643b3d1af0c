/*
 * Going to user mode and coming back: what a user thread has that a system thread has not, and what
 * becomes of the exceptions that it causes.
 */
#pragma once

#include "arch/i386/npx.h"
#include "kernel/ke/context.h"
#include "kernel/ke/pcr.h"

/* Where THREAD's first frame from user mode lies: at the top of its kernel stack. All later ones do
 * too, so this is also the frame of a service that it is in. */
static inline struct kuser_frame *ki_first_user_frame(const struct kthread *thread)
{
    return (struct kuser_frame *)thread->initial_stack - 1;
}

static inline struct ktrap_frame *ki_thread_trap_frame(const struct kthread *thread)
{
    return &ki_first_user_frame(thread)->trap;
}

/* User thread NEXT is about to run: its floating-point registers and its fs. DISPATCH_LEVEL. */
void ki_switch_user_state(struct kpcr *pcr, struct kthread *next);

/* The current thread goes to user mode for the first time, as its first frame says. PASSIVE_LEVEL.
 */
NORETURN void ke_enter_user_mode(void);

extern uintptr_t ki_highest_user_address; /* the memory manager's, for the trap handlers */

/* A fault of user mode that could not be resolved / any other exception of user mode. Interrupts
 * are off on both ends. */
void ki_user_access_failed(ntstatus status, uintptr_t va, struct ktrap_frame *frame);
void ki_user_trap(struct ktrap_frame *frame);

/*
 * Have the current thread, whose frame FRAME is, take the exception RECORD in user mode: on its
 * stack lie then
 *
 *      esp -> address of the record, address of the context, record, context
 *
 * and it goes on at its process's user_exception_dispatcher. If there is none, or no room for that,
 * the process ends with the exception's code. Its debugger is asked first, and again before that
 * end. FIRST_CHANCE: false is the second time. CONTEXT: the state that goes with it, and that the
 * debugger sees; NULL: FRAME's. Below APC_LEVEL, interrupts on. (KiDispatchException)
 */
void ki_dispatch_exception(const struct exception_record *record, struct ktrap_frame *frame,
                           struct context *context, bool first_chance);

/*
 * Have the current thread, whose frame FRAME is, call ROUTINE in user mode: on its stack lie then
 *
 *      esp -> routine, context, argument 1, argument 2, CONTEXT
 *
 * and it goes on at its process's user_apc_dispatcher, which is to call the first four and to
 * continue the last. If there is none the process ends, and if there is no room the thread takes
 * the exception, with STATUS_ACCESS_VIOLATION. APC_LEVEL. (KiInitializeUserApc)
 */
void ki_call_user_apc(struct ktrap_frame *frame, knormal_routine routine, void *context,
                      void *argument1, void *argument2);

/* Ask the debugger of the current process, which is debugged, about an exception of the current
 * thread, which waits for the answer: true, the thread goes on. The debug system's. Below
 * APC_LEVEL, interrupts on. (DbgkForwardException) */
extern bool (*ki_forward_exception)(const struct exception_record *record, bool first_chance);

/* => whether BYTES, not 0, from FROM on are user space's and could be read. Below APC_LEVEL, or up
 * to it where their faults may wait. */
bool ki_copy_from_user_space(void *to, uintptr_t from, uint32_t bytes);

/* Is the instruction at EIP, which raised an exception, one that only ring 0 may execute? Has it a
 * lock prefix? Below APC_LEVEL, interrupts on. */
bool ki_is_privileged(uintptr_t eip);
bool ki_has_lock_prefix(uintptr_t eip);
/* FRAME is of a division that failed: was it because of its divisor? The same levels. */
bool ki_divides_by_zero(struct ktrap_frame *frame);

/* ---- between the two: => whether BYTES could be written to the user's stack at TO; FRAME goes on
 * at DISPATCHER with ESP. The other registers do not matter there: the program's are on the stack
 * ---- */
bool ki_copy_to_user_stack(uintptr_t to, const void *from, uint32_t bytes);
void ki_enter_dispatcher(struct ktrap_frame *frame, uintptr_t esp, uintptr_t dispatcher);

/* End the current process: an exception with CODE that nobody handled. The process manager's. */
extern void (*ki_unhandled_exception)(ntstatus code);

void ki_init_user_mode(void);
