/* From a date to a number. */
#include "lib/time.h"

#define FIRST_YEAR 1601u
#define LAST_YEAR  30827u

static bool is_leap(uint32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static uint32_t days_of_month(uint32_t year, uint32_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && is_leap(year));
}

/* The days from the first of 1601 to the first of YEAR. 1601 begins a round of 400 years. */
static uint32_t days_before_year(uint32_t year)
{
    uint32_t years = year - FIRST_YEAR;

    return years * 365 + years / 4 - years / 100 + years / 400;
}

bool rtl_time_fields_to_time(const struct time_fields *fields, uint64_t *time)
{
    const struct time_fields f = *fields;

    if (f.year < FIRST_YEAR || f.year > LAST_YEAR || f.month < 1 || f.month > 12 || f.day < 1 ||
        f.day > days_of_month(f.year, f.month) || f.hour > 23 || f.minute > 59 || f.second > 59)
        return false;
    uint32_t days = days_before_year(f.year) + f.day - 1;
    for (uint32_t month = 1; month < f.month; month++)
        days += days_of_month(f.year, month);
    *time =
        ((uint64_t)days * 86400 + f.hour * 3600 + f.minute * 60 + f.second) * TIME_UNITS_A_SECOND;
    return true;
}
