/*
 * Vectored handlers: lists of functions that see every exception of the process before the frames
 * do, or when it goes on. A handler may add and remove handlers, itself too, so an entry lives
 * until nobody calls it any more.
 */
#include "user/ntdll/exception.h"

struct vectored_handler {
    LIST_ENTRY links;
    ULONG references; /* one for being on the list, one for each thread that calls it */
    PVECTORED_EXCEPTION_HANDLER handler;
};

/* Usable from the first instruction: the start of the process may fault too. */
static RTL_CRITICAL_SECTION lock = {.LockCount = -1};
static LIST_ENTRY exception_handlers = {&exception_handlers, &exception_handlers};
static LIST_ENTRY continue_handlers = {&continue_handlers, &continue_handlers};

/* The lock is held. */
static void dereference(struct vectored_handler *entry)
{
    if (--entry->references)
        return;
    list_remove(&entry->links);
    RtlFreeHeap(current_peb()->process_heap, 0, entry);
}

static bool is_on(const LIST_ENTRY *head, const void *handle)
{
    for (const LIST_ENTRY *link = head->Flink; link != head; link = link->Flink)
        if (link == handle)
            return true;
    return false;
}

static void *add(LIST_ENTRY *head, bool first, PVECTORED_EXCEPTION_HANDLER handler)
{
    struct vectored_handler *entry =
        RtlAllocateHeap(current_peb()->process_heap, 0, sizeof(*entry));

    if (!entry)
        return NULL;
    *entry = (struct vectored_handler){.references = 1, .handler = handler};
    RtlEnterCriticalSection(&lock);
    list_insert_tail(first ? head->Flink : head, &entry->links);
    RtlLeaveCriticalSection(&lock);
    return entry;
}

static ULONG remove_handler(LIST_ENTRY *head, void *handle)
{
    struct vectored_handler *entry = handle;

    RtlEnterCriticalSection(&lock);
    bool found = is_on(head, handle) && entry->handler;
    if (found) {
        entry->handler = NULL; /* removed: only still on the list for those who are calling it */
        dereference(entry);
    }
    RtlLeaveCriticalSection(&lock);
    return found;
}

static bool call(LIST_ENTRY *head, EXCEPTION_RECORD *record, CONTEXT *context)
{
    EXCEPTION_POINTERS pointers = {record, context};
    bool go_on = false;

    if (list_is_empty(head))
        return false;
    RtlEnterCriticalSection(&lock);
    for (LIST_ENTRY *link = head->Flink, *next; link != head && !go_on; link = next) {
        struct vectored_handler *entry = CONTAINER(link, struct vectored_handler, links);
        PVECTORED_EXCEPTION_HANDLER handler = entry->handler;

        entry->references++;
        RtlLeaveCriticalSection(&lock);
        go_on = handler && handler(&pointers) == EXCEPTION_CONTINUE_EXECUTION;
        RtlEnterCriticalSection(&lock);
        next = link->Flink;
        dereference(entry);
    }
    RtlLeaveCriticalSection(&lock);
    return go_on;
}

bool rtlp_call_vectored_handlers(EXCEPTION_RECORD *record, CONTEXT *context)
{
    return call(&exception_handlers, record, context);
}

void rtlp_call_continue_handlers(EXCEPTION_RECORD *record, CONTEXT *context)
{
    call(&continue_handlers, record, context);
}

void *NTAPI RtlAddVectoredExceptionHandler(ULONG first, PVECTORED_EXCEPTION_HANDLER handler)
{
    return add(&exception_handlers, first, handler);
}

ULONG NTAPI RtlRemoveVectoredExceptionHandler(void *handle)
{
    return remove_handler(&exception_handlers, handle);
}

void *NTAPI RtlAddVectoredContinueHandler(ULONG first, PVECTORED_EXCEPTION_HANDLER handler)
{
    return add(&continue_handlers, first, handler);
}

ULONG NTAPI RtlRemoveVectoredContinueHandler(void *handle)
{
    return remove_handler(&continue_handlers, handle);
}
