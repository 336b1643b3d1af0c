/*
 * Debuggers, and what debugged programs tell them. A debugger gets handles of processes and threads
 * with the events of their creation; they are closed for it when it has continued the events of
 * their end (ContinueDebugEvent's documentation), so they are remembered until then, on a list in
 * the TEB: only the thread that began to debug may wait for events. With that thread its debug
 * object goes, by the kernel, and the list.
 */
#include "user/kernel32/base.h"
#include "user/nt/debug.h"

#define DEBUG_ACCESS                                                                     \
    (PROCESS_CREATE_THREAD | PROCESS_VM_OPERATION | PROCESS_VM_READ | PROCESS_VM_WRITE | \
     PROCESS_QUERY_INFORMATION | PROCESS_SUSPEND_RESUME)

/* A handle that an event of creation brought. */
struct debuggee {
    struct debuggee *next;
    HANDLE handle;
    DWORD process_id, thread_id; /* thread_id is 0: the process's handle */
    bool ended;
};

static struct debuggee **debuggees(void)
{
    return (struct debuggee **)&current_teb()->debuggees;
}

static void remember(HANDLE handle, DWORD process_id, DWORD thread_id)
{
    struct debuggee *debuggee = RtlAllocateHeap(current_peb()->process_heap, 0, sizeof(*debuggee));

    if (!debuggee)
        return; /* the handle stays open, which is all */
    *debuggee = (struct debuggee){*debuggees(), handle, process_id, thread_id, false};
    *debuggees() = debuggee;
}

/* THREAD 0: all of PROCESS's. */
static void note_end(DWORD process, DWORD thread)
{
    for (struct debuggee *at = *debuggees(); at; at = at->next)
        if (at->process_id == process && (!thread || at->thread_id == thread))
            at->ended = true;
}

static void forget_ended(DWORD process)
{
    for (struct debuggee **link = debuggees(), *at; (at = *link);) {
        if (!at->ended || at->process_id != process) {
            link = &at->next;
            continue;
        }
        *link = at->next;
        NtClose(at->handle);
        RtlFreeHeap(current_peb()->process_heap, 0, at);
    }
}

void base_forget_debuggees(void)
{
    for (struct debuggee *at = *debuggees(); at; at = at->next)
        at->ended = true;
    while (*debuggees())
        forget_ended((*debuggees())->process_id);
}

static void follow(const DEBUG_EVENT *event)
{
    switch (event->dwDebugEventCode) {
    case CREATE_PROCESS_DEBUG_EVENT:
        remember(event->u.CreateProcessInfo.hProcess, event->dwProcessId, 0);
        remember(event->u.CreateProcessInfo.hThread, event->dwProcessId, event->dwThreadId);
        break;
    case CREATE_THREAD_DEBUG_EVENT:
        remember(event->u.CreateThread.hThread, event->dwProcessId, event->dwThreadId);
        break;
    case EXIT_THREAD_DEBUG_EVENT:
        note_end(event->dwProcessId, event->dwThreadId);
        break;
    case EXIT_PROCESS_DEBUG_EVENT:
        note_end(event->dwProcessId, 0);
        break;
    default:
        break;
    }
}

BOOL WINAPI WaitForDebugEvent(DEBUG_EVENT *event, DWORD milliseconds)
{
    LARGE_INTEGER interval = {.QuadPart = (LONGLONG)milliseconds * -10000};
    struct dbgui_wait_state_change change;
    NTSTATUS status;

    do
        status = DbgUiWaitStateChange(&change, milliseconds == INFINITE ? NULL : &interval);
    while (status == STATUS_ALERTED || status == STATUS_USER_APC);
    if (status == STATUS_TIMEOUT)
        return base_fail(ERROR_SEM_TIMEOUT);
    if (!base_ok(status) || !base_ok(DbgUiConvertStateChangeStructure(&change, event)))
        return FALSE;
    follow(event);
    return TRUE;
}

BOOL WINAPI ContinueDebugEvent(DWORD process, DWORD thread, DWORD answer)
{
    struct client_id client = {(HANDLE)(uintptr_t)process, (HANDLE)(uintptr_t)thread};

    if (!base_ok(DbgUiContinue(&client, (NTSTATUS)answer)))
        return FALSE;
    forget_ended(process);
    return TRUE;
}

static HANDLE open_process(DWORD id)
{
    return OpenProcess(DEBUG_ACCESS, FALSE, id);
}

BOOL WINAPI DebugActiveProcess(DWORD id)
{
    if (!base_ok(DbgUiConnectToDbg()))
        return FALSE;
    HANDLE process = open_process(id);
    if (!process)
        return FALSE;
    NTSTATUS status = DbgUiDebugActiveProcess(process);
    NtClose(process);
    return base_ok(status);
}

BOOL WINAPI DebugActiveProcessStop(DWORD id)
{
    HANDLE process = open_process(id);

    if (!process)
        return FALSE;
    NTSTATUS status = DbgUiStopDebugging(process);
    NtClose(process);
    if (nt_failed(status))
        return base_fail(ERROR_ACCESS_DENIED);
    note_end(id, 0);
    forget_ended(id);
    return TRUE;
}

BOOL WINAPI DebugSetProcessKillOnExit(BOOL kill)
{
    ULONG flags = kill ? DEBUG_KILL_ON_CLOSE : 0;

    if (!DbgUiGetThreadDebugObject())
        return base_fail(ERROR_INVALID_HANDLE);
    return base_ok(NtSetInformationDebugObject(DbgUiGetThreadDebugObject(),
                                               DebugObjectKillProcessOnExitInformation, &flags,
                                               sizeof(flags), NULL));
}

BOOL WINAPI DebugBreakProcess(HANDLE process)
{
    return base_ok(DbgUiIssueRemoteBreakin(process));
}

/* ---- the debugged side --------------------------------------------------------------------------
 */

BOOL WINAPI CheckRemoteDebuggerPresent(HANDLE process, BOOL *present)
{
    HANDLE port;

    if (!process || !present)
        return base_fail(ERROR_INVALID_PARAMETER);
    if (!base_ok(NtQueryInformationProcess(process, ProcessDebugPort, &port, sizeof(port), NULL)))
        return FALSE;
    *present = port != NULL;
    return TRUE;
}

BOOL WINAPI IsDebuggerPresent(void)
{
    return current_peb()->being_debugged;
}

void WINAPI DebugBreak(void)
{
    DbgBreakPoint();
}

static EXCEPTION_DISPOSITION __cdecl was_told(EXCEPTION_RECORD *record,
                                              EXCEPTION_REGISTRATION_RECORD *frame,
                                              CONTEXT *context, void *dispatcher)
{
    (void)frame, (void)context, (void)dispatcher;
    return record->ExceptionCode == DBG_PRINTEXCEPTION_C ? ExceptionContinueExecution
                                                         : ExceptionContinueSearch;
}

/* To the debugger, as an exception that nobody else has to handle. */
static void tell_debugger(const char *text)
{
    ULONG_PTR arguments[] = {strlen(text) + 1, (ULONG_PTR)text};
    volatile EXCEPTION_REGISTRATION_RECORD frame = {
        .Next = current_teb()->exception_list,
        .Handler = (PEXCEPTION_ROUTINE)(void *)was_told,
    };

    current_teb()->exception_list = (EXCEPTION_REGISTRATION_RECORD *)&frame;
    RaiseException(DBG_PRINTEXCEPTION_C, 0, COUNT_OF(arguments), arguments);
    current_teb()->exception_list = frame.Next;
}

/* To the kernel's log. */
static void tell_everybody(const WCHAR *text)
{
    UNICODE_STRING string;

    RtlInitUnicodeString(&string, text);
    NtDisplayString(&string);
}

void WINAPI OutputDebugStringA(const char *text)
{
    struct wide wide;

    text = text ? text : "";
    if (IsDebuggerPresent()) {
        tell_debugger(text);
        return;
    }
    if (wide_make(&wide, text))
        tell_everybody(wide.text);
    wide_free(&wide);
}

void WINAPI OutputDebugStringW(const WCHAR *text)
{
    UNICODE_STRING wide;
    ANSI_STRING narrow;

    text = text ? text : L"";
    if (!IsDebuggerPresent()) {
        tell_everybody(text);
        return;
    }
    RtlInitUnicodeString(&wide, text);
    if (nt_failed(RtlUnicodeStringToAnsiString(&narrow, &wide, TRUE)))
        return;
    tell_debugger(narrow.Buffer);
    RtlFreeAnsiString(&narrow);
}
