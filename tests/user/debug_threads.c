/*
 * What belongs to a debugging thread, not to its process: when the thread ends, what it debugs
 * ends, or is let go. And threads of the debuggee that the debugger never heard of.
 */
#include "debug_waiting.h"
#include "handles.h"

/* ---- what the debugged program does -------------------------------------------------------------
 */

/* Starts another when it is told to. => that one's exit code, and one more. */
static int parent_child(void)
{
    SetEvent(named("debug_ready"));
    WaitForSingleObject(named("debug_go"), INFINITE);
    return (int)run_child("quiet");
}

/* Runs once, and then when nobody else does. */
static DWORD WINAPI spin(void *started)
{
    SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_IDLE);
    SetEvent(started);
    for (volatile DWORD turns = 0;; turns++)
        ;
    return 0;
}

/* A thread that gets no time is told to end; the first does not let it, and ends before it. */
static int starved_child(void)
{
    HANDLE started = CreateEventA(NULL, FALSE, FALSE, NULL), go = named("debug_go");
    HANDLE thread = CreateThread(NULL, 0, spin, started, 0, NULL);

    WaitForSingleObject(started, INFINITE);
    TerminateThread(thread, 9);
    SetEvent(named("debug_ready"));
    while (WaitForSingleObject(go, 0) != WAIT_OBJECT_0)
        ;
    ExitThread(5);
}

static DWORD WINAPI return_at_once(void *code)
{
    return (DWORD)code;
}

/* A thread of it ends; it does not. */
static int ender_child(void)
{
    CloseHandle(CreateThread(NULL, 0, return_at_once, (void *)3, 0, NULL));
    Sleep(INFINITE);
    return 1;
}

static int child(const char *word)
{
    if (!strcmp(word, "ender"))
        return ender_child();
    if (!strcmp(word, "wait"))
        return wait_child();
    if (!strcmp(word, "parent"))
        return parent_child();
    if (!strcmp(word, "starved"))
        return starved_child();
    return 7;
}

/* ---- the debugging thread's end -----------------------------------------------------------------
 */

static PROCESS_INFORMATION debuggee;

static void start_debuggee(void)
{
    struct session session = {0};

    reset("debug_go");
    reset("debug_ready");
    CHECK_INT(start("wait", DEBUG_PROCESS, &debuggee), TRUE);
    follow(&session, EXCEPTION_DEBUG_EVENT);
}

static DWORD WINAPI debug_and_return(void *unused)
{
    (void)unused;
    start_debuggee();
    return 0;
}

static DWORD WINAPI debug_and_let_live(void *unused)
{
    (void)unused;
    start_debuggee();
    CHECK_INT(DebugSetProcessKillOnExit(FALSE), TRUE);
    return 0;
}

/* The thread is not to be ended: it may have the lock of standard output. */
static volatile LONG checking;

/* Continues the threads' events, and waits for the next. */
static DWORD WINAPI debug_for_ever(void *unused)
{
    DEBUG_EVENT event;

    (void)unused;
    start_debuggee();
    checking = FALSE;
    while (WaitForDebugEvent(&event, INFINITE))
        ContinueDebugEvent(event.dwProcessId, event.dwThreadId, DBG_CONTINUE);
    return 0;
}

static HANDLE begin(LPTHREAD_START_ROUTINE routine)
{
    return CreateThread(NULL, 0, routine, NULL, 0, NULL);
}

static void end(HANDLE thread)
{
    CHECK_INT(WaitForSingleObject(thread, 20000), WAIT_OBJECT_0);
    CloseHandle(thread);
}

#define DEBUGGER_INACTIVE 0xC0000354 /* STATUS_DEBUGGER_INACTIVE */

static void thread_returns(void)
{
    end(begin(debug_and_return));
    CHECK_INT(finish(&debuggee), DEBUGGER_INACTIVE);
}

static void thread_is_terminated(void)
{
    HANDLE thread;

    reset("debug_ready");
    checking = TRUE;
    thread = begin(debug_for_ever);
    while (WaitForSingleObject(named("debug_ready"), 10) != WAIT_OBJECT_0 || checking)
        ;
    CHECK_INT(TerminateThread(thread, 1), TRUE);
    end(thread);
    CHECK_INT(finish(&debuggee), DEBUGGER_INACTIVE);
}

static void debuggee_is_let_live(void)
{
    BOOL debugged = TRUE;

    end(begin(debug_and_let_live));
    CHECK_INT(WaitForSingleObject(named("debug_ready"), 20000), WAIT_OBJECT_0);
    CHECK_INT(CheckRemoteDebuggerPresent(debuggee.hProcess, &debugged), TRUE);
    CHECK_INT(debugged, FALSE);
    CHECK_INT(end_waiting(&debuggee), 40);
}

static HANDLE not_a_debug_object;

static DWORD WINAPI lie_and_return(void *handle)
{
    typedef void(NTAPI * set_debug_object)(HANDLE);
    set_debug_object set = (set_debug_object)(void *)GetProcAddress(GetModuleHandleA("ntdll.dll"),
                                                                    "DbgUiSetThreadDebugObject");

    set(handle);
    return 0;
}

/* What the TEB says may be anything; only a debug object is closed. */
static void teb_lies(void)
{
    static const DWORD NONSENSE[] = {1, 0x7FFFFFF0, 0x80000004, 0xFFFFFFFE, 0xFFFFFFFF};

    not_a_debug_object = CreateEventA(NULL, TRUE, FALSE, NULL);
    end(CreateThread(NULL, 0, lie_and_return, not_a_debug_object, 0, NULL));
    CHECK_INT(SetEvent(not_a_debug_object), TRUE);
    CloseHandle(not_a_debug_object);
    for (unsigned i = 0; i < sizeof(NONSENSE) / sizeof(NONSENSE[0]); i++)
        end(CreateThread(NULL, 0, lie_and_return, (void *)NONSENSE[i], 0, NULL));
}

static DWORD WINAPI debug_to_the_end(void *unused)
{
    struct session session = {0};

    (void)unused;
    CHECK_INT(debug(&session, "quiet", DEBUG_PROCESS), 7);
    return 0;
}

/* A debugging thread's handles, of its debuggees and of what it debugs by, are closed with it. */
static void handles_are_closed(void)
{
    unsigned before = count_handles();

    thread_returns();
    end(begin(debug_to_the_end));
    CHECK_INT(count_handles(), before);
}

/* ---- attaching ----------------------------------------------------------------------------------
 */

/* As with DEBUG_ONLY_THIS_PROCESS. */
static void children_are_not_debugged(void)
{
    struct session session = {0};
    PROCESS_INFORMATION info;

    attach("parent", &info);
    hear_of_it(&session);
    SetEvent(named("debug_go"));
    follow(&session, 0);
    CHECK_STR(session.line, " P L L L T B t:0 p:8");
    CHECK_INT(end_waiting(&info), 8);
}

/* The thread that is to end is not told of; but the process's end is, though it ends as the last.
 */
static void the_end_is_told(void)
{
    struct session session = {0};
    PROCESS_INFORMATION info;

    attach("starved", &info);
    follow(&session, EXCEPTION_DEBUG_EVENT);
    SetEvent(named("debug_go"));
    follow(&session, 0);
    CHECK(strstr(session.line, " p:") != NULL);
    end_waiting(&info);
}

/* ---- suspending what ends -----------------------------------------------------------------------
 */

/* The debugger that hears of a thread's end tries to suspend it. Nobody could resume it, and its
 * process would never end. */
static void suspend_at_end(struct session *session)
{
    HANDLE thread;

    if (session->event.dwDebugEventCode != EXIT_THREAD_DEBUG_EVENT)
        return;
    thread = OpenThread(THREAD_SUSPEND_RESUME, FALSE, session->event.dwThreadId);
    CHECK_INT(SuspendThread(thread), (DWORD)-1);
    CHECK_INT(GetLastError(), ERROR_ACCESS_DENIED);
    CloseHandle(thread);
    CHECK_INT(TerminateProcess(session->process, 5), TRUE);
}

static void suspended_at_its_end(void)
{
    struct session session = {.on_event = suspend_at_end};

    CHECK_INT(debug(&session, "ender", DEBUG_PROCESS), 5);
    CHECK_STR(session.line, BEGIN " T t:3 p:5");
}

int main(int count, char **words)
{
    GetModuleFileNameA(NULL, program, sizeof(program));
    if (count > 1)
        return child(words[1]);
    thread_returns();
    handles_are_closed();
    thread_is_terminated();
    debuggee_is_let_live();
    teb_lies();
    children_are_not_debugged();
    the_end_is_told();
    suspended_at_its_end();
    return check_done();
}
