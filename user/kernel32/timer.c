/*
 * Waitable timers.
 */
#include "user/kernel32/base.h"

HANDLE WINAPI CreateWaitableTimerW(SECURITY_ATTRIBUTES *security, BOOL manual, const WCHAR *name)
{
    UNICODE_STRING text;
    OBJECT_ATTRIBUTES attributes;
    HANDLE timer = NULL;

    if (!base_object_name(name, security, OBJ_OPENIF, &text, &attributes))
        return NULL;
    NTSTATUS status = NtCreateTimer(&timer, TIMER_ALL_ACCESS, &attributes,
                                    manual ? NOTIFICATION_TIMER : SYNCHRONIZATION_TIMER);
    RtlFreeUnicodeString(&text);
    return base_created(status, timer);
}

HANDLE WINAPI CreateWaitableTimerA(SECURITY_ATTRIBUTES *security, BOOL manual, const char *name)
{
    struct wide wide;

    if (!wide_make(&wide, name))
        return NULL;
    HANDLE timer = CreateWaitableTimerW(security, manual, wide.text);
    wide_free(&wide);
    return timer;
}

HANDLE WINAPI OpenWaitableTimerW(DWORD access, BOOL inherit, const WCHAR *name)
{
    UNICODE_STRING text;
    OBJECT_ATTRIBUTES attributes;
    HANDLE timer = NULL;

    if (!name)
        base_fail(ERROR_INVALID_PARAMETER);
    else if (base_object_name(name, NULL, inherit ? OBJ_INHERIT : 0, &text, &attributes)) {
        if (!base_ok(NtOpenTimer(&timer, access, &attributes)))
            timer = NULL;
        RtlFreeUnicodeString(&text);
    }
    return timer;
}

HANDLE WINAPI OpenWaitableTimerA(DWORD access, BOOL inherit, const char *name)
{
    struct wide wide;

    if (!wide_make(&wide, name))
        return NULL;
    HANDLE timer = OpenWaitableTimerW(access, inherit, wide.text);
    wide_free(&wide);
    return timer;
}

/* The routine gets ARGUMENT and the time in two halves, as the native interface's does. */
BOOL WINAPI SetWaitableTimer(HANDLE timer, const LARGE_INTEGER *due, LONG period,
                             PTIMERAPCROUTINE routine, void *argument, BOOL resume)
{
    NTSTATUS status = NtSetTimer(timer, (LARGE_INTEGER *)due, (nt_apc_routine)(void *)routine,
                                 argument, (BOOLEAN)(resume != 0), period, NULL);

    if (status == STATUS_TIMER_RESUME_IGNORED) /* a success, with this to say */
        RtlSetLastWin32Error(ERROR_NOT_SUPPORTED);
    return base_ok(status);
}

BOOL WINAPI CancelWaitableTimer(HANDLE timer)
{
    return base_ok(NtCancelTimer(timer, NULL));
}
