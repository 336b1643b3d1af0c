/*
 * The engine under scanf and its relatives: msvcrt's conversions, for char and for wchar_t.
 */
#pragma once

#include "conversion.h"

#define SCAN_END (-1)

/* Where the characters come from. */
struct crt_input {
    int (*get)(struct crt_input *in);           /* => a character or SCAN_END */
    void (*unget)(struct crt_input *in, int c); /* only of what was last got; not of SCAN_END */
    bool wide;    /* the format and the input are wchar_t; else char */
    int taken;    /* characters so far; the engine's */
    void *source; /* GET's: a stream or the next place in a string */
};

/* => the number of conversions stored, or EOF if the input ended before the first conversion,
 * stored or not. */
int crt_scan(struct crt_input *in, const void *format, va_list ap);

/* The same from STREAM, which is locked meanwhile, and from STRING. */
int crt_scan_stream(FILE *stream, bool wide, const void *format, va_list ap);
int crt_scan_string(const void *string, bool wide, const void *format, va_list ap);

/* One conversion, as the format asks for it. */
struct crt_scan_spec {
    bool suppress; /* '*': read, but do not store */
    int width;     /* the most characters that are read; 0 when there is no limit */
    enum crt_size size;
    wchar_t conversion;
};

/* What a conversion comes to. */
enum crt_scan_result {
    SCAN_DONE,
    SCAN_MISMATCH,
    SCAN_INPUT_END
};

int crt_scan_get(struct crt_input *in);
void crt_scan_unget(struct crt_input *in, int c);

/* Read a number and store it at TO, unless that is NULL. White space has been skipped. */
enum crt_scan_result crt_scan_integer(struct crt_input *in, const struct crt_scan_spec *spec,
                                      void *to);
enum crt_scan_result crt_scan_real(struct crt_input *in, const struct crt_scan_spec *spec,
                                   void *to);
