/*
 * For tests/user/order.c: the other DLL and the program need this one. It keeps the log, in memory
 * with a name, so that it can be read when the process has ended. order_note has no name among the
 * exports, only a number (order_first.def).
 */
#include <string.h>
#include <windows.h>

static char *order_log;

void order_note(const char *what)
{
    strcat(order_log, what);
    strcat(order_log, " ");
}

int order_value(void)
{
    return 1234;
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, void *reserved)
{
    (void)instance;
    (void)reserved;
    if (reason == DLL_PROCESS_ATTACH) {
        HANDLE mapping =
            CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, "order-log");
        order_log = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
        order_note("first+");
    }
    if (reason == DLL_PROCESS_DETACH)
        order_note("first-");
    return TRUE;
}
