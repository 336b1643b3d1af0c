/*
 * Integers from strings of wchar_t and back.
 */
#include <wctype.h>
#include "integer.h"

#define CH          wchar_t
#define STR(name)   wcs##name
#define _STR(name)  _wcs##name
#define FROM(name)  name##tow
#define IS_SPACE(c) iswspace(c)

#include "integer.inc"

__int64 __cdecl _wtoi64(const wchar_t *string)
{
    return (__int64)wrapping_integer(string);
}

long __cdecl _wtol(const wchar_t *string)
{
    return (long)wrapping_integer(string);
}

int __cdecl _wtoi(const wchar_t *string)
{
    return (int)wrapping_integer(string);
}
