/* What loader_dll.c needs. */
#include <windows.h>

static int value;

__declspec(dllexport) int dependency_value(void)
{
    return value;
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, void *reserved)
{
    (void)instance;
    (void)reserved;
    if (reason == DLL_PROCESS_ATTACH)
        value = 4321; /* so it is seen whether this ran before the other one's */
    return TRUE;
}
