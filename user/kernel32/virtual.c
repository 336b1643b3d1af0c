/*
 * Virtual memory, of this process and of others.
 */
#include "user/kernel32/base.h"

void *WINAPI VirtualAllocEx(HANDLE process, void *address, SIZE_T bytes, DWORD type, DWORD protect)
{
    /* The native service would take an address below the first granule for "anywhere". */
    if (address && (uintptr_t)address < 0x10000) {
        base_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    return base_ok(NtAllocateVirtualMemory(process, &address, 0, &bytes, type, protect)) ? address
                                                                                         : NULL;
}

void *WINAPI VirtualAlloc(void *address, SIZE_T bytes, DWORD type, DWORD protect)
{
    return VirtualAllocEx(CURRENT_PROCESS, address, bytes, type, protect);
}

BOOL WINAPI VirtualFreeEx(HANDLE process, void *address, SIZE_T bytes, DWORD type)
{
    if ((type & MEM_RELEASE) && bytes)
        return base_fail(ERROR_INVALID_PARAMETER);
    return base_ok(NtFreeVirtualMemory(process, &address, &bytes, type));
}

BOOL WINAPI VirtualFree(void *address, SIZE_T bytes, DWORD type)
{
    return VirtualFreeEx(CURRENT_PROCESS, address, bytes, type);
}

BOOL WINAPI VirtualProtectEx(HANDLE process, void *address, SIZE_T bytes, DWORD protect, DWORD *old)
{
    return base_ok(NtProtectVirtualMemory(process, &address, &bytes, protect, old));
}

BOOL WINAPI VirtualProtect(void *address, SIZE_T bytes, DWORD protect, DWORD *old)
{
    return VirtualProtectEx(CURRENT_PROCESS, address, bytes, protect, old);
}

SIZE_T WINAPI VirtualQueryEx(HANDLE process, const void *address, MEMORY_BASIC_INFORMATION *info,
                             SIZE_T bytes)
{
    SIZE_T returned;

    if (!base_ok(NtQueryVirtualMemory(process, address, MEMORY_BASIC_INFORMATION_CLASS, info, bytes,
                                      &returned)))
        return 0;
    return returned;
}

SIZE_T WINAPI VirtualQuery(const void *address, MEMORY_BASIC_INFORMATION *info, SIZE_T bytes)
{
    return VirtualQueryEx(CURRENT_PROCESS, address, info, bytes);
}

BOOL WINAPI VirtualLock(void *address, SIZE_T bytes)
{
    return base_ok(NtLockVirtualMemory(CURRENT_PROCESS, &address, &bytes, MAP_PROCESS));
}

BOOL WINAPI VirtualUnlock(void *address, SIZE_T bytes)
{
    return base_ok(NtUnlockVirtualMemory(CURRENT_PROCESS, &address, &bytes, MAP_PROCESS));
}

/* => 0, or (UINT)-1 as the documentation has it. */
UINT WINAPI GetWriteWatch(DWORD flags, void *base, SIZE_T bytes, void **addresses, ULONG_PTR *count,
                          DWORD *granularity)
{
    return base_ok(
               NtGetWriteWatch(CURRENT_PROCESS, flags, base, bytes, addresses, count, granularity))
               ? 0
               : ~0u;
}

UINT WINAPI ResetWriteWatch(void *base, SIZE_T bytes)
{
    return base_ok(NtResetWriteWatch(CURRENT_PROCESS, base, bytes)) ? 0 : ~0u;
}

BOOL WINAPI FlushInstructionCache(HANDLE process, const void *base, SIZE_T bytes)
{
    return base_ok(NtFlushInstructionCache(process, base, bytes));
}

void WINAPI FlushProcessWriteBuffers(void)
{
    NtFlushProcessWriteBuffers();
}

BOOL WINAPI ReadProcessMemory(HANDLE process, const void *base, void *buffer, SIZE_T bytes,
                              SIZE_T *done)
{
    return base_ok(NtReadVirtualMemory(process, base, buffer, bytes, done));
}

/* A page that may not be written is made writable for that, as a debugger's breakpoints need. */
BOOL WINAPI WriteProcessMemory(HANDLE process, void *base, const void *buffer, SIZE_T bytes,
                               SIZE_T *done)
{
    void *region = base;
    SIZE_T size = bytes;
    ULONG old, unused;
    const ULONG writable =
        PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;

    if (!base_ok(NtProtectVirtualMemory(process, &region, &size, PAGE_EXECUTE_READWRITE, &old)))
        return FALSE;
    if (old & (PAGE_NOACCESS | PAGE_READONLY)) { /* data that is not to be written: no */
        NtProtectVirtualMemory(process, &region, &size, old, &unused);
        return base_fail(ERROR_NOACCESS);
    }
    NTSTATUS status = NtWriteVirtualMemory(process, base, buffer, bytes, done);
    NtProtectVirtualMemory(process, &region, &size, old, &unused);
    if (!(old & writable))
        NtFlushInstructionCache(process, base, bytes);
    return base_ok(status);
}
