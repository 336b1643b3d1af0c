/*
 * Dates as text, in English: the "C" locale has no other language.
 */
#include "crt.h"

static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};
static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                   "Thursday", "Friday", "Saturday"};

/* The text made so far. */
struct text {
    char *to;
    size_t room;
    bool full; /* more was wanted than fits */
};

static void put(struct text *text, char c)
{
    if (text->room == 0) {
        text->full = true;
        return;
    }
    *text->to++ = c;
    text->room--;
}

/* At most LIMIT characters of STRING. */
static void put_string(struct text *text, const char *string, int limit)
{
    while (*string && limit-- > 0)
        put(text, *string++);
}

/* WIDTH digits of VALUE; with BARE no zeros before the first that counts. */
static void put_number(struct text *text, int value, int width, bool bare)
{
    char digits[12];

    _itoa(value, digits, 10);
    for (int i = (int)strlen(digits); i < width && !bare; i++)
        put(text, '0');
    put_string(text, digits, INT_MAX);
}

static bool is_valid(const struct tm *tm)
{
    return tm->tm_wday >= 0 && tm->tm_wday <= 6 && tm->tm_mon >= 0 && tm->tm_mon <= 11;
}

static void put_format(struct text *text, const char *format, const struct tm *tm);

/* What are several others at once; false if LETTER is not one of them. */
static bool put_compound(struct text *text, char letter, bool bare, const struct tm *tm)
{
    switch (letter) {
    case 'c':
        put_format(text, bare ? "%A, %B %d, %Y %H:%M:%S" : "%m/%d/%y %H:%M:%S", tm);
        return true;
    case 'x':
        put_format(text, bare ? "%A, %B %d, %Y" : "%m/%d/%y", tm);
        return true;
    case 'X':
        put_format(text, "%H:%M:%S", tm);
        return true;
    default:
        return false;
    }
}

/* => whether LETTER is known. BARE is its '#'. */
static bool put_field(struct text *text, char letter, bool bare, const struct tm *tm)
{
    switch (letter) {
    case 'a':
        return put_string(text, days[tm->tm_wday], 3), true;
    case 'A':
        return put_string(text, days[tm->tm_wday], INT_MAX), true;
    case 'b':
        return put_string(text, months[tm->tm_mon], 3), true;
    case 'B':
        return put_string(text, months[tm->tm_mon], INT_MAX), true;
    case 'd':
        return put_number(text, tm->tm_mday, 2, bare), true;
    case 'H':
        return put_number(text, tm->tm_hour, 2, bare), true;
    case 'I':
        return put_number(text, tm->tm_hour % 12 ? tm->tm_hour % 12 : 12, 2, bare), true;
    case 'j':
        return put_number(text, tm->tm_yday + 1, 3, bare), true;
    case 'm':
        return put_number(text, tm->tm_mon + 1, 2, bare), true;
    case 'M':
        return put_number(text, tm->tm_min, 2, bare), true;
    case 'p':
        return put_string(text, tm->tm_hour < 12 ? "AM" : "PM", 2), true;
    case 'S':
        return put_number(text, tm->tm_sec, 2, bare), true;
    case 'U': /* weeks, which begin on Sunday */
        return put_number(text, (tm->tm_yday + 7 - tm->tm_wday) / 7, 2, bare), true;
    case 'w':
        return put_number(text, tm->tm_wday, 1, bare), true;
    case 'W': /* weeks, which begin on Monday */
        return put_number(text, (tm->tm_yday + 7 - (tm->tm_wday + 6) % 7) / 7, 2, bare), true;
    case 'y':
        return put_number(text, (tm->tm_year + 1900) % 100, 2, bare), true;
    case 'Y':
        return put_number(text, tm->tm_year + 1900, 4, bare), true;
    case 'z':
    case 'Z':
        return put_string(text, _tzname[0], INT_MAX), true;
    case '%':
        return put(text, '%'), true;
    default:
        return put_compound(text, letter, bare, tm);
    }
}

static void put_format(struct text *text, const char *format, const struct tm *tm)
{
    for (; *format; format++) {
        bool bare = format[0] == '%' && format[1] == '#';

        if (*format != '%') {
            put(text, *format);
            continue;
        }
        format += bare ? 2 : 1;
        if (!put_field(text, *format, bare, tm)) {
            text->full = true; /* unknown: the whole is a failure */
            return;
        }
    }
}

/* => the length, or 0 (with "" in TO) if it does not fit or the format or date is wrong. */
size_t __cdecl strftime(char *__restrict__ to, size_t size, const char *__restrict__ format,
                        const struct tm *__restrict__ tm)
{
    struct text text = {to, size, false};

    if (!to || size == 0 || !format || !tm || !is_valid(tm)) {
        crt_error(EINVAL);
        return 0;
    }
    put_format(&text, format, tm);
    put(&text, '\0');
    if (text.full) {
        *to = '\0';
        crt_error(ERANGE);
        return 0;
    }
    return (size_t)(text.to - to - 1);
}

/* The day of the month is two digits, as msvcrt has it. */
char *__cdecl asctime(const struct tm *tm)
{
    char *to = crt_thread_data()->time_text;

    return strftime(to, sizeof(crt_thread_data()->time_text), "%a %b %d %H:%M:%S %Y\n", tm) ? to
                                                                                            : NULL;
}

char *__cdecl _ctime64(const __time64_t *time)
{
    struct tm *tm = _localtime64(time);

    return tm ? asctime(tm) : NULL;
}

char *__cdecl _ctime32(const __time32_t *time)
{
    struct tm *tm = _localtime32(time);

    return tm ? asctime(tm) : NULL;
}

static char *now(char *to, const char *format, size_t size)
{
    __time64_t time = _time64(NULL);

    strftime(to, size, format, _localtime64(&time));
    return to;
}

char *__cdecl _strdate(char *to)
{
    return now(to, "%m/%d/%y", 9);
}

char *__cdecl _strtime(char *to)
{
    return now(to, "%H:%M:%S", 9);
}
