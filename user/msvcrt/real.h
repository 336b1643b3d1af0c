/*
 * The grammar of a floating-point number, a character at a time, for strtod and for scanf:
 * [sign] digits [. digits] [e [sign] digits], where one of the first two runs of digits may be
 * empty.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum real_state {
    REAL_START,
    REAL_SIGN,
    REAL_WHOLE,
    REAL_FRACTION,
    REAL_E,
    REAL_E_SIGN,
    REAL_EXPONENT
};

struct real_scan {
    enum real_state state; /* what was read last */
    bool digits;           /* a digit was seen before the exponent: there is a number */
};

void crt_real_start(struct real_scan *scan);

/* => whether C may stand next; then SCAN has gone on. */
bool crt_real_char(struct real_scan *scan, int c);

/* => the number whose text crt_real_char accepted; ERANGE in errno if it is too large or small. */
double crt_real_value(const char *text, size_t length);
