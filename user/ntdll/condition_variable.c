/*
 * Condition variables: a count of the times somebody was woken, so that who looks at it before it
 * lets its lock go, and waits for it to change, misses nothing.
 */
#include "user/ntdll/park.h"

void NTAPI RtlInitializeConditionVariable(RTL_CONDITION_VARIABLE *variable)
{
    variable->Ptr = NULL;
}

static void wake(RTL_CONDITION_VARIABLE *variable, bool all)
{
    InterlockedIncrement((volatile LONG *)&variable->Ptr);
    rtlp_unpark(&variable->Ptr, all);
}

void NTAPI RtlWakeConditionVariable(RTL_CONDITION_VARIABLE *variable)
{
    wake(variable, false);
}

void NTAPI RtlWakeAllConditionVariable(RTL_CONDITION_VARIABLE *variable)
{
    wake(variable, true);
}

NTSTATUS NTAPI RtlSleepConditionVariableCS(RTL_CONDITION_VARIABLE *variable,
                                           RTL_CRITICAL_SECTION *section, LARGE_INTEGER *timeout)
{
    void *seen = *(void *volatile *)&variable->Ptr;

    RtlLeaveCriticalSection(section);
    NTSTATUS status = rtlp_park(&variable->Ptr, seen, timeout);
    RtlEnterCriticalSection(section);
    return status;
}

NTSTATUS NTAPI RtlSleepConditionVariableSRW(RTL_CONDITION_VARIABLE *variable, RTL_SRWLOCK *lock,
                                            LARGE_INTEGER *timeout, ULONG flags)
{
    void *seen = *(void *volatile *)&variable->Ptr;
    bool shared = flags & CONDITION_VARIABLE_LOCKMODE_SHARED;

    if (shared)
        RtlReleaseSRWLockShared(lock);
    else
        RtlReleaseSRWLockExclusive(lock);
    NTSTATUS status = rtlp_park(&variable->Ptr, seen, timeout);
    if (shared)
        RtlAcquireSRWLockShared(lock);
    else
        RtlAcquireSRWLockExclusive(lock);
    return status;
}
