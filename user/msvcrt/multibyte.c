/*
 * Between bytes and wide characters. In the "C" locale a byte is the wide character of the same
 * number, and no other wide character has a byte.
 */
#include "crt.h"

int __mb_cur_max = 1;

int *__cdecl __p___mb_cur_max(void)
{
    return &__mb_cur_max;
}

int __cdecl mblen(const char *string, size_t size)
{
    if (!string || !*string || size == 0)
        return 0;
    return 1;
}

int __cdecl mbtowc(wchar_t *__restrict__ to, const char *__restrict__ from, size_t size)
{
    if (!from || size == 0)
        return 0;
    if (to)
        *to = (unsigned char)*from;
    return *from != 0;
}

int __cdecl wctomb(char *to, wchar_t c)
{
    if (!to)
        return 0;
    if (crt_narrow(c) < 0)
        return -1;
    *to = (char)c;
    return 1;
}

/* TO may be NULL: then only the length is wanted, and COUNT does not matter. */
size_t __cdecl mbstowcs(wchar_t *__restrict__ to, const char *__restrict__ from, size_t count)
{
    size_t i;

    if (!to)
        return strlen(from);
    for (i = 0; i < count; i++) {
        to[i] = (unsigned char)from[i];
        if (!from[i])
            break;
    }
    return i;
}

size_t __cdecl wcstombs(char *__restrict__ to, const wchar_t *__restrict__ from, size_t count)
{
    size_t i;

    for (i = 0; !to || i < count; i++) {
        if (crt_narrow(from[i]) < 0)
            return (size_t)-1;
        if (to)
            to[i] = (char)from[i];
        if (!from[i])
            break;
    }
    return i;
}
