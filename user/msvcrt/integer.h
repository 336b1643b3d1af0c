/*
 * What the conversions between integers and strings share.
 */
#pragma once

#include <limits.h>
#include "crt.h"

struct integer {
    uint64_t magnitude;
    bool negative;
    bool overflow; /* then the magnitude is the largest allowed */
};

extern const char crt_digit_text[37]; /* 0 to 9, then the small letters */

/* => the value of a digit up to base 36, or 36 when C is none. */
static inline int crt_digit(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 10;
    return 36;
}
