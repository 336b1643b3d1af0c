/*
 * NT's names for the C library's memory functions, and what it has beyond them. memcpy and its like
 * come from lib/string.c.
 */
#include "user/ntdll/ntdll.h"

#undef RtlMoveMemory
#undef RtlFillMemory
#undef RtlZeroMemory
#undef RtlCompareMemory

void NTAPI RtlMoveMemory(void *to, const void *from, SIZE_T bytes)
{
    memmove(to, from, bytes);
}

void NTAPI RtlFillMemory(void *to, SIZE_T bytes, BYTE value)
{
    memset(to, value, bytes);
}

void NTAPI RtlZeroMemory(void *to, SIZE_T bytes)
{
    memset(to, 0, bytes);
}

/* => how many bytes are the same before the first that differ. */
SIZE_T NTAPI RtlCompareMemory(const void *a, const void *b, SIZE_T bytes)
{
    const uint8_t *x = a, *y = b;
    SIZE_T i = 0;

    while (i < bytes && x[i] == y[i])
        i++;
    return i;
}

SIZE_T NTAPI RtlCompareMemoryUlong(const void *memory, SIZE_T bytes, ULONG value)
{
    const ULONG *word = memory;
    SIZE_T i = 0;

    while (i < bytes / sizeof(*word) && word[i] == value)
        i++;
    return i * sizeof(*word);
}

void NTAPI RtlFillMemoryUlong(void *memory, SIZE_T bytes, ULONG value)
{
    ULONG *word = memory;

    for (SIZE_T i = 0; i < bytes / sizeof(*word); i++)
        word[i] = value;
}
