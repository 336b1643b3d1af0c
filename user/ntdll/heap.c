/*
 * The heaps of the process: heap_core.c with a lock, NT's flags, and memory of the process.
 */
#include "user/ntdll/heap_core.h"
#include "user/ntdll/ntdll.h"

#define HEAPS_LISTED   64u
#define HEAP_ALL_FLAGS (HEAP_NO_SERIALIZE | HEAP_GENERATE_EXCEPTIONS | HEAP_ZERO_MEMORY)

/* A block of the heap that it belongs to. */
struct heap_owner {
    RTL_CRITICAL_SECTION lock;
    ULONG flags; /* those that hold for every call */
};

static RTL_CRITICAL_SECTION list_lock;
static void *listed[HEAPS_LISTED];

static void *reserve(size_t bytes)
{
    void *base = NULL;
    SIZE_T size = bytes;

    return nt_failed(NtAllocateVirtualMemory(CURRENT_PROCESS, &base, 0, &size, MEM_RESERVE,
                                             PAGE_READWRITE))
               ? NULL
               : base;
}

static bool commit(void *base, size_t bytes)
{
    SIZE_T size = bytes;

    return !nt_failed(
        NtAllocateVirtualMemory(CURRENT_PROCESS, &base, 0, &size, MEM_COMMIT, PAGE_READWRITE));
}

static void decommit(void *base, size_t bytes)
{
    SIZE_T size = bytes;

    NtFreeVirtualMemory(CURRENT_PROCESS, &base, &size, MEM_DECOMMIT);
}

static void release(void *base)
{
    SIZE_T size = 0;

    NtFreeVirtualMemory(CURRENT_PROCESS, &base, &size, MEM_RELEASE);
}

static const struct heap_memory process_memory = {reserve, commit, decommit, release};

void rtlp_initialize_heaps(void)
{
    struct peb *peb = current_peb();

    RtlInitializeCriticalSection(&list_lock);
    peb->process_heaps = listed;
    peb->maximum_number_of_heaps = HEAPS_LISTED;
}

static void enlist(struct heap *heap)
{
    struct peb *peb = current_peb();

    RtlEnterCriticalSection(&list_lock);
    if (peb->number_of_heaps < HEAPS_LISTED)
        listed[peb->number_of_heaps++] = heap;
    RtlLeaveCriticalSection(&list_lock);
}

static void delist(struct heap *heap)
{
    struct peb *peb = current_peb();

    RtlEnterCriticalSection(&list_lock);
    for (ULONG i = 0; i < peb->number_of_heaps; i++)
        if (listed[i] == heap)
            listed[i] = listed[--peb->number_of_heaps];
    RtlLeaveCriticalSection(&list_lock);
}

void *NTAPI RtlCreateHeap(ULONG flags, void *base, SIZE_T reserved, SIZE_T committed, void *lock,
                          RTL_HEAP_PARAMETERS *parameters)
{
    bool zeroed;
    struct heap *heap;
    struct heap_owner *owner;

    (void)parameters;
    if (base || lock) /* the caller's own memory, or lock: not offered */
        return NULL;
    heap = heap_create(&process_memory, reserved, committed, !(flags & HEAP_GROWABLE));
    if (!heap)
        return NULL;
    owner = heap_allocate(heap, sizeof(*owner), &zeroed);
    owner->flags = flags & HEAP_ALL_FLAGS;
    RtlInitializeCriticalSection(&owner->lock);
    heap->owner = owner;
    enlist(heap);
    return heap;
}

void *NTAPI RtlDestroyHeap(void *handle)
{
    struct heap *heap = handle;
    struct heap_owner *owner = heap->owner;

    if (heap == current_peb()->process_heap)
        return heap;
    delist(heap);
    RtlDeleteCriticalSection(&owner->lock);
    heap_destroy(heap);
    return NULL;
}

static struct heap *lock_heap(void *handle, ULONG *flags)
{
    struct heap *heap = handle;
    struct heap_owner *owner = heap->owner;

    *flags |= owner->flags;
    if (!(*flags & HEAP_NO_SERIALIZE))
        RtlEnterCriticalSection(&owner->lock);
    return heap;
}

static void unlock_heap(struct heap *heap, ULONG flags)
{
    struct heap_owner *owner = heap->owner;

    if (!(flags & HEAP_NO_SERIALIZE))
        RtlLeaveCriticalSection(&owner->lock);
}

static void *no_memory(ULONG flags)
{
    if (flags & HEAP_GENERATE_EXCEPTIONS)
        RtlRaiseStatus(STATUS_NO_MEMORY);
    return NULL;
}

void *NTAPI RtlAllocateHeap(void *handle, ULONG flags, SIZE_T bytes)
{
    bool zeroed;
    struct heap *heap = lock_heap(handle, &flags);
    void *memory = heap_allocate(heap, bytes, &zeroed);

    unlock_heap(heap, flags);
    if (!memory)
        return no_memory(flags);
    if ((flags & HEAP_ZERO_MEMORY) && !zeroed)
        memset(memory, 0, bytes);
    return memory;
}

BOOLEAN NTAPI RtlFreeHeap(void *handle, ULONG flags, void *memory)
{
    if (!memory)
        return TRUE;
    struct heap *heap = lock_heap(handle, &flags);
    bool freed = heap_free(heap, memory);
    unlock_heap(heap, flags);
    if (!freed)
        rtlp_set_status_error(STATUS_INVALID_PARAMETER);
    return freed;
}

/* A block elsewhere, with the beginning of MEMORY's, which is freed. The heap is locked. */
static void *move(struct heap *heap, void *memory, size_t old_bytes, size_t bytes)
{
    bool zeroed;
    void *moved = heap_allocate(heap, bytes, &zeroed);

    if (!moved)
        return NULL;
    memcpy(moved, memory, old_bytes < bytes ? old_bytes : bytes);
    heap_free(heap, memory);
    return moved;
}

void *NTAPI RtlReAllocateHeap(void *handle, ULONG flags, void *memory, SIZE_T bytes)
{
    struct heap *heap = lock_heap(handle, &flags);
    SIZE_T old_bytes = heap_size(heap, memory);
    void *result = NULL;

    if (old_bytes != (SIZE_T)-1) {
        if (heap_resize(heap, memory, bytes))
            result = memory;
        else if (!(flags & HEAP_REALLOC_IN_PLACE_ONLY))
            result = move(heap, memory, old_bytes, bytes);
    } else {
        rtlp_set_status_error(STATUS_INVALID_PARAMETER);
    }
    unlock_heap(heap, flags);
    if (!result)
        return no_memory(flags);
    if ((flags & HEAP_ZERO_MEMORY) && bytes > old_bytes)
        memset((char *)result + old_bytes, 0, bytes - old_bytes);
    return result;
}

SIZE_T NTAPI RtlSizeHeap(void *handle, ULONG flags, const void *memory)
{
    struct heap *heap = lock_heap(handle, &flags);
    SIZE_T bytes = heap_size(heap, memory);

    unlock_heap(heap, flags);
    if (bytes == (SIZE_T)-1)
        rtlp_set_status_error(STATUS_INVALID_PARAMETER);
    return bytes;
}

BOOLEAN NTAPI RtlValidateHeap(void *handle, ULONG flags, const void *memory)
{
    struct heap *heap = lock_heap(handle, &flags);
    bool whole = heap_validate(heap, memory);

    unlock_heap(heap, flags);
    return whole;
}

BOOLEAN NTAPI RtlLockHeap(void *handle)
{
    ULONG flags = 0;

    lock_heap(handle, &flags);
    return !(flags & HEAP_NO_SERIALIZE);
}

BOOLEAN NTAPI RtlUnlockHeap(void *handle)
{
    struct heap *heap = handle;
    ULONG flags = ((struct heap_owner *)heap->owner)->flags;

    unlock_heap(heap, flags);
    return !(flags & HEAP_NO_SERIALIZE);
}

/* => bytes of the largest free block; the heap gives pages back by itself. */
SIZE_T NTAPI RtlCompactHeap(void *handle, ULONG flags)
{
    struct heap *heap = lock_heap(handle, &flags);
    SIZE_T bytes = heap_largest_free(heap);

    unlock_heap(heap, flags);
    return bytes;
}

ULONG NTAPI RtlGetProcessHeaps(ULONG count, void **heaps)
{
    RtlEnterCriticalSection(&list_lock);
    ULONG found = current_peb()->number_of_heaps;
    if (found <= count)
        memcpy(heaps, listed, found * sizeof(*heaps));
    RtlLeaveCriticalSection(&list_lock);
    return found;
}
