// UTF-8 into units.
// sources: lib/utf8.c
#include "tests/host/host_test.h"
#include <stdlib.h>
#include <string.h>
#include "lib/utf8.h"

static void expect(const char *from, size_t bytes, const uint16_t *expected, size_t units)
{
    char *copy = malloc(bytes + !bytes); /* the sanitizer sees what is read beyond it */
    uint16_t *to = malloc(units * 2 + 2);

    memcpy(copy, from, bytes);
    to[units] = 0xAAAA;
    assert_int_equal(rtl_utf8_to_unicode(copy, bytes, NULL, 0), units);
    assert_int_equal(rtl_utf8_to_unicode(copy, bytes, to, units), units);
    assert_memory_equal(to, expected, units * 2);
    assert_int_equal(to[units], 0xAAAA);
    if (units) {
        assert_int_equal(rtl_utf8_to_unicode(copy, bytes, to, units - 1), units);
        assert_memory_equal(to, expected, units * 2); /* nothing beyond the room is written */
    }
    free(copy);
    free(to);
}

#define EXPECT(from, expected) \
    expect(from, sizeof(from) - 1, expected, sizeof(expected) / sizeof(uint16_t) - 1)

static void test_characters(void **state)
{
    (void)state;
    EXPECT("", u"");
    EXPECT("plain", u"plain");
    EXPECT("\xC3\xA4\xC3\x9F", u"\u00E4\u00DF");
    EXPECT("\xE2\x82\xAC", u"\u20AC");
    EXPECT("\xF0\x9F\x98\x80!", u"\U0001F600!");
    EXPECT("\xC2\x80\xDF\xBF", u"\x80\x7FF");
    EXPECT("\xE0\xA0\x80\xEF\xBF\xBF", u"\x800\xFFFF");
    EXPECT("\xF4\x8F\xBF\xBF", u"\xDBFF\xDFFF");
}

static void test_what_is_none(void **state)
{
    (void)state;
    EXPECT("\x80", u"\xFFFD"); /* nothing begins so */
    EXPECT("\xFF"
           "a",
           u"\xFFFD"
           u"a");
    EXPECT("\xC3", u"\xFFFD"); /* cut off */
    EXPECT("\xC3"
           "a",
           u"\xFFFD"
           u"a");
    EXPECT("\xC0\xAF", u"\xFFFD\xFFFD"); /* too long a form */
    EXPECT("\xE0\x9F\xBF", u"\xFFFD\xFFFD\xFFFD");
    EXPECT("\xED\xA0\x80", u"\xFFFD\xFFFD\xFFFD");           /* a surrogate */
    EXPECT("\xF4\x90\x80\x80", u"\xFFFD\xFFFD\xFFFD\xFFFD"); /* above the last */
    EXPECT("\xF0\x9F\x98", u"\xFFFD\xFFFD\xFFFD");
}

static void test_anything_ends(void **state)
{
    uint32_t random = 1;
    char bytes[64];
    uint16_t units[64];

    (void)state;
    for (uint32_t n = 0; n < 200000; n++) {
        size_t length = host_random(&random) % sizeof(bytes);
        for (size_t i = 0; i < length; i++)
            bytes[i] = (char)host_random(&random);
        assert_in_range(rtl_utf8_to_unicode(bytes, length, units, 64), length ? 1 : 0, length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_characters),
        cmocka_unit_test(test_what_is_none),
        cmocka_unit_test(test_anything_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
