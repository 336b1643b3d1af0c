/*
 * The services about objects as user mode sees them: what it may not point to, what it may not
 * have, APCs, and waits that end otherwise than by what they wait for.
 */
#include "kernel/nt/nt.h"
#include "kernel/nt/services.h"
#include "tests/kernel/objects.h"
#include "tests/kernel/user_code.h"

USER_PROGRAM(call_prepared);
USER_PROGRAM(apcs);
USER_PROGRAM(apc_on_stack_at_edi);
USER_PROGRAM(timer_apc);
extern const char user_apcs_entry[], user_timer_apc_entry[], user_call_prepared_exit[];

#define MOST_WORDS 11u
#define BLOCK      (USER_DATA + 0x100)

/* What user_call_prepared finds in its page. */
struct prepared {
    uint32_t number, running, reserved[2];
    uint32_t words[MOST_WORDS + 1];
};
_Static_assert(sizeof(struct prepared) <= 0x100, "the block follows");

/* A program that is to call a service, in a process that has a handle, 4, for an event. */
struct caller {
    struct ktest_program program;
    void *event; /* referenced */
};

static void move(struct eprocess *process, uintptr_t to, const void *from, uint32_t bytes)
{
    struct kprocess *saved;

    ke_stack_attach_process(&process->pcb, &saved);
    ki_copy_guarded((void *)to, from, bytes);
    ke_unstack_detach_process(saved);
}

static bool prepare(struct ktest *test, struct caller *caller, uint32_t access,
                    const struct prepared *call)
{
    handle_t handle, inside;
    bool made =
        NT_SUCCESS(nt_create_event(&handle, GENERIC_ALL, NULL, 0, false)) &&
        NT_SUCCESS(
            ob_reference_object_by_handle(handle, 0, NULL, KERNEL_MODE, &caller->event, NULL)) &&
        NT_SUCCESS(nt_close(handle)) &&
        ktest_load_program(test, &caller->program, user_call_prepared, user_call_prepared_end, 0);

    if (!made || !NT_SUCCESS(ob_open_object_in(caller->program.process->object_table, caller->event,
                                               access, 0, USER_MODE, &inside))) {
        ktest_fail(test, __FILE__, __LINE__, "a caller of services");
        return false;
    }
    move(caller->program.process, USER_DATA, call, sizeof(*call));
    return true;
}

/* Call a service in a process of its own. => what it returned. */
static ntstatus call(struct ktest *test, uint32_t access, const struct prepared *what,
                     const void *block, uint32_t bytes)
{
    struct caller caller;

    if (!prepare(test, &caller, access, what))
        return STATUS_UNSUCCESSFUL;
    move(caller.program.process, BLOCK, block, bytes);
    ntstatus status = ktest_run_program(&caller.program);
    if (ke_read_state_event(caller.event))
        ktest_fail(test, __FILE__, __LINE__, "the event was set nevertheless");
    ob_dereference_object(caller.event);
    return status;
}

/* ---- what user mode may not point to
 * --------------------------------------------------------------- */

#define POINTER 0xB0F00000u /* stands for each of the bad ones */
#define BUFFER  BLOCK
#define EVENT   4u

static const struct prepared bad_pointers[] = {
    {NUMBER_NtWaitForSingleObject, .words = {EVENT, 0, POINTER}},
    {NUMBER_NtWaitForMultipleObjects, .words = {1, POINTER, 1, 0, BUFFER}},
    {NUMBER_NtWaitForMultipleObjects, .words = {64, POINTER - 8, 1, 0, BUFFER}},
    {NUMBER_NtSignalAndWaitForSingleObject, .words = {EVENT, EVENT, 0, POINTER}},
    {NUMBER_NtDelayExecution, .words = {0, POINTER}},
    {NUMBER_NtCreateEvent, .words = {POINTER, GENERIC_ALL, 0, 0, 0}},
    {NUMBER_NtCreateEvent, .words = {BUFFER, GENERIC_ALL, POINTER, 0, 0}},
    {NUMBER_NtOpenEvent, .words = {POINTER, GENERIC_ALL, BUFFER}},
    {NUMBER_NtOpenEvent, .words = {BUFFER, GENERIC_ALL, POINTER}},
    {NUMBER_NtSetEvent, .words = {EVENT, POINTER}},
    {NUMBER_NtPulseEvent, .words = {EVENT, POINTER}},
    {NUMBER_NtQueryEvent, .words = {EVENT, 0, POINTER, 8, 0}},
    {NUMBER_NtQueryEvent, .words = {EVENT, 0, BUFFER, 8, POINTER}},
    {NUMBER_NtCreateSemaphore, .words = {POINTER, GENERIC_ALL, 0, 0, 1}},
    {NUMBER_NtReleaseSemaphore, .words = {EVENT, 1, POINTER}},
    {NUMBER_NtCreateMutant, .words = {POINTER, GENERIC_ALL, 0, 1}},
    {NUMBER_NtReleaseMutant, .words = {EVENT, POINTER}},
    {NUMBER_NtCreateTimer, .words = {POINTER, GENERIC_ALL, 0, 0}},
    {NUMBER_NtSetTimer, .words = {EVENT, POINTER, 0, 0, 0, 0, 0}},
    {NUMBER_NtSetTimer, .words = {EVENT, BUFFER, 0, 0, 0, 0, POINTER}},
    {NUMBER_NtCancelTimer, .words = {EVENT, POINTER}},
    {NUMBER_NtDuplicateObject,
     .words = {NT_CURRENT_PROCESS, EVENT, NT_CURRENT_PROCESS, POINTER, 0, 0, 2}},
    {NUMBER_NtQueryObject, .words = {EVENT, 0, POINTER, 56, 0}},
    {NUMBER_NtQueryObject, .words = {EVENT, 2, POINTER, 200, 0}},
    {NUMBER_NtQueryObject, .words = {EVENT, 0, BUFFER, 56, POINTER}},
    {NUMBER_NtSetInformationObject, .words = {EVENT, 4, POINTER, 2}},
    {NUMBER_NtCreateDirectoryObject, .words = {POINTER, GENERIC_ALL, 0}},
    {NUMBER_NtCreateSymbolicLinkObject, .words = {BUFFER, GENERIC_ALL, 0, POINTER}},
    {NUMBER_NtQuerySymbolicLinkObject, .words = {EVENT, POINTER, 0}},
    {NUMBER_NtQuerySystemTime, .words = {POINTER}},
    {NUMBER_NtQueryPerformanceCounter, .words = {POINTER, 0}},
    {NUMBER_NtQueryPerformanceCounter, .words = {BUFFER, POINTER}},
    {NUMBER_NtQueryTimerResolution, .words = {BUFFER, BUFFER, POINTER}},
    {NUMBER_NtDisplayString, .words = {POINTER}},
    {NUMBER_NtExtendSection, .words = {EVENT, POINTER}},
    {NUMBER_NtFlushVirtualMemory, .words = {NT_CURRENT_PROCESS, POINTER, BUFFER, BUFFER}},
    {NUMBER_NtFlushVirtualMemory, .words = {NT_CURRENT_PROCESS, BUFFER, POINTER, BUFFER}},
    {NUMBER_NtFlushVirtualMemory, .words = {NT_CURRENT_PROCESS, BUFFER, BUFFER, POINTER}},
    {NUMBER_NtDeviceIoControlFile, .words = {EVENT, 0, 0, 0, POINTER, 0, 0, 0, 0, 0}},
};

/* WHAT with BAD in the places of POINTER. */
static struct prepared with_pointer(const struct prepared *what, uint32_t bad)
{
    struct prepared call = *what;

    for (uint32_t i = 0; i < MOST_WORDS; i++)
        if (call.words[i] - (POINTER - 8) <= 8)
            call.words[i] += bad - POINTER;
    return call;
}

KTEST(nt_user, pointers_that_are_not_its_own_are_refused)
{
    static const uint32_t pointers[] = {0x1000, 0x7FFEFFFF, KERNEL_BASE, 0xFFFFFFFF};
    struct nt_object_attributes attributes = {.length = sizeof(attributes)};

    for (uint32_t i = 0; i < ARRAY_SIZE(bad_pointers); i++) {
        for (uint32_t p = 0; p < ARRAY_SIZE(pointers); p++) {
            struct prepared what = with_pointer(&bad_pointers[i], pointers[p]);
            ntstatus status =
                call(test, GENERIC_ALL, &what, &attributes, (uint32_t)sizeof(attributes));
            if (status != STATUS_ACCESS_VIOLATION)
                ktest_note("service %u, case %u, pointer %08x", what.number, i, pointers[p]);
            ktest_assert_eq(test, status, STATUS_ACCESS_VIOLATION);
        }
    }
}

/* ---- what it may not have
 * -------------------------------------------------------------------------- */

KTEST(nt_user, handles_grant_no_more_than_they_say)
{
    static const struct {
        uint32_t access;
        struct prepared what;
        ntstatus status;
    } cases[] = {
        {EVENT_QUERY_STATE, {NUMBER_NtSetEvent, .words = {EVENT, 0}}, STATUS_ACCESS_DENIED},
        {EVENT_QUERY_STATE, {NUMBER_NtResetEvent, .words = {EVENT, 0}}, STATUS_ACCESS_DENIED},
        {EVENT_QUERY_STATE, {NUMBER_NtClearEvent, .words = {EVENT}}, STATUS_ACCESS_DENIED},
        {EVENT_MODIFY_STATE,
         {NUMBER_NtQueryEvent, .words = {EVENT, 0, BUFFER, 8, 0}},
         STATUS_ACCESS_DENIED},
        {EVENT_MODIFY_STATE,
         {NUMBER_NtWaitForSingleObject, .words = {EVENT, 0, 0}},
         STATUS_ACCESS_DENIED},
        {ACCESS_SYNCHRONIZE,
         {NUMBER_NtSignalAndWaitForSingleObject, .words = {EVENT, EVENT, 0, 0}},
         STATUS_ACCESS_DENIED},
        {EVENT_QUERY_STATE,
         {NUMBER_NtDuplicateObject, .words = {NT_CURRENT_PROCESS, EVENT, NT_CURRENT_PROCESS, BUFFER,
                                              EVENT_MODIFY_STATE, 0, 0}},
         STATUS_ACCESS_DENIED},
        {GENERIC_ALL,
         {NUMBER_NtSetEvent, .words = {EVENT | KERNEL_HANDLE_BIT, 0}},
         STATUS_INVALID_HANDLE},
        {GENERIC_ALL,
         {NUMBER_NtMakeTemporaryObject, .words = {NT_CURRENT_PROCESS}},
         STATUS_SUCCESS},
        {EVENT_QUERY_STATE, {NUMBER_NtMakeTemporaryObject, .words = {EVENT}}, STATUS_ACCESS_DENIED},
        {GENERIC_ALL,
         {NUMBER_NtWaitForSingleObject, .words = {EVENT, 0xFFFFFF00, BUFFER}},
         STATUS_TIMEOUT},
        {GENERIC_ALL,
         {NUMBER_NtQueueApcThread, .words = {EVENT, 1, 2, 3, 4}},
         STATUS_OBJECT_TYPE_MISMATCH},
        {GENERIC_ALL, {NUMBER_NtAlertThread, .words = {NT_CURRENT_THREAD}}, STATUS_SUCCESS},
        {GENERIC_ALL, {NUMBER_NtSetSystemTime, .words = {BUFFER, 0}}, STATUS_PRIVILEGE_NOT_HELD},
    };
    const int64_t nothing = 0;

    for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
        ntstatus status = call(test, cases[i].access, &cases[i].what, &nothing, sizeof(nothing));
        if (status != cases[i].status)
            ktest_note("case %u", i);
        ktest_assert_eq(test, status, cases[i].status);
    }
}

KTEST(nt_user, attributes_give_nothing_of_the_kernels)
{
    static const struct {
        handle_t root;
        uint32_t attributes;
        ntstatus status;
    } cases[] = {
        {0, OBJ_KERNEL_HANDLE, STATUS_SUCCESS}, /* not looked at */
        {KERNEL_HANDLE_BIT | 4, 0, STATUS_INVALID_HANDLE},
        {0, OBJ_PERMANENT, STATUS_PRIVILEGE_NOT_HELD},
        {EVENT, 0, STATUS_OBJECT_TYPE_MISMATCH},
        {0, 0x80000000, STATUS_INVALID_PARAMETER},
    };
    static const struct prepared what = {NUMBER_NtCreateEvent,
                                         .words = {USER_DATA + 0x200, GENERIC_ALL, BLOCK, 0, 0}};
    struct {
        struct nt_object_attributes attributes;
        struct unicode_string name;
        uint16_t text[20];
    } block = {.text = u"\\BaseNamedObjects\\x"};

    for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
        block.attributes = (struct nt_object_attributes){
            .length = sizeof(block.attributes),
            .root_directory = cases[i].root,
            .object_name = (void *)(BLOCK + sizeof(block.attributes)),
            .attributes = cases[i].attributes,
        };
        bool relative = cases[i].root != 0;
        block.name = (struct unicode_string){
            relative ? 2 : 38, 38,
            (void *)(BLOCK + sizeof(block.attributes) + sizeof(block.name) + (relative ? 36 : 0))};
        ktest_assert_eq(test, call(test, GENERIC_ALL, &what, &block, sizeof(block)),
                        cases[i].status);
    }
}

/* ---- APCs
 * ------------------------------------------------------------------------------------------ */

#define AT(label, program) (USER_CODE + ((uintptr_t)(label) - (uintptr_t)(program)))

KTEST(nt_user, apcs_end_a_wait_and_leave_no_trace)
{
    struct ktest_program program;

    if (!ktest_load_program(test, &program, user_apcs, user_apcs_end, 0))
        return;
    program.process->pcb.user_apc_dispatcher = AT(user_apcs_entry, user_apcs);
    ktest_assert_eq(test, ktest_run_program(&program), 0x11 + 0x12);
}

KTEST(nt_user, apc_needs_a_dispatcher_and_a_stack)
{
    static const uint32_t stacks[] = {0,         0x1000,      USER_CODE,  USER_CODE + 0x200,
                                      USER_DATA, KERNEL_BASE, 0xFFFFFFFF, USER_STACK};
    struct ktest_program program;

    for (uint32_t i = 0; i < ARRAY_SIZE(stacks); i++) {
        if (!ktest_load_program(test, &program, user_apc_on_stack_at_edi,
                                user_apc_on_stack_at_edi_end, stacks[i]))
            return;
        if (stacks[i] != USER_STACK) /* the only good one has no dispatcher */
            program.process->pcb.user_apc_dispatcher = USER_CODE;
        ktest_assert_eq(test, ktest_run_program(&program), STATUS_ACCESS_VIOLATION);
    }
}

KTEST(nt_user, timer_calls_its_thread)
{
    struct ktest_program program;

    if (!ktest_load_program(test, &program, user_timer_apc, user_timer_apc_end, 0))
        return;
    program.process->pcb.user_apc_dispatcher = AT(user_timer_apc_entry, user_timer_apc);
    ktest_assert_eq(test, ktest_run_program(&program), STATUS_USER_APC);
}

/* ---- the ends of a wait
 * ----------------------------------------------------------------------------- */

static const struct prepared alertable_wait = {NUMBER_NtWaitForSingleObject,
                                               .words = {EVENT, 1, 0}};
static const struct prepared waits[] = {
    {NUMBER_NtWaitForSingleObject, .words = {EVENT, 0, 0}},
    {NUMBER_NtWaitForSingleObject, .words = {EVENT, 1, 0}},
    {NUMBER_NtWaitForMultipleObjects, .words = {5, BLOCK, WAIT_ANY, 0, 0}},
    {NUMBER_NtDelayExecution, .words = {0, BLOCK + 32}},
};

/* What lies in the block for them: five handles, and an interval without end. */
static const uint32_t waits_block[10] = {EVENT, EVENT, EVENT, EVENT, EVENT, 0, 0, 0, 0, 0x80000000};

/* Start CALLER, and let it come to its wait. */
static bool start(struct ktest *test, struct caller *caller, const struct prepared *what)
{
    if (!prepare(test, caller, GENERIC_ALL, what))
        return false;
    move(caller->program.process, BLOCK, waits_block, sizeof(waits_block));
    ps_start_thread(caller->program.thread);
    while (ktest_state(caller->program.thread) != THREAD_WAITING)
        ke_yield_execution();
    return true;
}

static ntstatus end(struct caller *caller)
{
    ke_wait_for_single_object(caller->program.process, WR_EXECUTIVE, KERNEL_MODE, false, NULL);
    ntstatus status = caller->program.process->exit_status;
    ob_dereference_object(caller->program.thread);
    ob_dereference_object(caller->program.process);
    ob_dereference_object(caller->event);
    return status;
}

static handle_t handle_of(const struct caller *caller)
{
    handle_t handle = 0;

    ob_open_object_by_pointer(caller->program.thread, 0, GENERIC_ALL, ps_thread_type, KERNEL_MODE,
                              &handle);
    return handle;
}

KTEST(nt_user, alert_ends_an_alertable_wait)
{
    struct caller caller;

    if (!start(test, &caller, &alertable_wait))
        return;
    handle_t thread = handle_of(&caller);
    ktest_assert_eq(test, caller.program.thread->tcb.wait_mode, USER_MODE);
    ktest_assert_eq(test, nt_alert_thread(thread), STATUS_SUCCESS);
    nt_close(thread);
    ktest_assert_eq(test, end(&caller), STATUS_ALERTED);
}

KTEST(nt_user, apc_of_another_thread_ends_an_alertable_wait_only)
{
    struct caller caller;

    for (uint32_t alertable = 0; alertable < 2; alertable++) {
        if (!start(test, &caller, &waits[alertable]))
            return;
        /* Behind its service is a place as good as any to go on at. */
        caller.program.process->pcb.user_apc_dispatcher =
            AT(user_call_prepared_exit, user_call_prepared);
        handle_t thread = handle_of(&caller);
        ktest_assert_eq(test, nt_queue_apc_thread(thread, (knormal_routine)1, NULL, NULL, NULL),
                        STATUS_SUCCESS);
        nt_close(thread);
        ktest_assert_eq(test, caller.program.thread->tcb.apc_state.user_apc_pending, alertable);
        if (!alertable) {
            ktest_assert_eq(test, ktest_state(caller.program.thread), THREAD_WAITING);
            ke_set_event(caller.event, 0);
        }
        ktest_assert_eq(test, end(&caller), alertable ? STATUS_USER_APC : STATUS_SUCCESS);
    }
}

KTEST(nt_user, termination_ends_every_wait_and_gives_back_what_it_held)
{
    struct caller caller;

    for (uint32_t i = 0; i < ARRAY_SIZE(waits); i++) {
        if (!start(test, &caller, &waits[i]))
            return;
        void *event = caller.event;
        ob_reference_object(event);
        ktest_assert_eq(test, ps_terminate_process(caller.program.process, 77), STATUS_SUCCESS);
        ktest_assert_eq(test, end(&caller), 77);
        ktest_assert_eq(test, ob_header(event)->pointer_count, 1);
        ktest_assert_eq(test, ob_header(event)->handle_count, 0);
        ob_dereference_object(event);
    }
}

KTEST(nt_user, threads_of_the_system_get_no_apcs_of_user_mode)
{
    ktest_assert_eq(test, nt_queue_apc_thread(NT_CURRENT_THREAD, NULL, NULL, NULL, NULL),
                    STATUS_INVALID_HANDLE);
}
