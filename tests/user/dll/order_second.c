/*
 * For tests/user/order.c: needs the first DLL, by number; has a TLS callback; and has exports that
 * are the other DLLs': one by name, one by number (order_second.def).
 */
#include <windows.h>

__declspec(dllimport) void order_note(const char *what);

int order_second(void)
{
    return 22;
}

static void NTAPI callback(void *instance, DWORD reason, void *reserved)
{
    (void)instance;
    (void)reserved;
    if (reason == DLL_PROCESS_ATTACH)
        order_note("second-tls+");
    if (reason == DLL_PROCESS_DETACH)
        order_note("second-tls-");
}

__attribute__((section(".CRT$XLC"))) PIMAGE_TLS_CALLBACK order_callback = callback;

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, void *reserved)
{
    static const char *const notes[] = {"second-", "second+", "second-thread+", "second-thread-"};

    (void)instance;
    (void)reserved;
    order_note(notes[reason]);
    return TRUE;
}
