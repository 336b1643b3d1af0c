/*
 * The format string of scanf: literal text, white space, characters, strings and sets. As with
 * printf, h and l say whether a string is narrow or wide, %C and %S are the other way round.
 */
#include <ctype.h>
#include "scan.h"

/* A format and a place in it. */
struct text {
    const void *start;
    size_t next;
    bool wide;
};

static int peek(const struct text *text)
{
    return text->wide ? ((const wchar_t *)text->start)[text->next]
                      : ((const unsigned char *)text->start)[text->next];
}

static bool skip(struct text *text, int c)
{
    if (peek(text) != c)
        return false;
    text->next++;
    return true;
}

int crt_scan_get(struct crt_input *in)
{
    int c = in->get(in);

    if (c != SCAN_END)
        in->taken++;
    return c;
}

void crt_scan_unget(struct crt_input *in, int c)
{
    if (c != SCAN_END) {
        in->taken--;
        in->unget(in, c);
    }
}

static bool is_space(int c)
{
    return c >= 0 && c < 0x80 && isspace(c);
}

/* => the first character that is no white space, left to be read; or SCAN_END. */
static int skip_space(struct crt_input *in)
{
    int c;

    do
        c = crt_scan_get(in);
    while (is_space(c));
    crt_scan_unget(in, c);
    return c;
}

static void parse_spec(struct text *text, struct crt_scan_spec *spec)
{
    *spec = (struct crt_scan_spec){0};
    spec->suppress = skip(text, '*');
    for (; peek(text) >= '0' && peek(text) <= '9'; text->next++) {
        if (spec->width < INT_MAX / 20)
            spec->width = spec->width * 10 + (peek(text) - '0');
    }
    for (;;) {
        if (skip(text, 'h')) {
            spec->size = SCAN_SHORT;
        } else if (skip(text, 'l')) {
            spec->size = spec->size == SCAN_LONG ? SCAN_64 : SCAN_LONG;
        } else if (skip(text, 'w')) {
            spec->size = SCAN_LONG;
        } else if (skip(text, 'L')) {
            spec->size = SCAN_LONG;
        } else if (skip(text, 'I')) {
            size_t after = text->next;

            if (skip(text, '6') && skip(text, '4'))
                spec->size = SCAN_64;
            else if (text->next = after, !(skip(text, '3') && skip(text, '2')))
                text->next = after;
        } else if (!skip(text, 'F') && !skip(text, 'N')) {
            break;
        }
    }
    spec->conversion = peek(text);
    if (spec->conversion)
        text->next++;
}

/* The characters between '[' and ']', one bit each; those from 256 on share one. */
struct set {
    unsigned char bits[33];
    bool inverted;
};

static void add(struct set *set, int c)
{
    c = c > 256 ? 256 : c;
    set->bits[c / 8] |= (unsigned char)(1 << c % 8);
}

static bool contains(const struct set *set, int c)
{
    c = c > 256 ? 256 : c;
    return !!(set->bits[c / 8] >> c % 8 & 1) != set->inverted;
}

/* Reads a set, after its '['. => false if it does not end. */
static bool parse_set(struct text *text, struct set *set)
{
    bool first = true;

    *set = (struct set){0};
    set->inverted = skip(text, '^');
    for (;; first = false) {
        int c = peek(text);

        if (!c)
            return false;
        text->next++;
        if (c == ']' && !first)
            return true;
        if (peek(text) == '-') {
            text->next++;
            if (peek(text) && peek(text) != ']') {
                for (int last = peek(text); c < last; c++)
                    add(set, c);
                for (int last = peek(text); c > last;
                     c--) /* msvcrt takes a range backwards as well */
                    add(set, c);
                text->next++;
            } else {
                add(set, '-');
            }
        }
        add(set, c);
    }
}

/* Whether the string or character of SPEC is stored wide. */
static bool is_wide(const struct crt_input *in, const struct crt_scan_spec *spec)
{
    if (spec->size == SCAN_SHORT)
        return false;
    if (spec->size == SCAN_LONG)
        return true;
    return (spec->conversion == 'C' || spec->conversion == 'S') != in->wide;
}

/* Reads a %c, %s or %[, the last with SET. */
static enum crt_scan_result scan_text(struct crt_input *in, const struct crt_scan_spec *spec,
                                      const struct set *set, void *to)
{
    bool single = spec->conversion == 'c' || spec->conversion == 'C';
    int width = spec->width ? spec->width : single ? 1 : INT_MAX;
    wchar_t *wide = is_wide(in, spec) ? to : NULL;
    char *narrow = wide ? NULL : to;
    int count;

    for (count = 0; count < width; count++) {
        int c = crt_scan_get(in);

        if (c == SCAN_END && (count == 0 || single))
            return SCAN_INPUT_END;
        if (c == SCAN_END)
            break;
        if (!single && (set ? !contains(set, c) : is_space(c))) {
            crt_scan_unget(in, c);
            break;
        }
        if (wide)
            *wide++ = (wchar_t)c;
        else if (narrow && crt_narrow((wchar_t)c) >= 0)
            *narrow++ = (char)c;
    }
    if (count == 0)
        return SCAN_MISMATCH;
    if (wide && !single)
        *wide = 0;
    if (narrow && !single)
        *narrow = '\0';
    return SCAN_DONE;
}

static enum crt_scan_result convert(struct crt_input *in, const struct crt_scan_spec *spec,
                                    const struct set *set, void *to)
{
    switch (spec->conversion) {
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
    case 'p':
        return skip_space(in) == SCAN_END ? SCAN_INPUT_END : crt_scan_integer(in, spec, to);
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G':
        return skip_space(in) == SCAN_END ? SCAN_INPUT_END : crt_scan_real(in, spec, to);
    case 's':
    case 'S':
        return skip_space(in) == SCAN_END ? SCAN_INPUT_END : scan_text(in, spec, NULL, to);
    case '[':
        return scan_text(in, spec, set, to);
    case 'c':
    case 'C':
        return scan_text(in, spec, NULL, to);
    default:
        return SCAN_MISMATCH;
    }
}

/* Text outside conversions: must be there as it stands; white space stands for any, or none. */
static enum crt_scan_result scan_literal(struct crt_input *in, int expected)
{
    int c;

    if (is_space(expected)) {
        skip_space(in);
        return SCAN_DONE;
    }
    c = crt_scan_get(in);
    if (c == expected)
        return SCAN_DONE;
    crt_scan_unget(in, c);
    return c == SCAN_END ? SCAN_INPUT_END : SCAN_MISMATCH;
}

static void store_taken(struct crt_input *in, const struct crt_scan_spec *spec, void *to)
{
    if (!to)
        return;
    if (spec->size == SCAN_SHORT)
        *(short *)to = (short)in->taken;
    else if (spec->size == SCAN_64)
        *(__int64 *)to = in->taken;
    else
        *(int *)to = in->taken;
}

int crt_scan(struct crt_input *in, const void *format, va_list ap)
{
    struct text text = {format, 0, in->wide};
    enum crt_scan_result result = SCAN_DONE;
    int stored = 0;
    bool converted = false;

    while (peek(&text) && result == SCAN_DONE) {
        struct crt_scan_spec spec;
        struct set set;
        void *to;

        if (!skip(&text, '%') || peek(&text) == '%') {
            result = scan_literal(in, peek(&text));
            text.next++;
            continue;
        }
        parse_spec(&text, &spec);
        if (spec.conversion == '[' && !parse_set(&text, &set))
            break;
        to = spec.suppress ? NULL : va_arg(ap, void *);
        if (spec.conversion == 'n') {
            store_taken(in, &spec, to);
            continue;
        }
        result = convert(in, &spec, &set, to);
        converted = converted || result == SCAN_DONE;
        if (result == SCAN_DONE && to)
            stored++;
    }
    return result == SCAN_INPUT_END && !converted ? EOF : stored;
}
