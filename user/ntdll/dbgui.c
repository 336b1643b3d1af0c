/*
 * Debugging other processes, by a debug object that each debugging thread has in its TEB.
 */
#include "user/ntdll/ntdll.h"
#include "user/nt/debug.h"

HANDLE NTAPI DbgUiGetThreadDebugObject(void)
{
    return current_teb()->debug_object;
}

void NTAPI DbgUiSetThreadDebugObject(HANDLE object)
{
    current_teb()->debug_object = object;
}

NTSTATUS NTAPI DbgUiConnectToDbg(void)
{
    OBJECT_ATTRIBUTES attributes;

    if (current_teb()->debug_object)
        return STATUS_SUCCESS;
    InitializeObjectAttributes(&attributes, NULL, 0, NULL, NULL);
    return NtCreateDebugObject(&current_teb()->debug_object, DEBUG_ALL_ACCESS, &attributes,
                               DEBUG_KILL_ON_CLOSE);
}

NTSTATUS NTAPI DbgUiWaitStateChange(struct dbgui_wait_state_change *change, LARGE_INTEGER *timeout)
{
    return NtWaitForDebugEvent(DbgUiGetThreadDebugObject(), TRUE, timeout, change);
}

NTSTATUS NTAPI DbgUiContinue(struct client_id *client, NTSTATUS status)
{
    return NtDebugContinue(DbgUiGetThreadDebugObject(), client, status);
}

/* ---- breaking in --------------------------------------------------------------------------------
 */

/* The debugger has gone just before the breakpoint: it is none. */
static EXCEPTION_DISPOSITION __cdecl step_over(EXCEPTION_RECORD *record,
                                               EXCEPTION_REGISTRATION_RECORD *frame,
                                               CONTEXT *context, void *dispatcher)
{
    (void)frame, (void)dispatcher;
    if (record->ExceptionCode != (DWORD)STATUS_BREAKPOINT)
        return ExceptionContinueSearch;
    context->Eip++;
    return ExceptionContinueExecution;
}

void NTAPI DbgUiRemoteBreakin(void *context)
{
    volatile EXCEPTION_REGISTRATION_RECORD frame = {
        .Next = current_teb()->exception_list,
        .Handler = (PEXCEPTION_ROUTINE)(void *)step_over,
    };

    (void)context;
    current_teb()->exception_list = (EXCEPTION_REGISTRATION_RECORD *)&frame;
    if (current_peb()->being_debugged) /* it may have been let go meanwhile */
        DbgBreakPoint();
    current_teb()->exception_list = frame.Next;
    RtlExitUserThread(STATUS_SUCCESS);
}

NTSTATUS NTAPI DbgUiIssueRemoteBreakin(HANDLE process)
{
    struct client_id id;
    HANDLE thread;
    NTSTATUS status = RtlCreateUserThread(
        process, NULL, FALSE, 0, 0, 0, (void *)(uintptr_t)DbgUiRemoteBreakin, NULL, &thread, &id);

    if (!nt_failed(status))
        NtClose(thread);
    return status;
}

NTSTATUS NTAPI DbgUiDebugActiveProcess(HANDLE process)
{
    NTSTATUS status = NtDebugActiveProcess(process, DbgUiGetThreadDebugObject());

    if (nt_failed(status))
        return status;
    status = DbgUiIssueRemoteBreakin(process);
    if (nt_failed(status))
        DbgUiStopDebugging(process);
    return status;
}

NTSTATUS NTAPI DbgUiStopDebugging(HANDLE process)
{
    return NtRemoveProcessDebug(process, DbgUiGetThreadDebugObject());
}

/* ---- from NT's events to Win32's ----------------------------------------------------------------
 */

/* Where THREAD's TEB is. */
static void *local_base(HANDLE thread)
{
    struct thread_basic_information info;

    return nt_failed(
               NtQueryInformationThread(thread, ThreadBasicInformation, &info, sizeof(info), NULL))
               ? NULL
               : info.teb;
}

static void convert_create_thread(const struct dbgui_wait_state_change *change, DEBUG_EVENT *event)
{
    event->dwDebugEventCode = CREATE_THREAD_DEBUG_EVENT;
    event->u.CreateThread.hThread = change->info.create_thread.thread;
    event->u.CreateThread.lpThreadLocalBase = local_base(change->info.create_thread.thread);
    event->u.CreateThread.lpStartAddress =
        (LPTHREAD_START_ROUTINE)change->info.create_thread.start_address;
}

static void convert_create_process(const struct dbgui_wait_state_change *change, DEBUG_EVENT *event)
{
    CREATE_PROCESS_DEBUG_INFO *info = &event->u.CreateProcessInfo;

    event->dwDebugEventCode = CREATE_PROCESS_DEBUG_EVENT;
    info->hFile = change->info.create_process.file;
    info->hProcess = change->info.create_process.process;
    info->hThread = change->info.create_process.thread;
    info->lpBaseOfImage = change->info.create_process.base_of_image;
    info->dwDebugInfoFileOffset = change->info.create_process.debug_info_offset;
    info->nDebugInfoSize = change->info.create_process.debug_info_size;
    info->lpThreadLocalBase = local_base(info->hThread);
    info->lpStartAddress = (LPTHREAD_START_ROUTINE)change->info.create_process.start_address;
    info->fUnicode = TRUE;
}

static void convert_exit_thread(const struct dbgui_wait_state_change *change, DEBUG_EVENT *event)
{
    event->dwDebugEventCode = EXIT_THREAD_DEBUG_EVENT;
    event->u.ExitThread.dwExitCode = (DWORD)change->info.exit_status;
}

static void convert_exit_process(const struct dbgui_wait_state_change *change, DEBUG_EVENT *event)
{
    event->dwDebugEventCode = EXIT_PROCESS_DEBUG_EVENT;
    event->u.ExitProcess.dwExitCode = (DWORD)change->info.exit_status;
}

/* Some exceptions are words to the debugger: OutputDebugString's, and of a failure in the system.
 */
static void convert_exception(const struct dbgui_wait_state_change *change, DEBUG_EVENT *event)
{
    const EXCEPTION_RECORD *record = &change->info.exception.ExceptionRecord;
    const ULONG_PTR *information = record->ExceptionInformation;

    if (record->ExceptionCode == DBG_PRINTEXCEPTION_C) {
        event->dwDebugEventCode = OUTPUT_DEBUG_STRING_EVENT;
        event->u.DebugString.nDebugStringLength = (WORD)information[0];
        event->u.DebugString.lpDebugStringData = (char *)information[1];
        event->u.DebugString.fUnicode = FALSE;
    } else if (record->ExceptionCode == DBG_RIPEXCEPTION) {
        event->dwDebugEventCode = RIP_EVENT;
        event->u.RipInfo.dwType = (DWORD)information[0];
        event->u.RipInfo.dwError = (DWORD)information[1];
    } else {
        event->dwDebugEventCode = EXCEPTION_DEBUG_EVENT;
        event->u.Exception = change->info.exception;
    }
}

static void convert_load_dll(const struct dbgui_wait_state_change *change, DEBUG_EVENT *event)
{
    event->dwDebugEventCode = LOAD_DLL_DEBUG_EVENT;
    event->u.LoadDll.hFile = change->info.load_dll.file;
    event->u.LoadDll.lpBaseOfDll = change->info.load_dll.base_of_dll;
    event->u.LoadDll.dwDebugInfoFileOffset = change->info.load_dll.debug_info_offset;
    event->u.LoadDll.nDebugInfoSize = change->info.load_dll.debug_info_size;
    event->u.LoadDll.lpImageName = change->info.load_dll.name_pointer;
    event->u.LoadDll.fUnicode = TRUE;
}

static void convert_unload_dll(const struct dbgui_wait_state_change *change, DEBUG_EVENT *event)
{
    event->dwDebugEventCode = UNLOAD_DLL_DEBUG_EVENT;
    event->u.UnloadDll.lpBaseOfDll = change->info.unloaded_base;
}

NTSTATUS NTAPI DbgUiConvertStateChangeStructure(struct dbgui_wait_state_change *change,
                                                DEBUG_EVENT *event)
{
    static void (*const convert[])(const struct dbgui_wait_state_change *, DEBUG_EVENT *) = {
        [DbgCreateThreadStateChange] = convert_create_thread,
        [DbgCreateProcessStateChange] = convert_create_process,
        [DbgExitThreadStateChange] = convert_exit_thread,
        [DbgExitProcessStateChange] = convert_exit_process,
        [DbgExceptionStateChange] = convert_exception,
        [DbgBreakpointStateChange] = convert_exception,
        [DbgSingleStepStateChange] = convert_exception,
        [DbgLoadDllStateChange] = convert_load_dll,
        [DbgUnloadDllStateChange] = convert_unload_dll,
    };

    if (change->new_state >= COUNT_OF(convert) || !convert[change->new_state])
        return STATUS_UNSUCCESSFUL;
    memset(event, 0, sizeof(*event));
    event->dwProcessId = (DWORD)(uintptr_t)change->client.process;
    event->dwThreadId = (DWORD)(uintptr_t)change->client.thread;
    convert[change->new_state](change, event);
    return STATUS_SUCCESS;
}
