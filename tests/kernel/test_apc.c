/* Asynchronous procedure calls: which run when, and which of them end which wait. */
#include "kernel/ke/scheduler.h"
#include "tests/kernel/threads.h"

#define ABOVE (TEST_PRIORITY + 2)

static char trace[16];
static uint32_t length;

static void say(char what)
{
    if (length < sizeof(trace))
        trace[length++] = what;
}

static bool said(const char *what)
{
    uint32_t i = 0;

    for (; what[i]; i++)
        if (i >= length || trace[i] != what[i])
            return false;
    return i == length;
}

/* Upper case: the kernel routine at APC_LEVEL; lower case: the normal routine at PASSIVE_LEVEL. */
static void kernel_routine(struct kapc *apc, knormal_routine *normal, void **context,
                           void **argument1, void **argument2)
{
    (void)apc, (void)normal, (void)argument1, (void)argument2;
    say(ke_get_current_irql() == APC_LEVEL ? (char)((uintptr_t)*context - 'a' + 'A') : '!');
}

static void normal_routine(void *context, void *argument1, void *argument2)
{
    (void)argument1, (void)argument2;
    say(ke_get_current_irql() == PASSIVE_LEVEL ? (char)(uintptr_t)context : '!');
}

static void rundown(struct kapc *apc)
{
    say('r');
    (void)apc;
}

static void make(struct kapc *apc, struct ethread *thread, bool special, enum kprocessor_mode mode,
                 char name)
{
    ke_initialize_apc(apc, thread ? &thread->tcb : ke_get_current_thread(), kernel_routine, rundown,
                      special ? NULL : normal_routine, mode, (void *)(uintptr_t)name);
}

KTEST(apc, kernel_ones_run_at_once_in_the_current_thread)
{
    struct kapc special, normal;

    length = 0;
    make(&special, NULL, true, KERNEL_MODE, 's');
    make(&normal, NULL, false, KERNEL_MODE, 'n');
    ktest_assert(test, ke_insert_queue_apc(&special, NULL, NULL, 0));
    ktest_assert(test, said("S"));
    ktest_assert(test, ke_insert_queue_apc(&normal, NULL, NULL, 0));
    ktest_assert(test, said("SNn"));
    ktest_assert_eq(test, ke_get_current_irql(), PASSIVE_LEVEL);
}

KTEST(apc, wait_for_the_level_to_fall_special_ones_first)
{
    struct kapc special, first, second;

    length = 0;
    make(&first, NULL, false, KERNEL_MODE, 'f');
    make(&second, NULL, false, KERNEL_MODE, 'g');
    make(&special, NULL, true, KERNEL_MODE, 's');
    kirql irql = ke_raise_irql(APC_LEVEL);
    ke_insert_queue_apc(&first, NULL, NULL, 0);
    ke_insert_queue_apc(&second, NULL, NULL, 0);
    ke_insert_queue_apc(&special, NULL, NULL, 0);
    ktest_assert(test, !ke_insert_queue_apc(&special, NULL, NULL, 0)); /* it is queued */
    ktest_assert(test, said(""));
    ktest_assert(test, ke_get_current_thread()->apc_state.kernel_apc_pending);
    ke_lower_irql(irql);
    ktest_assert(test, said("SFfGg"));
    ktest_assert(test, !ke_get_current_thread()->apc_state.kernel_apc_pending);
}

KTEST(apc, normal_ones_wait_for_the_end_of_a_critical_region)
{
    struct kapc special, normal;

    length = 0;
    make(&normal, NULL, false, KERNEL_MODE, 'n');
    make(&special, NULL, true, KERNEL_MODE, 's');
    ke_enter_critical_region();
    ke_enter_critical_region();
    ke_insert_queue_apc(&normal, NULL, NULL, 0);
    ke_insert_queue_apc(&special, NULL, NULL, 0);
    ktest_assert(test, said("S"));
    ke_leave_critical_region();
    ktest_assert(test, said("S"));
    ke_leave_critical_region();
    ktest_assert(test, said("SNn"));
}

static struct kapc nested;

static void queue_nested(void *context, void *argument1, void *argument2)
{
    (void)context, (void)argument1, (void)argument2;
    say('(');
    ke_insert_queue_apc(&nested, NULL, NULL, 0);
    say(')');
}

KTEST(apc, normal_ones_do_not_interrupt_each_other)
{
    struct kapc outer;

    length = 0;
    make(&nested, NULL, false, KERNEL_MODE, 'n');
    make(&outer, NULL, false, KERNEL_MODE, 'o');
    outer.normal_routine = queue_nested;
    ke_insert_queue_apc(&outer, NULL, NULL, 0);
    ktest_assert(test, said("O()Nn"));
}

KTEST(apc, can_be_taken_back)
{
    struct kapc apc;

    length = 0;
    make(&apc, NULL, true, KERNEL_MODE, 's');
    kirql irql = ke_raise_irql(APC_LEVEL);
    ke_insert_queue_apc(&apc, NULL, NULL, 0);
    ktest_assert(test, ke_remove_queue_apc(&apc));
    ktest_assert(test, !ke_remove_queue_apc(&apc));
    ke_lower_irql(irql);
    ktest_assert(test, said(""));
}

/* ---- waits
 * ----------------------------------------------------------------------------------------- */

struct sleeper {
    struct kevent event;
    enum kprocessor_mode mode;
    bool alertable, critical;
    kirql irql;
    ntstatus status;
    struct ethread *thread;
};

static void sleep(void *context)
{
    struct sleeper *s = context;

    if (s->critical)
        ke_enter_critical_region();
    kirql irql = ke_raise_irql(s->irql);
    s->status = ke_wait_for_single_object(&s->event, WR_USER_REQUEST, s->mode, s->alertable, NULL);
    ke_lower_irql(irql);
    if (s->critical)
        ke_leave_critical_region();
}

static bool start(struct ktest *test, struct sleeper *s)
{
    length = 0;
    s->status = STATUS_PENDING;
    ke_initialize_event(&s->event, EVENT_NOTIFICATION_OBJECT, false);
    s->thread = ktest_thread(test, ABOVE, sleep, s);
    return s->thread != NULL;
}

/* Queue an APC to a sleeper: what must have run while it still waits, how the wait must end, and
 * what must have run in the end. */
static void try(struct ktest *test, struct sleeper how, bool special, enum kprocessor_mode mode,
                const char *during, ntstatus status, const char *after)
{
    struct sleeper s = how;
    struct kapc apc;

    ktest_assert(test, start(test, &s));
    make(&apc, s.thread, special, mode, 'a');
    uint32_t switches = s.thread->tcb.context_switches;
    ktest_assert(test, ke_insert_queue_apc(&apc, NULL, NULL, 0));
    ktest_assert(test, said(during));
    /* What may not interrupt the wait does not even wake the thread. */
    ktest_assert_eq(test, s.thread->tcb.context_switches - switches, during[0] != 0);
    if (status == STATUS_SUCCESS) {
        ktest_assert_eq(test, s.status, STATUS_PENDING);
        ktest_assert_eq(test, ktest_state(s.thread), THREAD_WAITING);
    }
    ke_set_event(&s.event, 0);
    ktest_assert_eq(test, s.status, status);
    ktest_join(s.thread);
    ktest_assert(test, said(after));
}

#define TRY(...)                \
    do {                        \
        try(test, __VA_ARGS__); \
        if (ktest_over(test))   \
            return;             \
    } while (0)

KTEST(apc, special_kernel_one_runs_in_any_wait_called_below_its_level)
{
    TRY((struct sleeper){.alertable = false}, true, KERNEL_MODE, "A", STATUS_SUCCESS, "A");
    TRY((struct sleeper){.alertable = true}, true, KERNEL_MODE, "A", STATUS_SUCCESS, "A");
    TRY((struct sleeper){.critical = true}, true, KERNEL_MODE, "A", STATUS_SUCCESS, "A");
    TRY((struct sleeper){.mode = USER_MODE}, true, KERNEL_MODE, "A", STATUS_SUCCESS, "A");
    TRY((struct sleeper){.irql = APC_LEVEL}, true, KERNEL_MODE, "", STATUS_SUCCESS, "A");
}

KTEST(apc, normal_kernel_one_runs_in_a_wait_outside_critical_regions)
{
    TRY((struct sleeper){.alertable = false}, false, KERNEL_MODE, "Aa", STATUS_SUCCESS, "Aa");
    TRY((struct sleeper){.mode = USER_MODE}, false, KERNEL_MODE, "Aa", STATUS_SUCCESS, "Aa");
    TRY((struct sleeper){.critical = true}, false, KERNEL_MODE, "", STATUS_SUCCESS, "Aa");
    TRY((struct sleeper){.irql = APC_LEVEL}, false, KERNEL_MODE, "", STATUS_SUCCESS, "Aa");
}

KTEST(apc, user_one_ends_only_an_alertable_wait_of_user_mode)
{
    /* There is no user mode to deliver it in: it is run down when the thread ends. */
    TRY((struct sleeper){.mode = USER_MODE, .alertable = true}, false, USER_MODE, "r",
        STATUS_USER_APC, "r");
    TRY((struct sleeper){.mode = USER_MODE}, false, USER_MODE, "", STATUS_SUCCESS, "r");
    TRY((struct sleeper){.alertable = true}, false, USER_MODE, "", STATUS_SUCCESS, "r");
    TRY((struct sleeper){.alertable = false}, false, USER_MODE, "", STATUS_SUCCESS, "r");
}

static void *delivered_context;

static void initialize_user_apc(struct ktrap_frame *frame, knormal_routine routine, void *context,
                                void *argument1, void *argument2)
{
    (void)frame, (void)routine, (void)argument1, (void)argument2;
    delivered_context = context;
    say('u');
}

KTEST(apc, user_one_is_delivered_on_the_way_to_user_mode)
{
    struct kapc_state *state = &ke_get_current_thread()->apc_state;
    struct kapc apc;
    int64_t now = 0;

    length = 0;
    make(&apc, NULL, false, USER_MODE, 'a');
    ke_insert_queue_apc(&apc, NULL, NULL, 0);
    ktest_assert(test, !state->user_apc_pending);
    ktest_assert_eq(test, ke_delay_execution_thread(USER_MODE, true, now - 1), STATUS_USER_APC);
    ktest_assert(test, state->user_apc_pending);
    void (*before)(struct ktrap_frame *, knormal_routine, void *, void *, void *) =
        ki_initialize_user_apc;
    ki_initialize_user_apc = initialize_user_apc;
    kirql irql = ke_raise_irql(APC_LEVEL);
    ki_deliver_apc(USER_MODE, NULL);
    ke_lower_irql(irql);
    ki_initialize_user_apc = before;
    ktest_assert(test, said("Au"));
    ktest_assert_eq(test, (uintptr_t)delivered_context, 'a');
    ktest_assert(test, !state->user_apc_pending);
}

/* ---- the end of a thread
 * --------------------------------------------------------------------------- */

KTEST(apc, thread_is_terminated_in_its_wait)
{
    struct sleeper s = {.alertable = false};

    ktest_assert(test, start(test, &s));
    ktest_assert_eq(test, ps_terminate_thread(s.thread, STATUS_NOT_SUPPORTED), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_state(s.thread), THREAD_TERMINATED);
    ktest_assert_eq(test, s.status, STATUS_PENDING);
    ktest_assert(test, is_list_empty(&s.event.header.wait_list_head));
    ktest_assert_eq(test, ktest_join(s.thread), STATUS_NOT_SUPPORTED);
}

KTEST(apc, thread_in_a_critical_region_is_terminated_when_it_leaves)
{
    struct sleeper s = {.critical = true};

    ktest_assert(test, start(test, &s));
    ps_terminate_thread(s.thread, STATUS_NOT_SUPPORTED);
    ktest_assert_eq(test, ktest_state(s.thread), THREAD_WAITING);
    ke_set_event(&s.event, 0);
    ktest_assert_eq(test, s.status, STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_join(s.thread), STATUS_NOT_SUPPORTED);
}

KTEST(apc, not_queued_to_a_thread_that_has_ended)
{
    struct sleeper s = {.alertable = false};
    struct kapc apc;

    ktest_assert(test, start(test, &s));
    make(&apc, s.thread, true, KERNEL_MODE, 'a');
    ke_set_event(&s.event, 0);
    ktest_assert(test, !ke_insert_queue_apc(&apc, NULL, NULL, 0));
    ktest_assert_eq(test, ps_terminate_thread(s.thread, 1), STATUS_THREAD_IS_TERMINATING);
    ktest_join(s.thread);
    ktest_assert(test, said(""));
}

static void never_runs(void *context)
{
    *(bool *)context = true;
}

KTEST(apc, thread_terminated_before_it_ran_never_does)
{
    bool ran = false;
    struct ethread *thread = ktest_thread(test, 2, never_runs, &ran);

    ktest_assert(test, thread);
    ps_terminate_thread(thread, STATUS_NOT_SUPPORTED);
    ktest_assert_eq(test, ktest_join(thread), STATUS_NOT_SUPPORTED);
    ktest_assert(test, !ran);
}
