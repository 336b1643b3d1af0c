/*
 * What the families of kernel32 share: turning a status into the last error, and programs' names
 * into the native interface's. A functions call their W namesakes.
 */
#pragma once

#include "user/nt/ldr.h"
#include "user/nt/rtl.h"
#include "user/nt/services.h"

/* => whether STATUS is a success; else the last error says why. */
bool base_ok(NTSTATUS status);

/* Set the last error. => false, for the caller to return. */
bool base_fail(DWORD error);

/* A text of the ANSI code page in UTF-16. TEXT is NULL for NULL. */
struct wide {
    WCHAR *text;
};

/* => false, with the last error set: there is no memory. */
bool wide_make(struct wide *wide, const char *ansi);
void wide_free(struct wide *wide);

/*
 * The UNITS units at FROM for a caller with SIZE bytes at TO, in the ANSI code page with a
 * terminator: as GetCurrentDirectoryA and its like have it. => the length; when SIZE is too little,
 * what would do.
 */
DWORD base_give_ansi(const WCHAR *from, size_t units, char *to, DWORD size);
/* The same in UTF-16; SIZE in units. */
DWORD base_give_wide(const WCHAR *from, size_t units, WCHAR *to, DWORD size);

/* A DOS path's name for the native interface. RtlFreeUnicodeString. => false: the last error. */
bool base_nt_name(const WCHAR *path, UNICODE_STRING *name, OBJECT_ATTRIBUTES *attributes);

/*
 * ATTRIBUTES for a synchronisation object or section NAME (NULL: none), in the directory of such,
 * with what SECURITY says of inheritance. TEXT holds the name: RtlFreeUnicodeString.
 */
bool base_object_name(const WCHAR *name, const SECURITY_ATTRIBUTES *security, ULONG flags,
                      UNICODE_STRING *text, OBJECT_ATTRIBUTES *attributes);
/* What Create... of a named object returns: HANDLE if STATUS is a success, and whether it was there
 * before. */
HANDLE base_created(NTSTATUS status, HANDLE handle);

/* Milliseconds as the native interface has them. => NULL: INFINITE. */
LARGE_INTEGER *base_timeout(DWORD milliseconds, LARGE_INTEGER *interval);

static inline void *base_allocate(size_t bytes)
{
    return RtlAllocateHeap(current_peb()->process_heap, 0, bytes);
}

static inline void base_free(void *block)
{
    RtlFreeHeap(current_peb()->process_heap, 0, block);
}

/* lib/string.c */
void *__cdecl memcpy(void *to, const void *from, size_t n);
void *__cdecl memmove(void *to, const void *from, size_t n);
void *__cdecl memset(void *to, int byte, size_t n);
size_t __cdecl strlen(const char *s);
size_t __cdecl wcslen(const wchar_t *s);

/* The current thread ends: what it has for the indices of TlsAlloc and FlsAlloc goes. */
void base_free_thread_tls(void);
/* The current thread debugs no more: what it had of its debuggees is closed. */
void base_forget_debuggees(void);
void base_free_thread_fls(void);

BOOL WINAPI BaseDllInitialize(HINSTANCE instance, DWORD reason, void *reserved);

/* Open the file or directory NAME with ACCESS and the native OPTIONS, sharing everything. => false,
 * with the last error. (file_open.c) */
bool base_open(const WCHAR *name, ACCESS_MASK access, ULONG options, HANDLE *file);
