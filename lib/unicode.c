/*
 * NT's counted strings. Capitals come from a table of ranges rather than one entry a letter: the
 * alphabets stand in Unicode either as two rows at a fixed distance or as pairs of capital and
 * small letter.
 */
#include "lib/unicode.h"

#define ESCAPE_LENGTH 6u /* \xNNNN */

/* Every `step`th unit from `first` to `last` is a small letter `distance` away from its capital. */
struct case_range {
    uint16_t first;
    uint16_t last;
    uint16_t step;
    int16_t distance;
};

/* In rising order, without overlap. */
static const struct case_range case_ranges[] = {
    /* ASCII and Latin-1, around the division sign; the capital of y with diaeresis is elsewhere */
    {'a', 'z', 1, -32},
    {0x00E0, 0x00F6, 1, -32},
    {0x00F8, 0x00FE, 1, -32},
    {0x00FF, 0x00FF, 1, 0x0178 - 0x00FF},
    /* Latin Extended-A: pairs, whose small letter is the odd one or the even one */
    {0x0101, 0x012F, 2, -1},
    {0x0133, 0x0137, 2, -1},
    {0x013A, 0x0148, 2, -1},
    {0x014B, 0x0177, 2, -1},
    {0x017A, 0x017E, 2, -1},
    /* Greek: letters with tonos, the alphabet around the final sigma, archaic and Coptic pairs */
    {0x03AC, 0x03AC, 1, 0x0386 - 0x03AC},
    {0x03AD, 0x03AF, 1, 0x0388 - 0x03AD},
    {0x03B1, 0x03C1, 1, -32},
    {0x03C2, 0x03C2, 1, 0x03A3 - 0x03C2},
    {0x03C3, 0x03CB, 1, -32},
    {0x03CC, 0x03CC, 1, 0x038C - 0x03CC},
    {0x03CD, 0x03CE, 1, 0x038E - 0x03CD},
    {0x03D9, 0x03EF, 2, -1},
    /* Cyrillic: the alphabet, its extensions, then pairs around the palochka */
    {0x0430, 0x044F, 1, -32},
    {0x0450, 0x045F, 1, -80},
    {0x0461, 0x0481, 2, -1},
    {0x048B, 0x04BF, 2, -1},
    {0x04C2, 0x04CE, 2, -1},
    {0x04CF, 0x04CF, 1, 0x04C0 - 0x04CF},
    {0x04D1, 0x052F, 2, -1},
};

static size_t unit_count(const struct unicode_string *s)
{
    return s->length / sizeof(*s->buffer);
}

void rtl_init_unicode_string(struct unicode_string *s, const uint16_t *text)
{
    size_t units = 0;

    *s = (struct unicode_string){0, 0, text};
    if (text == NULL)
        return;
    while (units < UNICODE_STRING_MAX_UNITS && text[units] != 0)
        ++units;
    s->length = (uint16_t)(units * sizeof(*text));
    s->maximum_length = (uint16_t)((units + 1) * sizeof(*text));
}

uint16_t rtl_upcase_unicode_char(uint16_t c)
{
    for (size_t i = 0; i < ARRAY_SIZE(case_ranges) && c >= case_ranges[i].first; ++i) {
        const struct case_range *range = &case_ranges[i];

        if (c <= range->last)
            return (c - range->first) % range->step == 0 ? (uint16_t)(c + range->distance) : c;
    }
    return c;
}

static uint16_t folded(uint16_t c, bool ignore_case)
{
    return ignore_case ? rtl_upcase_unicode_char(c) : c;
}

int rtl_compare_unicode_string(const struct unicode_string *a, const struct unicode_string *b,
                               bool ignore_case)
{
    size_t a_units = unit_count(a);
    size_t b_units = unit_count(b);

    for (size_t i = 0; i < a_units && i < b_units; ++i) {
        if (a->buffer[i] == b->buffer[i])
            continue;
        int difference = folded(a->buffer[i], ignore_case) - folded(b->buffer[i], ignore_case);
        if (difference != 0)
            return difference;
    }
    return (int)a_units - (int)b_units;
}

bool rtl_equal_unicode_string(const struct unicode_string *a, const struct unicode_string *b,
                              bool ignore_case)
{
    return unit_count(a) == unit_count(b) && rtl_compare_unicode_string(a, b, ignore_case) == 0;
}

/* A polynomial in 65599, a prime near 2^16 that lets every unit reach the high half. */
uint32_t rtl_hash_unicode_string(const struct unicode_string *s, bool ignore_case)
{
    size_t units = unit_count(s);
    uint32_t hash = 0;

    for (size_t i = 0; i < units; ++i)
        hash = hash * 65599u + folded(s->buffer[i], ignore_case);
    return hash;
}

static bool is_printable(uint16_t c)
{
    return c >= ' ' && c <= '~';
}

static void put_escape(char *out, uint16_t c)
{
    *out++ = '\\';
    *out++ = 'x';
    for (int shift = 12; shift >= 0; shift -= 4)
        *out++ = "0123456789ABCDEF"[(c >> shift) & 0xF];
}

size_t rtl_unicode_to_ascii(const struct unicode_string *s, char *out, size_t size)
{
    size_t units = unit_count(s);
    size_t written = 0;

    if (size == 0)
        return 0;
    for (size_t i = 0; i < units; ++i) {
        uint16_t c = s->buffer[i];
        size_t needed = is_printable(c) ? 1 : ESCAPE_LENGTH;

        if (needed >= size - written)
            break;
        if (is_printable(c))
            out[written] = (char)c;
        else
            put_escape(out + written, c);
        written += needed;
    }
    out[written] = '\0';
    return written;
}
