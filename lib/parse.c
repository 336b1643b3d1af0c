/*
 * Numbers from text, every overflow rejected.
 */
#include "lib/parse.h"

#define BASE_TEN     10u
#define BASE_SIXTEEN 16u

/* => the value of a digit in `base`, or `base` itself when `c` is not one. */
static uint32_t digit_value(char c, uint32_t base)
{
    uint32_t value = base;
    char lower = (char)(c | 0x20);

    if (c >= '0' && c <= '9')
        value = (uint32_t)(c - '0');
    else if (lower >= 'a' && lower <= 'f')
        value = (uint32_t)(lower - 'a') + 10u;
    return value < base ? value : base;
}

/* => the place behind the digits, at least one, that make *out; NULL on none or on overflow. */
static const char *read_digits(const char *s, uint32_t base, uint64_t *out)
{
    uint64_t limit = base == BASE_TEN ? UINT64_MAX / BASE_TEN : UINT64_MAX / BASE_SIXTEEN;
    const char *start = s;
    uint64_t value = 0;

    for (uint32_t digit; (digit = digit_value(*s, base)) != base; ++s) {
        if (value > limit || value * base > UINT64_MAX - digit)
            return NULL;
        value = value * base + digit;
    }
    *out = value;
    return s != start ? s : NULL;
}

static const char *read_number(const char *s, uint64_t *out)
{
    if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
        return read_digits(s + 2, BASE_SIXTEEN, out);
    return read_digits(s, BASE_TEN, out);
}

/* => by how many bits the unit shifts, or 0 when `c` is not one. */
static uint32_t unit_shift(char c)
{
    static const struct {
        char letter;
        uint8_t shift;
    } units[] = {{'k', 10}, {'m', 20}, {'g', 30}};

    for (size_t i = 0; i < ARRAY_SIZE(units); ++i) {
        if ((c | 0x20) == units[i].letter)
            return units[i].shift;
    }
    return 0;
}

bool parse_size(const char *s, uint64_t *out)
{
    uint64_t value;
    const char *behind = read_number(s, &value);
    uint32_t shift;

    if (behind == NULL)
        return false;
    shift = unit_shift(*behind);
    if (shift != 0)
        ++behind;
    if (*behind != '\0' || value > UINT64_MAX >> shift)
        return false;
    *out = value << shift;
    return true;
}

bool parse_u32(const char *s, uint32_t *out)
{
    uint64_t value;
    const char *behind = read_number(s, &value);

    if (behind == NULL || *behind != '\0' || value > UINT32_MAX)
        return false;
    *out = (uint32_t)value;
    return true;
}
