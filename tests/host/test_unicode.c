/*
 * lib/unicode.c. The capitals are checked against alphabets written out, small letter for capital;
 * texts on the heap without a terminator show a read too far.
 */
// sources: lib/unicode.c
#include <stdlib.h>
#include <string.h>
#include "tests/host/host_test.h"
#include "lib/unicode.h"

static struct unicode_string string(const uint16_t *text)
{
    struct unicode_string s;

    rtl_init_unicode_string(&s, text);
    return s;
}

static void init_counts_bytes_and_copies_nothing(void **state)
{
    const uint16_t *text = u"\\Device";
    struct unicode_string s = string(text);

    (void)state;
    assert_int_equal(s.length, 14);
    assert_int_equal(s.maximum_length, 16);
    assert_ptr_equal(s.buffer, text);
    s = string(u"");
    assert_int_equal(s.length, 0);
    assert_int_equal(s.maximum_length, 2);
    assert_non_null(s.buffer);
    s = string(NULL);
    assert_int_equal(s.length, 0);
    assert_int_equal(s.maximum_length, 0);
    assert_null(s.buffer);
}

/* The heap block has no terminator when the text is as long as the limit or longer. */
static void init_cuts_what_16_bits_cannot_count(void **state)
{
    (void)state;
    for (size_t units = 32764; units <= 32770; ++units) {
        uint16_t *text = malloc((units + 1) * sizeof(*text));
        size_t kept = units < 32766 ? units : 32766;
        struct unicode_string s;

        for (size_t i = 0; i <= units; ++i)
            text[i] = 'x';
        if (units < 32766)
            text[units] = 0;
        s = string(text);
        assert_int_equal(s.length, kept * 2);
        assert_int_equal(s.maximum_length, kept * 2 + 2);
        free(text);
    }
}

static const uint16_t *const small =
    u"abcdefghijklmnopqrstuvwxyz"
    u"àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ"
    u"āăąćĉċčďđēĕėęěĝğġģĥħĩīĭįĳĵķĺļľŀłńņňŋōŏőœŕŗřśŝşšţťŧũūŭůűųŵŷźżž"
    u"άέήίαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώϙϛϝϟϡϣϥϧϩϫϭϯ"
    u"абвгдежзийклмнопрстуфхцчшщъыьэюяѐёђѓєѕіїјљњћќѝўџ"
    u"ѡѣѥѧѩѫѭѯѱѳѵѷѹѻѽѿҁҋҍҏґғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽҿӂӄӆӈӊӌӎӏ"
    u"ӑӓӕӗәӛӝӟӡӣӥӧөӫӭӯӱӳӵӷӹӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛԝԟԡԣԥԧԩԫ"
    u"ԭ"
    u"ԯ";
static const uint16_t *const capital =
    u"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    u"ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞŸ"
    u"ĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮĲĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŹŻŽ"
    u"ΆΈΉΊΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΣΤΥΦΧΨΩΪΫΌΎΏϘϚϜϞϠϢϤϦϨϪϬϮ"
    u"АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЀЁЂЃЄЅІЇЈЉЊЋЌЍЎЏ"
    u"ѠѢѤѦѨѪѬѮѰѲѴѶѸѺѼѾҀҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӁӃӅӇӉӋӍӀ"
    u"ӐӒӔӖӘӚӜӞӠӢӤӦӨӪӬӮӰӲӴӶӸӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪ"
    u"Ԭ"
    u"Ԯ";

/* => the capital of `c` in the alphabets above, or `c`. */
static uint16_t defined_upcase(uint16_t c)
{
    for (size_t i = 0; small[i] != 0; ++i) {
        if (small[i] == c)
            return capital[i];
    }
    return c;
}

static void every_unit_has_the_capital_written_out(void **state)
{
    (void)state;
    assert_int_equal(string(small).length, string(capital).length);
    for (uint32_t c = 0; c <= 0xFFFF; ++c) {
        uint16_t up = rtl_upcase_unicode_char((uint16_t)c);

        assert_int_equal(up, defined_upcase((uint16_t)c));
        assert_int_equal(rtl_upcase_unicode_char(up), up);
    }
}

/* The signs among the letters, and letters whose capital is elsewhere, more than one, or ASCII. */
static void what_has_no_capital_stays(void **state)
{
    const uint16_t alone[] = {'@',    '[',    '`',    '{',    0x00B5, 0x00D7, 0x00DF,
                              0x00F7, 0x0131, 0x0138, 0x0149, 0x017F, 0x0390, 0x03B0,
                              0x03D0, 0x0482, 0x0487, 0x04C0, 0x0530, 0xD800, 0xFFFF};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(alone); ++i)
        assert_int_equal(rtl_upcase_unicode_char(alone[i]), alone[i]);
    assert_int_equal(rtl_upcase_unicode_char(0x00FF), 0x0178);
}

static int sign(int x)
{
    return (x > 0) - (x < 0);
}

/* Asserts the order of two texts and, both ways round, that equality and hashes agree with it. */
static void assert_order(const uint16_t *left, const uint16_t *right, bool ignore_case, int order)
{
    struct unicode_string a = string(left);
    struct unicode_string b = string(right);

    assert_int_equal(sign(rtl_compare_unicode_string(&a, &b, ignore_case)), order);
    assert_int_equal(sign(rtl_compare_unicode_string(&b, &a, ignore_case)), -order);
    assert_int_equal(rtl_equal_unicode_string(&a, &b, ignore_case), order == 0);
    assert_int_equal(rtl_equal_unicode_string(&b, &a, ignore_case), order == 0);
    if (order == 0)
        assert_int_equal(rtl_hash_unicode_string(&a, ignore_case),
                         rtl_hash_unicode_string(&b, ignore_case));
}

static void order_is_that_of_the_units(void **state)
{
    (void)state;
    assert_order(u"", u"", false, 0);
    assert_order(NULL, u"", false, 0);
    assert_order(NULL, u"a", false, -1);
    assert_order(u"Device", u"Device", false, 0);
    assert_order(u"Device", u"Devices", false, -1);
    assert_order(u"b", u"abc", false, 1);
    assert_order(u"B", u"a", false, -1);
    assert_order(u"\x00FF", u"\x0100", false, -1); /* by value, not by the bytes in memory */
    assert_order(u"\xFFFF", u"\x0001", false, 1);
}

static void case_counts_unless_ignored(void **state)
{
    (void)state;
    assert_order(u"DosDevices", u"DOSDEVICES", false, 1);
    assert_order(u"DosDevices", u"DOSDEVICES", true, 0);
    assert_order(u"Größe Łódź", u"GRÖßE ŁÓDŹ", true, 0);
    assert_order(u"ΟΔΥΣΣΕΥΣ", u"οδυσσευς", true, 0);
    assert_order(u"Тёмный", u"ТЁМНЫЙ", true, 0);
    assert_order(u"B", u"a", true, 1);
    assert_order(u"_", u"a", true, 1); /* between the capitals and the small letters */
    assert_order(u"_", u"a", false, -1);
    assert_order(u"abc", u"ABCD", true, -1);
    assert_order(small, capital, true, 0);
}

/* The texts are NULL: reading them would end the test. */
static void different_lengths_are_unequal_unread(void **state)
{
    struct unicode_string a = {4, 4, NULL};
    struct unicode_string b = {6, 6, NULL};

    (void)state;
    assert_false(rtl_equal_unicode_string(&a, &b, false));
    assert_false(rtl_equal_unicode_string(&b, &a, true));
}

static void a_zero_unit_is_text_and_half_a_unit_is_not(void **state)
{
    const uint16_t left[] = {'a', 0, 'b'};
    const uint16_t right[] = {'a', 0, 'c'};
    struct unicode_string a = {sizeof(left), sizeof(left), left};
    struct unicode_string b = {sizeof(right), sizeof(right), right};

    (void)state;
    assert_true(rtl_compare_unicode_string(&a, &b, false) < 0);
    assert_false(rtl_equal_unicode_string(&a, &b, true));
    a.length = b.length = 5;
    assert_true(rtl_equal_unicode_string(&a, &b, false));
    assert_int_equal(rtl_hash_unicode_string(&a, false), rtl_hash_unicode_string(&b, false));
}

static void hashes_tell_short_strings_apart(void **state)
{
    uint32_t hashes[26 * 26];
    size_t n = 0;

    (void)state;
    for (uint16_t x = 'a'; x <= 'z'; ++x)
        for (uint16_t y = 'a'; y <= 'z'; ++y) {
            const uint16_t text[] = {x, y, 0};
            struct unicode_string s = string(text);

            hashes[n] = rtl_hash_unicode_string(&s, true);
            for (size_t i = 0; i < n; ++i)
                assert_int_not_equal(hashes[i], hashes[n]);
            assert_int_not_equal(hashes[n++], rtl_hash_unicode_string(&s, false));
        }
}

/* Asserts what is printed of `text` into exactly `size` bytes. */
static void assert_ascii(const uint16_t *text, size_t size, const char *expected)
{
    struct unicode_string s = string(text);
    char *out = malloc(size);

    assert_int_equal(rtl_unicode_to_ascii(&s, out, size), strlen(expected));
    assert_string_equal(out, expected);
    free(out);
}

static void printing_escapes_what_is_not_printable(void **state)
{
    const uint16_t with_zero[] = {'a', 0, 'b'};
    struct unicode_string s = {sizeof(with_zero), sizeof(with_zero), with_zero};
    char out[16];

    (void)state;
    assert_ascii(NULL, 1, "");
    assert_ascii(u"\\Device\\Null", 64, "\\Device\\Null");
    assert_ascii(u" ~\x1F\x7F", 64, " ~\\x001F\\x007F");
    assert_ascii(u"Łódź", 64, "\\x0141\\x00F3d\\x017A");
    assert_ascii(u"\xABCD", 64, "\\xABCD");
    assert_int_equal(rtl_unicode_to_ascii(&s, out, sizeof(out)), 8);
    assert_string_equal(out, "a\\x0000b");
}

static void printing_cuts_between_units(void **state)
{
    struct unicode_string s = string(u"abc");
    char untouched = '~';

    (void)state;
    assert_ascii(u"abc", 4, "abc");
    assert_ascii(u"abc", 3, "ab");
    assert_ascii(u"abc", 1, "");
    assert_ascii(u"aŁb", 9, "a\\x0141b");
    assert_ascii(u"aŁb", 8, "a\\x0141");
    for (size_t size = 2; size <= 7; ++size)
        assert_ascii(u"aŁb", size, "a");
    assert_int_equal(rtl_unicode_to_ascii(&s, &untouched, 0), 0);
    assert_int_equal(untouched, '~');
}

/* A counted text at the very end of a heap block, without a terminator. */
static void nothing_is_read_behind_the_length(void **state)
{
    uint16_t *exact = malloc(3 * sizeof(*exact));
    struct unicode_string counted = {6, 6, exact};
    struct unicode_string longer = string(u"abcd");
    char out[8];

    (void)state;
    memcpy(exact, u"abc", 6);
    assert_true(rtl_compare_unicode_string(&counted, &longer, false) < 0);
    assert_false(rtl_equal_unicode_string(&counted, &longer, false));
    longer.length = 6;
    assert_true(rtl_equal_unicode_string(&counted, &longer, true));
    assert_int_equal(rtl_hash_unicode_string(&counted, true),
                     rtl_hash_unicode_string(&longer, true));
    assert_int_equal(rtl_unicode_to_ascii(&counted, out, sizeof(out)), 3);
    assert_string_equal(out, "abc");
    free(exact);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_counts_bytes_and_copies_nothing),
        cmocka_unit_test(init_cuts_what_16_bits_cannot_count),
        cmocka_unit_test(every_unit_has_the_capital_written_out),
        cmocka_unit_test(what_has_no_capital_stays),
        cmocka_unit_test(order_is_that_of_the_units),
        cmocka_unit_test(case_counts_unless_ignored),
        cmocka_unit_test(different_lengths_are_unequal_unread),
        cmocka_unit_test(a_zero_unit_is_text_and_half_a_unit_is_not),
        cmocka_unit_test(hashes_tell_short_strings_apart),
        cmocka_unit_test(printing_escapes_what_is_not_printable),
        cmocka_unit_test(printing_cuts_between_units),
        cmocka_unit_test(nothing_is_read_behind_the_length),
    };

    return cmocka_run_group_tests_name("unicode", tests, NULL, NULL);
}
