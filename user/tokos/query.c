/*
 * The window's two system services, with errors as Win32 has them. They are TokOS's own. ntdll is
 * asked for them when they are called, so that this DLL can be loaded where it has none.
 */
#include "user/nt/nt.h"
#include "user/tokos/tokos.h"

typedef NTSTATUS(NTAPI *query_page)(HANDLE process, const void *va, struct tokos_page *out);
typedef NTSTATUS(NTAPI *query_counters)(struct tokos_counters *out);

ULONG NTAPI RtlNtStatusToDosError(NTSTATUS status);

/* => the service; NULL: this is not TokOS, and the last error says so. */
static void *service(const char *name)
{
    void *found = (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), name);

    if (!found)
        SetLastError(ERROR_CALL_NOT_IMPLEMENTED);
    return found;
}

static int succeed(NTSTATUS status)
{
    if (!nt_failed(status))
        return TRUE;
    SetLastError(RtlNtStatusToDosError(status));
    return FALSE;
}

int tokos_query_page(void *process, const void *va, struct tokos_page *out)
{
    query_page query = (query_page)service("NtTokosQueryPage");

    return query && succeed(query(process, va, out));
}

int tokos_query_counters(struct tokos_counters *out)
{
    query_counters query = (query_counters)service("NtTokosQueryCounters");

    return query && succeed(query(out));
}
