/*
 * Mathematical functions: exact where the result is exact, else to a few units in the last place.
 */
#define __USE_MINGW_ANSI_STDIO 0
#include "check.h"

#include <errno.h>
#include <float.h>
#include <math.h>

/* To 4 in the last place of a double. */
#define NEAR(got, expected)                                  \
    do {                                                     \
        double g = got, e = expected;                        \
        double difference = g > e ? g - e : e - g;           \
        double allowed = (e < 0 ? -e : e) * 4 * DBL_EPSILON; \
        if (difference <= allowed)                           \
            CHECK(#got);                                     \
        else                                                 \
            check_double_(#got, g, e);                       \
    } while (0)

#define FAILS(call, error)                           \
    do {                                             \
        errno = 0;                                   \
        call;                                        \
        check_int_("errno of " #call, errno, error); \
    } while (0)

/* Arguments that the compiler cannot compute with. */
static volatile double half = 0.5, one = 1, two = 2, three = 3, ten = 10, zero = 0, big = 1000;
static volatile double sink;

static void transcendental(void)
{
    NEAR(sin(one), 0.8414709848078965);
    NEAR(cos(one), 0.5403023058681398);
    NEAR(tan(one), 1.5574077246549023);
    NEAR(asin(half), 0.5235987755982989);
    NEAR(acos(half), 1.0471975511965979);
    NEAR(atan(one), 0.7853981633974483);
    NEAR(atan2(one, -one), 2.356194490192345);
    NEAR(sinh(one), 1.1752011936438014);
    NEAR(cosh(one), 1.5430806348152437);
    NEAR(tanh(one), 0.7615941559557649);
    NEAR(exp(one), 2.718281828459045);
    NEAR(log(ten), 2.302585092994046);
    NEAR(pow(two, half), 1.4142135623730951);
    NEAR(pow(three, -two), 0.1111111111111111);
    CHECK_REAL(log10(big), 3);
    CHECK_REAL(pow(two, ten), 1024);
    CHECK_REAL(pow(zero, zero), 1);
    CHECK_REAL(pow(-two, three), -8);
}

static void exact(void)
{
    int exponent = 0;
    double whole = 0;

    CHECK_REAL(sqrt(two), 1.4142135623730951);
    CHECK_REAL(ceil(half), 1);
    CHECK_REAL(ceil(-half), -0.0);
    CHECK_REAL(floor(half), 0);
    CHECK_REAL(floor(-half), -1);
    CHECK_REAL(fabs(-two), 2);
    CHECK_REAL(fmod(ten, three), 1);
    CHECK_REAL(fmod(-ten, three), -1);
    CHECK_REAL(ldexp(three, 4), 48);
    CHECK_REAL(frexp(ten, &exponent), 0.625);
    CHECK_INT(exponent, 4);
    CHECK_REAL(modf(-ten / 4, &whole), -0.5);
    CHECK_REAL(whole, -2);
    CHECK_REAL(exp(-1000 * one), 0);
    CHECK_REAL(tan(zero), 0);
}

static void errors(void)
{
    FAILS(sink = acos(two), EDOM);
    FAILS(sink = asin(-two), EDOM);
    FAILS(sink = log10(-one), EDOM);
    FAILS(sink = log10(zero), ERANGE);
    FAILS(sink = sqrt(-one), EDOM);
    FAILS(sink = log(-one), EDOM);
    FAILS(sink = sinh(big), ERANGE);
}

static void unit(void)
{
    CHECK(_isnan(zero / zero));
    CHECK(!_isnan(one));
    CHECK(_finite(one) && !_finite(one / zero));
    CHECK_INT(_fpclass(-zero), _FPCLASS_NZ);
    CHECK_INT(_controlfp(0, 0) & _MCW_RC, _RC_NEAR);
    _controlfp(_RC_CHOP, _MCW_RC);
    CHECK_INT(_controlfp(0, 0) & _MCW_RC, _RC_CHOP);
    _controlfp(_RC_NEAR, _MCW_RC);
    _clearfp();
    sink = one / zero;
    CHECK(_statusfp() & _EM_ZERODIVIDE);
}

int main(void)
{
    transcendental();
    exact();
    errors();
    unit();
    return check_done();
}
