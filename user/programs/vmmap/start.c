/*
 * Starting a program to look at it. A new process has no DLLs but ntdll: its own thread loads them.
 * So the thread is let run to the program's entry point, where it finds an instruction that jumps
 * to itself; once it is seen there it is suspended, and the instruction that belongs there put
 * back.
 */
#include <string.h>
#include <windows.h>
#include <winternl.h>
#include "user/programs/vmmap/vmmap.h"

#define IMAGE_BASE_IN_PEB 8 /* ImageBaseAddress: what winternl.h calls Reserved3[1] */

static const unsigned char jump_to_itself[] = {0xEB, 0xFE};

static BOOL read_at(HANDLE process, const char *address, void *buffer, SIZE_T bytes)
{
    return ReadProcessMemory(process, address, buffer, bytes, NULL);
}

/* => where the program of PROCESS begins; NULL: not to be found. */
static char *entry_point(HANDLE process)
{
    PROCESS_BASIC_INFORMATION basic;
    IMAGE_DOS_HEADER dos;
    IMAGE_NT_HEADERS32 nt;
    char *base;

    if (NtQueryInformationProcess(process, ProcessBasicInformation, &basic, sizeof(basic), NULL))
        return NULL;
    if (!read_at(process, (char *)basic.PebBaseAddress + IMAGE_BASE_IN_PEB, &base, sizeof(base)) ||
        !read_at(process, base, &dos, sizeof(dos)) ||
        !read_at(process, base + dos.e_lfanew, &nt, sizeof(nt)))
        return NULL;
    return base + nt.OptionalHeader.AddressOfEntryPoint;
}

static BOOL ended(HANDLE process)
{
    return WaitForSingleObject(process, 0) == WAIT_OBJECT_0;
}

/* The thread, suspended, is let run until it is at ADDRESS, and suspended again. => FALSE when its
 * process ended before. */
static BOOL run_to(const PROCESS_INFORMATION *info, const char *address)
{
    CONTEXT context = {.ContextFlags = CONTEXT_CONTROL};

    do {
        ResumeThread(info->hThread);
        Sleep(1);
        if (ended(info->hProcess)) {
            SetLastError(ERROR_PROCESS_ABORTED);
            return FALSE;
        }
        SuspendThread(info->hThread);
    } while (!GetThreadContext(info->hThread, &context) || context.Eip != (DWORD_PTR)address);
    return TRUE;
}

static BOOL run_to_entry_point(const PROCESS_INFORMATION *info)
{
    unsigned char saved[sizeof(jump_to_itself)];
    char *entry = entry_point(info->hProcess);

    return entry && read_at(info->hProcess, entry, saved, sizeof(saved)) &&
           WriteProcessMemory(info->hProcess, entry, jump_to_itself, sizeof(saved), NULL) &&
           run_to(info, entry) &&
           WriteProcessMemory(info->hProcess, entry, saved, sizeof(saved), NULL);
}

BOOL vmmap_start(char *line, PROCESS_INFORMATION *info)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};

    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, CREATE_SUSPENDED, NULL, NULL, &startup,
                        info))
        return FALSE;
    if (run_to_entry_point(info))
        return TRUE;
    DWORD error = GetLastError();
    TerminateProcess(info->hProcess, 1);
    CloseHandle(info->hThread);
    CloseHandle(info->hProcess);
    SetLastError(error);
    return FALSE;
}

char *vmmap_skip_arguments(char *line, int count)
{
    while (count--) {
        for (int quoted = 0; *line && (quoted || !strchr(" \t", *line)); line++)
            quoted ^= *line == '"';
        line += strspn(line, " \t");
    }
    return line;
}
