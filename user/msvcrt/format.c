/*
 * The format string: what stands between the conversions, their flags, and characters and strings.
 * A letter that is no conversion is printed without its '%'.
 */
#include "format.h"

void crt_put_many(struct crt_output *out, wchar_t c, int count)
{
    while (count-- > 0)
        crt_put(out, c);
}

static void parse_flags(struct crt_text *text, struct crt_spec *spec)
{
    for (;; text->next++) {
        switch (crt_peek(text)) {
        case '-':
            spec->left = true;
            break;
        case '+':
            spec->plus = true;
            break;
        case ' ':
            spec->space = true;
            break;
        case '#':
            spec->alternative = true;
            break;
        case '0':
            spec->zero = true;
            break;
        default:
            return;
        }
    }
}

static void put_padded(struct crt_output *out, const struct crt_spec *spec, const void *string,
                       int length, bool wide)
{
    const unsigned char *bytes = string;
    const wchar_t *chars = string;

    if (!spec->left)
        crt_put_many(out, spec->zero ? '0' : ' ', spec->width - length);
    for (int i = 0; i < length; i++) {
        wchar_t c = wide ? chars[i] : bytes[i];

        if (wide && !out->wide && crt_narrow(c) < 0) {
            out->failed = true;
            return;
        }
        crt_put(out, c);
    }
    if (spec->left)
        crt_put_many(out, ' ', spec->width - length);
}

static void put_string(struct crt_output *out, const struct crt_spec *spec, const void *string)
{
    bool wide = crt_is_wide(spec->size, spec->conversion, out->wide);
    int length = 0;

    if (!string) {
        string = "(null)";
        wide = false;
    }
    while ((spec->precision < 0 || length < spec->precision) &&
           (wide ? ((const wchar_t *)string)[length] : ((const char *)string)[length]))
        length++;
    put_padded(out, spec, string, length, wide);
}

static void put_char(struct crt_output *out, const struct crt_spec *spec, int c)
{
    wchar_t wide_char = (wchar_t)c;
    unsigned char byte = (unsigned char)c;

    if (!crt_is_wide(spec->size, spec->conversion, out->wide))
        put_padded(out, spec, &byte, 1, false);
    else if (out->wide || crt_narrow(wide_char) >= 0)
        put_padded(out, spec, &wide_char, 1, true);
}

static uint64_t integer_argument(const struct crt_spec *spec, va_list *ap)
{
    bool is_signed = spec->conversion == 'd' || spec->conversion == 'i';

    if (spec->size == SIZE_64)
        return va_arg(*ap, uint64_t);
    if (spec->size == SIZE_SHORT) {
        int value = va_arg(*ap, int);

        return is_signed ? (uint64_t)(short)value : (unsigned short)value;
    }
    return is_signed ? (uint64_t)va_arg(*ap, int) : va_arg(*ap, unsigned);
}

/* Writes what the letter of SPEC asks for. */
static void convert(struct crt_output *out, struct crt_spec *spec, va_list *ap)
{
    switch (spec->conversion) {
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        crt_format_integer(out, spec, integer_argument(spec, ap));
        break;
    case 'p':
        spec->precision = 2 * sizeof(void *);
        crt_format_integer(out, spec, va_arg(*ap, uintptr_t));
        break;
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G':
    case 'a':
    case 'A':
        crt_format_real(out, spec, va_arg(*ap, double));
        break;
    case 'c':
    case 'C':
        put_char(out, spec, va_arg(*ap, int));
        break;
    case 's':
    case 'S':
        put_string(out, spec, va_arg(*ap, void *));
        break;
    case 'n':
        crt_store_count(spec->size, va_arg(*ap, void *), out->count);
        break;
    default:
        crt_put(out, spec->conversion);
    }
}

/* A width or a precision: a number, or '*' for an argument. */
static int parse_amount(struct crt_text *text, va_list *ap)
{
    return crt_skip(text, '*') ? va_arg(*ap, int) : crt_parse_number(text);
}

static void parse_spec(struct crt_text *text, struct crt_spec *spec, va_list *ap)
{
    *spec = (struct crt_spec){.precision = -1};
    parse_flags(text, spec);
    spec->width = parse_amount(text, ap);
    if (spec->width < 0) {
        spec->left = true;
        spec->width = -spec->width;
    }
    if (crt_skip(text, '.')) {
        spec->precision = parse_amount(text, ap);
        if (spec->precision < 0)
            spec->precision = -1;
    }
    spec->size = crt_parse_size(text);
    spec->conversion = crt_peek(text);
}

int crt_format(struct crt_output *out, const void *format, va_list args)
{
    struct crt_text text = {format, 0, out->wide};
    struct crt_spec spec;
    va_list ap;

    va_copy(ap, args);
    while (crt_peek(&text) && !out->failed) {
        if (!crt_skip(&text, '%')) {
            crt_put(out, crt_peek(&text));
            text.next++;
            continue;
        }
        parse_spec(&text, &spec, &ap);
        if (!spec.conversion)
            break;
        text.next++;
        convert(out, &spec, &ap);
    }
    va_end(ap);
    return out->failed ? -1 : out->count;
}
