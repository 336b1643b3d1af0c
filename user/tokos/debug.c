/*
 * The debug loop: what happens in the program's process comes here, one event at a time, and the
 * process stands still until it is continued. Faults in the two ranges go to fault.c; all else is
 * answered as if nobody debugged.
 */
#include "user/tokos/launch_internal.h"

#define END_LIMIT 10000 /* milliseconds that a process may take to end when it was told to */

/* A process that is debugged begins with a breakpoint that the system has put there, on 64-bit
 * Windows with a second one for its 32-bit part. */
#define BREAKPOINT_OF_WOW64 0x4000001Fu

static DWORD on_create_process(struct launch *l, const DEBUG_EVENT *event)
{
    l->image = event->u.CreateProcessInfo.lpBaseOfImage;
    if (event->u.CreateProcessInfo.hFile)
        CloseHandle(event->u.CreateProcessInfo.hFile);
    return DBG_CONTINUE;
}

static DWORD on_load_dll(struct launch *l, const DEBUG_EVENT *event)
{
    (void)l;
    if (event->u.LoadDll.hFile)
        CloseHandle(event->u.LoadDll.hFile);
    return DBG_CONTINUE;
}

void launch_check_end(struct launch *l)
{
    if (l->misdeed)
        launch_fail(l, TOKOS_LAUNCH_ENDED, "the handler %s", l->misdeed);
}

static DWORD on_exit_process(struct launch *l, const DEBUG_EVENT *event)
{
    launch_check_end(l);
    l->over = true;
    l->options->exit_code = event->u.ExitProcess.dwExitCode;
    return DBG_CONTINUE;
}

bool launch_is_violation(const EXCEPTION_RECORD *record)
{
    return record->ExceptionCode == (DWORD)EXCEPTION_ACCESS_VIOLATION &&
           record->NumberParameters >= 2;
}

/* => whether it is one of the system's breakpoints. */
static bool is_first_breakpoint(struct launch *l, DWORD code)
{
    static const DWORD codes[] = {(DWORD)EXCEPTION_BREAKPOINT, BREAKPOINT_OF_WOW64};

    for (unsigned i = 0; i < COUNT_OF(codes); i++)
        if (code == codes[i] && !(l->breakpoints & 1u << i)) {
            l->breakpoints |= 1u << i;
            return true;
        }
    return false;
}

static DWORD on_exception(struct launch *l, const DEBUG_EVENT *event)
{
    const EXCEPTION_RECORD *record = &event->u.Exception.ExceptionRecord;

    if (l->ending)
        return DBG_EXCEPTION_NOT_HANDLED;
    if (is_first_breakpoint(l, record->ExceptionCode))
        return DBG_CONTINUE;
    if (launch_is_violation(record) && event->u.Exception.dwFirstChance &&
        event->dwThreadId == l->program.dwThreadId && launch_fault(l, record))
        return DBG_CONTINUE;
    if (!event->u.Exception.dwFirstChance) {
        l->died = true;
        l->fatal = *record;
    }
    return DBG_EXCEPTION_NOT_HANDLED;
}

static DWORD (*const events[])(struct launch *l, const DEBUG_EVENT *event) = {
    [EXCEPTION_DEBUG_EVENT] = on_exception,
    [CREATE_PROCESS_DEBUG_EVENT] = on_create_process,
    [EXIT_PROCESS_DEBUG_EVENT] = on_exit_process,
    [LOAD_DLL_DEBUG_EVENT] = on_load_dll,
};

static DWORD handle(struct launch *l, const DEBUG_EVENT *event)
{
    DWORD code = event->dwDebugEventCode;

    return code < COUNT_OF(events) && events[code] ? events[code](l, event) : DBG_CONTINUE;
}

/* Nothing came for too long. */
static void say_silent(struct launch *l, DWORD error)
{
    if (error == ERROR_SEM_TIMEOUT)
        launch_fail(l, TOKOS_LAUNCH_SILENT, "the program neither faulted nor ended for %u ms",
                    (unsigned)l->options->silence_limit);
    else
        launch_fail(l, TOKOS_LAUNCH_FAILED, "WaitForDebugEvent: error %lu", error);
}

/* Something went wrong: the program is told to end, and its last events are waited for. */
static void end_if_wrong(struct launch *l)
{
    if (l->status == TOKOS_LAUNCHED || l->ending || l->over)
        return;
    l->ending = true;
    TerminateProcess(l->program.hProcess, 1);
}

/* => false: there is nothing more to wait for. */
static bool wait_and_handle(struct launch *l)
{
    DEBUG_EVENT event;

    if (!WaitForDebugEvent(&event, l->ending ? END_LIMIT : l->options->silence_limit)) {
        if (l->ending)
            return false;
        say_silent(l, GetLastError());
        end_if_wrong(l);
        return true;
    }
    DWORD answer = handle(l, &event);
    end_if_wrong(l);
    ContinueDebugEvent(event.dwProcessId, event.dwThreadId, answer);
    return !l->over;
}

static void say_died(struct launch *l)
{
    const EXCEPTION_RECORD *fatal = &l->fatal;
    struct place at = launch_place(l, (uintptr_t)fatal->ExceptionAddress);
    struct place touched = launch_place(l, fatal->ExceptionInformation[1]);

    if (launch_is_violation(fatal))
        launch_fail(l, TOKOS_LAUNCH_DIED,
                    "the program died of exception %08lx at eip %s, which touched %s",
                    fatal->ExceptionCode, at.text, touched.text);
    else
        launch_fail(l, TOKOS_LAUNCH_DIED, "the program died of exception %08lx at eip %s",
                    fatal->ExceptionCode, at.text);
}

void launch_debug(struct launch *l)
{
    while (wait_and_handle(l))
        ;
    if (l->died)
        say_died(l);
}
