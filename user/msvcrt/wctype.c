/*
 * The classes of wide characters. See ctype.c.
 */
#include <ctype.h>
#include <wctype.h>
#include "crt.h"

int __cdecl iswctype(wint_t c, wctype_t mask)
{
    return c < 0x80 ? _pwctype[c] & mask : 0;
}

int __cdecl is_wctype(wint_t c, wctype_t mask)
{
    return iswctype(c, mask);
}

#define ISW(name, mask)           \
    int __cdecl(name)(wint_t c)   \
    {                             \
        return iswctype(c, mask); \
    }

ISW(iswalpha, _ALPHA)
ISW(iswupper, _UPPER)
ISW(iswlower, _LOWER)
ISW(iswdigit, _DIGIT)
ISW(iswxdigit, _HEX)
ISW(iswspace, _SPACE)
ISW(iswpunct, _PUNCT)
ISW(iswalnum, _ALPHA | _DIGIT)
ISW(iswgraph, _PUNCT | _ALPHA | _DIGIT)
ISW(iswprint, _BLANK | _PUNCT | _ALPHA | _DIGIT)
ISW(iswcntrl, _CONTROL)

int __cdecl(iswascii)(wint_t c)
{
    return c < 0x80;
}

wint_t __cdecl towlower(wint_t c)
{
    return iswupper(c) ? c + ('a' - 'A') : c;
}

wint_t __cdecl towupper(wint_t c)
{
    return iswlower(c) ? c - ('a' - 'A') : c;
}
