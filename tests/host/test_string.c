/*
 * lib/string.c. Buffers that end where a page of the sanitizer's red zone begins show a read too
 * far.
 */
// sources: lib/string.c
#include <stdlib.h>
#include <string.h>
#include "tests/host/host_test.h"
#include "tests/host/string_names.h"
#include "lib/string.h"

#define SPAN 40

static void fill(uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; ++i)
        bytes[i] = (uint8_t)(i * 7 + 1);
}

/* Every length, source and destination within a small span, overlapping in all ways. */
static void memmove_equals_a_copy_through_a_third_place(void **state)
{
    uint8_t got[SPAN], expected[SPAN], original[SPAN];

    (void)state;
    fill(original, SPAN);
    for (size_t to = 0; to < SPAN; ++to)
        for (size_t from = 0; from < SPAN; ++from)
            for (size_t n = 0; n + to <= SPAN && n + from <= SPAN; ++n) {
                fill(got, SPAN);
                fill(expected, SPAN);
                for (size_t i = 0; i < n; ++i)
                    expected[to + i] = original[from + i];
                assert_ptr_equal(memmove(got + to, got + from, n), got + to);
                assert_memory_equal(got, expected, SPAN);
            }
}

static void memcpy_and_memset_write_exactly_n_bytes(void **state)
{
    (void)state;
    for (size_t offset = 0; offset < 8; ++offset)
        for (size_t n = 0; n + offset <= SPAN; ++n) {
            uint8_t from[SPAN], to[SPAN] = {0}, set[SPAN] = {0};

            fill(from, SPAN);
            assert_ptr_equal(memcpy(to + offset, from, n), to + offset);
            assert_ptr_equal(memset(set + offset, 0x1A5, n), set + offset);
            for (size_t i = 0; i < SPAN; ++i) {
                int inside = i >= offset && i < offset + n;

                assert_int_equal(to[i], inside ? from[i - offset] : 0);
                assert_int_equal(set[i], inside ? 0xA5 : 0);
            }
        }
}

static int sign(int x)
{
    return (x > 0) - (x < 0);
}

static void comparisons_treat_bytes_as_unsigned(void **state)
{
    (void)state;
    assert_int_equal(memcmp("abc", "abd", 2), 0);
    assert_int_equal(sign(memcmp("abc", "abd", 3)), -1);
    assert_int_equal(sign(memcmp("\x80", "\x7f", 1)), 1);
    assert_int_equal(memcmp("a", "b", 0), 0);
    assert_int_equal(strcmp("", ""), 0);
    assert_int_equal(sign(strcmp("a", "")), 1);
    assert_int_equal(sign(strcmp("ab", "abc")), -1);
    assert_int_equal(sign(strcmp("\xff", "a")), 1);
    assert_int_equal(strncmp("abX", "abY", 2), 0);
    assert_int_equal(sign(strncmp("abX", "abY", 3)), -1);
    assert_int_equal(strncmp("ab", "ab", 100), 0);
    assert_int_equal(strncmp("a", "b", 0), 0);
}

static void lengths_and_searches(void **state)
{
    char unterminated[3] = {'a', 'b', 'c'};
    const char *s = "hello";

    (void)state;
    assert_int_equal(strlen(""), 0);
    assert_int_equal(strlen(s), 5);
    assert_int_equal(strnlen(s, 99), 5);
    assert_int_equal(strnlen(s, 5), 5);
    assert_int_equal(strnlen(unterminated, 3), 3);
    assert_int_equal(strnlen(unterminated, 0), 0);
}

static void strlcpy_cuts_and_terminates(void **state)
{
    (void)state;
    for (size_t size = 0; size < 8; ++size) {
        char *to = malloc(size + 1);
        size_t kept = size == 0 ? 0 : size <= 5 ? size - 1 : 5;

        to[size] = '~';
        to[0] = size == 0 ? '~' : '?';
        assert_int_equal(strlcpy(to, "hello", size), 5);
        assert_int_equal(to[size], '~');
        assert_memory_equal(to, "hello", kept);
        if (size > 0)
            assert_int_equal(to[kept], 0);
        free(to);
    }
}

/* Reads a byte from the heap so that going on behind the end is caught. */
static void nothing_is_read_behind_the_end(void **state)
{
    char *exact = malloc(4);
    char copy[4];

    (void)state;
    memcpy(exact, "abc", 4);
    assert_int_equal(strlen(exact), 3);
    assert_int_equal(strcmp(exact, "abc"), 0);
    assert_int_equal(memcmp(exact, "abc", 4), 0);
    assert_int_equal(strlcpy(copy, exact, 4), 3);
    exact[3] = 'd';
    assert_int_equal(strnlen(exact, 4), 4);
    assert_int_equal(strncmp(exact, "abcd", 4), 0);
    free(exact);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memmove_equals_a_copy_through_a_third_place),
        cmocka_unit_test(memcpy_and_memset_write_exactly_n_bytes),
        cmocka_unit_test(comparisons_treat_bytes_as_unsigned),
        cmocka_unit_test(lengths_and_searches),
        cmocka_unit_test(strlcpy_cuts_and_terminates),
        cmocka_unit_test(nothing_is_read_behind_the_end),
    };

    return cmocka_run_group_tests_name("string", tests, NULL, NULL);
}
