/*
 * Critical sections: a counter of those who have it or want it, less one, and an event that is made
 * when somebody first has to wait. Taking and leaving a free one is a single locked instruction.
 *
 * LockCount is -1 while it is free, as in sections that programs initialise statically.
 */
#include "user/nt/rtl.h"
#include "user/nt/services.h"

NTSTATUS NTAPI RtlInitializeCriticalSectionAndSpinCount(RTL_CRITICAL_SECTION *section, ULONG spins)
{
    *section = (RTL_CRITICAL_SECTION){.LockCount = -1, .SpinCount = spins & 0x00FFFFFF};
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlInitializeCriticalSection(RTL_CRITICAL_SECTION *section)
{
    return RtlInitializeCriticalSectionAndSpinCount(section, 0);
}

NTSTATUS NTAPI RtlDeleteCriticalSection(RTL_CRITICAL_SECTION *section)
{
    NTSTATUS status = section->LockSemaphore ? NtClose(section->LockSemaphore) : STATUS_SUCCESS;

    *section = (RTL_CRITICAL_SECTION){.LockCount = -1};
    return status;
}

ULONG NTAPI RtlSetCriticalSectionSpinCount(RTL_CRITICAL_SECTION *section, ULONG spins)
{
    ULONG old = section->SpinCount;

    section->SpinCount = spins;
    return old;
}

/* The event of SECTION. Two threads may make it at once; one of them throws its own away. */
static HANDLE event_of(RTL_CRITICAL_SECTION *section)
{
    HANDLE event;

    if (section->LockSemaphore)
        return section->LockSemaphore;
    NTSTATUS status = NtCreateEvent(&event, EVENT_ALL_ACCESS, NULL, SYNCHRONIZATION_EVENT, FALSE);
    if (nt_failed(status))
        RtlRaiseStatus(status);
    if (InterlockedCompareExchangePointer(&section->LockSemaphore, event, NULL))
        NtClose(event);
    return section->LockSemaphore;
}

static void take(RTL_CRITICAL_SECTION *section)
{
    section->OwningThread = current_teb()->client_id.thread;
    section->RecursionCount = 1;
}

NTSTATUS NTAPI RtlEnterCriticalSection(RTL_CRITICAL_SECTION *section)
{
    HANDLE self = current_teb()->client_id.thread;

    if (InterlockedIncrement(&section->LockCount) != 0) {
        if (section->OwningThread == self) {
            section->RecursionCount++;
            return STATUS_SUCCESS;
        }
        NTSTATUS status = NtWaitForSingleObject(event_of(section), FALSE, NULL);
        if (status != STATUS_SUCCESS)
            RtlRaiseStatus(status);
    }
    section->OwningThread = self;
    section->RecursionCount = 1;
    return STATUS_SUCCESS;
}

BOOLEAN NTAPI RtlTryEnterCriticalSection(RTL_CRITICAL_SECTION *section)
{
    if (InterlockedCompareExchange(&section->LockCount, 0, -1) == -1) {
        take(section);
        return TRUE;
    }
    if (section->OwningThread != current_teb()->client_id.thread)
        return FALSE;
    InterlockedIncrement(&section->LockCount);
    section->RecursionCount++;
    return TRUE;
}

NTSTATUS NTAPI RtlLeaveCriticalSection(RTL_CRITICAL_SECTION *section)
{
    if (--section->RecursionCount > 0) {
        InterlockedDecrement(&section->LockCount);
        return STATUS_SUCCESS;
    }
    section->OwningThread = NULL;
    if (InterlockedDecrement(&section->LockCount) >= 0)
        NtSetEvent(event_of(section), NULL);
    return STATUS_SUCCESS;
}
