/*
 * Critical sections: a counter of those who have it or want it, less one, and an event that is made
 * when somebody first has to wait. Taking and leaving a free one is a single locked instruction.
 *
 * LockCount is -1 while it is free, as in sections that programs initialise statically.
 *
 * Taking and leaving must not fail, so where there is no memory for the event the section does
 * without, from then on: LockSemaphore is then a word that the owner sets when it leaves, and that
 * those who wait look at every millisecond. Handles are multiples of 4.
 */
#include "user/nt/rtl.h"
#include "user/nt/services.h"

#define CLOSED ((HANDLE)1) /* no event; nobody may pass */
#define OPEN   ((HANDLE)3) /* no event; one may pass, and closes it */

static bool is_event(HANDLE semaphore)
{
    return semaphore && !((uintptr_t)semaphore & 1);
}

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
    NTSTATUS status =
        is_event(section->LockSemaphore) ? NtClose(section->LockSemaphore) : STATUS_SUCCESS;

    *section = (RTL_CRITICAL_SECTION){.LockCount = -1};
    return status;
}

ULONG NTAPI RtlSetCriticalSectionSpinCount(RTL_CRITICAL_SECTION *section, ULONG spins)
{
    ULONG old = section->SpinCount;

    section->SpinCount = spins;
    return old;
}

/* The event of SECTION, or what it has instead. Two threads may make it at once; one of them throws
 * its own away. */
static HANDLE event_of(RTL_CRITICAL_SECTION *section)
{
    HANDLE event;

    if (section->LockSemaphore)
        return section->LockSemaphore;
    NTSTATUS status = NtCreateEvent(&event, EVENT_ALL_ACCESS, NULL, SYNCHRONIZATION_EVENT, FALSE);
    if (nt_failed(status))
        event = CLOSED;
    if (InterlockedCompareExchangePointer(&section->LockSemaphore, event, NULL) && is_event(event))
        NtClose(event);
    return section->LockSemaphore;
}

static NTSTATUS wait_for_turn(RTL_CRITICAL_SECTION *section)
{
    LARGE_INTEGER interval = {.QuadPart = -10 * 1000};
    HANDLE event = event_of(section);

    if (is_event(event))
        return NtWaitForSingleObject(event, FALSE, NULL);
    while (InterlockedCompareExchangePointer(&section->LockSemaphore, CLOSED, OPEN) != OPEN)
        NtDelayExecution(FALSE, &interval);
    return STATUS_SUCCESS;
}

static void let_one_pass(RTL_CRITICAL_SECTION *section)
{
    HANDLE event = event_of(section);

    if (is_event(event))
        NtSetEvent(event, NULL);
    else
        InterlockedExchangePointer(&section->LockSemaphore, OPEN);
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
        NTSTATUS status = wait_for_turn(section);
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
        let_one_pass(section);
    return STATUS_SUCCESS;
}
