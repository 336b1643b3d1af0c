/*
 * The lstr functions: C's, but for what they return and that they stand a NULL; and of C's own, the
 * one that lib/string.c lacks.
 */
#include "user/kernel32/base.h"

size_t __cdecl wcslen(const wchar_t *s)
{
    size_t units = 0;

    while (s[units])
        units++;
    return units;
}

int WINAPI lstrlenA(const char *s)
{
    return s ? (int)strlen(s) : 0;
}

int WINAPI lstrlenW(const WCHAR *s)
{
    return s ? (int)wcslen(s) : 0;
}

char *WINAPI lstrcpynA(char *to, const char *from, int size)
{
    int i = 0;

    for (; i < size - 1 && from[i]; i++)
        to[i] = from[i];
    if (size > 0)
        to[i] = 0;
    return to;
}

WCHAR *WINAPI lstrcpynW(WCHAR *to, const WCHAR *from, int size)
{
    int i = 0;

    for (; i < size - 1 && from[i]; i++)
        to[i] = from[i];
    if (size > 0)
        to[i] = 0;
    return to;
}

char *WINAPI lstrcpyA(char *to, const char *from)
{
    return memcpy(to, from, strlen(from) + 1);
}

WCHAR *WINAPI lstrcpyW(WCHAR *to, const WCHAR *from)
{
    return memcpy(to, from, (wcslen(from) + 1) * sizeof(*from));
}

char *WINAPI lstrcatA(char *to, const char *from)
{
    lstrcpyA(to + strlen(to), from);
    return to;
}

WCHAR *WINAPI lstrcatW(WCHAR *to, const WCHAR *from)
{
    lstrcpyW(to + wcslen(to), from);
    return to;
}

/* NULL comes before everything. By the code of the characters, without a dictionary's order. */
static int compare(const WCHAR *a, const WCHAR *b, bool ignore_case)
{
    UNICODE_STRING x, y;

    if (!a || !b)
        return (a != NULL) - (b != NULL);
    RtlInitUnicodeString(&x, a);
    RtlInitUnicodeString(&y, b);
    LONG order = RtlCompareUnicodeString(&x, &y, ignore_case);
    return (order > 0) - (order < 0);
}

int WINAPI lstrcmpW(const WCHAR *a, const WCHAR *b)
{
    return compare(a, b, false);
}

int WINAPI lstrcmpiW(const WCHAR *a, const WCHAR *b)
{
    return compare(a, b, true);
}

static int compare_ansi(const char *a, const char *b, bool ignore_case)
{
    struct wide x, y = {NULL};
    int order = 0;

    if (wide_make(&x, a) && wide_make(&y, b))
        order = compare(x.text, y.text, ignore_case);
    wide_free(&x);
    wide_free(&y);
    return order;
}

int WINAPI lstrcmpA(const char *a, const char *b)
{
    return compare_ansi(a, b, false);
}

int WINAPI lstrcmpiA(const char *a, const char *b)
{
    return compare_ansi(a, b, true);
}
