/*
 * The time now. The zone is UTC: local time is universal time, and there is no summer.
 */
#include <sys/timeb.h>
#include "crt.h"

#define EPOCH 116444736000000000ll /* 1970 in FILETIME's units of 100 ns from 1601 on */

int _daylight;
long _timezone;
long _dstbias;
char *_tzname[2] = {"UTC", "UTC"};

static DWORD start_ticks;

void crt_clock_start(void)
{
    start_ticks = GetTickCount();
}

void __cdecl _tzset(void)
{
}

int *__cdecl __p__daylight(void)
{
    return &_daylight;
}

long *__cdecl __p__timezone(void)
{
    return &_timezone;
}

char **__cdecl __p__tzname(void)
{
    return _tzname;
}

/* Units of 100 ns since 1970. */
static __int64 now(void)
{
    FILETIME time;

    GetSystemTimeAsFileTime(&time);
    return (__int64)((uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime) - EPOCH;
}

__time64_t __cdecl _time64(__time64_t *to)
{
    __time64_t seconds = now() / 10000000;

    if (to)
        *to = seconds;
    return seconds;
}

__time32_t __cdecl _time32(__time32_t *to)
{
    __time32_t seconds = (__time32_t)_time64(NULL);

    if (to)
        *to = seconds;
    return seconds;
}

/* Milliseconds since the library was loaded. */
clock_t __cdecl clock(void)
{
    return (clock_t)(GetTickCount() - start_ticks);
}

void __cdecl _ftime64(struct __timeb64 *to)
{
    __int64 time = now();

    to->time = time / 10000000;
    to->millitm = (unsigned short)(time / 10000 % 1000);
    to->timezone = 0;
    to->dstflag = 0;
}

void __cdecl _ftime32(struct __timeb32 *to)
{
    struct __timeb64 time;

    _ftime64(&time);
    to->time = (__time32_t)time.time;
    to->millitm = time.millitm;
    to->timezone = 0;
    to->dstflag = 0;
}

double __cdecl _difftime64(__time64_t later, __time64_t earlier)
{
    return (double)(later - earlier);
}

double __cdecl _difftime32(__time32_t later, __time32_t earlier)
{
    return (double)later - (double)earlier;
}
