/*
 * Heaps, and the GlobalAlloc and LocalAlloc of 16-bit days on top of the process's. Their movable
 * blocks are pointers to pointers: a handle has bit 1 set, what LocalLock returns has not.
 */
#include "user/kernel32/base.h"

#define HANDLE_BIT 2u

struct movable {
    void *memory; /* NULL: discarded, or of no bytes */
    LONG locks;
};

static void *process_heap(void)
{
    return current_peb()->process_heap;
}

HANDLE WINAPI GetProcessHeap(void)
{
    return process_heap();
}

HANDLE WINAPI HeapCreate(DWORD options, SIZE_T initial, SIZE_T maximum)
{
    SIZE_T reserve = maximum ? maximum : ROUND_UP_TO(initial, 0x10000);
    ULONG flags = options & (HEAP_NO_SERIALIZE | HEAP_GENERATE_EXCEPTIONS);

    if (maximum && initial > maximum) {
        reserve = initial;
        maximum = initial;
    }
    HANDLE heap =
        RtlCreateHeap(flags | (maximum ? 0 : HEAP_GROWABLE), NULL, reserve, initial, NULL, NULL);
    if (!heap)
        base_fail(ERROR_NOT_ENOUGH_MEMORY);
    return heap;
}

BOOL WINAPI HeapDestroy(HANDLE heap)
{
    return !RtlDestroyHeap(heap) || base_fail(ERROR_INVALID_HANDLE);
}

/* The native function returns a byte. */
BOOL WINAPI HeapFree(HANDLE heap, DWORD flags, void *memory)
{
    return RtlFreeHeap(heap, flags, memory);
}

BOOL WINAPI HeapValidate(HANDLE heap, DWORD flags, const void *memory)
{
    return RtlValidateHeap(heap, flags, memory);
}

SIZE_T WINAPI HeapCompact(HANDLE heap, DWORD flags)
{
    return RtlCompactHeap(heap, flags);
}

BOOL WINAPI HeapLock(HANDLE heap)
{
    return RtlLockHeap(heap);
}

BOOL WINAPI HeapUnlock(HANDLE heap)
{
    return RtlUnlockHeap(heap);
}

DWORD WINAPI GetProcessHeaps(DWORD count, HANDLE *heaps)
{
    return RtlGetProcessHeaps(count, heaps);
}

/* ---- LocalAlloc ------------------------------------------------------------------------------ */

static bool is_handle(const void *memory)
{
    return (uintptr_t)memory & HANDLE_BIT;
}

static struct movable *movable_of(const void *handle)
{
    return (struct movable *)((uintptr_t)handle - HANDLE_BIT);
}

static void *no_memory(void)
{
    base_fail(ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
}

HLOCAL WINAPI LocalAlloc(UINT flags, SIZE_T bytes)
{
    ULONG zero = flags & LMEM_ZEROINIT ? HEAP_ZERO_MEMORY : 0;

    if (!(flags & LMEM_MOVEABLE)) {
        void *memory = RtlAllocateHeap(process_heap(), zero, bytes);

        return memory ? memory : no_memory();
    }
    struct movable *movable = base_allocate(sizeof(*movable));
    if (!movable)
        return no_memory();
    *movable = (struct movable){NULL, 0};
    if (bytes && !(movable->memory = RtlAllocateHeap(process_heap(), zero, bytes))) {
        base_free(movable);
        return no_memory();
    }
    return (HLOCAL)((uintptr_t)movable + HANDLE_BIT);
}

HLOCAL WINAPI LocalFree(HLOCAL memory)
{
    if (!memory)
        return NULL;
    if (is_handle(memory)) {
        struct movable *movable = movable_of(memory);

        if (movable->memory)
            base_free(movable->memory);
        return RtlFreeHeap(process_heap(), 0, movable) ? NULL : memory;
    }
    return RtlFreeHeap(process_heap(), 0, memory) ? NULL : memory;
}

void *WINAPI LocalLock(HLOCAL memory)
{
    if (!is_handle(memory))
        return memory;
    struct movable *movable = movable_of(memory);
    if (!movable->memory) {
        base_fail(ERROR_DISCARDED);
        return NULL;
    }
    InterlockedIncrement(&movable->locks);
    return movable->memory;
}

/* => whether it is still locked. */
BOOL WINAPI LocalUnlock(HLOCAL memory)
{
    if (!is_handle(memory))
        return base_fail(ERROR_NOT_LOCKED);
    struct movable *movable = movable_of(memory);
    if (movable->locks == 0)
        return base_fail(ERROR_NOT_LOCKED);
    if (InterlockedDecrement(&movable->locks) > 0)
        return TRUE;
    return base_fail(NO_ERROR);
}

SIZE_T WINAPI LocalSize(HLOCAL memory)
{
    if (is_handle(memory)) {
        memory = movable_of(memory)->memory;
        if (!memory)
            return 0;
    }
    SIZE_T bytes = RtlSizeHeap(process_heap(), 0, memory);
    return bytes == (SIZE_T)-1 ? 0 : bytes;
}

HLOCAL WINAPI LocalReAlloc(HLOCAL memory, SIZE_T bytes, UINT flags)
{
    ULONG zero = flags & LMEM_ZEROINIT ? HEAP_ZERO_MEMORY : 0;

    if (!is_handle(memory)) {
        if (!(flags & LMEM_MOVEABLE))
            zero |= HEAP_REALLOC_IN_PLACE_ONLY;
        void *moved = RtlReAllocateHeap(process_heap(), zero, memory, bytes);
        return moved ? moved : no_memory();
    }
    struct movable *movable = movable_of(memory);
    void *moved = movable->memory ? RtlReAllocateHeap(process_heap(), zero, movable->memory, bytes)
                                  : RtlAllocateHeap(process_heap(), zero, bytes);
    if (!moved)
        return no_memory();
    movable->memory = moved;
    return memory;
}

UINT WINAPI LocalFlags(HLOCAL memory)
{
    if (!is_handle(memory))
        return 0;
    const struct movable *movable = movable_of(memory);
    return ((UINT)movable->locks & LMEM_LOCKCOUNT) | (movable->memory ? 0 : LMEM_DISCARDED);
}
