/*
 * Mathematical functions. Most exports are mingwex's own functions. Of some it has only the variant
 * for long double, which the processor computes with; what is rounded from it is at least as good.
 */
#include <float.h>
#include <math.h>
#include "crt.h"

#undef _HUGE
double _HUGE = __builtin_huge_val();

#undef __setusermatherr

static int(__cdecl *error_handler)(struct _exception *);

/* HANDLER is called when a function has no result for its argument. */
void __cdecl __setusermatherr(int(__cdecl *handler)(struct _exception *))
{
    error_handler = handler;
}

/* mingwex's functions call this one by its name. */
void __mingw_raise_matherr(int type, const char *name, double x, double y, double result);

void __mingw_raise_matherr(int type, const char *name, double x, double y, double result)
{
    struct _exception error = {type, (char *)name, x, y, result};

    if (error_handler)
        error_handler(&error);
}

/* DOMAIN is whether the function has a value there; errno is msvcrt's way to say so. */
static double checked(double value, bool domain)
{
    if (!domain)
        crt_error(EDOM);
    else if (isinf(value))
        crt_error(ERANGE);
    return value;
}

double __cdecl tan(double x)
{
    return checked((double)tanl(x), isfinite(x) || isnan(x));
}

double __cdecl asin(double x)
{
    return checked((double)asinl(x), !(fabs(x) > 1));
}

double __cdecl acos(double x)
{
    return checked((double)acosl(x), !(fabs(x) > 1));
}

double __cdecl atan(double x)
{
    return (double)atanl(x);
}

double __cdecl sinh(double x)
{
    return isfinite(x) ? checked((double)sinhl(x), true) : x;
}

double __cdecl cosh(double x)
{
    return isfinite(x) ? checked((double)coshl(x), true) : fabs(x);
}

double __cdecl tanh(double x)
{
    return (double)tanhl(x);
}

double __cdecl log10(double x)
{
    if (x == 0)
        return checked(-_HUGE, true);
    return isinf(x) && x > 0 ? x : checked((double)log10l(x), !(x < 0));
}

double __cdecl frexp(double x, int *exponent)
{
    return (double)frexpl(x, exponent);
}

double __cdecl _hypot(double x, double y)
{
    return hypot(x, y);
}

int __cdecl _isnan(double x)
{
    return isnan(x);
}

int __cdecl _finite(double x)
{
    return isfinite(x);
}

double __cdecl _copysign(double x, double sign)
{
    return __builtin_copysign(x, sign);
}

double __cdecl _chgsign(double x)
{
    return -x;
}

double __cdecl _scalb(double x, long exponent)
{
    return ldexp(x, exponent);
}

double __cdecl _logb(double x)
{
    return logb(x);
}

int __cdecl _fpclass(double x)
{
    bool negative = signbit(x);

    switch (fpclassify(x)) {
    case FP_NAN:
        return _FPCLASS_QNAN;
    case FP_INFINITE:
        return negative ? _FPCLASS_NINF : _FPCLASS_PINF;
    case FP_ZERO:
        return negative ? _FPCLASS_NZ : _FPCLASS_PZ;
    case FP_SUBNORMAL:
        return negative ? _FPCLASS_ND : _FPCLASS_PD;
    default:
        return negative ? _FPCLASS_NN : _FPCLASS_PN;
    }
}
