/*
 * Dates and clocks. The zone is UTC; where another is set local time is not checked.
 */
#include "check.h"

#include <errno.h>
#include <sys/timeb.h>
#include <time.h>

static const char *date(time_t time)
{
    static char text[64];

    return strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %j %w", gmtime(&time)) ? text : NULL;
}

static void conversions(void)
{
    time_t negative = -1;

    CHECK_STR(date(0), "1970-01-01 00:00:00 001 4");
    CHECK_STR(date(86399), "1970-01-01 23:59:59 001 4");
    CHECK_STR(date(951782400), "2000-02-29 00:00:00 060 2");
    CHECK_STR(date(951868800), "2000-03-01 00:00:00 061 3");
    CHECK_STR(date(978307199), "2000-12-31 23:59:59 366 0");
    CHECK_STR(date(1078012800), "2004-02-29 00:00:00 060 0");
    CHECK_STR(date(2147483647), "2038-01-19 03:14:07 019 2");
    CHECK(gmtime(&negative) == NULL);
    CHECK_STR(asctime(gmtime(&(time_t){1000000000})), "Sun Sep 09 01:46:40 2001\n");
}

/* All days to 2038: one after the other. */
static void days(void)
{
    int wrong = 0;
    int last_year_day = 365;

    for (long day = 0; day < 24855; day++) {
        time_t time = day * 86400L + 3600;
        struct tm tm = *gmtime(&time);

        wrong += tm.tm_wday != (day + 4) % 7 || tm.tm_hour != 1;
        wrong += tm.tm_yday != last_year_day + 1 && tm.tm_yday != 0;
        last_year_day = tm.tm_yday;
        tm.tm_isdst = 0;
        wrong += mktime(&tm) + 86400 - time > 2 * 86400 || mktime(&tm) + 86400 - time < 0;
    }
    CHECK_INT(wrong, 0);
}

/* mktime puts fields right. */
static void normalizing(void)
{
    struct tm tm = {0};

    tm.tm_year = 100;
    tm.tm_mon = 13;
    tm.tm_mday = 32;
    tm.tm_hour = 25;
    tm.tm_min = -1;
    CHECK(mktime(&tm) != -1);
    CHECK_INT(tm.tm_year, 101);
    CHECK_INT(tm.tm_mon, 2);
    CHECK_INT(tm.tm_mday, 5);
    CHECK_INT(tm.tm_hour, 0);
    CHECK_INT(tm.tm_min, 59);
    CHECK_INT(tm.tm_wday, 1);
    tm.tm_year = 60;
    CHECK_INT(mktime(&tm), -1);
}

static const char *formatted(const char *format)
{
    static char text[128];
    time_t time = 1234567890; /* Friday, 13 February 2009, 23:31:30 */

    return strftime(text, sizeof(text), format, gmtime(&time)) ? text : "failed";
}

static void formats(void)
{
    char text[8];
    time_t zero = 0;

    CHECK_STR(formatted("%a %A"), "Fri Friday");
    CHECK_STR(formatted("%b %B"), "Feb February");
    CHECK_STR(formatted("%d %m %y %Y"), "13 02 09 2009");
    CHECK_STR(formatted("%H %I %M %S %p"), "23 11 31 30 PM");
    CHECK_STR(formatted("%j %U %W %w"), "044 06 06 5");
    CHECK_STR(formatted("%c"), "02/13/09 23:31:30");
    CHECK_STR(formatted("%x %X"), "02/13/09 23:31:30");
    CHECK_STR(formatted("%#d %#m %#j"), "13 2 44");
    CHECK_STR(formatted("%#x"), "Friday, February 13, 2009");
    CHECK_STR(formatted("100%%"), "100%");
    CHECK_INT(strftime(text, sizeof(text), "%Y-%m-%d", gmtime(&zero)), 0);
    CHECK_INT(strftime(text, sizeof(text), "%m-%d", gmtime(&zero)), 5);
}

static void clocks(void)
{
    time_t first = time(NULL);
    time_t second;
    struct timeb now;
    clock_t ticks = clock();

    CHECK(first > 1500000000 || first > 0);
    CHECK_INT(time(&second) == second, 1);
    CHECK(second - first <= 2);
    ftime(&now);
    CHECK(now.time - first <= 2);
    CHECK(now.millitm < 1000);
    CHECK(ticks >= 0);
    CHECK(clock() >= ticks);
    CHECK_REAL(difftime(100, 40), 60.0);
    CHECK_INT(CLOCKS_PER_SEC, 1000);
}

int main(void)
{
    conversions();
    days();
    normalizing();
    formats();
    clocks();
    return check_done();
}
