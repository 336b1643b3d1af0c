/*
 * lib/glob.c against the textbook's recursive definition, on every short pattern and text.
 */
// sources: lib/glob.c
#include <string.h>
#include "tests/host/host_test.h"
#include "lib/glob.h"

static bool defined_match(const char *pattern, const char *text)
{
    if (*pattern == '\0')
        return *text == '\0';
    if (*pattern == '*')
        return defined_match(pattern + 1, text) ||
               (*text != '\0' && defined_match(pattern, text + 1));
    return *text != '\0' && (*pattern == '?' || *pattern == *text) &&
           defined_match(pattern + 1, text + 1);
}

/* Makes word `number` over `alphabet`, with the empty letter (a '~') left out. */
static void make_word(char *word, unsigned int number, const char *alphabet, unsigned int length)
{
    unsigned int letters = (unsigned int)strlen(alphabet);

    for (; length > 0; --length, number /= letters) {
        if (alphabet[number % letters] != '~')
            *word++ = alphabet[number % letters];
    }
    *word = '\0';
}

static void every_short_pattern_and_text(void **state)
{
    (void)state;
    for (unsigned int p = 0; p < 5 * 5 * 5 * 5 * 5; ++p)
        for (unsigned int t = 0; t < 3 * 3 * 3 * 3 * 3; ++t) {
            char pattern[8], text[8];

            make_word(pattern, p, "ab*?~", 5);
            make_word(text, t, "ab~", 5);
            assert_int_equal(glob_match(pattern, text), defined_match(pattern, text));
        }
}

static void names_of_tests(void **state)
{
    (void)state;
    assert_true(glob_match("*", ""));
    assert_true(glob_match("*", "demand_zero.one_fault"));
    assert_true(glob_match("demand_*.*", "demand_zero.one_fault"));
    assert_false(glob_match("demand_*.*", "pool.overrun"));
    assert_false(glob_match("demand", "demand_zero"));
    assert_false(glob_match("", "x"));
    assert_true(glob_match("", ""));
    assert_true(glob_match("a*", "a*")); /* a star in the text is a character like any other */
    assert_true(glob_match("?", "*"));
}

/* A backtracking matcher would take longer than the universe has. */
static void many_stars_are_no_trouble(void **state)
{
    char pattern[401], text[2001];

    (void)state;
    for (int i = 0; i < 400; i += 2) {
        pattern[i] = '*';
        pattern[i + 1] = 'a';
    }
    pattern[400] = '\0';
    memset(text, 'a', 2000);
    text[2000] = '\0';
    assert_true(glob_match(pattern, text));
    text[1999] = 'b';
    assert_false(glob_match(pattern, text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_short_pattern_and_text),
        cmocka_unit_test(names_of_tests),
        cmocka_unit_test(many_stars_are_no_trouble),
    };

    return cmocka_run_group_tests_name("glob", tests, NULL, NULL);
}
