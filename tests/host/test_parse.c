/*
 * lib/parse.c: tables of what is a number and what is not.
 */
// sources: lib/parse.c
#include "tests/host/host_test.h"
#include "lib/parse.h"

#define UNTOUCHED 0xABABABABu

static const struct {
    const char *text;
    uint64_t value;
} sizes[] = {
    {"0", 0},
    {"1", 1},
    {"4096", 4096},
    {"007", 7},
    {"512K", 512ull << 10},
    {"512k", 512ull << 10},
    {"64M", 64ull << 20},
    {"64m", 64ull << 20},
    {"1G", 1ull << 30},
    {"4g", 4ull << 30},
    {"0K", 0},
    {"0x0", 0},
    {"0x1000", 4096},
    {"0XfF", 255},
    {"0xAbCdEf", 0xABCDEF},
    {"0x10M", 16ull << 20},
    {"4294967295", 4294967295ull},
    {"4294967296", 4294967296ull},
    {"18446744073709551615", UINT64_MAX},
    {"0xFFFFFFFFFFFFFFFF", UINT64_MAX},
    {"0x0000000000000000000001", 1},
    {"18014398509481983K", 18014398509481983ull << 10},
    {"17179869183G", 17179869183ull << 30},
};

static const char *const no_sizes[] = {
    "",
    " ",
    "K",
    "0x",
    "0xK",
    "x10",
    "-1",
    "+1",
    " 1",
    "1 ",
    "64MB",
    "64 M",
    "1T",
    "12a",
    "1.5M",
    "0xG",
    "1KK",
    "18446744073709551616",
    "18446744073709551620",
    "99999999999999999999",
    "184467440737095516150",
    "0x10000000000000000",
    "18014398509481984K",
    "17592186044416M",
    "17179869184G",
    "/",
    ":",
    "@",
    "`",
    "0x@",
    "0x`",
};

static void every_size_has_its_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(sizes); ++i) {
        uint64_t value = UNTOUCHED;

        assert_true(parse_size(sizes[i].text, &value));
        assert_true(value == sizes[i].value);
    }
}

static void everything_else_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(no_sizes); ++i) {
        uint64_t size = UNTOUCHED;
        uint32_t number = UNTOUCHED;

        assert_false(parse_size(no_sizes[i], &size));
        assert_false(parse_u32(no_sizes[i], &number));
        assert_int_equal(size, UNTOUCHED);
        assert_int_equal(number, UNTOUCHED);
    }
}

static void plain_numbers_fit_32_bits_and_have_no_unit(void **state)
{
    uint32_t number = UNTOUCHED;

    (void)state;
    assert_false(parse_u32("4294967296", &number));
    assert_false(parse_u32("0x100000000", &number));
    assert_false(parse_u32("1K", &number));
    assert_int_equal(number, UNTOUCHED);
    assert_true(parse_u32("4294967295", &number));
    assert_int_equal(number, UINT32_MAX);
    assert_true(parse_u32("0xC0300000", &number));
    assert_int_equal(number, 0xC0300000u);
    assert_true(parse_u32("0", &number));
    assert_int_equal(number, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_has_its_value),
        cmocka_unit_test(everything_else_is_refused_and_changes_nothing),
        cmocka_unit_test(plain_numbers_fit_32_bits_and_have_no_unit),
    };

    return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
