/*
 * user/kernel32/calendar.c: every day from 1601 on against counting them one by one.
 */
// sources: user/kernel32/calendar.c
#include "tests/host/host_test.h"
#include "user/kernel32/calendar.h"

#define PER_DAY 864000000000ull

static uint32_t days_of(uint32_t year, uint32_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap);
}

static void every_day_of_1200_years(void **state)
{
    uint32_t day = 0;

    (void)state;
    for (uint16_t year = 1601; year < 2801; year++)
        for (uint16_t month = 1; month <= 12; month++)
            for (uint16_t d = 1; d <= days_of(year, month); d++, day++) {
                struct calendar calendar;
                uint64_t time;

                calendar_from_time(day * PER_DAY + PER_DAY - 1, &calendar);
                assert_int_equal(calendar.year, year);
                assert_int_equal(calendar.month, month);
                assert_int_equal(calendar.day, d);
                assert_int_equal(calendar.day_of_week, (day + 1) % 7);
                assert_int_equal(calendar.hour, 23);
                assert_int_equal(calendar.milliseconds, 999);
                assert_true(calendar_to_time(&calendar, &time));
                assert_int_equal(time, day * PER_DAY + PER_DAY - 10000);
            }
}

static void known_dates(void **state)
{
    struct calendar calendar = {1970, 1, 0, 1, 0, 0, 0, 0};
    uint64_t time;

    (void)state;
    assert_true(calendar_to_time(&calendar, &time));
    assert_int_equal(time, 116444736000000000ull);
    calendar_from_time(INT64_MAX, &calendar);
    assert_int_equal(calendar.year, 30828); /* which does not go back */
    assert_false(calendar_to_time(&calendar, &time));
}

static void what_is_no_date(void **state)
{
    static const struct calendar wrong[] = {
        {1600, 1, 0, 1, 0, 0, 0, 0},    {2000, 0, 0, 1, 0, 0, 0, 0},  {2000, 13, 0, 1, 0, 0, 0, 0},
        {2000, 1, 0, 0, 0, 0, 0, 0},    {2001, 2, 0, 29, 0, 0, 0, 0}, {1900, 2, 0, 29, 0, 0, 0, 0},
        {2000, 1, 0, 1, 24, 0, 0, 0},   {2000, 1, 0, 1, 0, 60, 0, 0}, {2000, 1, 0, 1, 0, 0, 60, 0},
        {2000, 1, 0, 1, 0, 0, 0, 1000},
    };
    uint64_t time;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
        assert_false(calendar_to_time(&wrong[i], &time));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_1200_years),
        cmocka_unit_test(known_dates),
        cmocka_unit_test(what_is_no_date),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
