/*
 * The end of this process in the middle of a launch, when the handler brings it about. The caller
 * of TokOSLaunchFaultingProcess hears no more of it; who waits for the process gets the message and
 * the exit code.
 */
#include "user/tokos/launch_internal.h"

bool launch_is_handler(const struct launch *l)
{
    return l->handler_thread_id && GetCurrentThreadId() == l->handler_thread_id;
}

/* The launcher's thread may have ended, and its stack with it: nothing of that is used. */
void launch_leave(struct launch *l)
{
    launch_fail(l, TOKOS_LAUNCH_NO_RETURN, "the handler ended the process that it runs in");
    launch_report(l);
    TerminateProcess(GetCurrentProcess(), (UINT)l->status);
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved)
{
    struct launch *l = &launch_the_one;

    (void)module;
    if (reason == DLL_PROCESS_DETACH && reserved && launch_is_handler(l))
        launch_leave(l);
    return TRUE;
}
