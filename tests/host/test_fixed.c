// Scaling by fractions.
// sources:
#include "tests/host/host_test.h"
#include "lib/fixed.h"

static void fractions_are_rounded_down(void **state)
{
    (void)state;
    assert_int_equal(fraction_of(1, 2), 0x80000000);
    assert_int_equal(fraction_of(1, 3), 0x55555555);
    assert_int_equal(fraction_of(0, 7), 0);
    assert_int_equal(fraction_of(0xFFFFFFFE, 0xFFFFFFFF), 0xFFFFFFFE);
}

static void scaling_is_exact_and_monotone(void **state)
{
    const uint32_t fraction = fraction_of(50001, 12345678);
    uint64_t last = 0;

    (void)state;
    for (uint64_t value = 0; value < UINT64_MAX - ((uint64_t)1 << 59); value += (uint64_t)1 << 58) {
        for (uint64_t near = value; near < value + 1000; near += 7) {
            uint64_t exact = (uint64_t)(((unsigned __int128)near * fraction) >> 32);
            assert_true(scale(near, fraction) == exact);
            assert_true(exact >= last);
            last = exact;
        }
    }
    assert_true(scale(UINT64_MAX, 0xFFFFFFFF) == UINT64_MAX - ((uint64_t)1 << 32));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fractions_are_rounded_down),
        cmocka_unit_test(scaling_is_exact_and_monotone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
