/*
 * Numbers for scanf. One character beyond the number may be looked at, and is given back; what was
 * read before it is not, so "1e+x" leaves the 'x', has taken the rest and is no number, as C says.
 */
#include <ctype.h>
#include "integer.h"
#include "real.h"
#include "scan.h"

/* Characters of one number, never more than the width allows. */
struct field {
    struct crt_input *in;
    int left;
    int c; /* the character at hand, or SCAN_END */
};

static void next(struct field *field)
{
    field->c = field->left > 0 ? crt_scan_get(field->in) : SCAN_END;
    if (field->c != SCAN_END)
        field->left--;
}

static struct field begin(struct crt_input *in, int width)
{
    struct field field = {in, width ? width : INT_MAX, SCAN_END};

    next(&field);
    return field;
}

static void store_integer(const struct crt_scan_spec *spec, void *to, uint64_t value)
{
    if (!to)
        return;
    if (spec->size == SIZE_64)
        *(uint64_t *)to = value;
    else if (spec->size == SIZE_SHORT)
        *(uint16_t *)to = (uint16_t)value;
    else
        *(uint32_t *)to = (uint32_t)value;
}

static int base_of(int conversion)
{
    switch (conversion) {
    case 'x':
    case 'X':
    case 'p':
        return 16;
    case 'o':
        return 8;
    case 'i':
        return 0;
    default:
        return 10;
    }
}

enum crt_scan_result crt_scan_integer(struct crt_input *in, const struct crt_scan_spec *spec,
                                      void *to)
{
    struct field field = begin(in, spec->width);
    int base = base_of(spec->conversion);
    bool negative = field.c == '-';
    bool digits = false;
    uint64_t value = 0;

    if (field.c == '-' || field.c == '+')
        next(&field);
    if (field.c == '0' && (base == 0 || base == 16)) {
        digits = true; /* the zero is a number, even if no digit follows the x */
        next(&field);
        if (field.c == 'x' || field.c == 'X') {
            base = 16;
            next(&field);
        } else if (base == 0) {
            base = 8;
        }
    }
    if (base == 0)
        base = 10;
    while (field.c != SCAN_END && crt_digit(field.c) < base) {
        value = value * (unsigned)base + (unsigned)crt_digit(field.c);
        digits = true;
        next(&field);
    }
    crt_scan_unget(in, field.c);
    if (!digits)
        return SCAN_MISMATCH;
    store_integer(spec, to, negative ? 0 - value : value);
    return SCAN_DONE;
}

/* The text of a number, in a buffer of its own when it is long. */
struct number_text {
    char small[64];
    char *start;
    size_t length;
    size_t size;
};

static bool append(struct number_text *text, char c)
{
    if (text->length == text->size) {
        char *larger = malloc(2 * text->size);

        if (!larger)
            return false;
        memcpy(larger, text->start, text->length);
        if (text->start != text->small)
            free(text->start);
        text->start = larger;
        text->size *= 2;
    }
    text->start[text->length++] = c;
    return true;
}

enum crt_scan_result crt_scan_real(struct crt_input *in, const struct crt_scan_spec *spec, void *to)
{
    struct field field = begin(in, spec->width);
    struct number_text text = {.start = text.small, .size = sizeof(text.small)};
    struct real_scan scan;
    bool complete = true;
    double value;

    crt_real_start(&scan);
    while (complete && field.c != SCAN_END && crt_real_char(&scan, field.c)) {
        complete = append(&text, (char)field.c);
        next(&field);
    }
    crt_scan_unget(in, field.c);
    complete = complete && scan.digits && scan.state != REAL_E && scan.state != REAL_E_SIGN;
    if (complete) {
        value = crt_real_value(text.start, text.length);
        if (to && (spec->size == SIZE_LONG || spec->size == SIZE_LONG_DOUBLE))
            *(double *)to = value;
        else if (to)
            *(float *)to = (float)value;
    }
    if (text.start != text.small)
        free(text.start);
    return complete ? SCAN_DONE : SCAN_MISMATCH;
}
