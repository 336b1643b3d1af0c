/*
 * On which processors threads run.
 */
#include "user/kernel32/base.h"

BOOL WINAPI GetProcessAffinityMask(HANDLE process, DWORD_PTR *own, DWORD_PTR *system)
{
    struct nt_process_basic_information info;

    if (!base_ok(
            NtQueryInformationProcess(process, ProcessBasicInformation, &info, sizeof(info), NULL)))
        return FALSE;
    *own = info.affinity_mask;
    *system = (1u << current_peb()->number_of_processors) - 1;
    return TRUE;
}

BOOL WINAPI SetProcessAffinityMask(HANDLE process, DWORD_PTR mask)
{
    return base_ok(NtSetInformationProcess(process, ProcessAffinityMask, &mask, sizeof(mask)));
}

/* => the mask before, 0: it failed. */
DWORD_PTR WINAPI SetThreadAffinityMask(HANDLE thread, DWORD_PTR mask)
{
    struct thread_basic_information info;

    if (!base_ok(
            NtQueryInformationThread(thread, ThreadBasicInformation, &info, sizeof(info), NULL)) ||
        !base_ok(NtSetInformationThread(thread, ThreadAffinityMask, &mask, sizeof(mask))))
        return 0;
    return info.affinity_mask;
}
