/*
 * lib/format.c and lib/format_spec.c against the host's snprintf, which agrees with it on
 * everything but %p, NULL strings and conversions format() does not know.
 */
// sources: lib/format.c lib/format_spec.c
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "tests/host/host_test.h"
#include "lib/format.h"

#define ROOM 512

/* Formats with both and compares text and length. */
#define SAME(...)                                                          \
    do {                                                                   \
        char got_[ROOM], expected_[ROOM];                                  \
        int length_ = snformat(got_, ROOM, __VA_ARGS__);                   \
                                                                           \
        assert_int_equal(length_, snprintf(expected_, ROOM, __VA_ARGS__)); \
        assert_string_equal(got_, expected_);                              \
    } while (0)

/* The formats are made at run time here, so the compiler cannot check them. */
#pragma clang diagnostic ignored "-Wformat-nonliteral"
#pragma clang diagnostic ignored "-Wformat-security"
#pragma clang diagnostic ignored "-Wformat"

static const long long numbers[] = {
    0,          1,         -1,        7,          8,          9,       10,        15,
    16,         99,        100,       127,        128,        -128,    255,       256,
    32767,      32768,     -32768,    65535,      65536,      INT_MAX, INT_MIN,   UINT_MAX,
    0xFFFFFFFF, 1ll << 32, 1ll << 33, 4294967299, 9999999999, 1 << 30, LLONG_MAX, LLONG_MIN,
};

static void flags_widths_and_precisions(void **state)
{
    static const char *const widths[] = {"", "1", "2", "8", "20", "30"};
    static const char *const precisions[] = {"", ".", ".0", ".1", ".5", ".25"};

    (void)state;
    for (unsigned int flags = 0; flags < 32; ++flags)
        for (size_t w = 0; w < ARRAY_SIZE(widths); ++w)
            for (size_t p = 0; p < ARRAY_SIZE(precisions); ++p)
                for (const char *letter = "diuoxX"; *letter != '\0'; ++letter) {
                    char fmt[64];

                    snprintf(fmt, sizeof(fmt), "[%%%s%s%s%s%s%s%sll%c]", flags & 1 ? "-" : "",
                             flags & 2 ? "0" : "", flags & 4 ? "+" : "", flags & 8 ? " " : "",
                             flags & 16 ? "#" : "", widths[w], precisions[p], *letter);
                    for (size_t n = 0; n < ARRAY_SIZE(numbers); ++n)
                        SAME(fmt, numbers[n]);
                }
}

static void lengths_cut_and_extend(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(numbers); ++i) {
        long long n = numbers[i];

        SAME("%hhd %hhu %hhx %hho %hhi", (signed char)n, (unsigned char)n, (unsigned char)n,
             (unsigned char)n, (signed char)n);
        SAME("%hhd %hhu %hd %hu %hx", (int)n, (int)n, (int)n, (int)n, (int)n);
        SAME("%d %u %x %X %o %i", (int)n, (unsigned int)n, (unsigned int)n, (unsigned int)n,
             (unsigned int)n, (int)n);
        SAME("%ld %lu %lx", (long)n, (unsigned long)n, (unsigned long)n);
        SAME("%zd %zu %zx", (ptrdiff_t)n, (size_t)n, (size_t)n);
        SAME("%lld %llu %llX %llo|%d", n, n, n, n, 42);
    }
}

static void random_64_bit_numbers(void **state)
{
    uint32_t seed = 12345;

    (void)state;
    for (int i = 0; i < 20000; ++i) {
        uint64_t n = (uint64_t)host_random(&seed) << 32 | host_random(&seed);

        n >>= host_random(&seed) % 64;
        SAME("%llu %lld %llx %llo", (unsigned long long)n, (long long)n, (unsigned long long)n,
             (unsigned long long)n);
    }
}

static void strings_and_characters(void **state)
{
    char unterminated[3] = {'a', 'b', 'c'};

    (void)state;
    SAME("%s|%5s|%-5s|%2s|%.2s|%5.1s|%-5.1s|%.0s|%.s", "abc", "abc", "abc", "abc", "abc", "abc",
         "abc", "abc", "abc");
    SAME("%c|%3c|%-3c|", 'x', 'y', 'z');
    SAME("%s", "");
    SAME("%.3s", unterminated);
    SAME("%*s|%-*s|%*s|%.*s|%.*s|%*.*d", 5, "ab", 5, "ab", -5, "ab", 1, "ab", -1, "ab", 8, 3, 7);
    SAME("%*d|%0*d", INT_MIN / INT_MAX * 4, 1, 4, 1);
    SAME("100%% %d%%", 5);
    SAME("%s", "no conversion");
    SAME("");
}

static void a_character_may_be_nul(void **state)
{
    char got[4] = "???";

    (void)state;
    assert_int_equal(snformat(got, sizeof(got), "a%cb", 0), 3);
    assert_memory_equal(got, "a\0b", 4);
}

/* Where format() goes its own way. */
static void expect(const char *expected, const char *fmt, ...)
{
    char got[ROOM];
    va_list ap;

    va_start(ap, fmt);
    assert_int_equal(vsnformat(got, sizeof(got), fmt, ap), (int)strlen(expected));
    va_end(ap);
    assert_string_equal(got, expected);
}

static void null_strings(void **state)
{
    (void)state;
    expect("(null)", "%s", NULL);
    expect("  (null)", "%8s", NULL);
    expect("(nu", "%.3s", NULL);
    expect("(null)  |", "%-8s|", NULL);
}

static void pointers_show_every_digit(void **state)
{
    (void)state;
    if (sizeof(void *) == 4) {
        expect("c0300000", "%p", (void *)(uintptr_t)0xC0300000u);
    } else {
        expect("00000000c0300000", "%p", (void *)(uintptr_t)0xC0300000u);
        expect("0000000000000000|", "%p|", NULL);
        expect("  00000000000000ab", "%18p", (void *)(uintptr_t)0xAB);
        expect("00000000000000ab  |", "%-18p|", (void *)(uintptr_t)0xAB);
    }
}

static void unknown_conversions_stand_as_they_are(void **state)
{
    (void)state;
    expect("%", "%");
    expect("50%", "50%");
    expect("%y 7", "%y %d", 7);
    expect("%-08.3lly|7", "%-08.3lly|%d", 7);
    expect("%n", "%n");
    expect("%lll", "%lll");
    expect("%5", "%5");
    expect("%.", "%.");
    expect("%ll", "%ll");
    expect("%hhhd", "%hhhd", 1);
    expect("%lhd", "%lhd", 1);
}

static void count_character(void *ctx, char c)
{
    (void)c;
    ++*(int *)ctx;
}

static int count(const char *fmt, ...)
{
    va_list ap;
    int calls = 0;

    va_start(ap, fmt);
    assert_int_equal(format(count_character, &calls, fmt, ap), calls);
    va_end(ap);
    return calls;
}

static void widths_and_precisions_are_capped(void **state)
{
    (void)state;
    assert_int_equal(count("%65535d", 1), FORMAT_LIMIT);
    assert_int_equal(count("%65536d", 1), FORMAT_LIMIT);
    assert_int_equal(count("%99999999999999999999d", 1), FORMAT_LIMIT);
    assert_int_equal(count("%*d", INT_MAX, 1), FORMAT_LIMIT);
    assert_int_equal(count("%*d", INT_MIN, 1), FORMAT_LIMIT);
    assert_int_equal(count("%.*d", INT_MAX, 1), FORMAT_LIMIT);
    assert_int_equal(count("%.*d", INT_MIN, 1), 1);
}

static void a_buffer_is_never_overrun(void **state)
{
    (void)state;
    for (size_t size = 0; size <= 8; ++size) {
        char got[10], expected[10];

        memset(got, '~', sizeof(got));
        memset(expected, '~', sizeof(expected));
        assert_int_equal(snformat(got, size, "%d:%s", 12, "xyz"), 6);
        snprintf(expected, size, "%d:%s", 12, "xyz");
        assert_memory_equal(got, expected, sizeof(got));
    }
    assert_int_equal(snformat(NULL, 0, "%d", 1234), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_widths_and_precisions),
        cmocka_unit_test(lengths_cut_and_extend),
        cmocka_unit_test(random_64_bit_numbers),
        cmocka_unit_test(strings_and_characters),
        cmocka_unit_test(a_character_may_be_nul),
        cmocka_unit_test(null_strings),
        cmocka_unit_test(pointers_show_every_digit),
        cmocka_unit_test(unknown_conversions_stand_as_they_are),
        cmocka_unit_test(widths_and_precisions_are_capped),
        cmocka_unit_test(a_buffer_is_never_overrun),
    };

    return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
