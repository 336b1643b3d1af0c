/*
 * The engine under printf and its relatives: msvcrt's conversions, for char and for wchar_t.
 */
#pragma once

#include "conversion.h"

/* Where formatted characters go, one by one. */
struct crt_output {
    void (*put)(struct crt_output *out, wchar_t c);
    bool wide;    /* the format and the output are wchar_t; else char, and PUT gets 0 to 255 */
    bool failed;  /* set by PUT or the engine: the result will be -1 */
    int count;    /* of characters so far, whether there was room for them or not */
    void *target; /* PUT's: a stream or the next place in a buffer, */
    size_t room;  /* and how many characters fit there */
};

/* Formats into OUT. => the number of characters, or -1 after a failure. */
int crt_format(struct crt_output *out, const void *format, va_list ap);

/* The same to STREAM, which is locked meanwhile. */
int crt_print(FILE *stream, bool wide, const void *format, va_list ap);

/*
 * The same to a BUFFER for SIZE characters, by Microsoft's rule: the result is cut at SIZE without
 * an end mark when it does not fit, and -1 is returned unless only the mark did not fit. Without a
 * buffer only the length is wanted.
 */
int crt_print_to_buffer(void *buffer, size_t size, bool wide, const void *format, va_list ap);

/* One conversion, as the format asks for it. */
struct crt_spec {
    bool left, plus, space, alternative, zero; /* the flags - + blank # 0 */
    int width;
    int precision; /* -1 when there is none */
    enum crt_size size;
    wchar_t conversion; /* the letter */
};

static inline void crt_put(struct crt_output *out, wchar_t c)
{
    out->count++;
    out->put(out, c);
}

void crt_put_many(struct crt_output *out, wchar_t c, int count);

/* Writes a number: PREFIX (sign, 0x), which stays left of padding zeros, so many ZEROS, and TEXT.
 */
void crt_put_number(struct crt_output *out, const struct crt_spec *spec, const char *prefix,
                    int zeros, const char *text, int length);

/* Writes VALUE for one of a e f g A E G, or F. */
void crt_format_real(struct crt_output *out, const struct crt_spec *spec, double value);

/* Writes a d i u o x X p conversion of VALUE, which is sign-extended if its type is signed. */
void crt_format_integer(struct crt_output *out, const struct crt_spec *spec, uint64_t value);
