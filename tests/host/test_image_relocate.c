/*
 * mm/image_relocate.c: sums within a page and across two, what is refused, and random images
 * against the simple way of doing it, four bytes at a time in an image that is all there.
 */
// sources: mm/image_relocate.c
#include <stdlib.h>
#include <string.h>
#include "tests/host/host_test.h"
#include "lib/types.h"
#include "mm/image_relocate.h"

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

/* In heap blocks of exactly their size, and the page at an odd address. */
static ntstatus relocate(uint32_t page, const uint8_t before[3], uint32_t delta)
{
    uint8_t *relocations = malloc(blocks_bytes + 1), *copy = malloc(PAGE_SIZE + 1);
    ntstatus status;

    memcpy(relocations + 1, blocks, blocks_bytes);
    memcpy(copy + 1, image + page * PAGE_SIZE, PAGE_SIZE);
    status =
        mi_relocate_page(relocations + 1, blocks_bytes, page * PAGE_SIZE, before, copy + 1, delta);
    memcpy(image + page * PAGE_SIZE, copy + 1, PAGE_SIZE);
    free(copy);
    free(relocations);
    return status;
}

/* All pages, the last one first if `backward`: they do not depend on each other. */
static ntstatus relocate_all(uint32_t delta, bool backward)
{
    uint8_t before[IMAGE_PAGES][3] = {{0}};
    ntstatus status = STATUS_SUCCESS;

    for (uint32_t page = 1; page < IMAGE_PAGES; page++)
        memcpy(before[page], image + page * PAGE_SIZE - 3, 3);
    for (uint32_t i = 0; i < IMAGE_PAGES && status == STATUS_SUCCESS; i++) {
        uint32_t page = backward ? IMAGE_PAGES - 1 - i : i;
        status = relocate(page, before[page], delta);
    }
    return status;
}

static ntstatus verify(void)
{
    return mi_verify_relocations(blocks, blocks_bytes, IMAGE_BYTES);
}

static void nothing_to_do(void **state)
{
    uint8_t as_it_was[IMAGE_BYTES];

    (void)state;
    memcpy(as_it_was, image, sizeof(image));
    assert_int_equal(verify(), STATUS_SUCCESS);
    assert_int_equal(relocate_all(0x10000, false), STATUS_SUCCESS);
    add_block(0x1000);
    add_entry(0);
    add_entry(0);
    add_block(0x2000); /* without entries, and the last */
    assert_int_equal(verify(), STATUS_SUCCESS);
    assert_int_equal(relocate_all(0x10000, false), STATUS_SUCCESS);
    assert_memory_equal(image, as_it_was, sizeof(image));
}

static void sums_within_a_page(void **state)
{
    uint32_t first = read32(0x1000), last = read32(0x1FFC), other = read32(0x2000);

    (void)state;
    add_block(0x1000);
    add_entry(HIGHLOW | 0);
    add_entry(HIGHLOW | 0xFFC);
    assert_int_equal(verify(), STATUS_SUCCESS);
    assert_int_equal(relocate_all(0xFFF01234, false), STATUS_SUCCESS);
    assert_int_equal(read32(0x1000), first + 0xFFF01234);
    assert_int_equal(read32(0x1FFC), last + 0xFFF01234);
    assert_int_equal(read32(0x2000), other);
}

static void sums_across_two_pages(void **state)
{
    static const uint32_t deltas[] = {1,          0x00010000, 0x00FF0000,
                                      0x7FFF0000, 0xFFFF0000, 0x89ABCDEF};

    for (uint32_t offset = 0xFFD; offset <= 0xFFF; offset++)
        for (uint32_t i = 0; i < ARRAY_SIZE(deltas); i++)
            for (uint32_t backward = 0; backward < 2; backward++) {
                uint32_t rva = 0x1000 + offset;
                setup(state);
                memset(image + rva, 0xFF, 4); /* so that there is a carry everywhere */
                uint32_t behind = read32(rva + 4), ahead = read32(rva - 4);
                add_block(0x1000);
                add_entry((uint16_t)(HIGHLOW | offset));
                assert_int_equal(verify(), STATUS_SUCCESS);
                assert_int_equal(relocate_all(deltas[i], backward), STATUS_SUCCESS);
                assert_int_equal(read32(rva), deltas[i] - 1);
                assert_int_equal(read32(rva + 4), behind);
                assert_int_equal(read32(rva - 4), ahead);
            }
}

/* Nothing says that a block's address is that of a page. */
static void blocks_may_begin_within_a_page(void **state)
{
    uint32_t in_first = read32(0x1804), in_second = read32(0x2010), across = read32(0x1FFE);

    (void)state;
    add_block(0x1804);
    add_entry(HIGHLOW | 0);
    add_entry(HIGHLOW | 0x7FA);
    add_entry(HIGHLOW | 0x80C);
    assert_int_equal(verify(), STATUS_SUCCESS);
    assert_int_equal(relocate_all(0x12345678, true), STATUS_SUCCESS);
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
    assert_int_equal(verify(), STATUS_SUCCESS);
    for (uint32_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        set_block_size(sizes[i]);
        assert_int_equal(verify(), STATUS_INVALID_IMAGE_FORMAT);
        assert_int_equal(relocate_all(0x10000, false), STATUS_INVALID_IMAGE_FORMAT);
    }
    for (uint32_t left = 1; left < 8; left++) { /* too few for a second block */
        set_block_size(12);
        blocks_bytes = 12 + left;
        assert_int_equal(verify(), STATUS_INVALID_IMAGE_FORMAT);
        assert_int_equal(relocate_all(0x10000, false), STATUS_INVALID_IMAGE_FORMAT);
    }
}

static void other_types_are_refused(void **state)
{
    for (uint32_t type = 0; type < 16; type++) {
        ntstatus expected = type == 0 || type == 3 ? STATUS_SUCCESS : STATUS_INVALID_IMAGE_FORMAT;
        setup(state);
        add_block(0x2000);
        add_entry((uint16_t)(type << 12 | 8));
        assert_int_equal(verify(), expected);
        assert_int_equal(relocate_all(0x10000, false), expected);
        assert_int_equal(relocate(0, (const uint8_t[3]){0}, 0x10000), STATUS_SUCCESS);
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
        assert_int_equal(verify(),
                         targets[i].inside ? STATUS_SUCCESS : STATUS_INVALID_IMAGE_FORMAT);
        assert_int_equal(relocate_all(0x10000, false), STATUS_SUCCESS); /* as far as there is one */
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
        assert_int_equal(verify(), STATUS_SUCCESS);
        assert_int_equal(relocate_all(delta, round & 1), STATUS_SUCCESS);
        assert_memory_equal(image, expected, sizeof(image));
    }
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_to_do),
        TEST(sums_within_a_page),
        TEST(sums_across_two_pages),
        TEST(blocks_may_begin_within_a_page),
        TEST(blocks_of_wrong_size),
        TEST(other_types_are_refused),
        TEST(targets_lie_in_the_image),
        TEST(random_images_agree_with_the_simple_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
