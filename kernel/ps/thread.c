/*
 * The life of a system thread.
 *
 *      ps_create_system_thread   a stack, an object of two references: the caller's and its own
 *      ps_exit_thread            APCs are run down, mutants abandoned, waiters released
 *      reap                      by a DPC, when the thread's stack is in use no more: the stack and
 *                                the thread's own reference go
 */
#include "kernel/ke/scheduler.h"
#include "arch/i386/descriptors.h"
#include "kernel/ex/timer.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/suspend.h"
#include "kernel/ke/user_mode.h"
#include "kernel/ps/ps_internal.h"
#include "mm/mm.h"

static struct list_entry ended; /* threads to be reaped; the dispatcher lock */
static struct kdpc reaper;
static volatile uint32_t next_id = PS_SYSTEM_PROCESS_ID;
const struct ps_debug_hooks *ps_debug_hooks;

void ps_set_debug_hooks(const struct ps_debug_hooks *hooks)
{
    ps_debug_hooks = hooks;
}

void ps_exit_thread(ntstatus status)
{
    struct ethread *thread = ps_get_current_thread();

    ke_assert_irql_at_most(PASSIVE_LEVEL);
    if (thread->tcb.kernel_apc_disable)
        ke_bug_check_ex(APC_INDEX_MISMATCH, (uintptr_t)thread->tcb.start_routine, 0,
                        (uint16_t)thread->tcb.kernel_apc_disable, 0);
    ke_force_resume_thread(
        &thread->tcb); /* nor is it suspended from now on: who would resume it? */
    thread->terminating = true;
    thread->exit_status = status;
    if (thread->tcb.npx_state)
        ps_debug_hooks->thread_exits(thread);
    else
        ps_begin_thread_exit(thread->process);
    ps_stamp(&thread->life.ended);
    ex_rundown_timers();
    ke_rundown_apc_queues();
    ps_leave_process(thread);
    ke_terminate_thread(IO_NO_INCREMENT);
}

void ps_terminate_system_thread(ntstatus status)
{
    ps_exit_thread(status);
}

static void routine_returned(void)
{
    ps_exit_thread(STATUS_SUCCESS);
}

static void reap(struct kdpc *dpc, void *context, void *argument1, void *argument2)
{
    (void)dpc, (void)context, (void)argument1, (void)argument2;
    for (;;) {
        struct ethread *thread = NULL;
        kirql irql = ki_lock_dispatcher_database();
        if (!is_list_empty(&ended))
            thread = CONTAINER_OF(remove_head_list(&ended), struct ethread, reaper_link);
        ki_unlock_dispatcher_database(irql);
        if (!thread)
            return;
        mm_delete_kernel_stack(thread->tcb.stack_top);
        ob_dereference_object(thread);
    }
}

static void thread_over(struct kthread *tcb)
{
    insert_tail_list(&ended, &CONTAINER_OF(tcb, struct ethread, tcb)->reaper_link);
    ke_insert_queue_dpc(&reaper, NULL, NULL);
}

/* ---- termination by another thread ------------------------------------------------------------
 *
 * A thread that goes to user mode ends on its way there, where no service of the kernel is under
 * way: a wait of user mode ends for that, all others come to their end. A thread of the system ends
 * where normal kernel APCs are delivered.
 */

static void exit_kernel_routine(struct kapc *apc, knormal_routine *normal, void **context,
                                void **argument1, void **argument2)
{
    (void)apc, (void)normal, (void)context, (void)argument1, (void)argument2;
}

static void exit_normal_routine(void *context, void *argument1, void *argument2)
{
    (void)context, (void)argument2;
    ps_get_current_thread()->tcb.apc_state.kernel_apc_in_progress = false; /* it never returns */
    ps_exit_thread((ntstatus)(uintptr_t)argument1);
}

static void exit_user_thread(struct kapc *apc, knormal_routine *normal, void **context,
                             void **argument1, void **argument2)
{
    (void)apc, (void)normal, (void)context, (void)argument2;
    ke_lower_irql(PASSIVE_LEVEL); /* nor does this */
    ps_exit_thread((ntstatus)(uintptr_t)*argument1);
}

/* => whether THREAD has to be told: nobody has yet. */
static bool begin_termination(struct ethread *thread)
{
    kirql irql = ki_lock_dispatcher_database();
    bool first = !thread->terminating;

    thread->terminating = true;
    ki_unlock_dispatcher_database(irql);
    return first;
}

ntstatus ps_terminate_thread(struct ethread *thread, ntstatus status)
{
    bool user = thread->tcb.npx_state != NULL;

    ke_assert_irql_at_most(APC_LEVEL);
    if (thread == ps_get_current_thread())
        ps_exit_thread(status);
    if (!begin_termination(thread))
        return STATUS_THREAD_IS_TERMINATING;
    ke_initialize_apc(&thread->exit_apc, &thread->tcb,
                      user ? exit_user_thread : exit_kernel_routine, NULL, exit_normal_routine,
                      user ? USER_MODE : KERNEL_MODE, NULL);
    bool queued = (user ? ke_force_user_apc : ke_insert_queue_apc)(
        &thread->exit_apc, (void *)(uintptr_t)status, NULL, EVENT_INCREMENT);
    if (queued)
        ke_force_resume_thread(&thread->tcb);
    return queued ? STATUS_SUCCESS : STATUS_THREAD_IS_TERMINATING;
}

ntstatus ps_wait_for_thread(struct ethread *thread)
{
    ke_wait_for_single_object(thread, WR_EXECUTIVE, KERNEL_MODE, false, NULL);
    return thread->exit_status;
}

/* ---- creation ---------------------------------------------------------------------------------
 */

uint32_t ps_new_id(void)
{
    return interlocked_exchange_add(&next_id, 4) + 4;
}

/* THREAD, complete, becomes one of its process's, unless that is ending. It may be found from then
 * on, by others who are to end it, too. */
static bool join_process(struct ethread *thread)
{
    struct eprocess *process = thread->process;
    kirql irql = ki_lock_dispatcher_database();
    bool ends = process->exiting_threads && process->exiting_threads == process->active_threads;
    bool may = !process->exiting && !ends;

    process->active_threads += may;
    if (may)
        ki_insert_thread(&thread->tcb);
    ki_unlock_dispatcher_database(irql);
    return may;
}

static void initialize(struct ethread *thread, struct eprocess *process, void *stack_top,
                       void (*routine)(void *context), void *context)
{
    ke_initialize_thread(&thread->tcb, &process->pcb, stack_top, routine, context);
    thread->tcb.id = ps_new_id();
    thread->process = process;
    thread->exit_status = STATUS_PENDING;
    thread->terminating = false;
    initialize_list_head(&thread->active_timers);
}

void ps_delete_thread(void *object)
{
    struct ethread *thread = object;

    if (thread->process)
        ob_dereference_object(thread->process);
}

ntstatus ps_create_system_thread(struct ethread **out, int8_t priority,
                                 void (*routine)(void *context), void *context)
{
    return ps_create_thread(out, ps_initial_system_process, priority, routine, context);
}

/* A thread with a stack, which does not run yet, of user mode if there is a TEB; its references are
 * the caller's and its own. */
static ntstatus make_thread(struct ethread **out, struct eprocess *process,
                            void (*routine)(void *context), void *context, uintptr_t teb)
{
    ke_assert_irql_at_most(PASSIVE_LEVEL);
    void *object, *stack = mm_create_kernel_stack();
    ntstatus status =
        stack ? ob_create_object(ps_thread_type, &object) : STATUS_INSUFFICIENT_RESOURCES;

    if (!NT_SUCCESS(status)) {
        if (stack)
            mm_delete_kernel_stack(stack);
        return status;
    }
    *out = object;
    initialize(*out, process, stack, routine, context);
    if (teb) {
        ke_make_user_thread(&(*out)->tcb, teb);
        (*out)->tcb.previous_mode = USER_MODE;
    }
    ps_stamp(&(*out)->life.created);
    ob_reference_object(process); /* the thread's */
    ob_reference_object(*out);    /* its own, until it is reaped */
    /* It joins when nothing can fail any more: meanwhile others might have left it to be the last.
     */
    if (join_process(*out))
        return STATUS_SUCCESS;
    ob_dereference_object(*out);
    ob_dereference_object(*out);
    mm_delete_kernel_stack(stack);
    return STATUS_PROCESS_IS_TERMINATING;
}

ntstatus ps_create_thread(struct ethread **out, struct eprocess *process, int8_t priority,
                          void (*routine)(void *context), void *context)
{
    ntstatus status = make_thread(out, process, routine, context, 0);

    if (!NT_SUCCESS(status))
        return status;
    ke_set_base_priority_thread(&(*out)->tcb, priority);
    ps_start_thread(*out);
    return STATUS_SUCCESS;
}

void ps_start_thread(struct ethread *thread)
{
    struct eprocess *process = thread->process;

    /* It may have begun to end after it let the thread in, and before it could tell it so. */
    if (process->exiting)
        ps_terminate_thread(thread, process->exit_status);
    ke_start_thread(&thread->tcb);
}

static void begin_user_thread(void *context)
{
    (void)context;
    ps_debug_hooks->thread_started(ps_get_current_thread());
    ke_enter_user_mode();
}

ntstatus ps_create_user_thread(struct ethread **out, struct eprocess *process,
                               struct context *context)
{
    uintptr_t teb;
    ntstatus status = ps_create_teb(process, &teb);

    if (!NT_SUCCESS(status))
        return status;
    status = make_thread(out, process, begin_user_thread, NULL, teb);
    if (!NT_SUCCESS(status)) {
        ps_delete_teb(process, teb);
        return status;
    }
    struct kthread *tcb = &(*out)->tcb;
    struct kuser_frame *frame;
    frame = ki_first_user_frame(tcb);
    *frame = (struct kuser_frame){.fs = KGDT_R3_TEB, .es = KGDT_R3_DATA, .ds = KGDT_R3_DATA};
    ke_context_to_kframes(tcb, &frame->trap, context);
    ps_finish_teb(*out);
    return STATUS_SUCCESS;
}

void ps_init_threads(void)
{
    initialize_list_head(&ended);
    ke_initialize_dpc(&reaper, reap, NULL);
    ki_thread_returned = routine_returned;
    ki_thread_over = thread_over;
    ps_init_exit();
}

/* The two threads that nobody creates, and that never end: there are no types to make them of yet.
 */
void ps_init_first_threads(void *stack_top)
{
    struct ethread *first = ps_make_first_object(sizeof(*first), &ps_thread_type);
    struct ethread *idle = ps_make_first_object(sizeof(*idle), &ps_thread_type);
    void *idle_stack = mm_create_kernel_stack();

    if (!idle_stack)
        ke_bug_check_ex(PHASE0_INITIALIZATION_FAILED, 0, 0, 0, 0);
    initialize(first, ps_initial_system_process, NULL, NULL, NULL);
    ki_insert_thread(&first->tcb);
    ps_initial_system_process->active_threads++;
    first->tcb.stack_top = first->tcb.initial_stack = stack_top;
    initialize(idle, ps_idle_process, idle_stack, ki_idle_loop, NULL);
    ki_insert_thread(&idle->tcb);
    idle->tcb.id = 0;
    ki_init_scheduler(&first->tcb, &idle->tcb);
}
