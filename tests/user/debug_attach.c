/* Debugging a process that runs already, and letting it go. */
#include "debug_waiting.h"

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
    hear_of_it(&session);
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

    attach("wait", &info);
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

    attach("wait", &info);
    hear_of_it(&session);
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

    attach("wait", &info);
    hear_of_it(&session);
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
    CHECK_INT(finish(&info), 7);
    BOOL present;
    CHECK_INT(CheckRemoteDebuggerPresent(NULL, &present), FALSE);
    CHECK_INT(GetLastError(), ERROR_INVALID_PARAMETER);
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
        return strcmp(words[1], "wait") ? 7 : wait_child();
    let_go();
    let_go_at_once();
    nobody_is_there();
    stay();
    suspended();
    in_vain();
    refused();
    own_debugger();
    return check_done();
}
