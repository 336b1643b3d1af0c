/*
 * What the C library's test programs share. Each is an ordinary console program that checks its
 * results itself: a line "ok N - name" or "not ok N - name: got .. expected .." for each, and exit
 * code 1 if one failed. What is expected is what the C standard or Microsoft's documentation of
 * msvcrt says; where both leave it open, nothing is checked.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_number;
static int check_failed;

/* => whether it is OK, after saying so. */
static int check_begin(int ok, const char *name)
{
    printf("%sok %d - %s", ok ? "" : "not ", ++check_number, name);
    check_failed += !ok;
    return ok;
}

static void check_int_(const char *name, long long got, long long expected)
{
    if (!check_begin(got == expected, name))
        printf(": got %I64d (0x%I64X) expected %I64d", got, got, expected);
    printf("\n");
}

static void check_string_(const char *name, const char *got, const char *expected)
{
    int ok = got && expected ? !strcmp(got, expected) : got == expected;

    if (!check_begin(ok, name))
        printf(": got \"%s\" expected \"%s\"", got ? got : "(NULL)",
               expected ? expected : "(NULL)");
    printf("\n");
}

static void check_double_(const char *name, double got, double expected)
{
    if (!check_begin(!memcmp(&got, &expected, sizeof(got)), name))
        printf(": got %.17g expected %.17g", got, expected);
    printf("\n");
}

/* Each names the check by its expression. */
#define CHECK(condition)          check_int_(#condition, !!(condition), 1)
#define CHECK_INT(got, expected)  check_int_(#got, got, expected)
#define CHECK_STR(got, expected)  check_string_(#got, got, expected)
#define CHECK_REAL(got, expected) check_double_(#got, got, expected)

/* The program's exit code. */
static int check_done(void)
{
    static void *const unused[] = {(void *)check_int_, (void *)check_string_,
                                   (void *)check_double_};

    (void)unused;
    printf("1..%d\n", check_number);
    return check_failed != 0;
}
