/*
 * Modules: loading them, and finding them and what they export.
 */
#include "user/kernel32/base.h"

#define DONT_RESOLVE 2u /* LdrLoadDll's */

/* The file as it is, not as an image: for its resources. The handle's lowest bit says so. */
static HMODULE load_as_data(const WCHAR *name)
{
    WCHAR path[MAX_PATH];

    if (!SearchPathW(NULL, name, L".dll", MAX_PATH, path, NULL)) {
        base_fail(ERROR_FILE_NOT_FOUND);
        return NULL;
    }
    HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL,
                              OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return NULL;
    HANDLE section = CreateFileMappingW(file, NULL, PAGE_READONLY, 0, 0, NULL);
    CloseHandle(file);
    if (!section)
        return NULL;
    char *base = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    CloseHandle(section);
    if (base && !RtlImageNtHeader(base)) {
        UnmapViewOfFile(base);
        base_fail(ERROR_BAD_EXE_FORMAT);
        return NULL;
    }
    return base ? (HMODULE)(void *)(base + 1) : NULL;
}

HMODULE WINAPI LoadLibraryExW(const WCHAR *name, HANDLE file, DWORD flags)
{
    UNICODE_STRING string;
    void *base = NULL;
    ULONG ldr_flags = flags & DONT_RESOLVE_DLL_REFERENCES ? DONT_RESOLVE : 0;

    if (!name || file) {
        base_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    RtlInitUnicodeString(&string, name);
    if (flags & LOAD_LIBRARY_AS_DATAFILE) {
        if (!nt_failed(LdrGetDllHandle(NULL, NULL, &string, &base)))
            return (HMODULE)base;
        return load_as_data(name);
    }
    return base_ok(LdrLoadDll(NULL, &ldr_flags, &string, &base)) ? (HMODULE)base : NULL;
}

HMODULE WINAPI LoadLibraryExA(const char *name, HANDLE file, DWORD flags)
{
    struct wide wide;

    if (!wide_make(&wide, name))
        return NULL;
    HMODULE module = LoadLibraryExW(wide.text, file, flags);
    wide_free(&wide);
    return module;
}

HMODULE WINAPI LoadLibraryW(const WCHAR *name)
{
    return LoadLibraryExW(name, NULL, 0);
}

HMODULE WINAPI LoadLibraryA(const char *name)
{
    return LoadLibraryExA(name, NULL, 0);
}

BOOL WINAPI FreeLibrary(HMODULE module)
{
    if ((uintptr_t)module & 1)
        return UnmapViewOfFile((char *)module - 1);
    NTSTATUS status = LdrUnloadDll(module);
    return status == STATUS_DLL_NOT_FOUND ? base_fail(ERROR_MOD_NOT_FOUND) : base_ok(status);
}

void WINAPI FreeLibraryAndExitThread(HMODULE module, DWORD code)
{
    FreeLibrary(module);
    ExitThread(code);
}

FARPROC WINAPI GetProcAddress(HMODULE module, const char *name)
{
    void *address, *base = module ? (void *)module : current_peb()->image_base_address;
    ANSI_STRING string;
    NTSTATUS status;

    if ((uintptr_t)name <= 0xFFFF) {
        status = LdrGetProcedureAddress(base, NULL, (ULONG)(uintptr_t)name, &address);
    } else {
        RtlInitAnsiString(&string, name);
        status = LdrGetProcedureAddress(base, &string, 0, &address);
    }
    if (status == STATUS_ENTRYPOINT_NOT_FOUND || status == STATUS_ORDINAL_NOT_FOUND) {
        base_fail(ERROR_PROC_NOT_FOUND);
        return NULL;
    }
    return base_ok(status) ? (FARPROC)address : NULL;
}

static bool find_module(DWORD flags, const WCHAR *name, void **base)
{
    UNICODE_STRING string;
    struct ldr_entry *entry;

    if (flags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS) {
        if (nt_failed(LdrFindEntryForAddress((void *)name, &entry)))
            return base_fail(ERROR_MOD_NOT_FOUND);
        *base = entry->dll_base;
        return true;
    }
    if (!name) {
        *base = current_peb()->image_base_address;
        return true;
    }
    RtlInitUnicodeString(&string, name);
    return base_ok(LdrGetDllHandle(NULL, NULL, &string, base));
}

BOOL WINAPI GetModuleHandleExW(DWORD flags, const WCHAR *name, HMODULE *module)
{
    ULONG_PTR cookie;
    void *base = NULL;

    if (!module)
        return base_fail(ERROR_INVALID_PARAMETER);
    LdrLockLoaderLock(0, NULL, &cookie);
    bool found = find_module(flags, name, &base);
    if (found && !(flags & GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT))
        LdrAddRefDll(flags & GET_MODULE_HANDLE_EX_FLAG_PIN, base);
    LdrUnlockLoaderLock(0, cookie);
    *module = (HMODULE)base;
    return found;
}

BOOL WINAPI GetModuleHandleExA(DWORD flags, const char *name, HMODULE *module)
{
    struct wide wide;

    if (flags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS)
        return GetModuleHandleExW(flags, (const WCHAR *)name, module);
    if (!wide_make(&wide, name))
        return FALSE;
    BOOL found = GetModuleHandleExW(flags, wide.text, module);
    wide_free(&wide);
    return found;
}

HMODULE WINAPI GetModuleHandleW(const WCHAR *name)
{
    HMODULE module = NULL;

    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT, name, &module);
    return module;
}

HMODULE WINAPI GetModuleHandleA(const char *name)
{
    HMODULE module = NULL;

    GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT, name, &module);
    return module;
}

/* => the module's path, under the loader lock; NULL, with the last error, for no module. */
static const UNICODE_STRING *path_of(HMODULE module)
{
    void *base = module ? (void *)module : current_peb()->image_base_address;
    struct ldr_entry *entry;

    if (nt_failed(LdrFindEntryForAddress(base, &entry)) || entry->dll_base != base) {
        base_fail(ERROR_MOD_NOT_FOUND);
        return NULL;
    }
    return &entry->full_dll_name;
}

/* When SIZE is too little the text is cut, and what was given is SIZE. */
DWORD WINAPI GetModuleFileNameW(HMODULE module, WCHAR *name, DWORD size)
{
    ULONG_PTR cookie;
    DWORD units = 0;

    LdrLockLoaderLock(0, NULL, &cookie);
    const UNICODE_STRING *path = path_of(module);
    if (path) {
        units = path->Length / 2;
        if (units >= size) {
            units = size;
            base_fail(ERROR_INSUFFICIENT_BUFFER);
        } else {
            RtlSetLastWin32Error(ERROR_SUCCESS);
            name[units] = 0;
        }
        memcpy(name, path->Buffer, units * sizeof(*name));
    }
    LdrUnlockLoaderLock(0, cookie);
    return units;
}

DWORD WINAPI GetModuleFileNameA(HMODULE module, char *name, DWORD size)
{
    WCHAR wide[MAX_PATH + 1];
    DWORD units = GetModuleFileNameW(module, wide, COUNT_OF(wide));
    ULONG bytes;

    if (!units)
        return 0;
    RtlUnicodeToMultiByteN(name, size, &bytes, wide, units * sizeof(*wide));
    if (bytes < size)
        name[bytes] = 0;
    else
        base_fail(ERROR_INSUFFICIENT_BUFFER);
    return bytes;
}

BOOL WINAPI DisableThreadLibraryCalls(HMODULE module)
{
    return base_ok(LdrDisableThreadCalloutsForDll(module));
}
