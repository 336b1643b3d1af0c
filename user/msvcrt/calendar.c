/*
 * Between seconds since 1970 and dates. Days are counted by the Gregorian calendar with the year
 * beginning in March, which puts the leap day last.
 */
#include "crt.h"

#define DAY     86400
#define LAST_64 32535291599ll /* the end of the year 3000, with some hours for zones: msvcrt's */
#define LAST_32 0x7FFFFFFF

/* => the days from 1970-01-01 to a date; MONTH from 0, DAY_OF_MONTH from 1 and of any size. */
static __int64 days_from_date(__int64 year, int month, __int64 day_of_month)
{
    __int64 era;
    int year_of_era;
    int day_of_year;

    year -= month < 2;
    era = (year >= 0 ? year : year - 399) / 400;
    year_of_era = (int)(year - era * 400);
    day_of_year = (153 * (month + (month > 1 ? -2 : 10)) + 2) / 5;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year +
           day_of_month - 1 - 719468;
}

/* TIME is not negative. */
static void fill_date(struct tm *tm, __int64 time)
{
    int days = (int)(time / DAY);
    int seconds = (int)(time % DAY);
    int year = 1970 + days / 366; /* not too late a year */
    int month = 0;

    while (days_from_date(year + 1, 0, 1) <= days)
        year++;
    while (month < 11 && days_from_date(year, month + 1, 1) <= days)
        month++;
    tm->tm_year = year - 1900;
    tm->tm_mon = month;
    tm->tm_mday = days - (int)days_from_date(year, month, 1) + 1;
    tm->tm_yday = days - (int)days_from_date(year, 0, 1);
    tm->tm_wday = (days + 4) % 7; /* 1970 began on a Thursday */
    tm->tm_hour = seconds / 3600;
    tm->tm_min = seconds / 60 % 60;
    tm->tm_sec = seconds % 60;
    tm->tm_isdst = 0;
}

struct tm *__cdecl _gmtime64(const __time64_t *time)
{
    struct tm *tm = &crt_thread_data()->tm;

    if (!time || *time < 0 || *time > LAST_64) {
        crt_error(EINVAL);
        return NULL;
    }
    fill_date(tm, *time);
    return tm;
}

struct tm *__cdecl _gmtime32(const __time32_t *time)
{
    __time64_t time64 = time ? *time : -1;

    return _gmtime64(&time64);
}

struct tm *__cdecl _localtime64(const __time64_t *time)
{
    return _gmtime64(time);
}

struct tm *__cdecl _localtime32(const __time32_t *time)
{
    return _gmtime32(time);
}

/* The fields may be beyond their ranges; they are put right. => -1 if it is before 1970 or after
 * LAST. */
static __int64 make_time(struct tm *tm, __int64 last)
{
    int month = tm->tm_mon % 12;
    int years = tm->tm_mon / 12;
    __int64 time;

    if (month < 0) {
        month += 12;
        years--;
    }
    time = days_from_date(1900ll + tm->tm_year + years, month, tm->tm_mday) * DAY +
           tm->tm_hour * 3600ll + tm->tm_min * 60ll + tm->tm_sec;
    if (time < 0 || time > last)
        return crt_error(EINVAL);
    fill_date(tm, time);
    return time;
}

__time64_t __cdecl _mktime64(struct tm *tm)
{
    return make_time(tm, LAST_64);
}

__time32_t __cdecl _mktime32(struct tm *tm)
{
    return (__time32_t)make_time(tm, LAST_32);
}

__time64_t __cdecl _mkgmtime64(struct tm *tm)
{
    return make_time(tm, LAST_64);
}

__time32_t __cdecl _mkgmtime32(struct tm *tm)
{
    return (__time32_t)make_time(tm, LAST_32);
}
