/*
 * Threads.
 */
#include "user/kernel32/base.h"

HANDLE WINAPI CreateRemoteThread(HANDLE process, SECURITY_ATTRIBUTES *security, SIZE_T stack_bytes,
                                 LPTHREAD_START_ROUTINE start, void *parameter, DWORD flags,
                                 DWORD *id)
{
    bool reservation = flags & STACK_SIZE_PARAM_IS_A_RESERVATION;
    struct client_id client;
    HANDLE thread;
    NTSTATUS status = RtlCreateUserThread(
        process, NULL, (flags & CREATE_SUSPENDED) != 0, 0, reservation ? stack_bytes : 0,
        reservation ? 0 : stack_bytes, (void *)start, parameter, &thread, &client);

    if (!base_ok(status))
        return NULL;
    if (security && security->bInheritHandle)
        SetHandleInformation(thread, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
    if (id)
        *id = (DWORD)(uintptr_t)client.thread;
    return thread;
}

HANDLE WINAPI CreateThread(SECURITY_ATTRIBUTES *security, SIZE_T stack_bytes,
                           LPTHREAD_START_ROUTINE start, void *parameter, DWORD flags, DWORD *id)
{
    return CreateRemoteThread(CURRENT_PROCESS, security, stack_bytes, start, parameter, flags, id);
}

void WINAPI ExitThread(DWORD code)
{
    RtlExitUserThread((NTSTATUS)code);
}

BOOL WINAPI TerminateThread(HANDLE thread, DWORD code)
{
    return thread ? base_ok(NtTerminateThread(thread, (NTSTATUS)code))
                  : base_fail(ERROR_INVALID_HANDLE);
}

HANDLE WINAPI OpenThread(DWORD access, BOOL inherit, DWORD id)
{
    struct client_id client = {NULL, (HANDLE)(uintptr_t)id};
    OBJECT_ATTRIBUTES attributes;
    HANDLE thread;

    InitializeObjectAttributes(&attributes, NULL, inherit ? OBJ_INHERIT : 0, NULL, NULL);
    return base_ok(NtOpenThread(&thread, access, &attributes, &client)) ? thread : NULL;
}

/* => the count before, (DWORD)-1: it failed. */
DWORD WINAPI SuspendThread(HANDLE thread)
{
    ULONG previous;

    return base_ok(NtSuspendThread(thread, &previous)) ? previous : ~0u;
}

DWORD WINAPI ResumeThread(HANDLE thread)
{
    ULONG previous;

    return base_ok(NtResumeThread(thread, &previous)) ? previous : ~0u;
}

BOOL WINAPI GetThreadContext(HANDLE thread, CONTEXT *context)
{
    return base_ok(NtGetContextThread(thread, context));
}

BOOL WINAPI SetThreadContext(HANDLE thread, const CONTEXT *context)
{
    return base_ok(NtSetContextThread(thread, context));
}

static bool query_basic(HANDLE thread, struct thread_basic_information *info)
{
    return base_ok(
        NtQueryInformationThread(thread, ThreadBasicInformation, info, sizeof(*info), NULL));
}

BOOL WINAPI GetExitCodeThread(HANDLE thread, DWORD *code)
{
    struct thread_basic_information info;

    if (!query_basic(thread, &info))
        return FALSE;
    *code = (DWORD)info.exit_status;
    return TRUE;
}

DWORD WINAPI GetThreadId(HANDLE thread)
{
    struct thread_basic_information info;

    return query_basic(thread, &info) ? (DWORD)(uintptr_t)info.client_id.thread : 0;
}

DWORD WINAPI GetProcessIdOfThread(HANDLE thread)
{
    struct thread_basic_information info;

    return query_basic(thread, &info) ? (DWORD)(uintptr_t)info.client_id.process : 0;
}

HANDLE WINAPI GetCurrentThread(void)
{
    return CURRENT_THREAD;
}

DWORD WINAPI GetCurrentThreadId(void)
{
    return (DWORD)(uintptr_t)current_teb()->client_id.thread;
}

/* The two extremes are one beyond what the others reach: they stop at the ends of the class. */
int WINAPI GetThreadPriority(HANDLE thread)
{
    struct thread_basic_information info;

    if (!query_basic(thread, &info))
        return THREAD_PRIORITY_ERROR_RETURN;
    if (info.base_priority >= THREAD_BASE_PRIORITY_LOWRT)
        return THREAD_PRIORITY_TIME_CRITICAL;
    if (info.base_priority <= THREAD_BASE_PRIORITY_IDLE)
        return THREAD_PRIORITY_IDLE;
    return info.base_priority;
}

BOOL WINAPI SetThreadPriority(HANDLE thread, int priority)
{
    LONG increment = priority;

    if (priority == THREAD_PRIORITY_TIME_CRITICAL)
        increment = THREAD_BASE_PRIORITY_LOWRT + 1;
    else if (priority == THREAD_PRIORITY_IDLE)
        increment = THREAD_BASE_PRIORITY_IDLE - 1;
    return base_ok(
        NtSetInformationThread(thread, ThreadBasePriority, &increment, sizeof(increment)));
}

BOOL WINAPI GetThreadTimes(HANDLE thread, FILETIME *created, FILETIME *exited, FILETIME *kernel,
                           FILETIME *user)
{
    struct nt_kernel_user_times times;

    if (!base_ok(NtQueryInformationThread(thread, ThreadTimes, &times, sizeof(times), NULL)))
        return FALSE;
    memcpy(created, &times.create_time, sizeof(*created));
    memcpy(exited, &times.exit_time, sizeof(*exited));
    memcpy(kernel, &times.kernel_time, sizeof(*kernel));
    memcpy(user, &times.user_time, sizeof(*user));
    return TRUE;
}
