/*
 * Whether memory may be touched. The answer comes from the protection of the pages, and nothing is
 * touched to find it: no guard page is used up.
 */
#include "user/kernel32/base.h"

#define READABLE                                                           \
    (PAGE_READONLY | PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READ | \
     PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY)
#define WRITABLE (PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY)

/* => how many bytes from ADDRESS on are in one region with a protection out of WANTED; 0: none. */
static SIZE_T good_bytes(const void *address, DWORD wanted)
{
    MEMORY_BASIC_INFORMATION info;

    if (nt_failed(NtQueryVirtualMemory(CURRENT_PROCESS, address, MEMORY_BASIC_INFORMATION_CLASS,
                                       &info, sizeof(info), NULL)) ||
        info.State != MEM_COMMIT || (info.Protect & PAGE_GUARD) || !(info.Protect & wanted))
        return 0;
    return (SIZE_T)((char *)info.BaseAddress + info.RegionSize - (const char *)address);
}

static BOOL is_bad(const void *address, UINT_PTR bytes, DWORD wanted)
{
    const char *at = address;

    while (bytes) {
        SIZE_T good = good_bytes(at, wanted);

        if (!good)
            return TRUE;
        if (good >= bytes)
            return FALSE;
        at += good;
        bytes -= good;
    }
    return FALSE;
}

BOOL WINAPI IsBadReadPtr(const void *address, UINT_PTR bytes)
{
    return is_bad(address, bytes, READABLE);
}

BOOL WINAPI IsBadWritePtr(void *address, UINT_PTR bytes)
{
    return is_bad(address, bytes, WRITABLE);
}

/* The x86 without NX can execute what it can read, and a page that may only be executed. */
BOOL WINAPI IsBadCodePtr(FARPROC address)
{
    return is_bad((const void *)address, 1, READABLE | PAGE_EXECUTE);
}

BOOL WINAPI IsBadStringPtrA(const char *s, UINT_PTR most)
{
    for (SIZE_T good = 0; most; s++, good--, most--) {
        if (!good && !(good = good_bytes(s, READABLE)))
            return TRUE;
        if (!*s)
            return FALSE;
    }
    return FALSE;
}

BOOL WINAPI IsBadStringPtrW(const WCHAR *s, UINT_PTR most)
{
    for (; most; s++, most--) {
        if (is_bad(s, sizeof(*s), READABLE))
            return TRUE;
        if (!*s)
            return FALSE;
    }
    return FALSE;
}
