/*
 * Floating-point numbers from strings. What counts as a number is msvcrt's: decimal only, no names
 * for infinity and NaN, and the letter of the exponent may be a Fortran 'd'. The digits are
 * converted, correctly rounded, by mingwex's __strtod, David Gay's.
 */
#include <ctype.h>
#include <math.h>
#include "crt.h"
#include "real.h"

#undef strtod

void crt_real_start(struct real_scan *scan)
{
    *scan = (struct real_scan){.state = REAL_START};
}

/* After the 'e' of an exponent: a sign or a digit; after the sign a digit. */
static bool exponent_char(struct real_scan *scan, int c)
{
    if ((c == '+' || c == '-') && scan->state == REAL_E) {
        scan->state = REAL_E_SIGN;
        return true;
    }
    if (!isdigit(c))
        return false;
    scan->state = REAL_EXPONENT;
    return true;
}

bool crt_real_char(struct real_scan *scan, int c)
{
    if (scan->state >= REAL_E)
        return exponent_char(scan, c);
    if ((c == '+' || c == '-') && scan->state == REAL_START) {
        scan->state = REAL_SIGN;
        return true;
    }
    if (isdigit(c)) {
        scan->digits = true;
        scan->state = scan->state == REAL_FRACTION ? REAL_FRACTION : REAL_WHOLE;
        return true;
    }
    if (c == '.' && scan->state != REAL_FRACTION) {
        scan->state = REAL_FRACTION;
        return true;
    }
    if (scan->digits && (c == 'e' || c == 'E' || c == 'd' || c == 'D')) {
        scan->state = REAL_E;
        return true;
    }
    return false;
}

double crt_real_value(const char *text, size_t length)
{
    char small[64];
    char *copy = length < sizeof(small) ? small : malloc(length + 1);
    double value;

    if (!copy)
        return 0;
    for (size_t i = 0; i < length; i++)
        copy[i] = text[i] == 'd' || text[i] == 'D' ? 'e' : text[i];
    copy[length] = '\0';
    value = __strtod(copy, NULL);
    if (copy != small)
        free(copy);
    return value;
}

double __cdecl strtod(const char *__restrict__ string, char **__restrict__ end)
{
    const char *start = string;
    const char *p;
    const char *stop;
    struct real_scan scan;

    while (isspace((unsigned char)*start))
        start++;
    crt_real_start(&scan);
    stop = p = start;
    /* The number ends where it was last complete: "1e+" is 1. */
    while (crt_real_char(&scan, (unsigned char)*p)) {
        p++;
        if (scan.digits && scan.state != REAL_E && scan.state != REAL_E_SIGN)
            stop = p;
    }
    if (end)
        *end = (char *)(stop == start ? string : stop);
    return stop == start ? 0 : crt_real_value(start, (size_t)(stop - start));
}

double __cdecl wcstod(const wchar_t *__restrict__ string, wchar_t **__restrict__ end)
{
    size_t length = wcslen(string);
    char *narrow = malloc(length + 1);
    char *stop;
    double value;

    if (!narrow)
        return 0;
    for (size_t i = 0; i <= length; i++)
        narrow[i] = (char)(string[i] < 0x80 ? string[i] : '?');
    value = strtod(narrow, &stop);
    if (end)
        *end = (wchar_t *)string + (stop - narrow);
    free(narrow);
    return value;
}

double __cdecl atof(const char *string)
{
    return strtod(string, NULL);
}

double __cdecl _wtof(const wchar_t *string)
{
    return wcstod(string, NULL);
}
