/* See park.h. */
#include "user/ntdll/park.h"

struct parked {
    LIST_ENTRY links; /* off the list: it was woken, or has given up */
    void *volatile *address;
    HANDLE event;
    bool listed;
};

static RTL_CRITICAL_SECTION lock; /* of the list */
static LIST_ENTRY list;

void rtlp_initialize_parking(void)
{
    RtlInitializeCriticalSection(&lock);
    list_initialize(&list);
}

/* => whether *ADDRESS was still EXPECTED: then PARKED is on the list. */
static bool enlist(struct parked *parked, void *expected)
{
    RtlEnterCriticalSection(&lock);
    parked->listed = *parked->address == expected;
    if (parked->listed)
        list_insert_tail(&list, &parked->links);
    RtlLeaveCriticalSection(&lock);
    return parked->listed;
}

/* => whether PARKED was on the list still. */
static bool delist(struct parked *parked)
{
    bool listed;

    RtlEnterCriticalSection(&lock);
    listed = parked->listed;
    if (listed)
        list_remove(&parked->links);
    RtlLeaveCriticalSection(&lock);
    return listed;
}

NTSTATUS rtlp_park(void *volatile *address, void *expected, LARGE_INTEGER *timeout)
{
    struct parked parked = {.address = address};
    NTSTATUS status =
        NtCreateEvent(&parked.event, EVENT_ALL_ACCESS, NULL, SYNCHRONIZATION_EVENT, FALSE);

    if (nt_failed(status)) { /* no memory: the caller looks again, and again */
        LARGE_INTEGER interval = {.QuadPart = -10 * 1000};

        NtDelayExecution(FALSE, &interval);
        return STATUS_SUCCESS;
    }
    if (enlist(&parked, expected)) {
        status = NtWaitForSingleObject(parked.event, FALSE, timeout);
        if (!delist(&parked))
            status = STATUS_SUCCESS; /* just when it gave up: nobody else gets that waking */
    }
    NtClose(parked.event);
    return status;
}

void rtlp_unpark(void *volatile *address, bool all)
{
    RtlEnterCriticalSection(&lock);
    for (LIST_ENTRY *link = list.Flink, *next; link != &list; link = next) {
        struct parked *parked = CONTAINER(link, struct parked, links);

        next = link->Flink;
        if (parked->address != address)
            continue;
        list_remove(link);
        parked->listed = false;
        NtSetEvent(parked->event, NULL);
        if (!all)
            break;
    }
    RtlLeaveCriticalSection(&lock);
}
