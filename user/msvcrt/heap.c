/*
 * malloc and its family, on the process's heap. HeapAlloc gives 8-byte alignment and a block for a
 * size of 0, which is what msvcrt promises as well.
 */
#include <malloc.h>
#include "crt.h"

void *__cdecl malloc(size_t size)
{
    void *block = HeapAlloc(GetProcessHeap(), 0, size);

    if (!block)
        crt_error(ENOMEM);
    return block;
}

void *__cdecl calloc(size_t count, size_t size)
{
    size_t bytes;
    void *block = NULL;

    if (!__builtin_mul_overflow(count, size, &bytes))
        block = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, bytes);
    if (!block)
        crt_error(ENOMEM);
    return block;
}

void *__cdecl realloc(void *block, size_t size)
{
    void *moved;

    if (!block)
        return malloc(size);
    if (size == 0) {
        free(block);
        return NULL;
    }
    moved = HeapReAlloc(GetProcessHeap(), 0, block, size);
    if (!moved)
        crt_error(ENOMEM);
    return moved;
}

/* errno must survive: a program frees what it no longer needs before it looks at what went wrong.
 */
void __cdecl free(void *block)
{
    if (block)
        HeapFree(GetProcessHeap(), 0, block);
}

size_t __cdecl _msize(void *block)
{
    return HeapSize(GetProcessHeap(), 0, block);
}

/* Grows or shrinks a block where it is. => NULL if there is no room. */
void *__cdecl _expand(void *block, size_t size)
{
    return HeapReAlloc(GetProcessHeap(), HEAP_REALLOC_IN_PLACE_ONLY, block, size);
}

/* The pointer to the real block stands right below an aligned one. */
void *__cdecl _aligned_malloc(size_t size, size_t alignment)
{
    size_t slack = alignment + sizeof(void *);
    uintptr_t block;
    void **aligned;

    if (alignment == 0 || (alignment & (alignment - 1)) || size + slack < size) {
        crt_error(EINVAL);
        return NULL;
    }
    block = (uintptr_t)malloc(size + slack);
    if (!block)
        return NULL;
    aligned = (void **)((block + slack) & ~(alignment - 1));
    aligned[-1] = (void *)block;
    return aligned;
}

void __cdecl _aligned_free(void *aligned)
{
    if (aligned)
        free(((void **)aligned)[-1]);
}
