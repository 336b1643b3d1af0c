/* See calendar.h. */
#include "user/kernel32/calendar.h"

#define PER_MILLISECOND 10000u
#define PER_DAY         (86400ull * 1000 * PER_MILLISECOND)
#define FIRST_YEAR      1601u
#define LAST_YEAR       30827u
#define DAYS_400_YEARS  146097u
#define DAYS_100_YEARS  36524u
#define DAYS_4_YEARS    1461u

static bool is_leap(uint32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static uint32_t month_days(uint32_t year, uint32_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days before January 1 of YEAR. */
static uint32_t days_before(uint32_t year)
{
    uint32_t years = year - FIRST_YEAR; /* the first year follows one that is divisible by 400 */

    return years * 365 + years / 4 - years / 100 + years / 400;
}

static uint32_t year_of(uint32_t day)
{
    uint32_t year = FIRST_YEAR + day / DAYS_400_YEARS * 400;
    uint32_t rest = day % DAYS_400_YEARS, centuries = rest / DAYS_100_YEARS;

    centuries = centuries < 4 ? centuries : 3; /* the last day of 400 years */
    rest -= centuries * DAYS_100_YEARS;
    year += centuries * 100 + rest / DAYS_4_YEARS * 4;
    rest %= DAYS_4_YEARS;
    return year + (rest / 365 < 4 ? rest / 365 : 3);
}

void calendar_from_time(uint64_t time, struct calendar *calendar)
{
    uint32_t day = (uint32_t)(time / PER_DAY);
    uint32_t milliseconds = (uint32_t)(time % PER_DAY / PER_MILLISECOND);
    uint32_t year = year_of(day), month = 1, rest = day - days_before(year);

    for (; rest >= month_days(year, month); month++)
        rest -= month_days(year, month);
    *calendar = (struct calendar){
        .year = (uint16_t)year,
        .month = (uint16_t)month,
        .day_of_week = (uint16_t)((day + 1) % 7), /* January 1, 1601 was a Monday */
        .day = (uint16_t)(rest + 1),
        .hour = (uint16_t)(milliseconds / 3600000),
        .minute = (uint16_t)(milliseconds / 60000 % 60),
        .second = (uint16_t)(milliseconds / 1000 % 60),
        .milliseconds = (uint16_t)(milliseconds % 1000),
    };
}

bool calendar_to_time(const struct calendar *calendar, uint64_t *time)
{
    uint32_t year = calendar->year, day;

    if (year < FIRST_YEAR || year > LAST_YEAR || calendar->month < 1 || calendar->month > 12 ||
        calendar->day < 1 || calendar->day > month_days(year, calendar->month) ||
        calendar->hour > 23 || calendar->minute > 59 || calendar->second > 59 ||
        calendar->milliseconds > 999)
        return false;
    day = days_before(year) + calendar->day - 1;
    for (uint32_t month = 1; month < calendar->month; month++)
        day += month_days(year, month);
    uint32_t milliseconds =
        ((calendar->hour * 60u + calendar->minute) * 60 + calendar->second) * 1000 +
        calendar->milliseconds;
    *time = day * PER_DAY + (uint64_t)milliseconds * PER_MILLISECOND;
    return true;
}
