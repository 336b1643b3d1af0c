/*
 * printf's conversions as msvcrt has them, through sprintf and its relatives.
 */
#define __USE_MINGW_ANSI_STDIO 0
#include "check.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <wchar.h>

static char text[2048];

/* Called by a pointer: the compiler knows another sprintf, and would foretell its result. */
static int (*volatile format_text)(char *, const char *, ...) = sprintf;

/* The result's text and its length. */
#define F(expected, ...)                                                     \
    do {                                                                     \
        int length = format_text(text, __VA_ARGS__);                         \
        check_string_(#__VA_ARGS__, text, expected);                         \
        if (length != (int)strlen(expected))                                 \
            check_int_("length of " #__VA_ARGS__, length, strlen(expected)); \
    } while (0)

static void integers(void)
{
    F("0", "%d", 0);
    F("42", "%i", 42);
    F("-42", "%d", -42);
    F("2147483647", "%d", 2147483647);
    F("-2147483648", "%d", -2147483647 - 1);
    F("4294967295", "%u", -1);
    F("ffffffff", "%x", -1);
    F("BEEF", "%X", 0xBEEF);
    F("37777777777", "%o", -1);
    F("   42", "%5d", 42);
    F("42   |", "%-5d|", 42);
    F("00042", "%05d", 42);
    F("-0042", "%05d", -42);
    F("+42", "%+d", 42);
    F("-42", "%+d", -42);
    F(" 42", "% d", 42);
    F("+42", "% +d", 42);
}

static void precisions(void)
{
    F("00042", "%.5d", 42);
    F("-00042", "%.5d", -42);
    F("   00042", "%8.5d", 42);
    F("   00042", "%08.5d", 42);
    F("00042   |", "%-8.5d|", 42);
    F("", "%.0d", 0);
    F("     ", "%5.0d", 0);
    F("1", "%.0d", 1);
    F("0x2a", "%#x", 42);
    F("0X2A", "%#X", 42);
    F("0", "%#x", 0);
    F("052", "%#o", 42);
    F("0", "%#o", 0);
    F("  0x2a", "%#6x", 42);
    F("0x002a", "%#06x", 42);
    F("0x2a  |", "%-#6x|", 42);
    F("   42", "%*d", 5, 42);
    F("42   |", "%*d|", -5, 42);
    F("00042", "%.*d", 5, 42);
    F("42", "%.*d", -1, 42);
    F("+", "%+.0d", 0);
    F("42", "%+u", 42);
    F("0000000000000000000000000000000000000042", "%.40d", 42);
}

static void sizes(void)
{
    F("-1", "%hd", 0x1FFFF);
    F("65535", "%hu", -1);
    F("ffff", "%hx", -1);
    F("-1", "%ld", -1L);
    F("4294967295", "%lu", -1L);
    F("-9223372036854775807", "%I64d", -9223372036854775807LL);
    F("18446744073709551615", "%I64u", -1LL);
    F("ffffffffffffffff", "%I64x", -1LL);
    F("1777777777777777777777", "%I64o", -1LL);
    F("-9223372036854775807", "%lld", -9223372036854775807LL);
    F("18446744073709551615", "%llu", -1LL);
    F("-5", "%I32d", -5);
    F("4294967291", "%I32u", -5);
    F("1 2", "%I64d %d", 1LL, 2);
    F("00000000000000000123", "%020I64d", 123LL);
    F("7", "%Id", 7);
}

static void pointers(void)
{
    F("00000000", "%p", (void *)0);
    F("0012ABCD", "%p", (void *)0x12ABCD);
    F("  0012ABCD", "%10p", (void *)0x12ABCD);
    F("0012ABCD  |", "%-10p|", (void *)0x12ABCD);
}

static void text_conversions(void)
{
    F("x", "%c", 'x');
    F("  x", "%3c", 'x');
    F("x  |", "%-3c|", 'x');
    F("hello", "%s", "hello");
    F("  hello", "%7s", "hello");
    F("hello  |", "%-7s|", "hello");
    F("hel", "%.3s", "hello");
    F("  hel", "%5.3s", "hello");
    F("", "%.0s", "hello");
    F("hello", "%.99s", "hello");
    F("he", "%.*s", 2, "hello");
    F("(null)", "%s", (char *)NULL);
    F("wide", "%ls", L"wide");
    F("wide", "%S", L"wide");
    F("wide", "%ws", L"wide");
    F("narrow", "%hs", "narrow");
    F("narrow", "%hS", "narrow");
    F("wi", "%.2S", L"wide");
    F("  wi", "%4.2ls", L"wide");
    F("w", "%C", L'w');
    F("w", "%lc", L'w');
    F("w", "%hc", 'w');
    F("100%", "100%%");
    F("%", "%%");
    F("a\nb\tc", "a\nb\tc");
    F("", "%s", "");
    F("\x80\xff", "%s", "\x80\xff");
}

static void fixed(void)
{
    F("0.000000", "%f", 0.0);
    F("-0.000000", "%f", -0.0);
    F("1.000000", "%f", 1.0);
    F("3.141593", "%f", 3.14159265358979);
    F("-3.14", "%.2f", -3.14159);
    F("3", "%.0f", 3.14);
    F("3.", "%#.0f", 3.14);
    F("  3.14", "%6.2f", 3.14159);
    F("003.14", "%06.2f", 3.14159);
    F("-03.14", "%06.2f", -3.14159);
    F("3.14  |", "%-6.2f|", 3.14159);
    F("+3.14", "%+.2f", 3.14159);
    F(" 3.14", "% .2f", 3.14159);
    F("1000000.000000", "%f", 1e6);
    F("123456789012345680.0", "%.1f", 123456789012345680.0);
    F("0.001000", "%f", 0.001);
    F("0.000000", "%f", 1e-10);
    F("0.0000000001", "%.10f", 1e-10);
    F("1.00", "%.2f", 0.999);
    F("9.99", "%.2f", 9.994);
    F("10.00", "%.2f", 9.996);
    F("0.3", "%.1f", 0.26);
    F("2.5", "%.1lf", 2.5);
    F("3", "%.0f", 2.5);
    F("1", "%.0f", 0.5);
    F("0", "%.0f", 0.25);
    F("0.13", "%.2f", 0.125);
    F("0.38", "%.2f", 0.375);
    F("10.0", "%.1f", 9.95 + 0.015625);
    F("100", "%.0f", 99.5);
    F("1.00", "%.2f", 1.005);
    F("-3", "%.0f", -2.5);
    F("1.3e+000", "%.1e", 1.25);
    F("9.8", "%.2g", 9.75);
    F("0.1000000000000000055511151231257827", "%.34f", 0.1);
}

static void scientific(void)
{
    F("0.000000e+000", "%e", 0.0);
    F("1.000000e+000", "%e", 1.0);
    F("1.234568e+004", "%e", 12345.678);
    F("1.234568E+004", "%E", 12345.678);
    F("-1.23e-005", "%.2e", -0.0000123);
    F("1e+000", "%.0e", 1.0);
    F("1.e+000", "%#.0e", 1.0);
    F("1.0e+100", "%.1e", 1e100);
    F("1.8e+308", "%.1e", DBL_MAX);
    F("2.2e-308", "%.1e", DBL_MIN);
    F("  1.0e+001", "%10.1e", 10.0);
    F("01.0e+001", "%09.1e", 10.0);
    F("1.0e+001   |", "%-11.1e|", 10.0);
    F("9.99e+099", "%.2e", 9.99e99);
    F("1.00e+100", "%.2e", 9.999e99);
}

static void general(void)
{
    F("0", "%g", 0.0);
    F("1", "%g", 1.0);
    F("100000", "%g", 1e5);
    F("1e+006", "%g", 1e6);
    F("1E+006", "%G", 1e6);
    F("0.0001", "%g", 1e-4);
    F("1e-005", "%g", 1e-5);
    F("123.457", "%g", 123.4567);
    F("1.23457e+008", "%g", 123456789.0);
    F("123456789", "%.9g", 123456789.0);
    F("0.1", "%g", 0.1);
    F("0.1", "%.15g", 0.1);
    F("1.00000", "%#g", 1.0);
    F("1e+002", "%.0g", 123.0);
    F("1e+002", "%.1g", 123.0);
    F("     1.5", "%8g", 1.5);
    F("000001.5", "%08g", 1.5);
    F("1.5     |", "%-8g|", 1.5);
    F("1e+100", "%g", 1e100);
    F("99999.9", "%g", 99999.9);
    F("100000", "%g", 99999.99);
    F("1e+006", "%g", 999999.9);
}

static double from_bits(unsigned long long bits)
{
    double value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

static void special(void)
{
    double infinity = from_bits(0x7FF0000000000000);

    F("1.#INF00", "%f", infinity);
    F("-1.#INF00", "%f", -infinity);
    F("1.#INF", "%g", infinity);
    F("1.#INF00e+000", "%e", infinity);
    F("1.#INF000000", "%.10f", infinity);
    F("1.#QNAN0", "%f", from_bits(0x7FF8000000000000));
    F("-1.#IND00", "%f", from_bits(0xFFF8000000000000));
    F("+1.#INF00", "%+f", infinity);
    F("   1.#INF", "%9g", infinity);
}

static void counting(void)
{
    int count = -1;
    short small = -1;

    F("y", "%y");
    sprintf(text, "abc%n", &count);
    CHECK_INT(count, 3);
    sprintf(text, "%d%hn", 12, &small);
    CHECK_INT(small, 2);
    sprintf(text, "%n%s", &count, "abc");
    CHECK_INT(count, 0);
}

static int call_vsnprintf(char *buffer, size_t size, const char *format, ...)
{
    va_list ap;
    int length;

    va_start(ap, format);
    length = _vsnprintf(buffer, size, format, ap);
    va_end(ap);
    return length;
}

static void bounded(void)
{
    memset(text, 'x', sizeof(text));
    CHECK_INT(_snprintf(text, 10, "%s", "hello"), 5);
    CHECK_STR(text, "hello");
    memset(text, 'x', sizeof(text));
    CHECK_INT(_snprintf(text, 5, "%s", "hello"), 5);
    CHECK(!memcmp(text, "hellox", 6));
    memset(text, 'x', sizeof(text));
    CHECK_INT(_snprintf(text, 4, "%s", "hello"), -1);
    CHECK(!memcmp(text, "hellx", 5));
    CHECK_INT(_snprintf(NULL, 0, "%d", 12345), 5);
    CHECK_INT(call_vsnprintf(text, sizeof(text), "%d-%s", 7, "x"), 3);
    CHECK_STR(text, "7-x");
    CHECK_INT(_scprintf("%s%d", "abc", 10), 5);
}

static wchar_t wide_text[256];

/* The result of a format of wide characters, as bytes. */
#define W(expected, ...)                             \
    do {                                             \
        _snwprintf(wide_text, 256, __VA_ARGS__);     \
        wcstombs(text, wide_text, sizeof(text));     \
        check_string_(#__VA_ARGS__, text, expected); \
    } while (0)

static void wide(void)
{
    W("42 x", L"%d %c", 42, L'x');
    W("wide", L"%s", L"wide");
    W("wide", L"%ls", L"wide");
    W("narrow", L"%S", "narrow");
    W("narrow", L"%hs", "narrow");
    W("  wi|", L"%4.2s|", L"wide");
    W("n", L"%C", 'n');
    W("3.50", L"%.2f", 3.5);
    W("1.5e+010", L"%g", 1.5e10);
    W("(null)", L"%s", (wchar_t *)NULL);
    CHECK_INT(_snwprintf(wide_text, 3, L"%s", L"hello"), -1);
    CHECK_INT(_snwprintf(wide_text, 256, L"%s\x20AC", L"hello"), 6);
    CHECK_INT(wide_text[5], 0x20AC);
}

int main(void)
{
    integers();
    precisions();
    sizes();
    pointers();
    text_conversions();
    fixed();
    scientific();
    general();
    special();
    counting();
    bounded();
    wide();
    return check_done();
}
