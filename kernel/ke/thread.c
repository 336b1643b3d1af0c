/* The beginning and the end of threads. */
#include "kernel/ke/thread.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/interrupt.h"
#include "kernel/ke/scheduler.h"
#include "kernel/ke/suspend.h"
#include "kernel/ke/user_mode.h"
#include "kernel/ke/wait.h"

const char *const ke_thread_state_names[THREAD_STATES] = {
    [THREAD_INITIALIZED] = "INITIALIZED", [THREAD_READY] = "READY",
    [THREAD_RUNNING] = "RUNNING",         [THREAD_STANDBY] = "STANDBY",
    [THREAD_TERMINATED] = "TERMINATED",   [THREAD_WAITING] = "WAIT",
};

void (*ki_thread_returned)(void);
void (*ki_thread_over)(struct kthread *thread);

void ki_thread_startup(void); /* arch/i386/context_switch.S */
void ki_begin_thread(void);

/* A new thread's first C function: the dispatcher lock is held, as after any switch. */
void ki_begin_thread(void)
{
    struct kthread *thread = ke_get_current_thread();

    if (thread->apc_state.kernel_apc_pending)
        ki_request_apc_interrupt(); /* queued before it ever ran */
    ke_release_spin_lock(&ki_dispatcher_lock, PASSIVE_LEVEL);
    thread->start_routine(thread->start_context);
    ki_thread_returned();
}

static void push_first_frame(struct kthread *thread, void *below)
{
    struct kswitch_frame *frame = (struct kswitch_frame *)below - 1;

    *frame = (struct kswitch_frame){.eip = (uint32_t)ki_thread_startup};
    thread->kernel_stack = (uintptr_t)frame;
}

void ke_initialize_thread(struct kthread *thread, struct kprocess *process, void *stack_top,
                          void (*routine)(void *context), void *context)
{
    *thread = (struct kthread){
        .stack_top = stack_top,
        .initial_stack = stack_top,
        .process = process,
        .state = THREAD_INITIALIZED,
        .priority = process->base_priority,
        .base_priority = process->base_priority,
        .quantum = process->thread_quantum,
        .quantum_reset = process->thread_quantum,
        .start_routine = routine,
        .start_context = context,
        .apc_state.process = process,
        .uses_user_space = process->directory_table_base != 0,
    };
    ki_initialize_header(&thread->header, THREAD_OBJECT, 0);
    initialize_list_head(&thread->mutant_list_head);
    initialize_list_head(&thread->apc_state.apc_list_head[KERNEL_MODE]);
    initialize_list_head(&thread->apc_state.apc_list_head[USER_MODE]);
    ke_initialize_timer_ex(&thread->timer, TIMER_NOTIFICATION_OBJECT);
    ki_initialize_suspend(thread);
    if (stack_top)
        push_first_frame(thread, stack_top);
}

void ki_insert_thread(struct kthread *thread)
{
    insert_tail_list(&thread->process->thread_list_head, &thread->thread_list_entry);
}

void ke_make_user_thread(struct kthread *thread, uintptr_t teb)
{
    thread->npx_state = (char *)thread->stack_top - NPX_STATE_BYTES;
    thread->initial_stack = thread->npx_state;
    thread->teb = teb;
    ki_npx_initialize(thread->npx_state);
    push_first_frame(thread, ki_first_user_frame(thread));
}

void ke_start_thread(struct kthread *thread)
{
    kirql irql = ki_lock_dispatcher_database();

    ki_ready_thread(thread);
    ki_unlock_dispatcher_database(irql);
}

void ke_initialize_process(struct kprocess *process, int8_t base_priority)
{
    *process = (struct kprocess){.base_priority = base_priority, .thread_quantum = THREAD_QUANTUM};
    ki_initialize_header(&process->header, PROCESS_OBJECT, 0);
    initialize_list_head(&process->thread_list_head);
}

/* The dispatcher lock is held. */
static void signal_process(struct kprocess *process, int32_t increment)
{
    process->header.signal_state = 1;
    ki_wait_test(&process->header, increment);
}

void ke_set_process(struct kprocess *process, int32_t increment)
{
    kirql irql = ki_lock_dispatcher_database();

    signal_process(process, increment);
    ki_unlock_dispatcher_database(irql);
}

void ke_terminate_thread(int32_t increment)
{
    struct kthread *thread = ke_get_current_thread();

    ke_assert_irql_at_most(PASSIVE_LEVEL);
    ki_lock_dispatcher_database();
    ki_abandon_mutants(thread);
    if (ke_get_pcr()->npx_thread == thread)
        ke_get_pcr()->npx_thread = NULL;
    thread->state = THREAD_TERMINATED;
    remove_entry_list(&thread->thread_list_entry);
    thread->header.signal_state = 1;
    ki_wait_test(&thread->header, increment);
    if (is_list_empty(&thread->process->thread_list_head))
        signal_process(thread->process, increment);
    ki_thread_over(thread);
    ki_swap_thread();
    ke_bug_check_ex(KERNEL_SECURITY_CHECK_FAILURE, FAST_FAIL_INVALID_ARG, (uintptr_t)thread, 0,
                    0); /* it ran again */
}
