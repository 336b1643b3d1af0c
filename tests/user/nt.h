/*
 * What the tests of the memory manager need of ntdll and winternl.h does not declare, and TokOS's
 * own services. To be included first.
 */
#pragma once

#define WIN32_NO_STATUS
#include <windows.h>
#undef WIN32_NO_STATUS
#include <winternl.h>
#include <ntstatus.h>
#include <stdint.h>
#include "../../user/tokos/tokos.h"

#define THIS_PROCESS ((HANDLE)-1)
#define PAGE         4096u

enum {
    VIEW_SHARE = 1,
    VIEW_UNMAP
};

NTSTATUS NTAPI NtAllocateVirtualMemory(HANDLE process, void **base, ULONG zero_bits, SIZE_T *size,
                                       ULONG type, ULONG protect);
NTSTATUS NTAPI NtFreeVirtualMemory(HANDLE process, void **base, SIZE_T *size, ULONG type);
NTSTATUS NTAPI NtProtectVirtualMemory(HANDLE process, void **base, SIZE_T *size, ULONG protect,
                                      ULONG *old);
NTSTATUS NTAPI NtQueryVirtualMemory(HANDLE process, void *address, ULONG information_class,
                                    void *buffer, SIZE_T length, SIZE_T *returned);
NTSTATUS NTAPI NtLockVirtualMemory(HANDLE process, void **base, SIZE_T *size, ULONG map);
NTSTATUS NTAPI NtUnlockVirtualMemory(HANDLE process, void **base, SIZE_T *size, ULONG map);
NTSTATUS NTAPI NtReadVirtualMemory(HANDLE process, void *address, void *buffer, SIZE_T bytes,
                                   SIZE_T *done);
NTSTATUS NTAPI NtWriteVirtualMemory(HANDLE process, void *address, void *buffer, SIZE_T bytes,
                                    SIZE_T *done);
NTSTATUS NTAPI NtFlushInstructionCache(HANDLE process, void *base, SIZE_T bytes);
NTSTATUS NTAPI NtGetWriteWatch(HANDLE process, ULONG flags, void *base, SIZE_T size,
                               void **addresses, ULONG_PTR *count, ULONG *granularity);
NTSTATUS NTAPI NtResetWriteWatch(HANDLE process, void *base, SIZE_T size);
NTSTATUS NTAPI NtCreateSection(HANDLE *section, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                               LARGE_INTEGER *size, ULONG protect, ULONG allocation, HANDLE file);
NTSTATUS NTAPI NtOpenSection(HANDLE *section, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtMapViewOfSection(HANDLE section, HANDLE process, void **base, ULONG_PTR zero_bits,
                                  SIZE_T commit, LARGE_INTEGER *offset, SIZE_T *size, ULONG inherit,
                                  ULONG allocation, ULONG protect);
NTSTATUS NTAPI NtUnmapViewOfSection(HANDLE process, void *base);
NTSTATUS NTAPI NtQuerySection(HANDLE section, ULONG information_class, void *buffer, SIZE_T length,
                              SIZE_T *returned);

typedef NTSTATUS(NTAPI *query_page_service)(HANDLE process, void *address, struct tokos_page *page);
typedef NTSTATUS(NTAPI *query_counters_service)(struct tokos_counters *counters);

/* mingw's import library knows NT's names only. */
static inline FARPROC tokos_service(const char *name)
{
    return GetProcAddress(GetModuleHandleA("ntdll.dll"), name);
}
