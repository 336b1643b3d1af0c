/*
 * Numbers from strings and back, sorting, random numbers, small arithmetic.
 */
#define __USE_MINGW_ANSI_STDIO 0 /* msvcrt's strtod, not mingwex's */
#include "check.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <wchar.h>

#undef strtod

/* The value, where it stopped, and errno. */
#define PARSES(call, value, stop, error)             \
    do {                                             \
        errno = 0;                                   \
        check_int_(#call, call, value);              \
        check_string_("rest of " #call, end, stop);  \
        check_int_("errno of " #call, errno, error); \
    } while (0)

static char *end;

static void longs(void)
{
    PARSES(strtol("123", &end, 10), 123, "", 0);
    PARSES(strtol("  -123abc", &end, 10), -123, "abc", 0);
    PARSES(strtol("+7", &end, 10), 7, "", 0);
    PARSES(strtol("0x1F", &end, 16), 31, "", 0);
    PARSES(strtol("0x1F", &end, 0), 31, "", 0);
    PARSES(strtol("1F", &end, 16), 31, "", 0);
    PARSES(strtol("017", &end, 0), 15, "", 0);
    PARSES(strtol("08", &end, 0), 0, "8", 0);
    PARSES(strtol("19", &end, 0), 19, "", 0);
    PARSES(strtol("zz", &end, 36), 35 * 36 + 35, "", 0);
    PARSES(strtol("102", &end, 2), 2, "2", 0);
    PARSES(strtol("", &end, 10), 0, "", 0);
    PARSES(strtol("x", &end, 10), 0, "x", 0);
    PARSES(strtol(" -", &end, 10), 0, " -", 0);
    PARSES(strtol("2147483647", &end, 10), LONG_MAX, "", 0);
    PARSES(strtol("2147483648", &end, 10), LONG_MAX, "", ERANGE);
    PARSES(strtol("-2147483648", &end, 10), LONG_MIN, "", 0);
    PARSES(strtol("-2147483649x", &end, 10), LONG_MIN, "x", ERANGE);
    PARSES(strtoul("4294967295", &end, 10), ULONG_MAX, "", 0);
    PARSES(strtoul("4294967296", &end, 10), ULONG_MAX, "", ERANGE);
    PARSES(strtoul("-1", &end, 10), ULONG_MAX, "", 0);
    PARSES(strtoul("0xFFFFFFFF", &end, 0), ULONG_MAX, "", 0);
    PARSES(_strtoi64("9223372036854775807", &end, 10), LLONG_MAX, "", 0);
    PARSES(_strtoi64("9223372036854775808", &end, 10), LLONG_MAX, "", ERANGE);
    PARSES(_strtoi64("-9223372036854775809", &end, 10), LLONG_MIN, "", ERANGE);
    PARSES((long long)_strtoui64("18446744073709551615", &end, 10), -1, "", 0);
    PARSES((long long)_strtoui64("18446744073709551616", &end, 10), -1, "", ERANGE);
    CHECK_INT(atoi(" 42x"), 42);
    CHECK_INT(atoi("-42"), -42);
    CHECK_INT(atoi(""), 0);
    CHECK_INT(atol("2147483647"), LONG_MAX);
    CHECK_INT(_atoi64("-1234567890123"), -1234567890123LL);
    CHECK_INT(wcstol(L"-77", NULL, 10), -77);
    CHECK_INT(wcstoul(L"0xff", NULL, 0), 255);
    CHECK_INT(_wtoi(L"99"), 99);
}

static void texts(void)
{
    char text[70];
    wchar_t wide[70];

    CHECK_STR(_itoa(0, text, 10), "0");
    CHECK_STR(_itoa(-123, text, 10), "-123");
    CHECK_STR(_itoa(-1, text, 16), "ffffffff");
    CHECK_STR(_itoa(5, text, 2), "101");
    CHECK_STR(_itoa(INT_MIN, text, 10), "-2147483648");
    CHECK_STR(_ultoa(4000000000u, text, 10), "4000000000");
    CHECK_STR(_ltoa(35, text, 36), "z");
    CHECK_STR(_i64toa(LLONG_MIN, text, 10), "-9223372036854775808");
    CHECK_STR(_ui64toa(~0ull, text, 16), "ffffffffffffffff");
    CHECK(!wcscmp(_itow(-5, wide, 10), L"-5"));
}

#define PARSES_REAL(string, value, rest, error)                            \
    do {                                                                   \
        errno = 0;                                                         \
        check_double_("strtod(" #string ")", strtod(string, &end), value); \
        check_string_("rest of strtod(" #string ")", end, rest);           \
        check_int_("errno of strtod(" #string ")", errno, error);          \
    } while (0)

static void reals(void)
{
    PARSES_REAL("0", 0.0, "", 0);
    PARSES_REAL("-0", -0.0, "", 0);
    PARSES_REAL("1.5", 1.5, "", 0);
    PARSES_REAL("  -1.5e3x", -1500.0, "x", 0);
    PARSES_REAL(".5", .5, "", 0);
    PARSES_REAL("5.", 5.0, "", 0);
    PARSES_REAL("1e5", 1e5, "", 0);
    PARSES_REAL("1e", 1.0, "e", 0);
    PARSES_REAL("1e+", 1.0, "e+", 0);
    PARSES_REAL("1d2", 100.0, "", 0);
    PARSES_REAL(".", 0.0, ".", 0);
    PARSES_REAL("x", 0.0, "x", 0);
    PARSES_REAL("", 0.0, "", 0);
    PARSES_REAL("1.2.3", 1.2, ".3", 0);
    PARSES_REAL("0.1", 0.1, "", 0);
    PARSES_REAL("123456789012345678901234567890", 123456789012345678901234567890.0, "", 0);
    PARSES_REAL("1.7976931348623157e308", 1.7976931348623157e308, "", 0);
    PARSES_REAL("2.2250738585072014e-308", 2.2250738585072014e-308, "", 0);
    PARSES_REAL("9007199254740993", 9007199254740992.0, "", 0);
    PARSES_REAL("1e400", HUGE_VAL, "", ERANGE);
    PARSES_REAL("-1e400", -HUGE_VAL, "", ERANGE);
    CHECK_REAL(atof("2.25abc"), 2.25);
    CHECK_REAL(wcstod(L"2.5e1", NULL), 25.0);
}

static int __cdecl ascending(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;

    return (x > y) - (x < y);
}

static int __cdecl by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Whether N numbers, made by a rule, come out in order and are still the same ones. */
static int sorts(int n, int kind)
{
    static int numbers[5000];
    unsigned sum = 0;

    for (int i = 0; i < n; i++) {
        numbers[i] = kind == 0 ? i : kind == 1 ? n - i : kind == 2 ? i % 3 : rand() - 16384;
        sum += (unsigned)numbers[i] * 31u + 7u;
    }
    qsort(numbers, (size_t)n, sizeof(int), ascending);
    for (int i = 0; i < n; i++) {
        sum -= (unsigned)numbers[i] * 31u + 7u;
        if (i > 0 && numbers[i - 1] > numbers[i])
            return 0;
    }
    return sum == 0;
}

static void sorting(void)
{
    const char *names[] = {"pear", "apple", "fig", "banana", "cherry"};
    int numbers[] = {1, 3, 5, 7, 9, 11};
    int key = 7, missing = 8;
    char odd[][3] = {"zz", "aa", "mm", "bb"};

    for (int kind = 0; kind < 4; kind++) {
        CHECK(sorts(5000, kind));
        CHECK(sorts(3, kind));
        CHECK(sorts(1, kind));
        CHECK(sorts(0, kind));
    }
    qsort(names, 5, sizeof(*names), by_name);
    CHECK_STR(names[0], "apple");
    CHECK_STR(names[4], "pear");
    qsort(odd, 4, 3, (int(__cdecl *)(const void *, const void *))strcmp);
    CHECK_STR(odd[0], "aa");
    CHECK_STR(odd[3], "zz");
    CHECK(bsearch(&key, numbers, 6, sizeof(int), ascending) == &numbers[3]);
    CHECK(bsearch(&missing, numbers, 6, sizeof(int), ascending) == NULL);
    CHECK(bsearch(&key, numbers, 0, sizeof(int), ascending) == NULL);
}

static void arithmetic(void)
{
    srand(1);
    CHECK_INT(rand(), 41);
    CHECK_INT(rand(), 18467);
    CHECK_INT(rand(), 6334);
    srand(1);
    CHECK_INT(rand(), 41);
    CHECK_INT(RAND_MAX, 32767);
    CHECK_INT(abs(-5), 5);
    CHECK_INT(labs(-5L), 5);
    CHECK_INT(div(-7, 2).quot, -3);
    CHECK_INT(div(-7, 2).rem, -1);
    CHECK_INT(ldiv(100L, 7L).rem, 2);
    CHECK_INT(_rotl(0x80000001, 1), 3);
    CHECK_INT(_rotr(3, 1), 0x80000001u);
}

int main(void)
{
    longs();
    texts();
    reals();
    sorting();
    arithmetic();
    return check_done();
}
