/*
 * wcs*: functions on strings of wchar_t.
 */
#include <wctype.h>
#include "crt.h"

#define CH           wchar_t
#define UCH          wchar_t
#define STR(name)    wcs##name
#define _STR(name)   _wcs##name
#define LOWER(c)     towlower(c)
#define UPPER(c)     towupper(c)
#define TOKEN        wide_token
#define CHR_ARGUMENT wchar_t

#include "string.inc"
