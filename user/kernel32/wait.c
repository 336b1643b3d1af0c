/*
 * Waiting, and sleeping.
 */
#include "user/kernel32/base.h"

/* An alert is no reason to come back; what WAIT_IO_COMPLETION tells is a user APC. */
DWORD WINAPI WaitForSingleObjectEx(HANDLE handle, DWORD milliseconds, BOOL alertable)
{
    LARGE_INTEGER interval, *timeout = base_timeout(milliseconds, &interval);
    NTSTATUS status;

    do {
        status = NtWaitForSingleObject(handle, (BOOLEAN)(alertable != 0), timeout);
    } while (status == STATUS_ALERTED && alertable);
    return base_ok(status) ? (DWORD)status : WAIT_FAILED;
}

DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD milliseconds)
{
    return WaitForSingleObjectEx(handle, milliseconds, FALSE);
}

DWORD WINAPI WaitForMultipleObjectsEx(DWORD count, const HANDLE *handles, BOOL all,
                                      DWORD milliseconds, BOOL alertable)
{
    LARGE_INTEGER interval, *timeout = base_timeout(milliseconds, &interval);
    NTSTATUS status;

    if (count == 0 || count > MAXIMUM_WAIT_OBJECTS) {
        base_fail(ERROR_INVALID_PARAMETER);
        return WAIT_FAILED;
    }
    do {
        status = NtWaitForMultipleObjects(count, handles, all ? WAIT_FOR_ALL : WAIT_FOR_ANY,
                                          (BOOLEAN)(alertable != 0), timeout);
    } while (status == STATUS_ALERTED && alertable);
    return base_ok(status) ? (DWORD)status : WAIT_FAILED;
}

DWORD WINAPI WaitForMultipleObjects(DWORD count, const HANDLE *handles, BOOL all,
                                    DWORD milliseconds)
{
    return WaitForMultipleObjectsEx(count, handles, all, milliseconds, FALSE);
}

DWORD WINAPI SignalObjectAndWait(HANDLE signal, HANDLE wait, DWORD milliseconds, BOOL alertable)
{
    LARGE_INTEGER interval, *timeout = base_timeout(milliseconds, &interval);
    NTSTATUS status =
        NtSignalAndWaitForSingleObject(signal, wait, (BOOLEAN)(alertable != 0), timeout);

    return base_ok(status) ? (DWORD)status : WAIT_FAILED;
}

DWORD WINAPI SleepEx(DWORD milliseconds, BOOL alertable)
{
    LARGE_INTEGER interval;
    NTSTATUS status;

    if (!base_timeout(milliseconds, &interval))
        interval.QuadPart = INT64_MIN;
    do {
        status = NtDelayExecution((BOOLEAN)(alertable != 0), &interval);
    } while ((status == STATUS_ALERTED && alertable) ||
             (milliseconds == INFINITE && status == STATUS_SUCCESS));
    return status == STATUS_USER_APC ? WAIT_IO_COMPLETION : 0;
}

void WINAPI Sleep(DWORD milliseconds)
{
    SleepEx(milliseconds, FALSE);
}

BOOL WINAPI SwitchToThread(void)
{
    return NtYieldExecution() != STATUS_NO_YIELD_PERFORMED;
}

/* The APC's routine has one argument, the native interface's three. */
static void NTAPI dispatch_apc(void *routine, void *data, void *unused)
{
    (void)unused;
    ((PAPCFUNC)routine)((ULONG_PTR)data);
}

DWORD WINAPI QueueUserAPC(PAPCFUNC routine, HANDLE thread, ULONG_PTR data)
{
    return base_ok(NtQueueApcThread(thread, dispatch_apc, (void *)routine, (void *)data, NULL));
}
