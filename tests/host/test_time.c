// From dates to NT's time, and from the clock's bytes to dates.
// sources: lib/time.c arch/i386/cmos_decode.c
#include "tests/host/host_test.h"
#include "arch/i386/cmos.h"

static const struct {
    struct time_fields fields;
    uint64_t seconds;
} dates[] = {
    {{1601, 1, 1, 0, 0, 0}, 0},
    {{1601, 1, 1, 23, 59, 59}, 86399},
    {{1601, 3, 1, 0, 0, 0}, 59 * 86400},
    {{1970, 1, 1, 0, 0, 0}, 11644473600ull},
    {{2000, 2, 29, 12, 0, 0}, 11644473600ull + 951825600},
    {{2000, 3, 1, 0, 0, 0}, 11644473600ull + 951868800},
    {{2038, 1, 19, 3, 14, 7}, 11644473600ull + 2147483647},
    {{2100, 3, 1, 0, 0, 0}, 11644473600ull + 4107542400},
};

static const struct time_fields no_dates[] = {
    {1600, 12, 31, 0, 0, 0}, {30828, 1, 1, 0, 0, 0}, {2001, 0, 1, 0, 0, 0},  {2001, 13, 1, 0, 0, 0},
    {2001, 1, 0, 0, 0, 0},   {2001, 2, 29, 0, 0, 0}, {1900, 2, 29, 0, 0, 0}, {2000, 2, 30, 0, 0, 0},
    {2001, 4, 31, 0, 0, 0},  {2001, 1, 1, 24, 0, 0}, {2001, 1, 1, 0, 60, 0}, {2001, 1, 1, 0, 0, 60},
};

static void dates_become_numbers(void **state)
{
    uint64_t time;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(dates); i++) {
        assert_true(rtl_time_fields_to_time(&dates[i].fields, &time));
        assert_true(time == dates[i].seconds * TIME_UNITS_A_SECOND);
    }
    for (size_t i = 0; i < ARRAY_SIZE(no_dates); i++)
        assert_false(rtl_time_fields_to_time(&no_dates[i], &time));
    struct time_fields last = {30827, 12, 31, 23, 59, 59};
    assert_true(rtl_time_fields_to_time(&last, &time));
    assert_true(time < UINT64_MAX / 2);
}

/* Each day is 86,400 seconds behind the one before. */
static void days_follow_each_other(void **state)
{
    struct time_fields at = {1601, 1, 1, 0, 0, 0};
    uint64_t last = 0, time;

    (void)state;
    for (uint32_t days = 0; at.year < 2401; days++) {
        if (rtl_time_fields_to_time(&at, &time)) {
            assert_true(time == 0 || time - last == 86400ull * TIME_UNITS_A_SECOND);
            last = time;
        }
        at.day = at.day % 31 + 1;
        at.month = at.day == 1 ? at.month % 12 + 1 : at.month;
        at.year += at.day == 1 && at.month == 1;
    }
    assert_true(last == (146097ull * 2 - 1) * 86400 * TIME_UNITS_A_SECOND);
}

static const struct {
    struct cmos_reading reading;
    struct time_fields fields;
} readings[] = {
    /* second, minute, hour, day, month, year, century, status B */
    {{0x59, 0x30, 0x23, 0x31, 0x12, 0x99, 0x19, CMOS_24_HOUR}, {1999, 12, 31, 23, 30, 59}},
    {{59, 30, 23, 31, 12, 99, 19, CMOS_24_HOUR | CMOS_BINARY}, {1999, 12, 31, 23, 30, 59}},
    {{0x00, 0x00, 0x12, 0x01, 0x01, 0x26, 0x20, 0}, {2026, 1, 1, 0, 0, 0}},
    {{0x00, 0x00, 0x92, 0x01, 0x01, 0x26, 0x20, 0}, {2026, 1, 1, 12, 0, 0}},
    {{0x00, 0x00, 0x91, 0x01, 0x01, 0x26, 0x20, 0}, {2026, 1, 1, 23, 0, 0}},
    {{0, 0, 0x8B, 1, 1, 26, 20, CMOS_BINARY}, {2026, 1, 1, 23, 0, 0}},
    {{0x00, 0x00, 0x01, 0x01, 0x01, 0x26, 0x20, 0}, {2026, 1, 1, 1, 0, 0}},
    {{0, 0, 0, 0x29, 0x02, 0x24, 0x00, CMOS_24_HOUR}, {2024, 2, 29, 0, 0, 0}},
    {{0, 0, 0, 0x29, 0x02, 0x24, 0xFF, CMOS_24_HOUR}, {2024, 2, 29, 0, 0, 0}},
    {{0, 0, 0, 0x01, 0x01, 0x01, 0x21, CMOS_24_HOUR}, {2101, 1, 1, 0, 0, 0}},
};

static const struct cmos_reading no_readings[] = {
    {0x60, 0, 0, 1, 1, 1, 0x20, CMOS_24_HOUR},
    {0x0A, 0, 0, 1, 1, 1, 0x20, CMOS_24_HOUR},
    {0, 0, 0x24, 1, 1, 1, 0x20, CMOS_24_HOUR},
    {0, 0, 0x13, 1, 1, 1, 0x20, 0},
    {0, 0, 0x00, 1, 1, 1, 0x20, 0},
    {0, 0, 0, 0x1F, 1, 1, 0x20, CMOS_24_HOUR},
    {0, 0, 0, 1, 1, 0xA0, 0x20, CMOS_24_HOUR},
    {0, 0, 0, 1, 1, 100, 20, CMOS_24_HOUR | CMOS_BINARY},
    {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF},
};

static void clocks_tell_the_date(void **state)
{
    struct time_fields fields;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(readings); i++) {
        assert_true(ki_decode_cmos(&readings[i].reading, &fields));
        assert_memory_equal(&fields, &readings[i].fields, sizeof(fields));
    }
    for (size_t i = 0; i < ARRAY_SIZE(no_readings); i++)
        assert_false(ki_decode_cmos(&no_readings[i], &fields));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_become_numbers),
        cmocka_unit_test(days_follow_each_other),
        cmocka_unit_test(clocks_tell_the_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
