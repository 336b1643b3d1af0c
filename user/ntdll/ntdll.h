/*
 * What the parts of ntdll share among themselves. Everything that programs call is declared in
 * user/nt.
 */
#pragma once

#include "user/nt/ldr.h"
#include "user/nt/rtl.h"
#include "user/nt/services.h"

void *__cdecl memcpy(void *to, const void *from, size_t n);
void *__cdecl memmove(void *to, const void *from, size_t n);
void *__cdecl memset(void *to, int byte, size_t n);
int __cdecl memcmp(const void *a, const void *b, size_t n);
size_t __cdecl strlen(const char *s);
int __cdecl strcmp(const char *a, const char *b);
size_t __cdecl wcslen(const wchar_t *s);

/* The thread's last error becomes STATUS's. */
void rtlp_set_status_error(NTSTATUS status);

/* Once each, before any other thread, in this order. */
void rtlp_initialize_heaps(void);
void rtlp_initialize_peb_lock(void);

/* Free STRING's buffer, if it is one of the heap and not of the parameters that the process began
 * with. */
void rtlp_free_string_of_heap(UNICODE_STRING *string);

/* A block of the process's heap; NULL: there is no memory. */
static inline void *rtlp_allocate(size_t bytes)
{
    return RtlAllocateHeap(current_peb()->process_heap, 0, bytes);
}

static inline void rtlp_free(void *block)
{
    RtlFreeHeap(current_peb()->process_heap, 0, block);
}

/* LENGTH units of TEXT. */
static inline UNICODE_STRING rtlp_string(const WCHAR *text, size_t length)
{
    return (UNICODE_STRING){(USHORT)(length * 2), (USHORT)(length * 2), (WCHAR *)text};
}

LONG NTAPI RtlCompareString(const STRING *a, const STRING *b, BOOLEAN ignore_case);
