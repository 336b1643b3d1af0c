/*
 * user/ntdll/utf8.c and code_page.c, user/kernel32/pattern.c and program_name.c: text in and out.
 * Buffers have exactly the size that is claimed.
 */
// sources: user/ntdll/utf8.c user/ntdll/code_page.c
// sources: user/kernel32/pattern.c user/kernel32/program_name.c
#include <stdlib.h>
#include <string.h>
#include "tests/host/host_test.h"
#include "user/kernel32/pattern.h"
#include "user/kernel32/program_name.h"
#include "user/ntdll/code_page.h"
#include "user/ntdll/utf8.h"

/* Every character there is goes to UTF-8 and comes back. */
static void utf8_is_reversible(void **state)
{
    (void)state;
    for (uint32_t code = 1; code < 0x110000; code++) {
        uint16_t units[2] = {(uint16_t)code, 0}, back[2];
        size_t count = 1;
        char bytes[4];
        bool bad = false;

        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        if (code > 0xFFFF) {
            units[0] = (uint16_t)(0xD800 + ((code - 0x10000) >> 10));
            units[1] = (uint16_t)(0xDC00 + ((code - 0x10000) & 0x3FF));
            count = 2;
        }
        size_t length = utf8_from_unicode(bytes, 4, units, count);
        assert_int_equal(length, code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4);
        assert_int_equal(utf8_to_unicode(back, 2, bytes, length, &bad), count);
        assert_false(bad);
        assert_memory_equal(units, back, count * 2);
    }
}

/* As Unicode recommends: one replacement for each longest beginning of a character. */
static void malformed_utf8_is_replaced(void **state)
{
    static const struct {
        const char *bytes;
        const uint16_t *units;
    } cases[] = {
        {"a\x80z", u"a\xFFFDz"},
        {"\xC0\x80", u"\xFFFD\xFFFD"},
        {"\xE2\x82", u"\xFFFD"},
        {"\xE2\x82z", u"\xFFFDz"},
        {"\xED\xA0\x80", u"\xFFFD\xFFFD\xFFFD"},
        {"\xF4\x90\x80\x80", u"\xFFFD\xFFFD\xFFFD\xFFFD"},
        {"\xF0\x9F\x98", u"\xFFFD"},
        {"\xF5z", u"\xFFFDz"},
        {"\xE0\x80\x80", u"\xFFFD\xFFFD\xFFFD"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        uint16_t units[8] = {0};
        bool bad = false;
        size_t expected = 0, length = strlen(cases[i].bytes);
        char *exact = malloc(length); /* the sanitizer sees a read too far */

        memcpy(exact, cases[i].bytes, length);
        while (cases[i].units[expected])
            expected++;
        assert_int_equal(utf8_to_unicode(units, 8, exact, length, &bad), expected);
        assert_memory_equal(units, cases[i].units, expected * 2);
        assert_true(bad);
        free(exact);
    }
}

static void lone_surrogates_are_replaced(void **state)
{
    static const uint16_t lone[] = {0xD800, 'x', 0xDC00};
    char bytes[16];

    (void)state;
    assert_int_equal(utf8_from_unicode(bytes, 16, lone, 3), 7);
    assert_memory_equal(bytes, "\xEF\xBF\xBDx\xEF\xBF\xBD", 7);
    assert_false(utf16_is_well_formed(lone, 3));
    assert_false(utf16_is_well_formed(lone, 1));
    assert_true(utf16_is_well_formed(u"\xD83D\xDE00y", 3));
}

static void what_does_not_fit_is_counted_and_not_written(void **state)
{
    char *bytes = malloc(4);
    uint16_t *units = malloc(2);

    (void)state;
    memset(bytes, 'z', 4);
    assert_int_equal(utf8_from_unicode(bytes, 4, u"ab\x20AC!", 4), 6);
    assert_memory_equal(bytes, "abzz", 4); /* no part of a character, and nothing behind it */
    assert_int_equal(utf8_to_unicode(units, 1, "\xF0\x9F\x98\x80", 4, NULL), 2);
    assert_int_equal(utf8_to_unicode(NULL, 0, "abc", 3, NULL), 3);
    free(bytes);
    free(units);
}

static void code_pages_are_reversible(void **state)
{
    const struct code_page *const pages[] = {&code_page_ansi, &code_page_oem};

    (void)state;
    for (size_t p = 0; p < 2; p++)
        for (int byte = 0; byte < 256; byte++) {
            char from = (char)byte, back;
            uint16_t unit;
            bool replaced = false;

            assert_int_equal(code_page_to_unicode(pages[p], &unit, 1, &from, 1), 1);
            assert_int_equal(code_page_from_unicode(pages[p], &back, 1, &unit, 1, '?', &replaced),
                             1);
            assert_false(replaced);
            assert_int_equal(back, from);
        }
}

static void what_a_code_page_lacks_is_replaced(void **state)
{
    char bytes[4] = {0};
    bool replaced = false;

    (void)state;
    assert_int_equal(code_page_from_unicode(&code_page_ansi, bytes, 4, u"\x3042\xD83D\xDE00x", 4,
                                            '#', &replaced),
                     3);
    assert_string_equal(bytes, "##x");
    assert_true(replaced);
}

static void patterns(void **state)
{
    static const struct {
        const char *dos, *nt;
    } cases[] = {
        {"*.*", "*"},    {"*", "*"},      {"a?.txt", "a>.txt"}, {"*.c", "*.c"},
        {"a.*", "a\"*"}, {"a.?", "a\">"}, {"*.", "<."},         {"x.y", "x.y"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        uint16_t units[16];
        size_t length = strlen(cases[i].dos);

        for (size_t k = 0; k < length; k++)
            units[k] = (uint8_t)cases[i].dos[k];
        assert_int_equal(pattern_translate(units, length), strlen(cases[i].nt));
        for (size_t k = 0; cases[i].nt[k]; k++)
            assert_int_equal(units[k], cases[i].nt[k]);
    }
}

static void programs_names(void **state)
{
    const uint16_t *begin;

    (void)state;
    assert_int_equal(program_name(u"  prog.exe a b", 0, &begin), 8);
    assert_int_equal(begin[0], 'p');
    assert_int_equal(program_name(u"  prog.exe a b", 1, &begin), 10);
    assert_int_equal(program_name(u"  prog.exe a b", 2, &begin), 12);
    assert_int_equal(program_name(u"  prog.exe a b", 3, &begin), 0);
    assert_int_equal(program_name(u"\"a b.exe\" c", 0, &begin), 7);
    assert_int_equal(begin[0], 'a');
    assert_int_equal(program_name(u"\"a b.exe\" c", 1, &begin), 0);
    assert_int_equal(program_name(u"\"a b", 0, &begin), 3);
    assert_int_equal(program_name(u"", 0, &begin), 0);
    assert_true(program_has_extension(u"a.exe", 5));
    assert_false(program_has_extension(u"a.b\\c", 5));
    assert_false(program_has_extension(u"abc", 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_reversible),
        cmocka_unit_test(malformed_utf8_is_replaced),
        cmocka_unit_test(lone_surrogates_are_replaced),
        cmocka_unit_test(what_does_not_fit_is_counted_and_not_written),
        cmocka_unit_test(code_pages_are_reversible),
        cmocka_unit_test(what_a_code_page_lacks_is_replaced),
        cmocka_unit_test(patterns),
        cmocka_unit_test(programs_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
