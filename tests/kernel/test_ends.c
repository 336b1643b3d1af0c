/* Ends that lead to other ends, and threads that come while their process ends. */
#include "kernel/dbgk/dbgk.h"
#include "kernel/ke/scheduler.h"
#include "tests/kernel/threads.h"

/* Enough that a stack would not do for one end within the other. */
#define CHAIN 160u

#define BEST 15 /* of the dynamic priorities */

static bool done;

/* Each process's only handle is in the next one's table; only the last is known. */
static void end_chain_of_handles(void *context)
{
    struct eprocess *before = NULL, *next;
    handle_t handle;

    (void)context;
    done = true;
    for (uint32_t i = 0; i < CHAIN && done; i++) {
        done = NT_SUCCESS(ps_create_process(&next, "chain", NULL));
        if (!done)
            break;
        if (before) {
            done = NT_SUCCESS(
                ob_open_object_in(next->object_table, before, 0, 0, KERNEL_MODE, &handle));
            ob_dereference_object(before);
        }
        before = next;
    }
    if (before)
        ob_dereference_object(before);
}

KTEST(ends, processes_that_hold_each_other)
{
    struct ethread *thread = ktest_thread(test, TEST_PRIORITY, end_chain_of_handles, NULL);

    ktest_assert(test, thread);
    ktest_join(thread);
    ktest_assert(test, done);
}

/* DEBUGGER debugs PROCESS, which ends with it. */
static bool make_debugger(struct eprocess *debugger, struct eprocess *process)
{
    struct debug_object *object;
    handle_t handle;

    if (!NT_SUCCESS(dbgk_create_debug_object(DEBUG_KILL_ON_CLOSE, &object)))
        return false;
    dbgk_assign_new_process(process, object);
    ntstatus status = ob_open_object_in(debugger->object_table, object, 0, 0, KERNEL_MODE, &handle);
    ob_dereference_object(object);
    return NT_SUCCESS(status);
}

static void end_chain_of_debuggers(void *context)
{
    static struct eprocess *processes[CHAIN];
    uint32_t n;

    (void)context;
    done = true;
    for (n = 0; n < CHAIN && done; n++)
        done = NT_SUCCESS(ps_create_process(&processes[n], "chain", NULL)) &&
               (!n || make_debugger(processes[n - 1], processes[n]));
    ps_terminate_process(processes[0], 5);
    while (n--) {
        ke_wait_for_single_object(processes[n], WR_EXECUTIVE, KERNEL_MODE, false, NULL);
        ob_dereference_object(processes[n]);
    }
}

KTEST(ends, processes_that_debug_each_other)
{
    struct ethread *thread = ktest_thread(test, TEST_PRIORITY, end_chain_of_debuggers, NULL);

    ktest_assert(test, thread);
    ktest_join(thread);
    ktest_assert(test, done);
}

/* Somebody attached to a process just before it was to get its debugger. */
KTEST(ends, the_first_debugger_stays)
{
    struct debug_object *first, *second;
    struct eprocess *process, *parent;

    ktest_assert_eq(test, ps_create_process(&process, "child", NULL), STATUS_SUCCESS);
    ktest_assert_eq(test, ps_create_process(&parent, "parent", NULL), STATUS_SUCCESS);
    ktest_assert_eq(test, dbgk_create_debug_object(0, &first), STATUS_SUCCESS);
    ktest_assert_eq(test, dbgk_create_debug_object(0, &second), STATUS_SUCCESS);
    dbgk_assign_new_process(process, first);
    dbgk_assign_new_process(process, second);
    ktest_assert(test, process->debug.port == first);
    dbgk_assign_new_process(parent, second);
    dbgk_copy_process_debug_port(process, parent);
    ktest_assert(test, process->debug.port == first);
    ktest_assert_eq(test, ob_header(first)->pointer_count, 2);
    ktest_assert_eq(test, ob_header(second)->pointer_count, 2);
    dbgk_forget_process(process);
    dbgk_forget_process(parent);
    ob_dereference_object(first);
    ob_dereference_object(second);
    ob_dereference_object(process);
    ob_dereference_object(parent);
}

/* ---- a thread that comes ------------------------------------------------------------------------
 */

#define ROUNDS 300u

static volatile bool over;
static volatile uint32_t looks;
static uint32_t not_whole;

static void look_at(struct ethread *thread, void *context)
{
    (void)context;
    not_whole += !thread->process || !thread->tcb.id;
}

/* Looks at odd moments, as a better thread may. */
static void look(void *context)
{
    (void)context;
    while (!over) {
        ke_delay_execution_thread(KERNEL_MODE, false, -(int64_t)(20 + ktest_random() % 100) * 10);
        ps_visit_threads(ps_initial_system_process, look_at, NULL);
        looks++;
    }
}

static void nothing(void *context)
{
    (void)context;
}

/* Whoever finds a thread among those of its process finds all of it. */
KTEST(ends, a_thread_is_found_when_it_is_whole)
{
    struct ethread *thread, *looker;

    over = false;
    looks = not_whole = 0;
    looker = ktest_thread(test, BEST, look, NULL);
    while (looks < ROUNDS) {
        if (!NT_SUCCESS(ps_create_thread(&thread, ps_initial_system_process, TEST_PRIORITY - 1,
                                         nothing, NULL)))
            continue;
        ps_wait_for_thread(thread);
        ob_dereference_object(thread);
    }
    over = true;
    ktest_join(looker);
    ktest_assert_eq(test, not_whole, 0);
}

static void spin(uint32_t units)
{
    uint64_t until = ke_query_interrupt_time() + units;

    while (ke_query_interrupt_time() < until)
        ;
}

static void sleep_and_end(void *context)
{
    ke_delay_execution_thread(KERNEL_MODE, false, -(int64_t)(uintptr_t)context);
}

/* => whether the process of a thread that ends while another comes was over before both were. */
static bool is_over_early(struct ktest *test)
{
    struct eprocess *process;
    struct ethread *first, *second;
    uintptr_t units = 100 + ktest_random() % 400;
    bool early = false;

    if (!NT_SUCCESS(ps_create_process(&process, "early", NULL)) ||
        !NT_SUCCESS(ps_create_thread(&first, process, BEST, sleep_and_end, (void *)units))) {
        ktest_fail(test, __FILE__, __LINE__, "no process");
        return false;
    }
    spin(ktest_random() % (uint32_t)units);
    if (NT_SUCCESS(ps_create_thread(&second, process, 1, nothing, NULL))) {
        ke_wait_for_single_object(process, WR_EXECUTIVE, KERNEL_MODE, false, NULL);
        early = process->active_threads != 0;
        ps_wait_for_thread(second);
        ob_dereference_object(second);
    }
    ps_wait_for_thread(first);
    ob_dereference_object(first);
    ob_dereference_object(process);
    return early;
}

KTEST(ends, a_process_is_not_over_while_a_thread_comes)
{
    uint32_t early = 0;

    for (uint32_t i = 0; i < ROUNDS && !early; i++)
        early += is_over_early(test);
    ktest_assert_eq(test, early, 0);
}
