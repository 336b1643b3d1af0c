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

#define LETTER          0x100 /* what _ALPHA has besides the two cases */
#define RANGE(from, to) [1 + (from)... 1 + (to)]

/* The first entry is EOF's. A tab is not _BLANK: that class is for the one space that prints. */
unsigned short _ctype[257] = {
    RANGE(0, '\b') = _CONTROL,
    RANGE('\t', '\r') = _CONTROL | _SPACE,
    RANGE('\r' + 1, ' ' - 1) = _CONTROL,
    RANGE(' ', ' ') = _SPACE | _BLANK,
    RANGE('!', '/') = _PUNCT,
    RANGE('0', '9') = _DIGIT | _HEX,
    RANGE(':', '@') = _PUNCT,
    RANGE('A', 'F') = LETTER | _UPPER | _HEX,
    RANGE('G', 'Z') = LETTER | _UPPER,
    RANGE('[', '`') = _PUNCT,
    RANGE('a', 'f') = LETTER | _LOWER | _HEX,
    RANGE('g', 'z') = LETTER | _LOWER,
    RANGE('{', '~') = _PUNCT,
    RANGE(127, 127) = _CONTROL,
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
