/*
 * str*: functions on strings of char.
 */
#include <ctype.h>
#include "crt.h"

#define CH           char
#define UCH          unsigned char
#define STR(name)    str##name
#define _STR(name)   _str##name
#define LOWER(c)     tolower(c)
#define UPPER(c)     toupper(c)
#define TOKEN        token
#define CHR_ARGUMENT int

#include "string.inc"

int __cdecl _strcmpi(const char *a, const char *b)
{
    return _stricmp(a, b);
}
