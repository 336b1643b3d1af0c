/*
 * The functions of C's library that ntdll exports as NT's does, beyond those of lib/string.c.
 */
#include <stdarg.h>

#include "lib/format.h"
#include "user/ntdll/ntdll.h"

size_t __cdecl wcslen(const wchar_t *s)
{
    size_t units = 0;

    while (s[units])
        units++;
    return units;
}

wchar_t *__cdecl wcscpy(wchar_t *restrict to, const wchar_t *restrict from)
{
    memcpy(to, from, (wcslen(from) + 1) * sizeof(*from));
    return to;
}

wchar_t *__cdecl wcscat(wchar_t *restrict to, const wchar_t *restrict from)
{
    wcscpy(to + wcslen(to), from);
    return to;
}

int __cdecl wcscmp(const wchar_t *a, const wchar_t *b)
{
    while (*a && *a == *b)
        a++, b++;
    return (*a > *b) - (*a < *b);
}

int __cdecl _wcsicmp(const wchar_t *a, const wchar_t *b)
{
    while (*a && RtlUpcaseUnicodeChar(*a) == RtlUpcaseUnicodeChar(*b))
        a++, b++;
    return RtlUpcaseUnicodeChar(*a) - RtlUpcaseUnicodeChar(*b);
}

wchar_t *__cdecl wcschr(const wchar_t *s, wchar_t c)
{
    for (; *s != c; s++)
        if (!*s)
            return NULL;
    return (wchar_t *)s;
}

wchar_t *__cdecl wcsrchr(const wchar_t *s, wchar_t c)
{
    const wchar_t *found = NULL;

    for (;; s++) {
        if (*s == c)
            found = s;
        if (!*s)
            return (wchar_t *)found;
    }
}

char *__cdecl strcpy(char *restrict to, const char *restrict from)
{
    memcpy(to, from, strlen(from) + 1);
    return to;
}

char *__cdecl strcat(char *restrict to, const char *restrict from)
{
    strcpy(to + strlen(to), from);
    return to;
}

char *__cdecl strchr(const char *s, int c)
{
    for (; *s != (char)c; s++)
        if (!*s)
            return NULL;
    return (char *)s;
}

int __cdecl _stricmp(const char *a, const char *b)
{
    STRING x, y;

    RtlInitString(&x, a);
    RtlInitString(&y, b);
    return RtlCompareString(&x, &y, TRUE);
}

int __cdecl _vsnprintf(char *to, size_t size, const char *format, va_list arguments)
{
    int length = vsnformat(to, size, format, arguments);

    return (size_t)length > size ? -1 : length;
}

int __cdecl _snprintf(char *to, size_t size, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = _vsnprintf(to, size, format, arguments);
    va_end(arguments);
    return length;
}

int __cdecl sprintf(char *to, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = vsnformat(to, INT32_MAX, format, arguments);
    va_end(arguments);
    return length;
}
