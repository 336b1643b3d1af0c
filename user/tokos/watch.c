/*
 * Noting what the handler calls. A module finds the functions of other DLLs by its import table,
 * which the loader has filled with their addresses (PE specification, "Import Address Table").
 * While a launch goes on, the table of the module that has the handler holds those of calls.c
 * instead.
 */
#include "user/tokos/launch_internal.h"

FARPROC launch_our_function(FARPROC real)
{
    for (unsigned i = 0; i < launch_watched_count; i++)
        if (real && launch_watched[i].real == real)
            return launch_watched[i].ours;
    return NULL;
}

/* => the real function for ours. */
static FARPROC real_function(FARPROC ours)
{
    for (unsigned i = 0; i < launch_watched_count; i++)
        if (launch_watched[i].ours == ours)
            return launch_watched[i].real;
    return NULL;
}

static void set_slot(FARPROC *slot, FARPROC function)
{
    DWORD old;

    if (!VirtualProtect(slot, sizeof(*slot), PAGE_READWRITE, &old))
        return;
    *slot = function;
    VirtualProtect(slot, sizeof(*slot), old, &old);
}

/* Each slot of the module's import table for which REPLACE has another function gets that. */
static void replace_imports(char *module, FARPROC (*replace)(FARPROC))
{
    const IMAGE_NT_HEADERS32 *nt =
        (void *)(module + ((const IMAGE_DOS_HEADER *)(void *)module)->e_lfanew);
    const IMAGE_DATA_DIRECTORY *directory =
        &nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
    const IMAGE_IMPORT_DESCRIPTOR *dll = (void *)(module + directory->VirtualAddress);

    if (!directory->Size)
        return;
    for (; dll->Name; dll++)
        for (FARPROC *slot = (void *)(module + dll->FirstThunk); *slot; slot++) {
            FARPROC other = replace(*slot);

            if (other)
                set_slot(slot, other);
        }
}

/* The module whose calls are noted now; NULL: none. */
static HMODULE module;

void launch_watch(struct launch *l)
{
    HMODULE kernel32 = GetModuleHandleA("kernel32.dll");

    for (unsigned i = 0; i < launch_watched_count; i++)
        launch_watched[i].real = GetProcAddress(kernel32, launch_watched[i].name);
    module = NULL;
    if (!GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                                GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                            (LPCSTR)(void *)l->handler, &module))
        return;
    replace_imports((char *)module, launch_our_function);
    l->watched = true;
}

void launch_unwatch(void)
{
    if (module)
        replace_imports((char *)module, real_function);
}
