// Names and patterns.
// sources: kernel/io/name_expression.c lib/unicode.c
#include "tests/host/host_test.h"
#include <stdlib.h>
#include "kernel/io/name_expression.h"

static bool matches(const uint16_t *pattern, const uint16_t *name)
{
    struct unicode_string p, n;

    rtl_init_unicode_string(&p, pattern);
    rtl_init_unicode_string(&n, name);
    return io_is_name_in_expression(&p, &n);
}

struct one {
    const uint16_t *pattern, *name;
    bool expected;
};

static void test_patterns(void **state)
{
    static const struct one cases[] = {
        {u"", u"", true},
        {u"", u"a", false},
        {u"*", u"", true},
        {u"*", u"anything.at.all", true},
        {u"?", u"", false},
        {u"?", u"a", true},
        {u"?", u".", true},
        {u"a?c", u"abc", true},
        {u"a?c", u"ac", false},
        {u"A*C", u"abc", true},
        {u"a*c", u"abcd", false},
        {u"*.*", u"name", false},
        {u"*.*", u"name.txt", true},
        {u"*.txt", u"name.txt", true},
        {u"*.txt", u"name.txt.old", false},
        {u"*a*b*c*", u"xxaxxbxxcxx", true},
        {u"*a*b*c*", u"xxaxxcxxbxx", false},
        {u"STRA\u00DFE", u"stra\u00DFe", true},
        {u"\u00C4*", u"\u00E4pfel", true},
        {u"<", u"name.txt", false},
        {u"<", u"name", true},
        {u"<.txt", u"name.txt", true},
        {u"<.txt", u"a.b.txt", true},
        {u"<.b", u"a.b.txt", false},
        {u"<txt", u"a.txt", false},
        {u"<\"*", u"name", true},
        {u"<\"*", u"name.txt", true},
        {u">>>>", u"abc", true},
        {u">>>>", u"abcd", true},
        {u">>>>", u"abcde", false},
        {u">>>>.c", u"ab.c", true},
        {u"ab>>\"c", u"ab.c", true},
        {u"name\"", u"name", true},
        {u"name\"", u"name.", true},
        {u"name\"", u"name.x", false},
        {u"name\"x", u"namex", false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        if (matches(cases[i].pattern, cases[i].name) != cases[i].expected)
            fail_msg("case %zu is wrong", i);
}

/* The same by trying everything, for * and ? alone. */
static bool try_all(const uint16_t *p, const uint16_t *n)
{
    if (!*p)
        return !*n;
    if (*p == '*')
        return try_all(p + 1, n) || (*n && try_all(p, n + 1));
    return *n && (*p == '?' || *p == *n) && try_all(p + 1, n + 1);
}

static void test_random_patterns(void **state)
{
    uint16_t pattern[9] = {0}, name[9] = {0};

    (void)state;
    srand(1);
    for (uint32_t n = 0; n < 200000; n++) {
        int p_units = rand() % 8, n_units = rand() % 8;
        for (int i = 0; i < 8; i++) {
            pattern[i] = i < p_units ? (uint16_t) "ab*?"[rand() % 4] : 0;
            name[i] = i < n_units ? (uint16_t) "ab"[rand() % 2] : 0;
        }
        assert_int_equal(matches(pattern, name), try_all(pattern, name));
    }
}

static void test_longest_pattern(void **state)
{
    uint16_t pattern[300], name[256];

    (void)state;
    for (uint32_t i = 0; i < 299; i++)
        pattern[i] = '*';
    for (uint32_t i = 0; i < 255; i++)
        name[i] = 'x';
    pattern[299] = name[255] = 0;
    assert_false(matches(pattern, name)); /* longer than any name: it is not looked at */
    pattern[256] = 0;
    assert_true(matches(pattern, name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_random_patterns),
        cmocka_unit_test(test_longest_pattern),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
