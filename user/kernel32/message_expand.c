/* See message_expand.h. */
#include "lib/format.h"
#include "user/kernel32/message_expand.h"

#define FORMAT_UNITS 32  /* of what is between exclamation marks */
#define NUMBER_BYTES 300 /* of a formatted number: widths and precisions are kept below that */
#define WIDTH_LIMIT  256u

struct text {
    const uint16_t *at, *end;
};

/* A format such as -*.3ls, taken apart. */
struct specification {
    char flags[8];
    uint32_t width, precision;
    bool has_precision, long_argument, short_argument;
    char conversion;
};

static void put(const struct message_expansion *expansion, uint16_t unit)
{
    expansion->put(expansion->context, unit);
}

static bool is_digit(uint16_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_any_of(uint16_t c, const char *set)
{
    while (*set && (uint16_t)*set != c)
        set++;
    return *set != 0;
}

/* A number at TEXT, or '*': the next argument. */
static uint32_t take_number(const struct message_expansion *expansion, struct text *text,
                            unsigned *argument)
{
    uint32_t number = 0;

    if (text->at < text->end && *text->at == '*') {
        text->at++;
        number = (uint32_t)expansion->argument(expansion->context, (*argument)++);
    } else {
        for (; text->at < text->end && is_digit(*text->at); text->at++)
            if (number < WIDTH_LIMIT)
                number = number * 10 + (uint32_t)(*text->at - '0');
    }
    return number < WIDTH_LIMIT ? number : WIDTH_LIMIT;
}

static bool take_specification(const struct message_expansion *expansion, struct text *text,
                               unsigned *argument, struct specification *spec)
{
    size_t flags = 0;

    *spec = (struct specification){.conversion = 0};
    for (; text->at < text->end && is_any_of(*text->at, "-+ #0"); text->at++)
        if (flags + 1 < sizeof(spec->flags))
            spec->flags[flags++] = (char)*text->at;
    spec->width = take_number(expansion, text, argument);
    if (text->at < text->end && *text->at == '.') {
        text->at++;
        spec->has_precision = true;
        spec->precision = take_number(expansion, text, argument);
    }
    for (; text->at < text->end && is_any_of(*text->at, "hlw"); text->at++) {
        spec->short_argument |= *text->at == 'h';
        spec->long_argument |= *text->at != 'h';
    }
    if (text->at == text->end || *text->at > 0x7F)
        return false;
    spec->conversion = (char)*text->at++;
    return text->at < text->end && *text->at++ == '!';
}

static void put_string(const struct message_expansion *expansion, const struct specification *spec,
                       uintptr_t value)
{
    bool left = is_any_of('-', spec->flags);
    bool wide = spec->conversion == 'S' ? !expansion->wide_strings : expansion->wide_strings;
    size_t length = 0;

    if (spec->long_argument || spec->short_argument)
        wide = spec->long_argument;
    while (!(spec->has_precision && length >= spec->precision) &&
           expansion->character(value, length, wide))
        length++;
    for (size_t i = length; i < spec->width && !left; i++)
        put(expansion, ' ');
    for (size_t i = 0; i < length; i++)
        put(expansion, expansion->character(value, i, wide));
    for (size_t i = length; i < spec->width && left; i++)
        put(expansion, ' ');
}

static void put_formatted(const struct message_expansion *expansion,
                          const struct specification *spec, uintptr_t value)
{
    char format_text[FORMAT_UNITS], out[NUMBER_BYTES];

    if (spec->has_precision)
        snformat(format_text, sizeof(format_text), "%%%s%u.%u%c", spec->flags, spec->width,
                 spec->precision, spec->conversion);
    else if (spec->width)
        snformat(format_text, sizeof(format_text), "%%%s%u%c", spec->flags, spec->width,
                 spec->conversion);
    else
        snformat(format_text, sizeof(format_text), "%%%s%c", spec->flags, spec->conversion);
    snformat(out, sizeof(out), format_text, (unsigned)value);
    for (const char *c = out; *c; c++)
        put(expansion, (uint8_t)*c);
}

/* The number, and what is between exclamation marks, at TEXT, behind the '%'. */
static bool put_argument(const struct message_expansion *expansion, struct text *text)
{
    struct specification spec = {.conversion = 's'};
    unsigned number = (unsigned)(*text->at++ - '0');

    if (text->at < text->end && is_digit(*text->at))
        number = number * 10 + (unsigned)(*text->at++ - '0');
    if (text->at < text->end && *text->at == '!') {
        text->at++;
        if (!take_specification(expansion, text, &number, &spec))
            return false;
    }
    uintptr_t value = expansion->argument(expansion->context, number);
    if (spec.conversion == 's' || spec.conversion == 'S')
        put_string(expansion, &spec, value);
    else if (spec.conversion == 'c' || spec.conversion == 'C')
        put(expansion, (uint16_t)value);
    else if (is_any_of((uint16_t)spec.conversion, "diuxXop"))
        put_formatted(expansion, &spec, value);
    else
        return false;
    return true;
}

static void put_new_line(const struct message_expansion *expansion)
{
    put(expansion, '\r');
    put(expansion, '\n');
}

/* What follows a '%'. *ENDED: it was the end. */
static bool put_escape(const struct message_expansion *expansion, struct text *text, bool *ended)
{
    uint16_t c = *text->at;

    if (c >= '1' && c <= '9') {
        if (!expansion->ignore_inserts)
            return put_argument(expansion, text);
        put(expansion, '%');
        return true; /* the number is text */
    }
    text->at++;
    if (c == '0')
        *ended = true;
    else if (c == 'n')
        put_new_line(expansion);
    else if (is_any_of(c, "rtb"))
        put(expansion, c == 'r' ? '\r' : c == 't' ? '\t' : ' ');
    else if (expansion->ignore_inserts && !is_any_of(c, "%.! ")) {
        put(expansion, '%');
        put(expansion, c);
    } else
        put(expansion, c);
    return true;
}

bool message_expand(const struct message_expansion *expansion, const uint16_t *units, size_t length)
{
    struct text text = {units, units + length};
    bool ended = false;

    while (text.at < text.end && !ended) {
        uint16_t c = *text.at++;

        if (c == '%') {
            if (text.at == text.end || !put_escape(expansion, &text, &ended))
                return false;
        } else if (c == '\r' || c == '\n') {
            if (c == '\r' && text.at < text.end && *text.at == '\n')
                text.at++;
            if (expansion->join_lines)
                put(expansion, ' ');
            else
                put_new_line(expansion);
        } else {
            put(expansion, c);
        }
    }
    return true;
}
