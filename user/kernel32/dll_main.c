/*
 * The DLL's beginning, and the ends of threads: as every other DLL needs this one, it is the last
 * to hear of them.
 */
#include "user/kernel32/base.h"

BOOL WINAPI BaseDllInitialize(HINSTANCE instance, DWORD reason, void *reserved)
{
    (void)instance;
    (void)reserved;
    if (reason == DLL_PROCESS_ATTACH) {
        RtlSetUnhandledExceptionFilter(UnhandledExceptionFilter);
    } else if (reason == DLL_THREAD_DETACH || reason == DLL_PROCESS_DETACH) {
        base_free_thread_fls();
        base_free_thread_tls();
        base_forget_debuggees();
    }
    return TRUE;
}
