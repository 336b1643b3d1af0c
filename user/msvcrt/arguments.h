/*
 * Functions with "..." that stand for one with a va_list.
 */
#pragma once

#include <stdarg.h>

/* The body of a function whose arguments after LAST are not named: what CALL of `ap` gives. */
#define CRT_WITH_ARGUMENTS(last, call) \
    va_list ap;                        \
    int result;                        \
    va_start(ap, last);                \
    result = call;                     \
    va_end(ap);                        \
    return result
