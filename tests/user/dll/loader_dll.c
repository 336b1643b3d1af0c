/*
 * A DLL for tests/user/loader.c: it counts what its entry point is called for, has thread local
 * storage with a callback, needs another DLL, and forwards an export to it.
 */
#include <windows.h>

__declspec(dllimport) int dependency_value(void);

__declspec(dllexport) int attached, detached_threads, attached_threads, callbacks;
__declspec(dllexport) int *detach_flag; /* set to 1 at the end */
static int *self = &attached;           /* an address to be relocated */

__declspec(dllexport) int loader_add(int a, int b)
{
    return a + b;
}

__declspec(dllexport) int loader_dependency(void)
{
    return dependency_value();
}

__declspec(dllexport) int loader_is_relocated(void)
{
    return self == &attached;
}

static void NTAPI callback(void *instance, DWORD reason, void *reserved)
{
    (void)instance;
    (void)reason;
    (void)reserved;
    callbacks++;
}

__attribute__((section(".CRT$XLC"))) PIMAGE_TLS_CALLBACK test_callback = callback;

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, void *reserved)
{
    (void)instance;
    (void)reserved;
    attached += reason == DLL_PROCESS_ATTACH;
    attached_threads += reason == DLL_THREAD_ATTACH;
    detached_threads += reason == DLL_THREAD_DETACH;
    if (reason == DLL_PROCESS_DETACH && detach_flag)
        *detach_flag = 1;
    return TRUE;
}
