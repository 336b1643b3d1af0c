/*
 * The classes of characters in the "C" locale: ASCII's, and none for the upper half. Programs made
 * with Microsoft's headers index _pctype themselves, from -1 (EOF) on.
 *
 * The wide functions take the same classes for the first 128 characters; msvcrt asks the system for
 * the others, we give them none.
 */
#include <ctype.h>
#include <wctype.h>
#include "crt.h"

#define C  _CONTROL
#define P  _PUNCT
#define D  (_DIGIT | _HEX)
#define U  (0x100 | _UPPER)
#define UX (U | _HEX)
#define L  (0x100 | _LOWER)
#define LX (L | _HEX)

/* A tab is not _BLANK: that class is there for the one space that prints. */
unsigned short _ctype[257] = {
    0, /* EOF */
    C,          C,          C,          C,  C,  C, C, C, C, C | _SPACE, C | _SPACE,
    C | _SPACE, C | _SPACE, C | _SPACE, C,  C,  C, C, C, C, C,          C,
    C,          C,          C,          C,  C,  C, C, C, C, C,          _SPACE | _BLANK,
    P,          P,          P,          P,  P,  P, P, P, P, P,          P,
    P,          P,          P,          P,  D,  D, D, D, D, D,          D,
    D,          D,          D,          P,  P,  P, P, P, P, P,          UX,
    UX,         UX,         UX,         UX, UX, U, U, U, U, U,          U,
    U,          U,          U,          U,  U,  U, U, U, U, U,          U,
    U,          U,          U,          P,  P,  P, P, P, P, LX,         LX,
    LX,         LX,         LX,         LX, L,  L, L, L, L, L,          L,
    L,          L,          L,          L,  L,  L, L, L, L, L,          L,
    L,          L,          P,          P,  P,  P, C,
};

unsigned short *_pctype = _ctype + 1;
unsigned short *_pwctype = _ctype + 1;

int __cdecl _isctype(int c, int mask)
{
    return (unsigned)(c + 1) <= 256 ? _pctype[c] & mask : 0;
}

#define IS(name, mask)            \
    int __cdecl(name)(int c)      \
    {                             \
        return _isctype(c, mask); \
    }

IS(isalpha, _ALPHA)
IS(isupper, _UPPER)
IS(islower, _LOWER)
IS(isdigit, _DIGIT)
IS(isxdigit, _HEX)
IS(isspace, _SPACE)
IS(ispunct, _PUNCT)
IS(isalnum, _ALPHA | _DIGIT)
IS(isgraph, _PUNCT | _ALPHA | _DIGIT)
IS(isprint, _BLANK | _PUNCT | _ALPHA | _DIGIT)
IS(iscntrl, _CONTROL)
IS(isleadbyte, _LEADBYTE)

int __cdecl(__isascii)(int c)
{
    return (unsigned)c < 0x80;
}

int __cdecl(__toascii)(int c)
{
    return c & 0x7F;
}

int __cdecl(__iscsymf)(int c)
{
    return c == '_' || isalpha(c);
}

int __cdecl(__iscsym)(int c)
{
    return c == '_' || isalnum(c);
}

int __cdecl tolower(int c)
{
    return isupper(c) ? c + ('a' - 'A') : c;
}

int __cdecl toupper(int c)
{
    return islower(c) ? c - ('a' - 'A') : c;
}

/* These two do not ask whether the character is a letter. */
int __cdecl(_tolower)(int c)
{
    return c - 'A' + 'a';
}

int __cdecl(_toupper)(int c)
{
    return c - 'a' + 'A';
}
