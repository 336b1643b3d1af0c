/*
 * Integers and floating-point numbers for printf. The digits of the latter come from mingwex's
 * __dtoa, David Gay's, and are exact; their layout is msvcrt's: three digits of exponent, and
 * infinity and NaN as the digits "1.#INF" and "1.#QNAN".
 */
#include <math.h>
#include "format.h"

char *__dtoa(double value, int mode, int digits, int *point, int *sign, char **end);
void __freedtoa(char *digits);

#define EXACT_DIGITS 1100 /* more than any double has */
#define SMALL_TEXT   384  /* bytes; holds every number whose precision is not extreme */

void crt_put_number(struct crt_output *out, const struct crt_spec *spec, const char *prefix,
                    int zeros, const char *text, int length)
{
    int padding = spec->width - length - zeros - (int)strlen(prefix);

    if (!spec->left && !spec->zero)
        crt_put_many(out, ' ', padding);
    while (*prefix)
        crt_put(out, (unsigned char)*prefix++);
    if (!spec->left && spec->zero)
        crt_put_many(out, '0', padding);
    crt_put_many(out, '0', zeros);
    for (int i = 0; i < length; i++)
        crt_put(out, (unsigned char)text[i]);
    if (spec->left)
        crt_put_many(out, ' ', padding);
}

static const char *sign_prefix(const struct crt_spec *spec, bool negative)
{
    return negative ? "-" : spec->plus ? "+" : spec->space ? " " : "";
}

/* The digits of VALUE up to END. => where they begin. */
static char *digits_of(uint64_t value, unsigned base, bool capitals, char *end)
{
    for (; value; value /= base) {
        unsigned digit = (unsigned)(value % base);

        *--end = (char)(digit < 10 ? '0' + digit : (capitals ? 'A' : 'a') + digit - 10);
    }
    return end;
}

void crt_format_integer(struct crt_output *out, const struct crt_spec *spec, uint64_t value)
{
    struct crt_spec field = *spec;
    wchar_t letter = spec->conversion;
    bool is_signed = letter == 'd' || letter == 'i';
    bool negative = is_signed && (int64_t)value < 0;
    unsigned base = letter == 'o' ? 8 : letter == 'x' || letter == 'X' || letter == 'p' ? 16 : 10;
    int minimum = spec->precision < 0 ? 1 : spec->precision;
    char buffer[24]; /* 64 bits are 22 octal digits */
    char *end = buffer + sizeof(buffer);
    char *text = digits_of(negative ? 0 - value : value, base, letter != 'x', end);
    int zeros = minimum > end - text ? minimum - (int)(end - text) : 0;
    char prefix[3] = "";

    if (is_signed)
        strcpy(prefix, sign_prefix(spec, negative));
    else if (spec->alternative && base == 16 && value)
        strcpy(prefix, letter == 'x' ? "0x" : "0X");
    if (spec->alternative && base == 8 && zeros == 0 && (text == end || *text != '0'))
        zeros = 1;
    if (spec->precision >= 0)
        field.zero = false;
    crt_put_number(out, &field, prefix, zeros, text, (int)(end - text));
}

/* Digits 0.d1d2d3... * 10^point, as many as there are; zeros follow. */
struct decimal {
    const char *digits;
    int count;
    int point;
};

static char *put_digit(char *to, const struct decimal *number, int index)
{
    *to = index >= 0 && index < number->count ? number->digits[index] : '0';
    return to + 1;
}

static char *fixed_text(char *to, const struct decimal *number, int precision, bool point)
{
    if (number->point <= 0)
        *to++ = '0';
    for (int i = 0; i < number->point; i++)
        to = put_digit(to, number, i);
    if (precision > 0 || point)
        *to++ = '.';
    for (int i = 0; i < precision; i++)
        to = put_digit(to, number, number->point + i);
    return to;
}

static char *scientific_text(char *to, const struct decimal *number, int precision, bool point,
                             char letter)
{
    int exponent = number->point - 1;

    to = put_digit(to, number, 0);
    if (precision > 0 || point)
        *to++ = '.';
    for (int i = 1; i <= precision; i++)
        to = put_digit(to, number, i);
    *to++ = letter;
    *to++ = exponent < 0 ? '-' : '+';
    exponent = abs(exponent);
    *to++ = (char)('0' + exponent / 100);
    *to++ = (char)('0' + exponent / 10 % 10);
    *to++ = (char)('0' + exponent % 10);
    return to;
}

/* %g: whichever is shorter, without the zeros at the end unless '#' asks for them. */
static char *general_text(char *to, const struct decimal *number, int precision, bool alternative,
                          char letter)
{
    int significant = alternative || number->count > precision ? precision : number->count;

    if (number->point - 1 < -4 || number->point - 1 >= precision)
        return scientific_text(to, number, significant - 1, alternative, letter);
    significant -= number->point;
    return fixed_text(to, number, significant > 0 ? significant : 0, alternative);
}

/* Mantissa and exponent to the base of 2; VALUE is finite and not negative. */
static char *hexadecimal_text(char *to, double value, int precision, bool point, bool capitals)
{
    union {
        double value;
        uint64_t bits;
    } number = {value};
    uint64_t fraction = number.bits & 0xFFFFFFFFFFFFFull;
    int exponent = (int)(number.bits >> 52);
    uint64_t mantissa = fraction | (exponent ? 1ull << 52 : 0);
    char *digits;
    char exponent_text[8];
    char *end = exponent_text + sizeof(exponent_text);

    exponent = exponent ? exponent - 1023 : mantissa ? -1022 : 0;
    if (precision < 13) { /* round, halves to the even neighbour */
        int cut = 4 * (13 - precision);
        uint64_t half = 1ull << (cut - 1);

        mantissa += half - !(mantissa >> cut & 1);
        mantissa &= ~((half << 1) - 1);
    }
    *to++ = (char)('0' + (mantissa >> 52));
    if (precision > 0 || point)
        *to++ = '.';
    for (int i = 0; i < precision; i++, mantissa <<= 4)
        *to++ = (capitals ? "0123456789ABCDEF" : "0123456789abcdef")[mantissa >> 48 & 15];
    *to++ = capitals ? 'P' : 'p';
    *to++ = exponent < 0 ? '-' : '+';
    digits = exponent ? digits_of((unsigned)abs(exponent), 10, false, end) : end - 1;
    if (!exponent)
        *digits = '0';
    while (digits < end)
        *to++ = *digits++;
    return to;
}

/* Adds one to the last of COUNT digits; when all are nines, a digit is gained on the left. */
static void round_up(struct decimal *number, char *digits, int count)
{
    while (count > 0 && digits[count - 1] == '9')
        count--;
    if (count > 0) {
        digits[count - 1]++;
    } else {
        digits[0] = '1';
        number->point++;
        count = 1;
    }
    number->count = count;
}

/*
 * The digits of VALUE: COUNT of them, or with FIXED so many after the point. A value just between
 * two results becomes the larger one: msvcrt's rule, where __dtoa would take the even one. Such a
 * value has a 5 as its next and very last digit. => what to free, or NULL when memory is out.
 */
static char *round_value(struct decimal *number, double value, bool fixed, int count)
{
    int sign;
    int exact_point;
    char *end;
    char *exact_end;
    char *digits = __dtoa(value, fixed ? 3 : 2, count + 1, &number->point, &sign, &end);
    int wanted = fixed ? number->point + count : count;

    if (digits && end > digits && end - digits == wanted + 1 && end[-1] == '5') {
        char *exact = __dtoa(value, 2, EXACT_DIGITS, &exact_point, &sign, &exact_end);
        bool between = exact && exact_end - exact == end - digits && exact_end[-1] == '5';

        if (exact)
            __freedtoa(exact);
        if (between) {
            number->digits = digits;
            round_up(number, digits, wanted);
            return digits;
        }
    }
    if (digits)
        __freedtoa(digits);
    digits = __dtoa(value, fixed ? 3 : 2, count, &number->point, &sign, &end);
    number->digits = digits;
    number->count = (int)(end - digits);
    return digits;
}

/* => the end of the text of a finite VALUE, not negative, at TO; NULL when memory is out. */
static char *finite_text(char *to, const struct crt_spec *spec, double value, int precision)
{
    char letter = (char)spec->conversion;
    bool general = letter == 'g' || letter == 'G';
    bool fixed = letter == 'f';
    struct decimal number;
    char *digits;

    if (letter == 'a' || letter == 'A')
        return hexadecimal_text(to, value, precision, spec->alternative, letter == 'A');
    digits = round_value(&number, value, fixed, general || fixed ? precision : precision + 1);
    if (!digits)
        return NULL;
    if (fixed)
        to = fixed_text(to, &number, precision, spec->alternative);
    else if (general)
        to = general_text(to, &number, precision, spec->alternative, (char)(letter - 'g' + 'e'));
    else
        to = scientific_text(to, &number, precision, spec->alternative, letter);
    __freedtoa(digits);
    return to;
}

/* Infinity and NaN are written as if "1#INF" were the digits of a number. */
static char *special_text(char *to, const struct crt_spec *spec, double value, int precision)
{
    struct decimal number = {"1#QNAN", 6, 1};
    char letter = (char)spec->conversion;

    if (isinf(value))
        number = (struct decimal){"1#INF", 5, 1};
    else if (signbit(value)) /* the one that the processor makes of 0/0 */
        number = (struct decimal){"1#IND", 5, 1};
    if (letter == 'g' || letter == 'G')
        return general_text(to, &number, precision > 1 ? precision : 1, false, 'e');
    if (letter == 'e' || letter == 'E')
        return scientific_text(to, &number, precision, spec->alternative, letter);
    return fixed_text(to, &number, precision, spec->alternative);
}

void crt_format_real(struct crt_output *out, const struct crt_spec *spec, double value)
{
    bool hexadecimal = spec->conversion == 'a' || spec->conversion == 'A';
    int precision = spec->precision >= 0 ? spec->precision : hexadecimal ? 13 : 6;
    size_t size = (size_t)precision + SMALL_TEXT;
    char small[2 * SMALL_TEXT];
    char *text = size <= sizeof(small) ? small : malloc(size);
    char prefix[4];
    char *end = NULL;

    if ((spec->conversion == 'g' || spec->conversion == 'G') && precision == 0)
        precision = 1;
    strcpy(prefix, sign_prefix(spec, signbit(value)));
    if (text && isfinite(value)) {
        end = finite_text(text, spec, fabs(value), precision);
        if (hexadecimal)
            strcat(prefix, spec->conversion == 'a' ? "0x" : "0X");
    } else if (text) {
        end = special_text(text, spec, value, precision);
    }
    if (end)
        crt_put_number(out, spec, prefix, 0, text, (int)(end - text));
    else
        out->failed = true;
    if (text != small)
        free(text);
}
