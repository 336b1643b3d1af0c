/*
 * The grammar of one conversion, between lib/format.c, which prints it, and lib/format_spec.c,
 * which reads it.
 */
#pragma once

#include <stdarg.h>

#include "lib/types.h"

enum format_argument {
    ARG_PERCENT,
    ARG_CHAR,
    ARG_STRING,
    ARG_SIGNED,
    ARG_UNSIGNED,
    ARG_POINTER,
};

/* What a conversion letter means. */
struct format_conversion {
    char letter;
    uint8_t argument; /* enum format_argument */
    uint8_t base;
    bool upper;
    char prefix[3]; /* what '#' puts before a number that is not 0 */
};

/* The lengths in order of size, so that h and l step through them. */
enum format_length {
    LENGTH_HH,
    LENGTH_H,
    LENGTH_INT,
    LENGTH_L,
    LENGTH_LL
};

/* One conversion as it was written. */
struct format_spec {
    const struct format_conversion *conversion;
    bool left, zero, plus, space, alternative; /* the flags - 0 + space # */
    int width;
    int precision; /* -1 when none was given */
    enum format_length length;
};

/*
 * Reads one conversion from behind its '%', taking the arguments its '*' ask for.
 * => the place behind it, or NULL when it is not a conversion.
 */
const char *format_read_spec(const char *fmt, struct format_spec *spec, va_list *ap);
