/*
 * Clocks. The time and the tick count are in the shared user data page, without a system call. The
 * local time is UTC.
 */
#include "user/kernel32/base.h"
#include "user/kernel32/calendar.h"

_Static_assert(sizeof(struct calendar) == sizeof(SYSTEMTIME), "one layout");

/* The parts of the shared user data page that are clocks (ntddk.h). A time is written high, low,
 * and high again: whoever reads two different highs reads it again. */
struct shared_time {
    volatile ULONG low;
    volatile LONG high1, high2;
};
#define SHARED_DATA     0x7FFE0000u
#define TICK_MULTIPLIER (*(const volatile ULONG *)(SHARED_DATA + 0x004))
#define SYSTEM_TIME     ((const struct shared_time *)(SHARED_DATA + 0x014))
#define TICK_COUNT      ((const struct shared_time *)(SHARED_DATA + 0x320))

#define DOS_FIRST_YEAR 1980

static uint64_t read_shared(const struct shared_time *time)
{
    ULONG low;
    LONG high;

    do {
        high = time->high1;
        __asm__ volatile("" ::: "memory");
        low = time->low;
        __asm__ volatile("" ::: "memory");
    } while (high != time->high2);
    return (uint64_t)(ULONG)high << 32 | low;
}

void WINAPI GetSystemTimeAsFileTime(FILETIME *time)
{
    uint64_t now = read_shared(SYSTEM_TIME);

    *time = (FILETIME){(DWORD)now, (DWORD)(now >> 32)};
}

/* Ticks are multiplied by what a tick has in milliseconds, of which 24 bits are a fraction. */
ULONGLONG WINAPI GetTickCount64(void)
{
    uint64_t ticks = read_shared(TICK_COUNT);
    ULONG multiplier = TICK_MULTIPLIER;

    return ((ticks & 0xFFFFFFFF) * multiplier >> 24) + ((ticks >> 32) * multiplier << 8);
}

DWORD WINAPI GetTickCount(void)
{
    return (DWORD)GetTickCount64();
}

BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER *counter)
{
    return base_ok(NtQueryPerformanceCounter(counter, NULL));
}

BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER *frequency)
{
    LARGE_INTEGER counter;

    return base_ok(NtQueryPerformanceCounter(&counter, frequency));
}

/* ---- dates ----------------------------------------------------------------------------------- */

BOOL WINAPI FileTimeToSystemTime(const FILETIME *time, SYSTEMTIME *system)
{
    uint64_t value = (uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime;

    if (value >> 63)
        return base_fail(ERROR_INVALID_PARAMETER);
    calendar_from_time(value, (struct calendar *)system);
    return TRUE;
}

BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *system, FILETIME *time)
{
    uint64_t value;

    if (!calendar_to_time((const struct calendar *)system, &value))
        return base_fail(ERROR_INVALID_PARAMETER);
    *time = (FILETIME){(DWORD)value, (DWORD)(value >> 32)};
    return TRUE;
}

void WINAPI GetSystemTime(SYSTEMTIME *system)
{
    FILETIME now;

    GetSystemTimeAsFileTime(&now);
    FileTimeToSystemTime(&now, system);
}

void WINAPI GetLocalTime(SYSTEMTIME *local)
{
    GetSystemTime(local);
}

BOOL WINAPI FileTimeToLocalFileTime(const FILETIME *time, FILETIME *local)
{
    *local = *time;
    return TRUE;
}

BOOL WINAPI LocalFileTimeToFileTime(const FILETIME *local, FILETIME *time)
{
    *time = *local;
    return TRUE;
}

DWORD WINAPI GetTimeZoneInformation(TIME_ZONE_INFORMATION *zone)
{
    *zone = (TIME_ZONE_INFORMATION){.StandardName = L"UTC", .DaylightName = L"UTC"};
    return TIME_ZONE_ID_UNKNOWN; /* it has no daylight saving time */
}

LONG WINAPI CompareFileTime(const FILETIME *a, const FILETIME *b)
{
    uint64_t x = (uint64_t)a->dwHighDateTime << 32 | a->dwLowDateTime;
    uint64_t y = (uint64_t)b->dwHighDateTime << 32 | b->dwLowDateTime;

    return (x > y) - (x < y);
}

/* DOS's: years from 1980, days, and two seconds at a time. */
BOOL WINAPI FileTimeToDosDateTime(const FILETIME *time, WORD *date, WORD *clock)
{
    SYSTEMTIME system;

    if (!FileTimeToSystemTime(time, &system))
        return FALSE;
    if (system.wYear < DOS_FIRST_YEAR || system.wYear > DOS_FIRST_YEAR + 127)
        return base_fail(ERROR_INVALID_PARAMETER);
    *date = (WORD)((system.wYear - DOS_FIRST_YEAR) << 9 | system.wMonth << 5 | system.wDay);
    *clock = (WORD)(system.wHour << 11 | system.wMinute << 5 | system.wSecond / 2);
    return TRUE;
}

BOOL WINAPI DosDateTimeToFileTime(WORD date, WORD clock, FILETIME *time)
{
    SYSTEMTIME system = {
        .wYear = (WORD)(DOS_FIRST_YEAR + (date >> 9)),
        .wMonth = date >> 5 & 15,
        .wDay = date & 31,
        .wHour = clock >> 11,
        .wMinute = clock >> 5 & 63,
        .wSecond = (WORD)((clock & 31) * 2),
    };

    return SystemTimeToFileTime(&system, time);
}
