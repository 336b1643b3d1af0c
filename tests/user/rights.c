/*
 * Arguments that are easily forgotten: rights of new handles, inheritance, processors to run on,
 * and what cannot be done.
 */
#include <windows.h>
#include "crt/check.h"

static DWORD flags_of(HANDLE handle)
{
    DWORD flags = ~0u;

    GetHandleInformation(handle, &flags);
    return flags;
}

static void new_handles_grant_what_was_asked(void)
{
    HANDLE event = CreateEventExA(NULL, NULL, CREATE_EVENT_INITIAL_SET, SYNCHRONIZE);
    HANDLE manual = CreateEventExW(NULL, NULL, CREATE_EVENT_MANUAL_RESET, EVENT_MODIFY_STATE);
    HANDLE mutex = CreateMutexExA(NULL, NULL, CREATE_MUTEX_INITIAL_OWNER, 0);

    CHECK_INT(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
    CHECK_INT(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
    CHECK_INT(SetEvent(event), FALSE);
    CHECK_INT(GetLastError(), ERROR_ACCESS_DENIED);
    CHECK_INT(SetEvent(manual), TRUE);
    CHECK_INT(WaitForSingleObject(manual, 0), WAIT_FAILED);
    CHECK_INT(GetLastError(), ERROR_ACCESS_DENIED);
    CHECK_INT(WaitForSingleObject(mutex, 0), WAIT_FAILED);
    CHECK_INT(ReleaseMutex(mutex), TRUE); /* it needs no right, and was ours */
    CloseHandle(event);
    CloseHandle(manual);
    CloseHandle(mutex);
}

static void opened_handles_are_inherited_if_asked(void)
{
    HANDLE process = OpenProcess(SYNCHRONIZE, TRUE, GetCurrentProcessId());
    HANDLE thread = OpenThread(SYNCHRONIZE, TRUE, GetCurrentThreadId());
    HANDLE other = OpenProcess(SYNCHRONIZE, FALSE, GetCurrentProcessId());

    CHECK_INT(flags_of(process), HANDLE_FLAG_INHERIT);
    CHECK_INT(flags_of(thread), HANDLE_FLAG_INHERIT);
    CHECK_INT(flags_of(other), 0);
    CloseHandle(process);
    CloseHandle(thread);
    CloseHandle(other);
}

static void affinity(void)
{
    DWORD_PTR own = 0, system = 0;

    CHECK_INT(GetProcessAffinityMask(GetCurrentProcess(), &own, &system), TRUE);
    CHECK_INT(own, 1);
    CHECK_INT(system, 1);
    CHECK_INT(SetProcessAffinityMask(GetCurrentProcess(), 1), TRUE);
    CHECK_INT(SetProcessAffinityMask(GetCurrentProcess(), 2), FALSE);
    CHECK_INT(GetLastError(), ERROR_INVALID_PARAMETER);
    CHECK_INT(SetThreadAffinityMask(GetCurrentThread(), 1), 1);
    CHECK_INT(SetThreadAffinityMask(GetCurrentThread(), 0), 0);
    CHECK_INT(GetLastError(), ERROR_INVALID_PARAMETER);
    CHECK_INT(SetThreadAffinityMask(GetCurrentProcess(), 1), 0);
    CHECK_INT(GetLastError(), ERROR_INVALID_HANDLE);
}

static void what_cannot_be_done(void)
{
    LARGE_INTEGER due = {.QuadPart = -10000};
    HANDLE timer = CreateWaitableTimerA(NULL, TRUE, NULL);
    BOOL wow64 = TRUE;

    SetLastError(0);
    CHECK_INT(SetWaitableTimer(timer, &due, 0, NULL, NULL, TRUE), TRUE);
    CHECK_INT(GetLastError(), ERROR_NOT_SUPPORTED); /* nothing wakes the machine, but it counts */
    CHECK_INT(WaitForSingleObject(timer, INFINITE), WAIT_OBJECT_0);
    CloseHandle(timer);
    CHECK_INT(IsWow64Process(GetCurrentProcess(), &wow64), TRUE);
    CHECK_INT(wow64, FALSE);
    CHECK_INT(IsWow64Process(NULL, &wow64), FALSE);
    CHECK_INT(GetLastError(), ERROR_INVALID_HANDLE);
}

int main(void)
{
    new_handles_grant_what_was_asked();
    opened_handles_are_inherited_if_asked();
    affinity();
    what_cannot_be_done();
    return check_done();
}
