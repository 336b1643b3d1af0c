/*
 * The DLL's entry point: it sets the parts up when a process loads it, and takes the buffers out
 * when the process ends without having called exit.
 */
#include "crt.h"

static BOOL start(void)
{
    if (!crt_thread_data_start())
        return FALSE;
    crt_locks_start();
    crt_clock_start();
    crt_command_line_start();
    crt_files_start();
    crt_streams_start();
    return crt_environment_start();
}

/* At the end of the process the other threads are gone already; RESERVED is not NULL then. */
BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved)
{
    (void)module;
    (void)reserved;
    switch (reason) {
    case DLL_PROCESS_ATTACH:
        return start();
    case DLL_THREAD_DETACH:
        crt_thread_data_free();
        break;
    case DLL_PROCESS_DETACH:
        if (!crt_exit_done)
            crt_streams_end();
        break;
    default:
        break;
    }
    return TRUE;
}
