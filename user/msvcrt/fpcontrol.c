/*
 * The floating-point unit's control and status words, in the portable bits of float.h. (Intel SDM
 * volume 1, 8.1: exception masks and flags are bits 0 to 5, precision 8 and 9, rounding 10 and 11.)
 */
#include <float.h>
#include "crt.h"

#define DEFAULT_CONTROL 0x027F /* no exceptions, 53 bits, to nearest */

/* The hardware's bit, and float.h's, of each exception. */
static const struct {
    unsigned short hardware;
    unsigned portable;
} exceptions[] = {
    {0x01, _EM_INVALID},  {0x02, _EM_DENORMAL},  {0x04, _EM_ZERODIVIDE},
    {0x08, _EM_OVERFLOW}, {0x10, _EM_UNDERFLOW}, {0x20, _EM_INEXACT},
};

static unsigned exceptions_from(unsigned short word)
{
    unsigned bits = 0;

    for (size_t i = 0; i < _countof(exceptions); i++)
        bits |= word & exceptions[i].hardware ? exceptions[i].portable : 0;
    return bits;
}

static unsigned short exceptions_to(unsigned bits)
{
    unsigned short word = 0;

    for (size_t i = 0; i < _countof(exceptions); i++)
        word |= bits & exceptions[i].portable ? exceptions[i].hardware : 0;
    return word;
}

static unsigned control_from(unsigned short word)
{
    static const unsigned precision[] = {_PC_24, 0, _PC_53, _PC_64};

    return exceptions_from(word) | precision[word >> 8 & 3] | (word >> 10 & 3u) << 8 |
           (word & 0x1000 ? _IC_AFFINE : 0);
}

static unsigned short control_to(unsigned bits)
{
    unsigned precision = bits & _MCW_PC;

    return (unsigned short)(exceptions_to(bits) | 0x40 |
                            (precision == _PC_24   ? 0
                             : precision == _PC_53 ? 0x200
                                                   : 0x300) |
                            (bits & _MCW_RC) << 2 | (bits & _IC_AFFINE ? 0x1000 : 0));
}

unsigned __cdecl _control87(unsigned bits, unsigned mask)
{
    unsigned short word;
    unsigned control;

    __asm__ volatile("fnstcw %0" : "=m"(word));
    control = (control_from(word) & ~mask) | (bits & mask);
    if (mask) {
        word = control_to(control);
        __asm__ volatile("fldcw %0" : : "m"(word));
    }
    return control;
}

/* The same, but for the exception of denormal operands, which it leaves as it is. */
unsigned __cdecl _controlfp(unsigned bits, unsigned mask)
{
    return _control87(bits, mask & ~_EM_DENORMAL);
}

unsigned __cdecl _statusfp(void)
{
    unsigned short word;

    __asm__ volatile("fnstsw %0" : "=m"(word));
    return exceptions_from(word);
}

unsigned __cdecl _clearfp(void)
{
    unsigned status = _statusfp();

    __asm__ volatile("fnclex");
    return status;
}

void __cdecl _fpreset(void)
{
    unsigned short word = DEFAULT_CONTROL;

    __asm__ volatile("fninit\n\tfldcw %0" : : "m"(word));
}
