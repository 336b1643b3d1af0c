/*
 * Small arithmetic on integers, and random numbers.
 */
#include "crt.h"

#undef _rotl
#undef _rotr
#undef _lrotl
#undef _lrotr

int __cdecl abs(int x)
{
    return x < 0 ? -x : x;
}

long __cdecl labs(long x)
{
    return x < 0 ? -x : x;
}

__int64 __cdecl _abs64(__int64 x)
{
    return x < 0 ? -x : x;
}

div_t __cdecl div(int numerator, int denominator)
{
    return (div_t){numerator / denominator, numerator % denominator};
}

ldiv_t __cdecl ldiv(long numerator, long denominator)
{
    return (ldiv_t){numerator / denominator, numerator % denominator};
}

unsigned __cdecl _rotl(unsigned value, int by)
{
    return value << (by & 31) | value >> (-by & 31);
}

unsigned __cdecl _rotr(unsigned value, int by)
{
    return value >> (by & 31) | value << (-by & 31);
}

unsigned long __cdecl _lrotl(unsigned long value, int by)
{
    return _rotl(value, by);
}

unsigned long __cdecl _lrotr(unsigned long value, int by)
{
    return _rotr(value, by);
}

/* The generator and its 15 bits are part of what programs expect: srand(1) begins with 41, 18467.
 */
int __cdecl rand(void)
{
    struct thread_data *data = crt_thread_data();

    data->random = data->random * 214013 + 2531011;
    return (int)(data->random >> 16 & RAND_MAX);
}

void __cdecl srand(unsigned seed)
{
    crt_thread_data()->random = seed;
}
