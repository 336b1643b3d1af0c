/* The smallest program: it imports one function of ntdll, and ends. */
#include <windows.h>
#include <winternl.h>

NTSTATUS NTAPI NtTerminateProcess(HANDLE process, NTSTATUS status);

void start(void)
{
    NtTerminateProcess(GetCurrentProcess(), 0);
}
