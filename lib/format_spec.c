/*
 * Reads one conversion: flags, width, precision, length and letter.
 */
#include "lib/format_spec.h"
#include "lib/format.h"

static const struct format_conversion conversions[] = {
    {'%', ARG_PERCENT, 0, false, ""},    {'c', ARG_CHAR, 0, false, ""},
    {'s', ARG_STRING, 0, false, ""},     {'d', ARG_SIGNED, 10, false, ""},
    {'i', ARG_SIGNED, 10, false, ""},    {'u', ARG_UNSIGNED, 10, false, ""},
    {'o', ARG_UNSIGNED, 8, false, ""},   {'x', ARG_UNSIGNED, 16, false, "0x"},
    {'X', ARG_UNSIGNED, 16, true, "0X"}, {'p', ARG_POINTER, 16, false, ""},
};

/* => the flag a character stands for, or NULL. */
static bool *flag_named(struct format_spec *spec, char c)
{
    switch (c) {
    case '-':
        return &spec->left;
    case '0':
        return &spec->zero;
    case '+':
        return &spec->plus;
    case ' ':
        return &spec->space;
    case '#':
        return &spec->alternative;
    default:
        return NULL;
    }
}

static int capped(int number)
{
    return number < FORMAT_LIMIT ? number : FORMAT_LIMIT;
}

/* Reads digits or a '*' with its argument, which may be negative. No digits count as 0. */
static int read_number(const char **fmt, va_list *ap)
{
    int number = 0;

    if (**fmt == '*') {
        ++*fmt;
        return capped(va_arg(*ap, int));
    }
    for (; **fmt >= '0' && **fmt <= '9'; ++*fmt)
        number = capped(number * 10 + (**fmt - '0'));
    return number;
}

static void read_width(const char **fmt, struct format_spec *spec, va_list *ap)
{
    int width = read_number(fmt, ap);

    if (width < 0) { /* only from '*': the '-' is a flag */
        spec->left = true;
        width = width > -FORMAT_LIMIT ? -width : FORMAT_LIMIT;
    }
    spec->width = width;
}

static void read_precision(const char **fmt, struct format_spec *spec, va_list *ap)
{
    spec->precision = -1;
    if (**fmt == '.') {
        ++*fmt;
        spec->precision = read_number(fmt, ap); /* a negative one counts as none */
    }
}

static void read_length(const char **fmt, struct format_spec *spec)
{
    spec->length = LENGTH_INT;
    if (**fmt == 'z') {
        spec->length = sizeof(size_t) == sizeof(int) ? LENGTH_INT : LENGTH_L;
        ++*fmt;
        return;
    }
    for (; **fmt == 'l' && spec->length < LENGTH_LL; ++*fmt)
        ++spec->length;
    if (spec->length > LENGTH_INT)
        return;
    for (; **fmt == 'h' && spec->length > LENGTH_HH; ++*fmt)
        --spec->length;
}

static const struct format_conversion *find_conversion(char letter)
{
    for (size_t i = 0; i < ARRAY_SIZE(conversions); ++i) {
        if (conversions[i].letter == letter)
            return &conversions[i];
    }
    return NULL;
}

const char *format_read_spec(const char *fmt, struct format_spec *spec, va_list *ap)
{
    bool *flag;

    *spec = (struct format_spec){0};
    for (; (flag = flag_named(spec, *fmt)) != NULL; ++fmt)
        *flag = true;
    read_width(&fmt, spec, ap);
    read_precision(&fmt, spec, ap);
    read_length(&fmt, spec);
    spec->conversion = find_conversion(*fmt);
    return spec->conversion != NULL ? fmt + 1 : NULL;
}
