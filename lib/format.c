/*
 * printf-style formatting. A conversion is read into a struct format_spec, its argument is fetched
 * by its length, and everything is printed in one of two shapes: text, or a number with sign,
 * prefix and digits. 64-bit numbers are divided by hand, since the kernel has no compiler library
 * to do it.
 */
#include "lib/format.h"
#include "lib/format_spec.h"
#include "lib/string.h"

/* Where the characters go, and how many there were. */
struct output {
    void (*put)(void *ctx, char c);
    void *ctx;
    int count;
};

/* The digits of one number: 22 octal digits are the most 64 bits take. */
struct digits {
    char text[24]; /* the least significant one first */
    int count;
};

static void emit(struct output *out, char c)
{
    out->put(out->ctx, c);
    ++out->count;
}

static void emit_repeated(struct output *out, char c, int count)
{
    for (; count > 0; --count)
        emit(out, c);
}

static void emit_text(struct output *out, const struct format_spec *spec, const char *text,
                      int length)
{
    int padding = spec->width - length;

    if (!spec->left)
        emit_repeated(out, ' ', padding);
    for (int i = 0; i < length; ++i)
        emit(out, text[i]);
    if (spec->left)
        emit_repeated(out, ' ', padding);
}

/* Divides *value by `base` (at most 16) in steps of 16 bits that 32-bit division can do.
 * => the remainder. */
static uint32_t divide(uint64_t *value, uint32_t base)
{
    uint64_t quotient = 0;
    uint32_t remainder = 0;

    for (int shift = 48; shift >= 0; shift -= 16) {
        uint32_t part = remainder << 16 | (uint16_t)(*value >> shift);

        quotient = quotient << 16 | part / base;
        remainder = part % base;
    }
    *value = quotient;
    return remainder;
}

static void make_digits(struct digits *digits, uint64_t value, uint32_t base, bool upper)
{
    const char *alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    uint32_t low;

    digits->count = 0;
    while (value >> 32 != 0)
        digits->text[digits->count++] = alphabet[divide(&value, base)];
    for (low = (uint32_t)value; low != 0; low /= base)
        digits->text[digits->count++] = alphabet[low % base];
}

/* Prints padding, prefix (sign or 0x), leading zeros and digits in the order the flags ask for. */
static void emit_digits(struct output *out, const struct format_spec *spec, const char *prefix,
                        const struct digits *digits)
{
    int prefix_length = (int)strlen(prefix);
    int precision = spec->precision < 0 ? 1 : spec->precision;
    int zeros = precision > digits->count ? precision - digits->count : 0;
    int padding;

    if (spec->conversion->base == 8 && spec->alternative && zeros == 0)
        zeros = 1;
    padding = spec->width - prefix_length - zeros - digits->count;
    if (spec->zero && !spec->left && spec->precision < 0 && padding > 0) {
        zeros += padding;
        padding = 0;
    }
    if (!spec->left)
        emit_repeated(out, ' ', padding);
    while (*prefix != '\0')
        emit(out, *prefix++);
    emit_repeated(out, '0', zeros);
    for (int i = digits->count; i > 0; --i)
        emit(out, digits->text[i - 1]);
    if (spec->left)
        emit_repeated(out, ' ', padding);
}

static void emit_unsigned(struct output *out, const struct format_spec *spec, uint64_t value)
{
    const struct format_conversion *conversion = spec->conversion;
    struct digits digits;

    make_digits(&digits, value, conversion->base, conversion->upper);
    emit_digits(out, spec, spec->alternative && value != 0 ? conversion->prefix : "", &digits);
}

static void emit_signed(struct output *out, const struct format_spec *spec, int64_t value)
{
    const char *sign = value < 0 ? "-" : spec->plus ? "+" : spec->space ? " " : "";
    uint64_t magnitude = value < 0 ? 0u - (uint64_t)value : (uint64_t)value;
    struct digits digits;

    make_digits(&digits, magnitude, 10, false);
    emit_digits(out, spec, sign, &digits);
}

static void emit_pointer(struct output *out, const struct format_spec *spec, uintptr_t value)
{
    struct format_spec all_digits = *spec;

    all_digits.precision = (int)sizeof(value) * 2;
    emit_unsigned(out, &all_digits, value);
}

static void emit_string(struct output *out, const struct format_spec *spec, const char *s)
{
    size_t limit = spec->precision < 0 ? (size_t)INT32_MAX : (size_t)spec->precision;

    if (s == NULL)
        s = "(null)";
    emit_text(out, spec, s, (int)strnlen(s, limit));
}

/* Narrower arguments arrive promoted to int and are cut back to their type. */
static int64_t fetch_signed(enum format_length length, va_list *ap)
{
    switch (length) {
    case LENGTH_HH:
        return (signed char)va_arg(*ap, int);
    case LENGTH_H:
        return (short)va_arg(*ap, int);
    case LENGTH_L:
        return va_arg(*ap, long);
    case LENGTH_LL:
        return va_arg(*ap, long long);
    default:
        return va_arg(*ap, int);
    }
}

static uint64_t fetch_unsigned(enum format_length length, va_list *ap)
{
    switch (length) {
    case LENGTH_HH:
        return (unsigned char)va_arg(*ap, unsigned int);
    case LENGTH_H:
        return (unsigned short)va_arg(*ap, unsigned int);
    case LENGTH_L:
        return va_arg(*ap, unsigned long);
    case LENGTH_LL:
        return va_arg(*ap, unsigned long long);
    default:
        return va_arg(*ap, unsigned int);
    }
}

static void emit_char(struct output *out, const struct format_spec *spec, char c)
{
    emit_text(out, spec, &c, 1);
}

static void emit_conversion(struct output *out, const struct format_spec *spec, va_list *ap)
{
    switch (spec->conversion->argument) {
    case ARG_PERCENT:
        emit(out, '%');
        break;
    case ARG_CHAR:
        emit_char(out, spec, (char)va_arg(*ap, int));
        break;
    case ARG_STRING:
        emit_string(out, spec, va_arg(*ap, const char *));
        break;
    case ARG_SIGNED:
        emit_signed(out, spec, fetch_signed(spec->length, ap));
        break;
    case ARG_UNSIGNED:
        emit_unsigned(out, spec, fetch_unsigned(spec->length, ap));
        break;
    case ARG_POINTER:
        emit_pointer(out, spec, (uintptr_t)va_arg(*ap, void *));
        break;
    }
}

int format(void (*put)(void *ctx, char c), void *ctx, const char *fmt, va_list ap)
{
    struct output out = {put, ctx, 0};
    va_list args; /* a copy, because a va_list parameter cannot be passed on by address */

    va_copy(args, ap);
    while (*fmt != '\0') {
        struct format_spec spec;
        const char *behind = *fmt == '%' ? format_read_spec(fmt + 1, &spec, &args) : NULL;

        if (behind != NULL) {
            emit_conversion(&out, &spec, &args);
            fmt = behind;
        } else {
            emit(&out, *fmt++);
        }
    }
    va_end(args);
    return out.count;
}

/* A buffer being filled; what does not fit is counted by format() and dropped here. */
struct buffer {
    char *next;
    size_t room; /* the terminator's place not included */
};

static void put_into_buffer(void *ctx, char c)
{
    struct buffer *buffer = ctx;

    if (buffer->room > 0) {
        *buffer->next++ = c;
        --buffer->room;
    }
}

int vsnformat(char *buf, size_t size, const char *fmt, va_list ap)
{
    struct buffer buffer = {buf, size > 0 ? size - 1 : 0};
    int length = format(put_into_buffer, &buffer, fmt, ap);

    if (size > 0)
        *buffer.next = '\0';
    return length;
}

int snformat(char *buf, size_t size, const char *fmt, ...)
{
    va_list ap;
    int length;

    va_start(ap, fmt);
    length = vsnformat(buf, size, fmt, ap);
    va_end(ap);
    return length;
}
