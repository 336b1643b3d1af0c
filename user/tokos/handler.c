/*
 * The handler's thread. The handler is the caller's, so it may do anything: it gets a thread of its
 * own, a time limit, and a frame on that thread's chain of exception handlers that finds out when
 * it crashes. The thread stays between the calls, waiting.
 */
#include "user/tokos/launch_internal.h"
#include "user/nt/peb.h"

/* The last on the chain but for the system's own. */
struct guard {
    EXCEPTION_REGISTRATION_RECORD frame;
    struct launch *launch;
};

/* An exception that the handler leaves to others. There may be little stack left, and the handler
 * cannot go on: so this thread only tells, and waits to be ended. */
static EXCEPTION_DISPOSITION __cdecl on_exception(EXCEPTION_RECORD *record, void *frame,
                                                  CONTEXT *context, void *dispatcher)
{
    struct launch *l = CONTAINER(frame, struct guard, frame)->launch;

    (void)dispatcher;
    if (record->ExceptionFlags & (EXCEPTION_UNWINDING | EXCEPTION_EXIT_UNWIND))
        return ExceptionContinueSearch;
    l->crashed = *record;
    l->crashed_eip = context->Eip;
    SetEvent(l->crash);
    for (;;)
        Sleep(INFINITE);
}

/* The compiler does not know who else reads this. */
static void set_chain(EXCEPTION_REGISTRATION_RECORD *first)
{
    *(EXCEPTION_REGISTRATION_RECORD *volatile *)&current_teb()->exception_list = first;
}

static DWORD WINAPI run_handler(void *parameter)
{
    struct launch *l = parameter;
    struct guard guard = {{{current_teb()->exception_list}, {(void *)on_exception}}, l};

    set_chain(&guard.frame);
    while (WaitForSingleObject(l->begin, INFINITE) == WAIT_OBJECT_0 && !l->over) {
        l->answer = l->handler(&l->given_fault, l->parameter);
        SetEvent(l->done);
    }
    set_chain(guard.frame.Next);
    return 0;
}

bool launch_start_handler(struct launch *l)
{
    l->begin = CreateEventA(NULL, FALSE, FALSE, NULL);
    l->done = CreateEventA(NULL, FALSE, FALSE, NULL);
    l->crash = CreateEventA(NULL, FALSE, FALSE, NULL);
    if (l->begin && l->done && l->crash)
        l->handler_thread = CreateThread(NULL, 0, run_handler, l, 0, &l->handler_thread_id);
    if (l->handler_thread)
        return true;
    launch_fail(l, TOKOS_LAUNCH_FAILED, "a thread for the handler: error %lu", GetLastError());
    launch_end_handler(l);
    return false;
}

/* It is wherever it is, and will not go on. */
static void stop_handler(struct launch *l)
{
    TerminateThread(l->handler_thread, 0);
    WaitForSingleObject(l->handler_thread, INFINITE);
}

static void say_crashed(struct launch *l)
{
    const EXCEPTION_RECORD *record = &l->crashed;

    if (launch_is_violation(record))
        launch_fail(l, TOKOS_LAUNCH_CRASHED,
                    "the handler crashed: exception %08lx at eip %08x, which could not %s %08lx",
                    record->ExceptionCode, (unsigned)l->crashed_eip,
                    record->ExceptionInformation[0] == TOKOS_ACCESS_WRITE ? "write to" : "read",
                    (unsigned long)record->ExceptionInformation[1]);
    else
        launch_fail(l, TOKOS_LAUNCH_CRASHED, "the handler crashed: exception %08lx at eip %08x",
                    record->ExceptionCode, (unsigned)l->crashed_eip);
}

void launch_call_handler(struct launch *l)
{
    HANDLE ends[] = {l->done, l->crash, l->handler_thread};

    l->call_count = 0;
    SetEvent(l->begin);
    switch (WaitForMultipleObjects(COUNT_OF(ends), ends, FALSE, l->options->handler_limit)) {
    case WAIT_OBJECT_0:
        if (!l->answer)
            launch_fail(l, TOKOS_LAUNCH_NOT_HANDLED, "the handler returned 0, for \"not handled\"");
        return;
    case WAIT_OBJECT_0 + 1:
        say_crashed(l);
        break;
    case WAIT_OBJECT_0 + 2:
        launch_fail(l, TOKOS_LAUNCH_NO_RETURN, "the handler ended its thread");
        break;
    default:
        launch_fail(l, TOKOS_LAUNCH_NO_RETURN, "the handler did not return within %u ms",
                    (unsigned)l->options->handler_limit);
    }
    stop_handler(l);
}

void launch_end_handler(struct launch *l)
{
    HANDLE handles[] = {l->begin, l->done, l->crash, l->handler_thread};

    l->over = true;
    l->handler_thread_id = 0;
    if (l->handler_thread) {
        SetEvent(l->begin);
        WaitForSingleObject(l->handler_thread, INFINITE);
    }
    for (unsigned i = 0; i < COUNT_OF(handles); i++)
        if (handles[i])
            CloseHandle(handles[i]);
}
