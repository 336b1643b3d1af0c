/*
 * Memory of every sort at addresses that are known, to be looked at by another program: the command
 * line, with this process's number behind it, is run, and its exit code is that of this program.
 */
#include <stdio.h>
#include <string.h>
#include <windows.h>

#define PAGE    0x1000
#define PRIVATE ((char *)0x10000000)
#define VIEW    ((char *)0x20000000)
#define AGAIN   ((char *)0x21000000)
#define COPY    ((char *)0x22000000)

/* Six pages: written to, committed only, reserved, read-only, a guard, no access. */
static void make_private(void)
{
    DWORD old;

    VirtualAlloc(PRIVATE, 6 * PAGE, MEM_RESERVE, PAGE_READWRITE);
    VirtualAlloc(PRIVATE, 2 * PAGE, MEM_COMMIT, PAGE_READWRITE);
    VirtualAlloc(PRIVATE + 3 * PAGE, 3 * PAGE, MEM_COMMIT, PAGE_READWRITE);
    PRIVATE[0] = PRIVATE[3 * PAGE] = PRIVATE[5 * PAGE] = 1;
    VirtualProtect(PRIVATE + 3 * PAGE, PAGE, PAGE_READONLY, &old);
    VirtualProtect(PRIVATE + 4 * PAGE, PAGE, PAGE_READWRITE | PAGE_GUARD, &old);
    VirtualProtect(PRIVATE + 5 * PAGE, PAGE, PAGE_NOACCESS, &old);
}

/* Two pages, of which the first is in two views, and copied in the third; nobody has had the
 * second. */
static void make_views(void)
{
    HANDLE section =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 2 * PAGE, NULL);

    MapViewOfFileEx(section, FILE_MAP_WRITE, 0, 0, 0, VIEW);
    MapViewOfFileEx(section, FILE_MAP_READ, 0, 0, 0, AGAIN);
    MapViewOfFileEx(section, FILE_MAP_COPY, 0, 0, 0, COPY);
    VIEW[0] = 1;
    COPY[0] = (char)(AGAIN[0] + 1);
}

int main(int argc, char **argv)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION info;
    char line[300] = "";
    DWORD code = 99;

    for (int i = 1; i < argc; i++)
        strcat(strcat(line, argv[i]), " ");
    sprintf(line + strlen(line), "%lu", GetCurrentProcessId());
    make_private();
    make_views();
    if (!CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &info))
        return 98;
    WaitForSingleObject(info.hProcess, INFINITE);
    GetExitCodeProcess(info.hProcess, &code);
    return (int)code;
}
