/*
 * Debugging a process that runs already; processes that come of debugged ones; and what becomes of
 * them all when their debugger goes.
 */
#include "debug_waiting.h"

/* ---- what the debugged program does -------------------------------------------------------------
 */

static int run_child(const char *words)
{
    PROCESS_INFORMATION info;
    DWORD code = 0;

    if (!start(words, 0, &info))
        return 1;
    WaitForSingleObject(info.hProcess, INFINITE);
    GetExitCodeProcess(info.hProcess, &code);
    return (int)code + 1;
}

/* A debugger that ends with its debuggee alive. */
static int debugger_child(BOOL kill)
{
    struct session session = {0};
    PROCESS_INFORMATION info;

    freopen("NUL", "w", stdout); /* its checks are not the test's */
    if (!start("answer", DEBUG_PROCESS, &info) || !DebugSetProcessKillOnExit(kill))
        return 1;
    follow(&session, EXCEPTION_DEBUG_EVENT);
    return 0;
}

/* Says that it is there when it is asked. While it is, so is a name. */
static int answer_child(void)
{
    named("debug_attach_alive");
    WaitForSingleObject(named("debug_go"), INFINITE);
    SetEvent(named("debug_ready"));
    return 0;
}

static int child(const char *word)
{
    if (!strcmp(word, "answer"))
        return answer_child();
    if (!strcmp(word, "wait"))
        return wait_child();
    if (!strcmp(word, "parent"))
        return run_child("quiet");
    if (!strcmp(word, "debugger") || !strcmp(word, "killer"))
        return debugger_child(!strcmp(word, "killer"));
    return 7;
}

/* ---- what comes of a debugged process -----------------------------------------------------------
 */

static void inherited(void)
{
    struct session all = {0}, one = {0};

    CHECK_INT(debug(&all, "parent", DEBUG_PROCESS), 8);
    CHECK_STR(all.line, BEGIN BEGIN " p:7 p:8");
    CHECK_INT(debug(&one, "parent", DEBUG_PROCESS | DEBUG_ONLY_THIS_PROCESS), 8);
    CHECK_STR(one.line, BEGIN " p:8");
}

/* ---- attaching ----------------------------------------------------------------------------------
 */

/* By which this thread debugs. */
static HANDLE debug_object(void)
{
    typedef HANDLE(NTAPI * get_debug_object)(void);
    get_debug_object get = (get_debug_object)(void *)GetProcAddress(GetModuleHandleA("ntdll.dll"),
                                                                    "DbgUiGetThreadDebugObject");

    return get();
}

static BOOL is_debugged(HANDLE process)
{
    BOOL present = -1;

    CHECK_INT(CheckRemoteDebuggerPresent(process, &present), TRUE);
    return present;
}

/* The image, two workers, three DLLs; then the thread that breaks in. */
#define ATTACHED " P T T L L L T B"

/* The workers, and then the thread that breaks in. */
static void check_start(struct session *session)
{
    FARPROC break_in = GetProcAddress(GetModuleHandleA("ntdll.dll"), "DbgUiRemoteBreakin");

    if (session->event.dwDebugEventCode == CREATE_THREAD_DEBUG_EVENT)
        CHECK_INT((DWORD)session->event.u.CreateThread.lpStartAddress,
                  session->count++ < WORKERS ? (DWORD)wait_for : (DWORD)break_in);
}

static void let_go(void)
{
    struct session session = {.on_event = check_start};
    PROCESS_INFORMATION info;

    start_waiting("wait", &info);
    CHECK_INT(is_debugged(info.hProcess), FALSE);
    CHECK_INT(DebugActiveProcess(info.dwProcessId), TRUE);
    CHECK_INT(is_debugged(info.hProcess), TRUE);
    CHECK_INT(DebugActiveProcess(info.dwProcessId), FALSE); /* it has one */
    follow(&session, EXCEPTION_DEBUG_EVENT);
    follow(&session, EXIT_THREAD_DEBUG_EVENT);
    CHECK_STR(session.line, ATTACHED " t:0");
    CHECK_INT(DebugActiveProcessStop(info.dwProcessId), TRUE);
    CHECK_INT(is_debugged(info.hProcess), FALSE);
    CHECK_INT(DebugActiveProcessStop(info.dwProcessId), FALSE);
    CHECK_INT(GetLastError(), ERROR_ACCESS_DENIED);
    CHECK_INT(end_waiting(&info), 40);
}

/* Before the debugger has heard of anything. */
static void let_go_at_once(void)
{
    PROCESS_INFORMATION info;

    start_waiting("wait", &info);
    CHECK_INT(DebugActiveProcess(info.dwProcessId), TRUE);
    CHECK_INT(DebugActiveProcessStop(info.dwProcessId), TRUE);
    CHECK_INT(end_waiting(&info), 40);
}

/* The debugger has gone just before the thread that it sent breaks in; PEB.BeingDebugged is old. */
static void nobody_is_there(void)
{
    BYTE *peb = (BYTE *)__readfsdword(0x30);

    peb[2] = TRUE;
    CHECK_INT(DebugBreakProcess(GetCurrentProcess()), TRUE);
    Sleep(50); /* it comes, and ends */
    peb[2] = FALSE;
}

static void stay(void)
{
    struct session session = {0};
    PROCESS_INFORMATION info;

    start_waiting("wait", &info);
    CHECK_INT(DebugActiveProcess(info.dwProcessId), TRUE);
    follow(&session, EXCEPTION_DEBUG_EVENT);
    follow(&session, EXIT_THREAD_DEBUG_EVENT);
    CHECK_INT(DebugBreakProcess(session.process), TRUE);
    follow(&session, EXIT_THREAD_DEBUG_EVENT);
    SetEvent(named("debug_go"));
    follow(&session, 0);
    CHECK_STR(session.line, ATTACHED " t:0 T B t:0 t:3 t:3 p:29");
    CHECK_INT(end_waiting(&info), 41);
}

/* A thread that ends stands still for its debugger and has its registers until it goes on. */
static void look_at_end(struct session *session)
{
    CONTEXT context = {.ContextFlags = CONTEXT_FULL};
    HANDLE thread = OpenThread(THREAD_GET_CONTEXT, FALSE, session->event.dwThreadId);

    session->count++;
    CHECK_INT(GetThreadContext(thread, &context), TRUE);
    CHECK_INT(context.SegCs, 0x1B);
    CloseHandle(thread);
}

/* A thread of the debuggee is suspended, looked at and put back as at any other time. */
static void suspended(void)
{
    struct session session = {0};
    CONTEXT context = {.ContextFlags = CONTEXT_FULL};
    PROCESS_INFORMATION info;

    start_waiting("wait", &info);
    CHECK_INT(SuspendThread(info.hThread), 0);
    CHECK_INT(DebugActiveProcess(info.dwProcessId), TRUE);
    follow(&session, EXCEPTION_DEBUG_EVENT);
    session.on_event = look_at_end;
    follow(&session, EXIT_THREAD_DEBUG_EVENT);
    CHECK_INT(session.count, 1);
    CHECK_INT(GetThreadContext(info.hThread, &context), TRUE);
    CHECK_INT(context.SegCs, 0x1B);
    CHECK_INT(SuspendThread(info.hThread), 1);
    CHECK_INT(ResumeThread(info.hThread), 2);
    CHECK_INT(ResumeThread(info.hThread), 1);
    CHECK_INT(DebugActiveProcessStop(info.dwProcessId), TRUE);
    CHECK_INT(end_waiting(&info), 40);
}

/* ---- a wait whose buffer goes -------------------------------------------------------------------
 */

NTSTATUS NTAPI NtWaitForDebugEvent(HANDLE object, BOOLEAN alertable, const LARGE_INTEGER *timeout,
                                   void *change);

static struct {
    HANDLE object;
    void *buffer;
    volatile LONG begun;
} vain;

/* Nobody of lower priority runs between the note and the wait. */
static DWORD WINAPI wait_in_vain(void *unused)
{
    (void)unused;
    SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_TIME_CRITICAL);
    vain.begun = 1;
    return (DWORD)NtWaitForDebugEvent(vain.object, FALSE, NULL, vain.buffer);
}

static HANDLE next_handle(void)
{
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);

    CloseHandle(event);
    return event;
}

/* => how the wait ended that had no room any more for PROCESS's next event, a new thread. */
static DWORD lose_buffer(HANDLE process)
{
    DWORD status = 0;

    vain.object = debug_object();
    vain.buffer = VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    HANDLE thread = CreateThread(NULL, 0, wait_in_vain, NULL, 0, NULL), next = next_handle();
    while (!vain.begun)
        Sleep(1);
    VirtualFree(vain.buffer, 0, MEM_RELEASE);
    CHECK_INT(DebugBreakProcess(process), TRUE);
    WaitForSingleObject(thread, INFINITE);
    CHECK_INT((DWORD)next_handle(), (DWORD)next); /* the event's handle was closed */
    GetExitCodeThread(thread, &status);
    CloseHandle(thread);
    return status;
}

/* The event is to be had again. */
static void in_vain(void)
{
    struct session session = {0};
    PROCESS_INFORMATION info;

    start_waiting("wait", &info);
    CHECK_INT(DebugActiveProcess(info.dwProcessId), TRUE);
    follow(&session, EXCEPTION_DEBUG_EVENT);
    follow(&session, EXIT_THREAD_DEBUG_EVENT);
    CHECK_INT(lose_buffer(session.process), EXCEPTION_ACCESS_VIOLATION);
    follow(&session, EXIT_THREAD_DEBUG_EVENT);
    CHECK_STR(session.line, ATTACHED " t:0 T B t:0");
    CHECK_INT(DebugActiveProcessStop(info.dwProcessId), TRUE);
    CHECK_INT(end_waiting(&info), 40);
}

static void refused(void)
{
    PROCESS_INFORMATION info;

    CHECK_INT(DebugActiveProcess(GetCurrentProcessId()), FALSE);
    CHECK_INT(GetLastError(), ERROR_ACCESS_DENIED);
    CHECK_INT(DebugActiveProcess(4), FALSE); /* the system */
    CHECK_INT(GetLastError(), ERROR_ACCESS_DENIED);
    CHECK_INT(DebugActiveProcess(0x7FFFFFF0), FALSE);
    CHECK_INT(GetLastError(), ERROR_INVALID_PARAMETER);
    CHECK_INT(start("quiet", 0, &info), TRUE);
    WaitForSingleObject(info.hProcess, INFINITE);
    CHECK_INT(DebugActiveProcess(info.dwProcessId), FALSE); /* it has ended */
    CloseHandle(info.hProcess);
    CloseHandle(info.hThread);
    BOOL present;
    CHECK_INT(CheckRemoteDebuggerPresent(NULL, &present), FALSE);
    CHECK_INT(GetLastError(), ERROR_INVALID_PARAMETER);
}

/* ---- the debugger's end -------------------------------------------------------------------------
 */

/* A debugger, with its debuggee, that WORD names comes and goes. */
static void run_debugger(const char *word)
{
    PROCESS_INFORMATION info;

    ResetEvent(named("debug_go"));
    ResetEvent(named("debug_ready"));
    CHECK_INT(start(word, 0, &info), TRUE);
    WaitForSingleObject(info.hProcess, INFINITE);
    CloseHandle(info.hProcess);
    CloseHandle(info.hThread);
}

static BOOL is_alive(void)
{
    HANDLE alive = OpenEventA(SYNCHRONIZE, FALSE, "debug_attach_alive");

    return alive && CloseHandle(alive);
}

static void outlived(void)
{
    run_debugger("debugger");
    SetEvent(named("debug_go"));
    CHECK_INT(WaitForSingleObject(named("debug_ready"), 20000), WAIT_OBJECT_0);
    while (is_alive()) /* it ends now by itself */
        Sleep(1);
}

static void killed(void)
{
    run_debugger("killer");
    while (is_alive()) /* else this does not end */
        Sleep(1);
    SetEvent(named("debug_go"));
    CHECK_INT(WaitForSingleObject(named("debug_ready"), 0), WAIT_TIMEOUT);
}

/* The debuggee gets the only handle of what debugs it, and is ended: nobody could answer its last
 * event. */
static DWORD WINAPI hand_over(void *process_id)
{
    HANDLE process = OpenProcess(PROCESS_ALL_ACCESS, FALSE, (DWORD)process_id);
    HANDLE given;

    CHECK_INT(DebugActiveProcess((DWORD)process_id), TRUE);
    CHECK_INT(DuplicateHandle(GetCurrentProcess(), debug_object(), process, &given, 0, FALSE,
                              DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE),
              TRUE);
    CHECK_INT(TerminateProcess(process, 77), TRUE);
    CloseHandle(process);
    return 0;
}

static void own_debugger(void)
{
    PROCESS_INFORMATION info;
    HANDLE thread;

    start_waiting("wait", &info);
    thread = CreateThread(NULL, 0, hand_over, (void *)info.dwProcessId, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    CHECK_INT(end_waiting(&info), 77);
}

int main(int count, char **words)
{
    GetModuleFileNameA(NULL, program, sizeof(program));
    if (count > 1)
        return child(words[1]);
    inherited();
    let_go();
    let_go_at_once();
    nobody_is_there();
    stay();
    suspended();
    in_vain();
    refused();
    own_debugger();
    outlived();
    killed();
    return check_done();
}
