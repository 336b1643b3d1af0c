/*
 * Integers from strings of char and back.
 */
#include <ctype.h>
#include "integer.h"

const char crt_digit_text[37] = "0123456789abcdefghijklmnopqrstuvwxyz";

#define CH          char
#define STR(name)   str##name
#define _STR(name)  _str##name
#define FROM(name)  name##toa
#define IS_SPACE(c) isspace((unsigned char)(c))

#include "integer.inc"

__int64 __cdecl _atoi64(const char *string)
{
    return (__int64)wrapping_integer(string);
}

long __cdecl atol(const char *string)
{
    return (long)wrapping_integer(string);
}

int __cdecl atoi(const char *string)
{
    return (int)wrapping_integer(string);
}
