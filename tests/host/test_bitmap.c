/*
 * lib/bitmap.c against the same operations on an array with a byte for each bit.
 */
// sources: lib/bitmap.c
#include <stdlib.h>
#include <string.h>
#include "tests/host/host_test.h"
#include "lib/bitmap.h"

#define MOST_BITS 200u

struct model {
    uint32_t size;
    uint8_t bits[MOST_BITS];
};

static bool model_all(const struct model *model, uint32_t start, uint32_t count, uint8_t value)
{
    for (uint32_t i = 0; i < count; ++i) {
        if (model->bits[start + i] != value)
            return false;
    }
    return true;
}

static uint32_t model_find(const struct model *model, uint32_t count, uint32_t hint)
{
    if (count == 0 || count > model->size)
        return RTL_BITMAP_NONE;
    if (hint >= model->size)
        hint = 0;
    for (uint32_t i = 0; i < model->size; ++i) {
        uint32_t start = (hint + i) % model->size;

        if (start + count <= model->size && model_all(model, start, count, 0))
            return start;
    }
    return RTL_BITMAP_NONE;
}

static uint32_t *new_buffer(uint32_t size, int byte)
{
    uint32_t *buffer = malloc((size + 31) / 32 * 4 + (size == 0));

    memset(buffer, byte, (size + 31) / 32 * 4);
    return buffer;
}

static void compare(const struct rtl_bitmap *bm, const struct model *model)
{
    uint32_t ones = 0;

    for (uint32_t i = 0; i < model->size; ++i) {
        assert_int_equal(rtl_test_bit(bm, i), model->bits[i]);
        ones += model->bits[i];
    }
    assert_int_equal(rtl_number_of_set_bits(bm), ones);
}

/* One random operation on both. */
static void step(struct rtl_bitmap *bm, struct model *model, uint32_t *seed)
{
    uint32_t start = host_random(seed) % (model->size + 1);
    uint32_t longest = host_random(seed) % 4 == 0 ? model->size : 12;
    uint32_t count = host_random(seed) % (longest + 1);
    uint32_t fits = count < model->size - start ? count : model->size - start;
    uint32_t found;

    switch (host_random(seed) % 4) {
    case 0:
        rtl_set_bits(bm, start, fits);
        memset(model->bits + start, 1, fits);
        break;
    case 1:
        rtl_clear_bits(bm, start, fits);
        memset(model->bits + start, 0, fits);
        break;
    case 2:
        assert_int_equal(rtl_are_bits_set(bm, start, fits), model_all(model, start, fits, 1));
        break;
    default:
        found = model_find(model, count, start);
        assert_int_equal(rtl_find_clear_bits(bm, count, start), found);
        assert_int_equal(rtl_find_clear_bits_and_set(bm, count, start), found);
        if (found != RTL_BITMAP_NONE)
            memset(model->bits + found, 1, count);
    }
}

/* The bits behind `size` start as ones in one round and as zeros in the next: they must not count.
 */
static void random_operations_agree_with_the_model(void **state)
{
    uint32_t seed = 2024;

    (void)state;
    for (uint32_t size = 0; size <= MOST_BITS; ++size) {
        struct model model = {.size = size};
        uint32_t *buffer = new_buffer(size, size % 2 ? 0xFF : 0);
        struct rtl_bitmap bm;

        rtl_initialize_bitmap(&bm, buffer, size);
        rtl_clear_bits(&bm, 0, size);
        for (int i = 0; i < 400; ++i) {
            step(&bm, &model, &seed);
            compare(&bm, &model);
        }
        free(buffer);
    }
}

/* Every range of 70 bits, so every way a range can lie across words. */
static void every_range_is_set_and_cleared_exactly(void **state)
{
    uint32_t buffer[3];
    struct rtl_bitmap bm;

    (void)state;
    rtl_initialize_bitmap(&bm, buffer, 70);
    for (uint32_t start = 0; start <= 70; ++start)
        for (uint32_t count = 0; start + count <= 70; ++count) {
            memset(buffer, 0, sizeof(buffer));
            rtl_set_bits(&bm, start, count);
            for (uint32_t i = 0; i < 96; ++i)
                assert_int_equal(buffer[i / 32] >> i % 32 & 1, i >= start && i < start + count);
            assert_int_equal(rtl_number_of_set_bits(&bm), count);
            assert_true(rtl_are_bits_set(&bm, start, count));
            memset(buffer, 0xFF, sizeof(buffer));
            rtl_clear_bits(&bm, start, count);
            for (uint32_t i = 0; i < 96; ++i)
                assert_int_equal(buffer[i / 32] >> i % 32 & 1, i < start || i >= start + count);
            assert_int_equal(rtl_are_bits_set(&bm, start, count), count == 0);
        }
}

static void searches_wrap_once_and_end(void **state)
{
    uint32_t buffer[2] = {0, 0};
    struct rtl_bitmap bm;

    (void)state;
    rtl_initialize_bitmap(&bm, buffer, 64);
    assert_int_equal(rtl_find_clear_bits(&bm, 64, 0), 0);
    assert_int_equal(rtl_find_clear_bits(&bm, 64, 63), 0); /* begins below the hint, ends above */
    assert_int_equal(rtl_find_clear_bits(&bm, 65, 0), RTL_BITMAP_NONE);
    assert_int_equal(rtl_find_clear_bits(&bm, UINT32_MAX, 5), RTL_BITMAP_NONE);
    assert_int_equal(rtl_find_clear_bits(&bm, 0, 0), RTL_BITMAP_NONE);
    assert_int_equal(rtl_find_clear_bits(&bm, 1, 64), 0);
    assert_int_equal(rtl_find_clear_bits(&bm, 1, UINT32_MAX), 0);
    assert_int_equal(rtl_find_clear_bits(&bm, 1, 63), 63);
    assert_int_equal(rtl_find_clear_bits(&bm, 2, 63), 0);
    rtl_set_bits(&bm, 0, 64);
    assert_int_equal(rtl_find_clear_bits(&bm, 1, 10), RTL_BITMAP_NONE);
    assert_int_equal(rtl_find_clear_bits(&bm, 1, 4096), RTL_BITMAP_NONE);
    assert_int_equal(rtl_find_clear_bits(&bm, 1, UINT32_MAX), RTL_BITMAP_NONE);
    rtl_clear_bits(&bm, 31, 2);
    assert_int_equal(rtl_find_clear_bits(&bm, 2, 32), 31);
    assert_int_equal(rtl_find_clear_bits_and_set(&bm, 3, 0), RTL_BITMAP_NONE);
    assert_int_equal(rtl_number_of_set_bits(&bm), 62);
    assert_int_equal(rtl_find_clear_bits_and_set(&bm, 2, 0), 31);
    assert_int_equal(rtl_number_of_set_bits(&bm), 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_operations_agree_with_the_model),
        cmocka_unit_test(every_range_is_set_and_cleared_exactly),
        cmocka_unit_test(searches_wrap_once_and_end),
    };

    return cmocka_run_group_tests_name("bitmap", tests, NULL, NULL);
}
