/*
 * The locks of one word are ntdll's; only what returns something else than there is here.
 */
#include "user/kernel32/base.h"

BOOLEAN WINAPI TryAcquireSRWLockExclusive(SRWLOCK *lock)
{
    return RtlTryAcquireSRWLockExclusive(lock);
}

BOOLEAN WINAPI TryAcquireSRWLockShared(SRWLOCK *lock)
{
    return RtlTryAcquireSRWLockShared(lock);
}

/* A timeout is a failure here. */
static BOOL slept(NTSTATUS status)
{
    return status == STATUS_TIMEOUT ? base_fail(ERROR_TIMEOUT) : base_ok(status);
}

BOOL WINAPI SleepConditionVariableCS(CONDITION_VARIABLE *variable, CRITICAL_SECTION *section,
                                     DWORD milliseconds)
{
    LARGE_INTEGER interval;

    return slept(
        RtlSleepConditionVariableCS(variable, section, base_timeout(milliseconds, &interval)));
}

BOOL WINAPI SleepConditionVariableSRW(CONDITION_VARIABLE *variable, SRWLOCK *lock,
                                      DWORD milliseconds, ULONG flags)
{
    LARGE_INTEGER interval;

    return slept(
        RtlSleepConditionVariableSRW(variable, lock, base_timeout(milliseconds, &interval), flags));
}

BOOL WINAPI InitOnceBeginInitialize(INIT_ONCE *once, DWORD flags, BOOL *pending, void **context)
{
    NTSTATUS status = RtlRunOnceBeginInitialize(once, flags, context);

    *pending = status == STATUS_PENDING;
    return base_ok(status);
}

BOOL WINAPI InitOnceComplete(INIT_ONCE *once, DWORD flags, void *context)
{
    return base_ok(RtlRunOnceComplete(once, flags, context));
}

BOOL WINAPI InitOnceExecuteOnce(INIT_ONCE *once, PINIT_ONCE_FN function, void *parameter,
                                void **context)
{
    void *result = NULL;
    NTSTATUS status = RtlRunOnceBeginInitialize(once, 0, context);

    if (status != STATUS_PENDING)
        return base_ok(status);
    if (!function(once, parameter, &result)) {
        DWORD error = RtlGetLastWin32Error();

        RtlRunOnceComplete(once, RTL_RUN_ONCE_INIT_FAILED, NULL);
        return base_fail(error);
    }
    if (context)
        *context = result;
    return base_ok(RtlRunOnceComplete(once, 0, result));
}
