/* Decoding UTF-8, strictly. */
#include "lib/utf8.h"

#define REPLACEMENT 0xFFFDu

/* How a first byte looks, how many follow it, and what they must come to at least. */
static const struct {
    uint8_t mask, value;
    uint8_t more;
    uint32_t least;
} forms[] = {
    {0x80, 0x00, 0, 0x0},
    {0xE0, 0xC0, 1, 0x80},
    {0xF0, 0xE0, 2, 0x800},
    {0xF8, 0xF0, 3, 0x10000},
};

/* The character at FROM. => how many bytes it has; 0: there is none. */
static size_t decode(const uint8_t *from, size_t bytes, uint32_t *character)
{
    size_t form = 0;

    while (form < ARRAY_SIZE(forms) && (from[0] & forms[form].mask) != forms[form].value)
        form++;
    if (form == ARRAY_SIZE(forms) || bytes <= forms[form].more)
        return 0;
    *character = from[0] & (uint8_t)~forms[form].mask;
    for (size_t i = 1; i <= forms[form].more; i++) {
        if ((from[i] & 0xC0) != 0x80)
            return 0;
        *character = *character << 6 | (from[i] & 0x3F);
    }
    if (*character < forms[form].least || *character > 0x10FFFF ||
        (*character >= 0xD800 && *character <= 0xDFFF))
        return 0;
    return forms[form].more + 1u;
}

static void put(uint16_t *to, size_t room, size_t *at, uint32_t unit)
{
    if (to && *at < room)
        to[*at] = (uint16_t)unit;
    ++*at;
}

size_t rtl_utf8_to_unicode(const char *from, size_t bytes, uint16_t *to, size_t room)
{
    size_t units = 0;

    for (size_t at = 0; at < bytes;) {
        uint32_t character = REPLACEMENT;
        size_t length = decode((const uint8_t *)from + at, bytes - at, &character);
        if (!length)
            character = REPLACEMENT;
        at += length ? length : 1;
        if (character > 0xFFFF) {
            put(to, room, &units, 0xD800 + ((character - 0x10000) >> 10));
            character = 0xDC00 + ((character - 0x10000) & 0x3FF);
        }
        put(to, room, &units, character);
    }
    return units;
}
