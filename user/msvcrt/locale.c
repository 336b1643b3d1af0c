/*
 * The locale, which is "C" and cannot become another.
 */
#include <limits.h>
#include <locale.h>
#include "crt.h"

static char empty[] = "";

static struct lconv conventions = {
    .decimal_point = ".",
    .thousands_sep = empty,
    .grouping = empty,
    .int_curr_symbol = empty,
    .currency_symbol = empty,
    .mon_decimal_point = empty,
    .mon_thousands_sep = empty,
    .mon_grouping = empty,
    .positive_sign = empty,
    .negative_sign = empty,
    .int_frac_digits = CHAR_MAX,
    .frac_digits = CHAR_MAX,
    .p_cs_precedes = CHAR_MAX,
    .p_sep_by_space = CHAR_MAX,
    .n_cs_precedes = CHAR_MAX,
    .n_sep_by_space = CHAR_MAX,
    .p_sign_posn = CHAR_MAX,
    .n_sign_posn = CHAR_MAX,
};

struct lconv *__cdecl localeconv(void)
{
    return &conventions;
}

/* "" asks for the user's locale, which is "C" too. => its name, or NULL for any other. */
char *__cdecl setlocale(int category, const char *name)
{
    static char c[] = "C";

    if (category < LC_MIN || category > LC_MAX)
        return NULL;
    return !name || !*name || !strcmp(name, "C") ? c : NULL;
}

/* For programs whose char is unsigned: the largest char says that a number is not given. */
void __cdecl __lconv_init(void)
{
    memset(&conventions.int_frac_digits, UCHAR_MAX,
           sizeof(conventions) - offsetof(struct lconv, int_frac_digits));
}
