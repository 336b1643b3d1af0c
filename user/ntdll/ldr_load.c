/*
 * The loader's functions for programs: loading, and looking up what is loaded.
 */
#include "user/ntdll/ldr_internal.h"

#define DONT_RESOLVE 2u /* in LdrLoadDll's flags: DONT_RESOLVE_DLL_REFERENCES */

/* A new module without what it needs, and without its entry point. */
static NTSTATUS load_unresolved(const WCHAR *path, const UNICODE_STRING *name,
                                struct ldr_module **module)
{
    UNICODE_STRING full_name;
    HANDLE section;
    void *base;
    NTSTATUS status = ldrp_search(path, name, &full_name, &section);

    if (nt_failed(status))
        return status;
    status = ldrp_map(section, full_name.Buffer, &base);
    NtClose(section);
    if (!nt_failed(status)) {
        *module = ldrp_insert_module(base, &full_name);
        if (!*module) {
            NtUnmapViewOfSection(CURRENT_PROCESS, base);
            status = STATUS_NO_MEMORY;
        }
    }
    RtlFreeUnicodeString(&full_name);
    return status;
}

static NTSTATUS load_locked(const WCHAR *path, ULONG flags, const UNICODE_STRING *name, void **base)
{
    struct ldr_module *module = NULL;
    bool unresolved = (flags & DONT_RESOLVE) && !ldrp_find_by_name(name);
    NTSTATUS status =
        unresolved ? load_unresolved(path, name, &module) : ldrp_load_graph(path, name, &module);

    if (!nt_failed(status)) {
        ldrp_reference(module);
        if (!unresolved && (module->entry.flags & LDRP_IMAGE_DLL))
            status = ldrp_attach(module, NULL);
        if (nt_failed(status))
            ldrp_dereference(module);
        else
            *base = module->entry.dll_base;
    }
    if (nt_failed(status))
        ldrp_sweep();
    return status;
}

NTSTATUS NTAPI LdrLoadDll(const WCHAR *path, ULONG *flags, const UNICODE_STRING *name, void **base)
{
    *base = NULL;
    RtlEnterCriticalSection(&ldrp_lock);
    NTSTATUS status = load_locked(path, flags ? *flags : 0, name, base);
    RtlLeaveCriticalSection(&ldrp_lock);
    return status;
}

NTSTATUS NTAPI LdrGetDllHandle(const WCHAR *path, ULONG *flags, const UNICODE_STRING *name,
                               void **base)
{
    UNICODE_STRING complete;
    NTSTATUS status = ldrp_complete_name(name, &complete);

    (void)path;
    (void)flags;
    if (nt_failed(status))
        return status;
    RtlEnterCriticalSection(&ldrp_lock);
    struct ldr_module *module = ldrp_find_by_name(&complete);
    *base = module ? module->entry.dll_base : NULL;
    RtlLeaveCriticalSection(&ldrp_lock);
    RtlFreeUnicodeString(&complete);
    return module ? STATUS_SUCCESS : STATUS_DLL_NOT_FOUND;
}

/* A forwarder may load a module: that one stays, as whoever asked may keep the address for ever. */
static NTSTATUS get_address(void *base, const ANSI_STRING *name, ULONG ordinal, void **address)
{
    struct ldr_module *module = ldrp_find_by_base(base);
    char *text = NULL;

    if (!module)
        return STATUS_DLL_NOT_FOUND;
    if (name && name->Length) {
        text = rtlp_allocate(name->Length + 1u);
        if (!text)
            return STATUS_NO_MEMORY;
        memcpy(text, name->Buffer, name->Length);
        text[name->Length] = 0;
    }
    uint32_t before = module->dependency_count;
    NTSTATUS status = ldrp_resolve(module, text, ordinal, UINT32_MAX, address);
    rtlp_free(text);
    for (; before < module->dependency_count; before++) {
        struct ldr_module *loaded = module->dependencies[before];

        LdrAddRefDll(1, loaded->entry.dll_base);
        if (!nt_failed(status))
            status = ldrp_attach(loaded, NULL);
    }
    return status;
}

NTSTATUS NTAPI LdrGetProcedureAddress(void *base, const ANSI_STRING *name, ULONG ordinal,
                                      void **address)
{
    RtlEnterCriticalSection(&ldrp_lock);
    NTSTATUS status = get_address(base, name, ordinal, address);
    RtlLeaveCriticalSection(&ldrp_lock);
    return status;
}

NTSTATUS NTAPI LdrFindEntryForAddress(void *address, struct ldr_entry **entry)
{
    RtlEnterCriticalSection(&ldrp_lock);
    struct ldr_module *module = ldrp_find_by_address(address);
    RtlLeaveCriticalSection(&ldrp_lock);
    *entry = module ? &module->entry : NULL;
    return module ? STATUS_SUCCESS : STATUS_NO_MORE_ENTRIES;
}

NTSTATUS NTAPI LdrDisableThreadCalloutsForDll(void *base)
{
    NTSTATUS status = STATUS_DLL_NOT_FOUND;

    RtlEnterCriticalSection(&ldrp_lock);
    struct ldr_module *module = ldrp_find_by_base(base);
    if (module && !module->tls) {
        module->entry.flags |= LDRP_DONT_CALL_FOR_THREADS;
        status = STATUS_SUCCESS;
    }
    RtlLeaveCriticalSection(&ldrp_lock);
    return status;
}

NTSTATUS NTAPI LdrLockLoaderLock(ULONG flags, ULONG *state, ULONG_PTR *cookie)
{
    (void)flags;
    RtlEnterCriticalSection(&ldrp_lock);
    if (state)
        *state = 1; /* entered */
    *cookie = (ULONG_PTR)current_teb()->client_id.thread;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI LdrUnlockLoaderLock(ULONG flags, ULONG_PTR cookie)
{
    (void)flags;
    if (cookie != (ULONG_PTR)current_teb()->client_id.thread)
        return STATUS_INVALID_PARAMETER_2;
    RtlLeaveCriticalSection(&ldrp_lock);
    return STATUS_SUCCESS;
}
