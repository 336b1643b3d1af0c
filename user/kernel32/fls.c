/*
 * Fibre local storage: as there are no fibres here, thread local storage with a function that is
 * called for each value that is left when its thread or its index goes.
 */
#include "user/kernel32/base.h"

#define FLS_SLOTS 128u

struct fls {
    LIST_ENTRY links;
    void *values[FLS_SLOTS];
};

static RTL_CRITICAL_SECTION lock = {.LockCount = -1}; /* guards all but a thread's own values */
static LIST_ENTRY threads = {&threads, &threads};
static struct {
    bool taken;
    PFLS_CALLBACK_FUNCTION callback;
} slots[FLS_SLOTS];

static struct fls *own(void)
{
    return (struct fls *)current_teb()->fls_data;
}

DWORD WINAPI FlsAlloc(PFLS_CALLBACK_FUNCTION callback)
{
    DWORD index = 1; /* 0 is none, as on NT */

    RtlEnterCriticalSection(&lock);
    while (index < FLS_SLOTS && slots[index].taken)
        index++;
    if (index < FLS_SLOTS) {
        slots[index].taken = true;
        slots[index].callback = callback;
    }
    RtlLeaveCriticalSection(&lock);
    if (index < FLS_SLOTS)
        return index;
    base_fail(ERROR_NO_MORE_ITEMS);
    return FLS_OUT_OF_INDEXES;
}

/* Take FLS's value of INDEX away; the lock is held. */
static void end_value(struct fls *fls, DWORD index)
{
    void *value = fls->values[index];

    fls->values[index] = NULL;
    if (value && slots[index].callback)
        slots[index].callback(value);
}

BOOL WINAPI FlsFree(DWORD index)
{
    RtlEnterCriticalSection(&lock);
    bool taken = index < FLS_SLOTS && slots[index].taken;
    if (taken) {
        for (LIST_ENTRY *link = threads.Flink; link != &threads; link = link->Flink)
            end_value(CONTAINER(link, struct fls, links), index);
        slots[index].taken = false;
    }
    RtlLeaveCriticalSection(&lock);
    return taken || base_fail(ERROR_INVALID_PARAMETER);
}

void *WINAPI FlsGetValue(DWORD index)
{
    if (index == 0 || index >= FLS_SLOTS) {
        base_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    RtlSetLastWin32Error(ERROR_SUCCESS);
    return own() ? own()->values[index] : NULL;
}

BOOL WINAPI FlsSetValue(DWORD index, void *value)
{
    struct fls *fls = own();

    if (index == 0 || index >= FLS_SLOTS)
        return base_fail(ERROR_INVALID_PARAMETER);
    if (!fls) {
        fls = RtlAllocateHeap(current_peb()->process_heap, HEAP_ZERO_MEMORY, sizeof(*fls));
        if (!fls)
            return base_fail(ERROR_NOT_ENOUGH_MEMORY);
        RtlEnterCriticalSection(&lock);
        list_insert_tail(&threads, &fls->links);
        RtlLeaveCriticalSection(&lock);
        current_teb()->fls_data = (void **)fls;
    }
    fls->values[index] = value;
    return TRUE;
}

/* The current thread ends. */
void base_free_thread_fls(void)
{
    struct fls *fls = own();

    if (!fls)
        return;
    RtlEnterCriticalSection(&lock);
    for (DWORD i = 0; i < FLS_SLOTS; i++)
        end_value(fls, i);
    list_remove(&fls->links);
    RtlLeaveCriticalSection(&lock);
    current_teb()->fls_data = NULL;
    base_free(fls);
}
