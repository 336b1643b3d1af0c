/*
 * The window's two system services, with errors as Win32 has them.
 */
#include "user/nt/nt.h"
#include "user/tokos/tokos.h"

NTSTATUS NTAPI NtTokosQueryPage(HANDLE process, const void *va, struct tokos_page *out);
NTSTATUS NTAPI NtTokosQueryCounters(struct tokos_counters *out);
ULONG NTAPI RtlNtStatusToDosError(NTSTATUS status);
void NTAPI RtlSetLastWin32Error(ULONG error);

static int succeed(NTSTATUS status)
{
    if (!nt_failed(status))
        return TRUE;
    RtlSetLastWin32Error(RtlNtStatusToDosError(status));
    return FALSE;
}

int tokos_query_page(void *process, const void *va, struct tokos_page *out)
{
    return succeed(NtTokosQueryPage(process, va, out));
}

int tokos_query_counters(struct tokos_counters *out)
{
    return succeed(NtTokosQueryCounters(out));
}
