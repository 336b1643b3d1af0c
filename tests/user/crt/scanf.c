/*
 * scanf's conversions as msvcrt has them, through sscanf, swscanf and fscanf.
 */
#define __USE_MINGW_ANSI_STDIO 0
#include "data.h"

#include <wchar.h>

static void integers(void)
{
    int a = 0, b = 0;
    unsigned u = 0;

    CHECK_INT(sscanf("12 -34", "%d%d", &a, &b), 2);
    CHECK_INT(a, 12);
    CHECK_INT(b, -34);
    CHECK_INT(sscanf("  +7", "%d", &a), 1);
    CHECK_INT(a, 7);
    CHECK_INT(sscanf("0x1F", "%i", &a), 1);
    CHECK_INT(a, 31);
    CHECK_INT(sscanf("017", "%i", &a), 1);
    CHECK_INT(a, 15);
    CHECK_INT(sscanf("19", "%i", &a), 1);
    CHECK_INT(a, 19);
    CHECK_INT(sscanf("ff 0xFE", "%x%x", &a, &b), 2);
    CHECK_INT(a, 255);
    CHECK_INT(b, 254);
    CHECK_INT(sscanf("777", "%o", &a), 1);
    CHECK_INT(a, 511);
    CHECK_INT(sscanf("4294967295", "%u", &u), 1);
    CHECK_INT(u, 4294967295u);
}

static void widths_and_sizes(void)
{
    int a = 0, b = 0;
    short s = 0;
    long long q = 0;
    unsigned char guard[4];

    CHECK_INT(sscanf("12345", "%2d%3d", &a, &b), 2);
    CHECK_INT(a, 12);
    CHECK_INT(b, 345);
    CHECK_INT(sscanf("1,2", "%d,%d", &a, &b), 2);
    CHECK_INT(b, 2);
    CHECK_INT(sscanf("1 2 3", "%d%*d%d", &a, &b), 2);
    CHECK_INT(b, 3);
    memset(guard, 0xAA, sizeof(guard));
    CHECK_INT(sscanf("-2", "%hd", (short *)guard), 1);
    memcpy(&s, guard, 2);
    CHECK_INT(s, -2);
    CHECK_INT(guard[2], 0xAA);
    CHECK_INT(sscanf("-9223372036854775807", "%I64d", &q), 1);
    CHECK_INT(q, -9223372036854775807LL);
    CHECK_INT(sscanf("9223372036854775807", "%lld", &q), 1);
    CHECK_INT(q, 9223372036854775807LL);
    CHECK_INT(sscanf("5", "%I32d", &a), 1);
    CHECK_INT(a, 5);
    CHECK_INT(sscanf("0012ABCD", "%p", (void **)&a), 1);
    CHECK_INT(a, 0x12ABCD);
}

static void reals(void)
{
    float f = 0;
    double d = 0;

    CHECK_INT(sscanf("1.5", "%f", &f), 1);
    CHECK_REAL(f, 1.5);
    CHECK_INT(sscanf("-2.5e-3", "%lf", &d), 1);
    CHECK_REAL(d, -2.5e-3);
    CHECK_INT(sscanf(".25", "%lg", &d), 1);
    CHECK_REAL(d, .25);
    CHECK_INT(sscanf("7.", "%le", &d), 1);
    CHECK_REAL(d, 7);
    CHECK_INT(sscanf("0.1", "%Lf", (long double *)&d), 1);
    CHECK_REAL(d, 0.1);
    CHECK_INT(sscanf("123.456", "%4lf", &d), 1);
    CHECK_REAL(d, 123);
    CHECK_INT(sscanf("x", "%f", &f), 0);
    CHECK_INT(sscanf("1e+x", "%f", &f), 0);
}

static void text(void)
{
    char a[32] = "", b[32] = "";
    wchar_t w[32] = L"";
    char c = 0;
    int n = -1;

    CHECK_INT(sscanf("hello world", "%s%s", a, b), 2);
    CHECK_STR(a, "hello");
    CHECK_STR(b, "world");
    CHECK_INT(sscanf("hello", "%3s%s", a, b), 2);
    CHECK_STR(a, "hel");
    CHECK_STR(b, "lo");
    CHECK_INT(sscanf(" x", "%c", &c), 1);
    CHECK_INT(c, ' ');
    CHECK_INT(sscanf(" x", " %c", &c), 1);
    CHECK_INT(c, 'x');
    memset(a, '-', sizeof(a));
    CHECK_INT(sscanf("abcd", "%3c", a), 1);
    CHECK(!memcmp(a, "abc-", 4));
    CHECK_INT(sscanf("abc123", "%[a-z]%s", a, b), 2);
    CHECK_STR(a, "abc");
    CHECK_STR(b, "123");
    CHECK_INT(sscanf("key=value", "%[^=]=%s", a, b), 2);
    CHECK_STR(a, "key");
    CHECK_STR(b, "value");
    CHECK_INT(sscanf("]x", "%[]]", a), 1);
    CHECK_STR(a, "]");
    CHECK_INT(sscanf("a-b", "%[a-]", a), 1);
    CHECK_STR(a, "a-");
    CHECK_INT(sscanf("xyz", "%[0-9]", a), 0);
    CHECK_INT(sscanf("wide", "%ls", w), 1);
    CHECK(!wcscmp(w, L"wide"));
    CHECK_INT(sscanf("big", "%S", w), 1);
    CHECK(!wcscmp(w, L"big"));
    CHECK_INT(sscanf("abc def", "%s%n", a, &n), 1);
    CHECK_INT(n, 3);
    CHECK_INT(sscanf("50%", "%d%%%n", &n, &n), 1);
    CHECK_INT(n, 3);
}

static void ends(void)
{
    int a = 99;
    char s[8];

    CHECK_INT(sscanf("", "%d", &a), EOF);
    CHECK_INT(sscanf("   ", "%d", &a), EOF);
    CHECK_INT(sscanf("x", "%d", &a), 0);
    CHECK_INT(a, 99);
    CHECK_INT(sscanf("1", "%d%d", &a, &a), 1);
    CHECK_INT(sscanf("abc", "abd%d", &a), 0);
    CHECK_INT(sscanf("12abc", "%d%s", &a, s), 2);
    CHECK_STR(s, "abc");
    CHECK_INT(sscanf("-", "%d", &a), 0);
    /* A conversion that stores nothing is one as well: the end after it is not the end before the
     * first. */
    CHECK_INT(sscanf("5", "%*d %d", &a), 0);
    CHECK_INT(sscanf("5", "%*d,%d", &a), 0);
    CHECK_INT(sscanf("x", "%*c%n%c", &a, s), 0);
    CHECK_INT(a, 1);
    CHECK_INT(sscanf("", "%*d%d", &a), EOF);
    CHECK_INT(sscanf("x", "x%d", &a), EOF);
    CHECK_INT(sscanf("", "%n%d", &a, &a), EOF);
}

static void wide(void)
{
    int a = 0;
    wchar_t w[16];
    char s[16];

    CHECK_INT(swscanf(L"42 word", L"%d %s", &a, w), 2);
    CHECK_INT(a, 42);
    CHECK(!wcscmp(w, L"word"));
    CHECK_INT(swscanf(L"narrow", L"%hs", s), 1);
    CHECK_STR(s, "narrow");
    CHECK_INT(swscanf(L"other", L"%S", s), 1);
    CHECK_STR(s, "other");
    CHECK_INT(swscanf(L"5", L"%*d %d", &a), 0);
    CHECK_INT(swscanf(L"", L"%*d %d", &a), EOF);
}

static void stream(void)
{
    FILE *file = open_data("scanf.txt", "r");
    int a = 0, b = 0;
    char s[16] = "";

    CHECK_INT(fscanf(file, "%d %d", &a, &b), 2);
    CHECK_INT(a + b, 30);
    CHECK_INT(fscanf(file, "%s", s), 1);
    CHECK_STR(s, "name");
    CHECK_INT(fscanf(file, "%i", &a), 1);
    CHECK_INT(a, 0x30);
    CHECK_INT(fgetc(file), 'r');
    CHECK_INT(fscanf(file, "%s", s), 1);
    CHECK_STR(s, "est");
    CHECK_INT(fscanf(file, "%s", s), EOF);
    CHECK(feof(file));
    fclose(file);
}

/* What did not fit is still there for the next one; a file of one character a byte. */
static void wide_stream(void)
{
    FILE *file = open_data("scanf.txt", "r");
    int a = 0, b = 0;
    wchar_t w[16] = L"";

    CHECK_INT(fwscanf(file, L"%d %d %d", &a, &b, &a), 2);
    CHECK_INT(a + b, 30);
    CHECK_INT(fwscanf(file, L"%s", w), 1);
    CHECK(!wcscmp(w, L"name"));
    CHECK_INT(fwscanf(file, L"%*i%c", w), 1);
    CHECK_INT(w[0], 'r');
    fclose(file);
}

/* The standard input may be a file. */
static void standard_input(void)
{
    int a = 0, b = 0;
    char s[16] = "";

    CHECK(freopen(DATA "scanf.txt", "r", stdin) == stdin);
    CHECK_INT(_fileno(stdin), 0);
    CHECK_INT(scanf("%d%d", &a, &b), 2);
    CHECK_INT(a + b, 30);
    CHECK_INT(getchar(), '\n');
    CHECK_INT(wscanf(L"%hs", s), 1);
    CHECK_STR(s, "name");
    CHECK_INT(getchar(), ' ');
    CHECK(fgets(s, sizeof(s), stdin) == s);
    CHECK_STR(s, "0x30rest");
    CHECK_INT(getchar(), EOF);
}

int main(void)
{
    integers();
    widths_and_sizes();
    reals();
    text();
    ends();
    wide();
    stream();
    wide_stream();
    standard_input();
    return check_done();
}
