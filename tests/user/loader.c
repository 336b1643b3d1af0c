/*
 * Modules: found, loaded, bound, told of threads, unloaded.
 */
#include <windows.h>
#include "crt/check.h"

typedef int (*function)(void);
typedef int (*adder)(int a, int b);

static int detached;

static function get(HMODULE module, const char *name)
{
    return (function)(void *)GetProcAddress(module, name);
}

static int variable(HMODULE module, const char *name)
{
    int *address = (int *)(void *)GetProcAddress(module, name);

    return address ? *address : -1;
}

static void finding(void)
{
    char name[MAX_PATH];
    HMODULE kernel32 = GetModuleHandleA("kernel32.dll"), found;

    CHECK(kernel32 != NULL);
    CHECK(GetModuleHandleA("KERNEL32") == kernel32);
    CHECK(GetModuleHandleW(L"Kernel32.DLL") == kernel32);
    CHECK(GetModuleHandleA("nothing.dll") == NULL);
    CHECK_INT(GetLastError(), ERROR_MOD_NOT_FOUND);
    CHECK(*(WORD *)(void *)GetModuleHandleA(NULL) == IMAGE_DOS_SIGNATURE);
    CHECK(GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                                 GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                             (char *)(void *)finding, &found));
    CHECK(found == GetModuleHandleA(NULL));
    CHECK(GetModuleFileNameA(NULL, name, sizeof(name)) > 4);
    CHECK_STR(strrchr(name, '\\') + 1, "loader.exe");
    CHECK_INT(GetModuleFileNameA(NULL, name, 5), 5);
    CHECK_INT(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
}

static void addresses(void)
{
    HMODULE kernel32 = GetModuleHandleA("kernel32.dll");
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");

    CHECK(GetProcAddress(kernel32, "GetTickCount") != NULL);
    CHECK(GetProcAddress(kernel32, "NoSuchFunction") == NULL);
    CHECK_INT(GetLastError(), ERROR_PROC_NOT_FOUND);
    CHECK(GetProcAddress(kernel32, "HeapAlloc") == GetProcAddress(ntdll, "RtlAllocateHeap"));
    CHECK(GetProcAddress(ntdll, "NtClose") == GetProcAddress(ntdll, "ZwClose"));
    CHECK(GetProcAddress(ntdll, (char *)1) != NULL);
    CHECK(GetProcAddress(ntdll, (char *)60000) == NULL);
}

static DWORD WINAPI do_nothing(void *unused)
{
    (void)unused;
    return 0;
}

static void loading(void)
{
    HMODULE dll = LoadLibraryA("loader_dll");

    CHECK(dll != NULL);
    CHECK(LoadLibraryA("loader_dll.dll") == dll);
    CHECK_INT(variable(dll, "attached"), 1);
    CHECK_INT(variable(dll, "callbacks"), 1);
    CHECK_INT(((adder)(void *)GetProcAddress(dll, "loader_add"))(2, 3), 5);
    CHECK_INT(get(dll, "loader_dependency")(), 4321);
    CHECK_INT(get(dll, "loader_is_relocated")(), 1);
    HANDLE thread = CreateThread(NULL, 0, do_nothing, NULL, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    CHECK_INT(variable(dll, "attached_threads"), 1);
    CHECK_INT(variable(dll, "detached_threads"), 1);
    *(int **)(void *)GetProcAddress(dll, "detach_flag") = &detached;
    CHECK_INT(FreeLibrary(dll), TRUE);
    CHECK_INT(detached, 0);
    CHECK(GetModuleHandleA("loader_dependency.dll") != NULL);
    CHECK_INT(FreeLibrary(dll), TRUE);
    CHECK_INT(detached, 1);
    CHECK(GetModuleHandleA("loader_dll.dll") == NULL);
    CHECK(GetModuleHandleA("loader_dependency.dll") == NULL);
    CHECK(IsBadReadPtr((void *)dll, 1));
    CHECK_INT(FreeLibrary(dll), FALSE);
}

/* Its place is taken: it goes elsewhere, and its addresses with it. */
static void relocating(void)
{
    HMODULE dll = LoadLibraryA("loader_dll.dll");
    void *place = (void *)dll;

    FreeLibrary(dll);
    CHECK(VirtualAlloc(place, 4096, MEM_RESERVE, PAGE_NOACCESS) == place);
    dll = LoadLibraryA("loader_dll.dll");
    CHECK(dll != NULL && (void *)dll != place);
    CHECK_INT(get(dll, "loader_is_relocated")(), 1);
    CHECK_INT(get(dll, "loader_dependency")(), 4321);
    MEMORY_BASIC_INFORMATION info;
    VirtualQuery((void *)get(dll, "loader_dependency"), &info, sizeof(info));
    CHECK_INT(info.Protect, PAGE_EXECUTE_READ);
    FreeLibrary(dll);
    VirtualFree(place, 0, MEM_RELEASE);
}

static void failing(void)
{
    CHECK(LoadLibraryA("nothing.dll") == NULL);
    CHECK_INT(GetLastError(), ERROR_MOD_NOT_FOUND);
    CHECK(LoadLibraryA("loader_refuses.dll") == NULL);
    CHECK_INT(GetLastError(), ERROR_DLL_INIT_FAILED);
    CHECK(GetModuleHandleA("loader_refuses.dll") == NULL);
}

int main(void)
{
    finding();
    addresses();
    loading();
    relocating();
    failing();
    return check_done();
}
