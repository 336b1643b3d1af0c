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

/* The numbers; false if LETTER is not one of them. Weeks begin on Sunday (U) or Monday (W). */
static bool put_numeric(struct text *text, char letter, bool bare, const struct tm *tm)
{
    int hour = tm->tm_hour % 12;
    int monday_based = (tm->tm_wday + 6) % 7;
    const struct {
        char letter;
        int width;
        int value;
    } fields[] = {
        {'d', 2, tm->tm_mday},
        {'H', 2, tm->tm_hour},
        {'I', 2, hour ? hour : 12},
        {'j', 3, tm->tm_yday + 1},
        {'m', 2, tm->tm_mon + 1},
        {'M', 2, tm->tm_min},
        {'S', 2, tm->tm_sec},
        {'U', 2, (tm->tm_yday + 7 - tm->tm_wday) / 7},
        {'w', 1, tm->tm_wday},
        {'W', 2, (tm->tm_yday + 7 - monday_based) / 7},
        {'y', 2, (tm->tm_year + 1900) % 100},
        {'Y', 4, tm->tm_year + 1900},
    };

    for (size_t i = 0; i < _countof(fields); i++) {
        if (fields[i].letter == letter) {
            put_number(text, fields[i].value, fields[i].width, bare);
            return true;
        }
    }
    return false;
}

/* => whether LETTER is known. BARE is its '#'. */
static bool put_field(struct text *text, char letter, bool bare, const struct tm *tm)
{
    switch (letter) {
    case 'a':
        put_string(text, days[tm->tm_wday], 3);
        return true;
    case 'A':
        put_string(text, days[tm->tm_wday], INT_MAX);
        return true;
    case 'b':
        put_string(text, months[tm->tm_mon], 3);
        return true;
    case 'B':
        put_string(text, months[tm->tm_mon], INT_MAX);
        return true;
    case 'p':
        put_string(text, tm->tm_hour < 12 ? "AM" : "PM", 2);
        return true;
    case 'z':
    case 'Z':
        put_string(text, _tzname[0], INT_MAX);
        return true;
    case '%':
        put(text, '%');
        return true;
    default:
        return put_numeric(text, letter, bare, tm) || put_compound(text, letter, bare, tm);
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

/* English has no wide characters, and FORMAT may have none: it is done in char. */
size_t __cdecl wcsftime(wchar_t *__restrict__ to, size_t size, const wchar_t *__restrict__ format,
                        const struct tm *__restrict__ tm)
{
    size_t length = wcstombs(NULL, format, 0);
    char *narrow_format = length == (size_t)-1 ? NULL : malloc(length + 1);
    char *text = malloc(size);

    length = 0;
    if (narrow_format && text && size > 0) {
        wcstombs(narrow_format, format, wcslen(format) + 1);
        length = strftime(text, size, narrow_format, tm);
        mbstowcs(to, text, length + 1);
    }
    free(narrow_format);
    free(text);
    return length;
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
