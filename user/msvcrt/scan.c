/*
 * The format string of scanf: literal text, white space, characters, strings and sets.
 */
#include <ctype.h>
#include "scan.h"

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

static void parse_spec(struct crt_text *text, struct crt_scan_spec *spec)
{
    *spec = (struct crt_scan_spec){0};
    spec->suppress = crt_skip(text, '*');
    spec->width = crt_parse_number(text);
    spec->size = crt_parse_size(text);
    spec->conversion = crt_peek(text);
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
static bool parse_set(struct crt_text *text, struct set *set)
{
    bool first = true;

    *set = (struct set){0};
    set->inverted = crt_skip(text, '^');
    for (;; first = false) {
        int c = crt_peek(text);

        if (!c)
            return false;
        text->next++;
        if (c == ']' && !first)
            return true;
        if (crt_peek(text) == '-') {
            text->next++;
            if (crt_peek(text) && crt_peek(text) != ']') {
                for (int last = crt_peek(text); c < last; c++)
                    add(set, c);
                for (int last = crt_peek(text); c > last;
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

/* Reads a %c, %s or %[, the last with SET. */
static enum crt_scan_result scan_text(struct crt_input *in, const struct crt_scan_spec *spec,
                                      const struct set *set, void *to)
{
    bool single = spec->conversion == 'c' || spec->conversion == 'C';
    int width = spec->width ? spec->width : single ? 1 : INT_MAX;
    wchar_t *wide = crt_is_wide(spec->size, spec->conversion, in->wide) ? to : NULL;
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

int crt_scan(struct crt_input *in, const void *format, va_list ap)
{
    struct crt_text text = {format, 0, in->wide};
    enum crt_scan_result result = SCAN_DONE;
    int stored = 0;
    bool converted = false;

    while (crt_peek(&text) && result == SCAN_DONE) {
        struct crt_scan_spec spec;
        struct set set;
        void *to;

        if (!crt_skip(&text, '%') || crt_peek(&text) == '%') {
            result = scan_literal(in, crt_peek(&text));
            text.next++;
            continue;
        }
        parse_spec(&text, &spec);
        if (spec.conversion == '[' && !parse_set(&text, &set))
            break;
        to = spec.suppress ? NULL : va_arg(ap, void *);
        if (spec.conversion == 'n') {
            if (to)
                crt_store_count(spec.size, to, in->taken);
            continue;
        }
        result = convert(in, &spec, &set, to);
        converted = converted || result == SCAN_DONE;
        if (result == SCAN_DONE && to)
            stored++;
    }
    return result == SCAN_INPUT_END && !converted ? EOF : stored;
}
