/*
 * Scaling by fractions without floating point: a fraction below 1 is kept as a 32-bit number of
 * 2^-32ths. There is no 64-bit division in the kernel's library, and none is needed.
 */
#pragma once

#include "lib/types.h"

/* => NUMERATOR / DENOMINATOR as a fraction. The former is the smaller one. */
static inline uint32_t fraction_of(uint32_t numerator, uint32_t denominator)
{
#ifdef __i386__
    uint32_t quotient, remainder;

    __asm__("divl %4"
            : "=a"(quotient), "=d"(remainder)
            : "a"(0), "d"(numerator), "rm"(denominator)
            : "cc");
    return quotient;
#else
    return (uint32_t)(((uint64_t)numerator << 32) / denominator);
#endif
}

/* => VALUE times FRACTION, rounded down. Exact for any VALUE; never falls as VALUE rises. */
static inline uint64_t scale(uint64_t value, uint32_t fraction)
{
    return (value >> 32) * fraction + ((uint64_t)(uint32_t)value * fraction >> 32);
}
