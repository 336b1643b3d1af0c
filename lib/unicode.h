/*
 * NT's counted strings of 16-bit units. A string borrows its text: nothing here allocates, frees or
 * writes to a buffer, and a text may hold units of 0. Units are compared one by one, so a surrogate
 * is a unit like any other. Every function may be called at any IRQL at which the text is resident;
 * the caller keeps the text alive and unchanged.
 */
#pragma once

#include "lib/types.h"

/* The units of the longest text whose bytes, with a terminator, can be counted in 16 bits. */
#define UNICODE_STRING_MAX_UNITS 32766u

struct unicode_string {
    uint16_t length;         /* bytes of text; were it odd, the last byte is ignored */
    uint16_t maximum_length; /* bytes at `buffer`, with a terminator if there is one */
    const uint16_t *buffer;  /* not read when `length` is 0, and may be NULL then */
};

/*
 * Makes `s` stand for the text up to the terminator, such as a u"" literal, without copying it.
 * The terminator counts in maximum_length only. A text of more than UNICODE_STRING_MAX_UNITS units
 * is cut there; a NULL `text` gives an empty string without a buffer.
 */
void rtl_init_unicode_string(struct unicode_string *s, const uint16_t *text);

/*
 * => the capital of `c` by Unicode's one-to-one mapping, or `c` itself when it has none or lies
 * outside ASCII, Latin-1, Latin Extended-A, the Greek of U+0386 to U+03EF and Cyrillic up to
 * U+052F. The micro sign and the Greek symbol variants are no letters here; the dotless i and the
 * long s are left alone so that only an ASCII letter has an ASCII capital.
 */
uint16_t rtl_upcase_unicode_char(uint16_t c);

/*
 * => less than, equal to or greater than 0 as `a` comes before, equals or comes after `b` in the
 * order of the units' values, capitals' values with `ignore_case`. A beginning comes before what it
 * is the beginning of.
 */
int rtl_compare_unicode_string(const struct unicode_string *a, const struct unicode_string *b,
                               bool ignore_case);

/* => whether rtl_compare_unicode_string gives 0; found without reading when the lengths differ. */
bool rtl_equal_unicode_string(const struct unicode_string *a, const struct unicode_string *b,
                              bool ignore_case);

/* => a number that is the same for strings equal under the same `ignore_case`. */
uint32_t rtl_hash_unicode_string(const struct unicode_string *s, bool ignore_case);

/*
 * Writes `s` for a human reader into the `size` bytes at `out`: printable ASCII as it is (the
 * backslash too, so the way back is ambiguous), every other unit as \xNNNN in upper-case
 * hexadecimal. Cut to fit, never within an escape, and always terminated unless `size` is 0.
 * => the characters written, without the terminator.
 */
size_t rtl_unicode_to_ascii(const struct unicode_string *s, char *out, size_t size);
