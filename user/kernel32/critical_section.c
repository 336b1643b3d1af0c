/*
 * Critical sections are ntdll's; only what returns something else than there is here.
 */
#include "user/kernel32/base.h"

BOOL WINAPI InitializeCriticalSectionAndSpinCount(CRITICAL_SECTION *section, DWORD spins)
{
    return base_ok(RtlInitializeCriticalSectionAndSpinCount(section, spins));
}

BOOL WINAPI InitializeCriticalSectionEx(CRITICAL_SECTION *section, DWORD spins, DWORD flags)
{
    (void)flags; /* no debugging information is kept in any case */
    return InitializeCriticalSectionAndSpinCount(section, spins);
}

BOOL WINAPI TryEnterCriticalSection(CRITICAL_SECTION *section)
{
    return RtlTryEnterCriticalSection(section);
}
