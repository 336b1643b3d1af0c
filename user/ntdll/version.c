/*
 * Who we say we are, from the PEB; the last error; numbers that look random.
 */
#include "user/ntdll/ntdll.h"

NTSTATUS NTAPI RtlGetVersion(RTL_OSVERSIONINFOW *info)
{
    const struct peb *peb = current_peb();
    ULONG size = info->dwOSVersionInfoSize;

    info->dwMajorVersion = peb->os_major_version;
    info->dwMinorVersion = peb->os_minor_version;
    info->dwBuildNumber = peb->os_build_number;
    info->dwPlatformId = VER_PLATFORM_WIN32_NT;
    info->szCSDVersion[0] = 0;
    if (size == sizeof(RTL_OSVERSIONINFOEXW)) {
        RTL_OSVERSIONINFOEXW *more = (RTL_OSVERSIONINFOEXW *)info;

        more->wServicePackMajor = more->wServicePackMinor = 0;
        more->wSuiteMask = 0;
        more->wProductType = VER_NT_SERVER;
        more->wReserved = 0;
    }
    return STATUS_SUCCESS;
}

void NTAPI RtlGetNtVersionNumbers(ULONG *major, ULONG *minor, ULONG *build)
{
    const struct peb *peb = current_peb();

    if (major)
        *major = peb->os_major_version;
    if (minor)
        *minor = peb->os_minor_version;
    if (build)
        *build = peb->os_build_number | 0xF0000000; /* a free build, that says */
}

ULONG NTAPI RtlGetLastWin32Error(void)
{
    return current_teb()->last_error_value;
}

void NTAPI RtlSetLastWin32Error(ULONG error)
{
    current_teb()->last_error_value = error;
}

void rtlp_set_status_error(NTSTATUS status)
{
    RtlSetLastWin32Error(RtlNtStatusToDosError(status));
}

struct peb *NTAPI RtlGetCurrentPeb(void)
{
    return current_peb();
}

/* The documented generator: multiplicative, modulo 2^31 - 1. */
ULONG NTAPI RtlUniform(ULONG *seed)
{
    *seed = (ULONG)(((uint64_t)*seed * 0x7FFFFFED + 0x7FFFFFC3) % 0x7FFFFFFF);
    return *seed;
}
