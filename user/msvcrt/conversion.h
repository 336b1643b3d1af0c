/*
 * What the formats of printf and of scanf have in common: the text, for char and for wchar_t, and
 * the numbers and sizes in it.
 */
#pragma once

#include "arguments.h"
#include "crt.h"

/* A format and a place in it. */
struct crt_text {
    const void *start;
    size_t next;
    bool wide;
};

static inline wchar_t crt_peek(const struct crt_text *text)
{
    return text->wide ? ((const wchar_t *)text->start)[text->next]
                      : ((const unsigned char *)text->start)[text->next];
}

/* => whether C is next; then what follows it is. */
bool crt_skip(struct crt_text *text, wchar_t c);

/* A width or a precision; 0 when there is none, and one that is too large to be meant is cut. */
int crt_parse_number(struct crt_text *text);

enum crt_size {
    SIZE_NONE,
    SIZE_SHORT,
    SIZE_LONG,
    SIZE_64,
    SIZE_WIDE,
    SIZE_LONG_DOUBLE
};

/* msvcrt's sizes are h, l, w, L, I32, I64, I and, for long long, ll. F and N mean nothing now. */
enum crt_size crt_parse_size(struct crt_text *text);

/* Whether the character or string that CONVERSION, a letter, stands for is wide: h and l or w say
 * it; else it is as the function is (WIDE) for %c and %s and the other way round for %C and %S. */
bool crt_is_wide(enum crt_size size, wchar_t conversion, bool wide);

/* %n. */
void crt_store_count(enum crt_size size, void *to, int count);
