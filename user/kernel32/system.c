/*
 * What the machine and the system are.
 */
#include "user/kernel32/base.h"

#define SHARED_FEATURES ((const volatile BOOLEAN *)0x7FFE0274) /* ntddk.h */
#define FEATURES        64u

void WINAPI GetSystemInfo(SYSTEM_INFO *info)
{
    struct system_basic_information basic;
    struct system_processor_information processor = {0};

    *info = (SYSTEM_INFO){0};
    if (nt_failed(NtQuerySystemInformation(SystemBasicInformation, &basic, sizeof(basic), NULL)))
        return;
    NtQuerySystemInformation(SystemProcessorInformation, &processor, sizeof(processor), NULL);
    *info = (SYSTEM_INFO){
        .wProcessorArchitecture = PROCESSOR_ARCHITECTURE_INTEL,
        .dwPageSize = basic.page_size,
        .lpMinimumApplicationAddress = basic.minimum_user_mode_address,
        .lpMaximumApplicationAddress = basic.maximum_user_mode_address,
        .dwActiveProcessorMask = basic.active_processors_affinity_mask,
        .dwNumberOfProcessors = basic.number_of_processors,
        .dwProcessorType = processor.processor_level == 4   ? PROCESSOR_INTEL_486
                           : processor.processor_level == 3 ? PROCESSOR_INTEL_386
                                                            : PROCESSOR_INTEL_PENTIUM,
        .dwAllocationGranularity = basic.allocation_granularity,
        .wProcessorLevel = processor.processor_level,
        .wProcessorRevision = processor.processor_revision,
    };
}

void WINAPI GetNativeSystemInfo(SYSTEM_INFO *info)
{
    GetSystemInfo(info);
}

BOOL WINAPI IsWow64Process(HANDLE process, BOOL *wow64)
{
    ULONG_PTR peb; /* another one, of 32 bits */

    if (!base_ok(
            NtQueryInformationProcess(process, ProcessWow64Information, &peb, sizeof(peb), NULL)))
        return FALSE;
    *wow64 = peb != 0;
    return TRUE;
}

BOOL WINAPI IsProcessorFeaturePresent(DWORD feature)
{
    return feature < FEATURES && SHARED_FEATURES[feature];
}

/* ---- memory ---------------------------------------------------------------------------------- */

BOOL WINAPI GlobalMemoryStatusEx(MEMORYSTATUSEX *status)
{
    struct system_basic_information basic;
    SYSTEM_PERFORMANCE_INFORMATION performance;
    VM_COUNTERS counters;

    if (status->dwLength != sizeof(*status))
        return base_fail(ERROR_INVALID_PARAMETER);
    if (!base_ok(NtQuerySystemInformation(SystemBasicInformation, &basic, sizeof(basic), NULL)) ||
        !base_ok(NtQuerySystemInformation(SystemPerformanceInformation, &performance,
                                          sizeof(performance), NULL)) ||
        !base_ok(NtQueryInformationProcess(CURRENT_PROCESS, ProcessVmCounters, &counters,
                                           sizeof(counters), NULL)))
        return FALSE;
    uint64_t page = basic.page_size;
    uint64_t commit_left = performance.TotalCommitLimit > performance.TotalCommittedPages
                               ? performance.TotalCommitLimit - performance.TotalCommittedPages
                               : 0;
    uint64_t user =
        (uintptr_t)basic.maximum_user_mode_address - (uintptr_t)basic.minimum_user_mode_address + 1;
    *status = (MEMORYSTATUSEX){
        .dwLength = sizeof(*status),
        .dwMemoryLoad = 100 - (DWORD)(performance.AvailablePages * 100ull /
                                      (basic.number_of_physical_pages ?: 1)),
        .ullTotalPhys = basic.number_of_physical_pages * page,
        .ullAvailPhys = performance.AvailablePages * page,
        .ullTotalPageFile = performance.TotalCommitLimit * page,
        .ullAvailPageFile = commit_left * page,
        .ullTotalVirtual = user,
        .ullAvailVirtual = user - counters.VirtualSize,
    };
    return TRUE;
}

static SIZE_T capped(uint64_t bytes)
{
    return bytes > SIZE_MAX ? SIZE_MAX : (SIZE_T)bytes;
}

void WINAPI GlobalMemoryStatus(MEMORYSTATUS *status)
{
    MEMORYSTATUSEX more = {.dwLength = sizeof(more)};

    GlobalMemoryStatusEx(&more);
    *status = (MEMORYSTATUS){
        .dwLength = sizeof(*status),
        .dwMemoryLoad = more.dwMemoryLoad,
        .dwTotalPhys = capped(more.ullTotalPhys),
        .dwAvailPhys = capped(more.ullAvailPhys),
        .dwTotalPageFile = capped(more.ullTotalPageFile),
        .dwAvailPageFile = capped(more.ullAvailPageFile),
        .dwTotalVirtual = capped(more.ullTotalVirtual),
        .dwAvailVirtual = capped(more.ullAvailVirtual),
    };
}

/* ---- version --------------------------------------------------------------------------------- */

/* Build, minor, major; NT has the highest bit clear. */
DWORD WINAPI GetVersion(void)
{
    const struct peb *peb = current_peb();

    return peb->os_major_version | peb->os_minor_version << 8 | (DWORD)peb->os_build_number << 16;
}

BOOL WINAPI GetVersionExW(OSVERSIONINFOW *info)
{
    if (info->dwOSVersionInfoSize != sizeof(OSVERSIONINFOW) &&
        info->dwOSVersionInfoSize != sizeof(OSVERSIONINFOEXW))
        return base_fail(ERROR_INSUFFICIENT_BUFFER);
    return base_ok(RtlGetVersion(info));
}

BOOL WINAPI GetVersionExA(OSVERSIONINFOA *info)
{
    OSVERSIONINFOEXW wide = {.dwOSVersionInfoSize = sizeof(wide)};
    bool extended = info->dwOSVersionInfoSize == sizeof(OSVERSIONINFOEXA);

    if (!extended && info->dwOSVersionInfoSize != sizeof(OSVERSIONINFOA))
        return base_fail(ERROR_INSUFFICIENT_BUFFER);
    if (!base_ok(RtlGetVersion((OSVERSIONINFOW *)&wide)))
        return FALSE;
    info->dwMajorVersion = wide.dwMajorVersion;
    info->dwMinorVersion = wide.dwMinorVersion;
    info->dwBuildNumber = wide.dwBuildNumber;
    info->dwPlatformId = wide.dwPlatformId;
    info->szCSDVersion[0] = 0;
    if (extended) {
        OSVERSIONINFOEXA *more = (OSVERSIONINFOEXA *)info;

        more->wServicePackMajor = wide.wServicePackMajor;
        more->wServicePackMinor = wide.wServicePackMinor;
        more->wSuiteMask = wide.wSuiteMask;
        more->wProductType = wide.wProductType;
        more->wReserved = 0;
    }
    return TRUE;
}
