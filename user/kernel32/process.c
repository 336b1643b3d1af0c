/*
 * Processes that are there. create_process.c makes new ones.
 */
#include "user/kernel32/base.h"

/* PROCESS_PRIORITY_CLASS. */
struct priority_class {
    BOOLEAN foreground;
    UCHAR number;
};

/* By the native interface's numbers. */
static const DWORD classes[] = {
    0,
    IDLE_PRIORITY_CLASS,
    NORMAL_PRIORITY_CLASS,
    HIGH_PRIORITY_CLASS,
    REALTIME_PRIORITY_CLASS,
    BELOW_NORMAL_PRIORITY_CLASS,
    ABOVE_NORMAL_PRIORITY_CLASS,
};

void WINAPI ExitProcess(UINT code)
{
    RtlExitUserProcess((NTSTATUS)code);
}

BOOL WINAPI TerminateProcess(HANDLE process, UINT code)
{
    return process ? base_ok(NtTerminateProcess(process, (NTSTATUS)code))
                   : base_fail(ERROR_INVALID_HANDLE);
}

HANDLE WINAPI OpenProcess(DWORD access, BOOL inherit, DWORD id)
{
    struct client_id client = {(HANDLE)(uintptr_t)id, NULL};
    OBJECT_ATTRIBUTES attributes;
    HANDLE process;

    InitializeObjectAttributes(&attributes, NULL, inherit ? OBJ_INHERIT : 0, NULL, NULL);
    return base_ok(NtOpenProcess(&process, access, &attributes, &client)) ? process : NULL;
}

static bool query_basic(HANDLE process, struct nt_process_basic_information *info)
{
    return base_ok(
        NtQueryInformationProcess(process, ProcessBasicInformation, info, sizeof(*info), NULL));
}

BOOL WINAPI GetExitCodeProcess(HANDLE process, DWORD *code)
{
    struct nt_process_basic_information info;

    if (!query_basic(process, &info))
        return FALSE;
    *code = (DWORD)info.exit_status;
    return TRUE;
}

DWORD WINAPI GetProcessId(HANDLE process)
{
    struct nt_process_basic_information info;

    return query_basic(process, &info) ? info.unique_process_id : 0;
}

HANDLE WINAPI GetCurrentProcess(void)
{
    return CURRENT_PROCESS;
}

DWORD WINAPI GetCurrentProcessId(void)
{
    return (DWORD)(uintptr_t)current_teb()->client_id.process;
}

DWORD WINAPI GetPriorityClass(HANDLE process)
{
    struct priority_class class;

    if (!base_ok(
            NtQueryInformationProcess(process, ProcessPriorityClass, &class, sizeof(class), NULL)))
        return 0;
    return class.number < COUNT_OF(classes) ? classes[class.number] : NORMAL_PRIORITY_CLASS;
}

BOOL WINAPI SetPriorityClass(HANDLE process, DWORD priority)
{
    struct priority_class class = {FALSE, 1};

    while (class.number < COUNT_OF(classes) && classes[class.number] != priority)
        class.number++;
    if (class.number == COUNT_OF(classes))
        return base_fail(ERROR_INVALID_PARAMETER);
    return base_ok(NtSetInformationProcess(process, ProcessPriorityClass, &class, sizeof(class)));
}

BOOL WINAPI GetProcessTimes(HANDLE process, FILETIME *created, FILETIME *exited, FILETIME *kernel,
                            FILETIME *user)
{
    struct nt_kernel_user_times times;

    if (!base_ok(NtQueryInformationProcess(process, ProcessTimes, &times, sizeof(times), NULL)))
        return FALSE;
    memcpy(created, &times.create_time, sizeof(*created));
    memcpy(exited, &times.exit_time, sizeof(*exited));
    memcpy(kernel, &times.kernel_time, sizeof(*kernel));
    memcpy(user, &times.user_time, sizeof(*user));
    return TRUE;
}

/* ---- handles --------------------------------------------------------------------------------- */

BOOL WINAPI CloseHandle(HANDLE handle)
{
    return base_ok(NtClose(handle));
}

BOOL WINAPI DuplicateHandle(HANDLE source_process, HANDLE source, HANDLE target_process,
                            HANDLE *target, DWORD access, BOOL inherit, DWORD options)
{
    return base_ok(NtDuplicateObject(source_process, source, target_process, target, access,
                                     inherit ? OBJ_INHERIT : 0, options));
}

BOOL WINAPI GetHandleInformation(HANDLE handle, DWORD *flags)
{
    OBJECT_DATA_INFORMATION info;

    if (!base_ok(NtQueryObject(handle, ObjectDataInformation, &info, sizeof(info), NULL)))
        return FALSE;
    *flags = (info.InheritHandle ? HANDLE_FLAG_INHERIT : 0) |
             (info.ProtectFromClose ? HANDLE_FLAG_PROTECT_FROM_CLOSE : 0);
    return TRUE;
}

BOOL WINAPI SetHandleInformation(HANDLE handle, DWORD mask, DWORD flags)
{
    OBJECT_DATA_INFORMATION info;

    if (!base_ok(NtQueryObject(handle, ObjectDataInformation, &info, sizeof(info), NULL)))
        return FALSE;
    if (mask & HANDLE_FLAG_INHERIT)
        info.InheritHandle = (flags & HANDLE_FLAG_INHERIT) != 0;
    if (mask & HANDLE_FLAG_PROTECT_FROM_CLOSE)
        info.ProtectFromClose = (flags & HANDLE_FLAG_PROTECT_FROM_CLOSE) != 0;
    return base_ok(NtSetInformationObject(handle, ObjectDataInformation, &info, sizeof(info)));
}
