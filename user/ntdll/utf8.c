/* See utf8.h. */
#include "user/ntdll/utf8.h"

#define REPLACEMENT 0xFFFDu
#define NOT_A_CODE  0xFFFFFFFFu

static bool is_high(uint32_t unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low(uint32_t unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* The character at FROM. *LENGTH: its bytes; of what is not well-formed, those that can be skipped
 * because a character would have begun like that. */
static uint32_t decode(const uint8_t *from, size_t bytes, size_t *length)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    uint32_t code = from[0];
    size_t more = code < 0x80   ? 0
                  : code < 0xC2 ? 4
                  : code < 0xE0 ? 1
                  : code < 0xF0 ? 2
                  : code < 0xF5 ? 3
                                : 4;

    *length = 1;
    if (more == 0)
        return code;
    if (more == 4)
        return NOT_A_CODE;
    code &= 0x3Fu >> more;
    for (size_t i = 1; i <= more; i++) {
        if (i >= bytes || (from[i] & 0xC0) != 0x80)
            return NOT_A_CODE;
        code = code << 6 | (from[i] & 0x3F);
        uint32_t so_far = code << 6 * (more - i); /* the least that it can still become */
        uint32_t most = so_far | ((1u << 6 * (more - i)) - 1);
        if (most < least[more] || so_far > 0x10FFFF || (so_far >= 0xD800 && most <= 0xDFFF))
            return NOT_A_CODE;
        *length = i + 1;
    }
    return code;
}

size_t utf8_to_unicode(uint16_t *to, size_t size, const char *from, size_t bytes, bool *bad)
{
    size_t units = 0, length;

    for (size_t i = 0; i < bytes; i += length) {
        uint32_t code = decode((const uint8_t *)from + i, bytes - i, &length);

        if (code == NOT_A_CODE) {
            code = REPLACEMENT;
            if (bad)
                *bad = true;
        }
        if (code < 0x10000) {
            if (units < size)
                to[units] = (uint16_t)code;
            units++;
        } else {
            if (units + 1 < size) {
                to[units] = (uint16_t)(0xD7C0 + (code >> 10));
                to[units + 1] = (uint16_t)(0xDC00 | (code & 0x3FF));
            }
            units += 2;
        }
    }
    return units;
}

static size_t encode(uint32_t code, uint8_t out[4])
{
    if (code < 0x80) {
        out[0] = (uint8_t)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, code >>= 6)
        out[i] = (uint8_t)(0x80 | (code & 0x3F));
    out[0] = (uint8_t)((0xF00u >> length) | code);
    return length;
}

size_t utf8_from_unicode(char *to, size_t size, const uint16_t *from, size_t units)
{
    size_t bytes = 0;

    for (size_t i = 0; i < units; i++) {
        uint32_t code = from[i];
        uint8_t out[4];

        if (is_high(code) && i + 1 < units && is_low(from[i + 1]))
            code = 0x10000 + ((code & 0x3FF) << 10) + (from[++i] & 0x3FF);
        else if (is_high(code) || is_low(code))
            code = REPLACEMENT;
        size_t length = encode(code, out);
        if (bytes + length <= size)
            for (size_t k = 0; k < length; k++)
                to[bytes + k] = (char)out[k];
        else
            size = bytes < size ? bytes : size; /* nothing behind it either */
        bytes += length;
    }
    return bytes;
}

bool utf16_is_well_formed(const uint16_t *from, size_t units)
{
    for (size_t i = 0; i < units; i++) {
        if (is_low(from[i]) || (is_high(from[i]) && (i + 1 == units || !is_low(from[i + 1]))))
            return false;
        i += is_high(from[i]);
    }
    return true;
}
