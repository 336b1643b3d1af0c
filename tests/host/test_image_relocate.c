/* user/ntdll/image_relocate.c: sums, what is refused, and random images. */
// sources: user/ntdll/image_relocate.c
#include <stdlib.h>
#include <string.h>
#include "tests/host/host_test.h"
#include "lib/types.h"
#include "user/ntdll/image_view.h"
#include "lib/pe.h"

#define IMAGE_PAGES 4u
#define IMAGE_BYTES (IMAGE_PAGES * PAGE_SIZE)
#define HIGHLOW     0x3000u

static uint8_t image[IMAGE_BYTES];
static uint8_t blocks[4096];
static uint32_t blocks_bytes, last_block;

static int setup(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < IMAGE_BYTES; i++)
        image[i] = (uint8_t)(i * 7 + (i >> 8));
    blocks_bytes = 0;
    return 0;
}

static void add_block(uint32_t rva)
{
    struct image_base_relocation header = {rva, sizeof(header)};

    last_block = blocks_bytes;
    memcpy(blocks + blocks_bytes, &header, sizeof(header));
    blocks_bytes += sizeof(header);
}

static void set_block_size(uint32_t bytes)
{
    memcpy(blocks + last_block + offsetof(struct image_base_relocation, size_of_block), &bytes,
           sizeof(bytes));
}

static void add_entry(uint16_t entry)
{
    memcpy(blocks + blocks_bytes, &entry, sizeof(entry));
    blocks_bytes += sizeof(entry);
    set_block_size(blocks_bytes - last_block);
}

static uint32_t read32(uint32_t rva)
{
    uint32_t value;

    memcpy(&value, image + rva, sizeof(value));
    return value;
}

/* In a heap block of exactly their size, at an odd address. */
static bool are_right(void)
{
    struct image_view view = {image, IMAGE_BYTES};
    uint8_t *relocations = malloc(blocks_bytes + 1);

    memcpy(relocations + 1, blocks, blocks_bytes);
    bool right = image_relocations_are_right(&view, relocations + 1, blocks_bytes);
    free(relocations);
    return right;
}

static void apply(uint32_t delta)
{
    struct image_view view = {image, IMAGE_BYTES};
    uint8_t *relocations = malloc(blocks_bytes + 1);

    memcpy(relocations + 1, blocks, blocks_bytes);
    image_apply_relocations(&view, relocations + 1, blocks_bytes, delta);
    free(relocations);
}

static void blocks_may_begin_within_a_page(void **state)
{
    uint32_t in_first = read32(0x1804), in_second = read32(0x2010), across = read32(0x1FFE);

    (void)state;
    add_block(0x1804);
    add_entry(HIGHLOW | 0);
    add_entry(HIGHLOW | 0x7FA);
    add_entry(HIGHLOW | 0x80C);
    assert_true(are_right());
    apply(0x12345678);
    assert_int_equal(read32(0x1804), in_first + 0x12345678);
    assert_int_equal(read32(0x2010), in_second + 0x12345678);
    assert_int_equal(read32(0x1FFE), across + 0x12345678);
}

static void blocks_of_wrong_size(void **state)
{
    static const uint32_t sizes[] = {0, 1, 7, 9, 11, 13, 14, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF};

    (void)state;
    add_block(0);
    add_entry(HIGHLOW | 4);
    add_entry(0);
    assert_true(are_right());
    for (uint32_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        set_block_size(sizes[i]);
        assert_false(are_right());
    }
    for (uint32_t left = 1; left < 8; left++) { /* too few for a second block */
        set_block_size(12);
        blocks_bytes = 12 + left;
        assert_false(are_right());
    }
}

static void other_types_are_refused(void **state)
{
    for (uint32_t type = 0; type < 16; type++) {
        setup(state);
        add_block(0x2000);
        add_entry((uint16_t)(type << 12 | 8));
        assert_int_equal(are_right(), type == 0 || type == 3);
    }
}

static void targets_lie_in_the_image(void **state)
{
    static const struct {
        uint32_t rva;
        uint16_t offset;
        bool inside;
    } targets[] = {
        {0x3000, 0xFFC, true},  {0x3000, 0xFFD, false}, {0x4000, 0, false},
        {0x3FFC, 0, true},      {0x3FFD, 0, false},     {0xFFFFF000, 0xFFF, false},
        {0xFFFFFFFF, 8, false},
    };

    for (uint32_t i = 0; i < ARRAY_SIZE(targets); i++) {
        setup(state);
        add_block(targets[i].rva);
        add_entry(HIGHLOW | targets[i].offset);
        assert_int_equal(are_right(), targets[i].inside);
        apply(0x10000);
    }
}

static void random_images_agree_with_the_simple_way(void **state)
{
    uint32_t random = 1;
    static uint8_t expected[IMAGE_BYTES];

    for (uint32_t round = 0; round < 2000; round++) {
        uint32_t delta = host_random(&random), rva = 0;
        setup(state);
        memcpy(expected, image, sizeof(image));
        for (uint32_t block = 0; block < IMAGE_PAGES; block++) {
            add_block(block * PAGE_SIZE);
            while (rva + 4 <= IMAGE_BYTES && rva < (block + 1) * PAGE_SIZE) {
                uint32_t value;
                memcpy(&value, expected + rva, sizeof(value));
                value += delta;
                memcpy(expected + rva, &value, sizeof(value));
                add_entry((uint16_t)(HIGHLOW | rva % PAGE_SIZE));
                rva += 4 + host_random(&random) % 64;
            }
        }
        assert_true(are_right());
        apply(delta);
        assert_memory_equal(image, expected, sizeof(image));
    }
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(blocks_may_begin_within_a_page),
        TEST(blocks_of_wrong_size),
        TEST(other_types_are_refused),
        TEST(targets_lie_in_the_image),
        TEST(random_images_agree_with_the_simple_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
