/*
 * boot/multiboot2.c: each field right, and each way it can be wrong. Every blob is parsed from a
 * heap block of exactly its size, aligned and not, so that the sanitizer sees any byte read outside
 * it.
 */
// sources: boot/multiboot2.c boot/boot_info.c boot/memory_map.c lib/string.c
#include <stdlib.h>
#include <string.h>
#include "tests/host/host_test.h"
#include "tests/host/memory_map_check.h"
#include "tests/host/multiboot2_blob.h"
#include "boot/multiboot.h"

static struct boot_info info;

/* Parses a copy of exactly `size` bytes that begins `offset` bytes into a heap block. */
static const char *parse_copy(uint32_t size, uint32_t offset)
{
    uint8_t *copy = malloc(size + offset + 1);
    const char *error;

    copy = realloc(copy, size + offset > 0 ? size + offset : 1);
    memcpy(copy + offset, blob, size);
    memset(&info, 0xAA, sizeof(info));
    error = multiboot2_parse(copy + offset, size, &info);
    free(copy);
    return error;
}

static const char *parse(void)
{
    const char *error = NULL;

    for (uint32_t offset = 0; offset < 8; ++offset)
        error = parse_copy(blob_size, offset);
    return error;
}

static void expect_error(const char *words)
{
    const char *error = parse();

    assert_non_null(error);
    if (strstr(error, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error, words);
}

static void everything_right(void **state)
{
    (void)state;
    start();
    string_tag(MULTIBOOT2_TAG_COMMAND_LINE, "selftest=pool.* trace=fault");
    string_tag(MULTIBOOT2_TAG_LOADER_NAME, "GRUB 2.06");
    module_tag(0x200000, 0x204001, "demo");
    tag(99, 3);
    put("xyz", 3);
    memory_tag(640, 15360);
    usual_map();
    module_tag(0x300000, 0x300000, "");
    end();
    assert_null(parse());
    assert_string_equal(info.protocol, "multiboot2");
    assert_string_equal(info.loader, "GRUB 2.06");
    assert_string_equal(info.command_line, "selftest=pool.* trace=fault");
    assert_int_equal(info.module_count, 2);
    assert_int_equal(info.modules[0].start, 0x200000);
    assert_int_equal(info.modules[0].end, 0x204001);
    assert_string_equal(info.modules[0].name, "demo");
    assert_int_equal(info.modules[1].end, 0x300000);
    assert_string_equal(info.modules[1].name, "");
    assert_int_equal(info.range_count, 3);
    assert_true(info.ranges[2].base == 0x100000 && info.ranges[2].length == 0xF00000);
    assert_int_equal(info.ranges[1].type, BOOT_RANGE_RESERVED);
    assert_int_equal(info.ranges_dropped, 0);
    assert_int_equal(info.modules_dropped, 0);
    assert_true(info.start_tsc == 0xAAAAAAAAAAAAAAAAull); /* not the parser's to set */
}

static void nothing_but_a_map(void **state)
{
    (void)state;
    start();
    usual_map();
    end();
    assert_null(parse());
    assert_string_equal(info.loader, "");
    assert_string_equal(info.command_line, "");
    assert_int_equal(info.module_count, 0);
}

static void memory_sizes_stand_in_for_a_map(void **state)
{
    (void)state;
    start();
    memory_tag(639, 0xFFFFFFFF);
    end();
    assert_null(parse());
    assert_int_equal(info.range_count, 2);
    assert_true(info.ranges[0].base == 0 && info.ranges[0].length == 639 * 1024);
    assert_true(info.ranges[1].base == 0x100000);
    assert_true(info.ranges[1].length == 0xFFFFFFFFull * 1024);
}

static void a_map_outweighs_memory_sizes(void **state)
{
    (void)state;
    start();
    usual_map();
    memory_tag(640, 65536);
    end();
    assert_null(parse());
    assert_int_equal(info.range_count, 3);
}

static void long_strings_are_cut(void **state)
{
    char longer[BOOT_STRING + 100];

    (void)state;
    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    start();
    usual_map();
    string_tag(MULTIBOOT2_TAG_COMMAND_LINE, longer);
    string_tag(MULTIBOOT2_TAG_LOADER_NAME, longer);
    module_tag(0, 1, longer);
    end();
    assert_null(parse());
    assert_int_equal(strlen(info.command_line), BOOT_STRING - 1);
    assert_int_equal(strlen(info.loader), BOOT_NAME - 1);
    assert_int_equal(strlen(info.modules[0].name), BOOT_NAME - 1);
}

static void modules_beyond_the_table_are_counted(void **state)
{
    (void)state;
    start();
    usual_map();
    for (uint32_t i = 0; i < BOOT_MAX_MODULES + 3; ++i)
        module_tag(i << 12, (i << 12) + 1, "m");
    end();
    assert_null(parse());
    assert_int_equal(info.module_count, BOOT_MAX_MODULES);
    assert_int_equal(info.modules_dropped, 3);
    assert_int_equal(info.modules[BOOT_MAX_MODULES - 1].start, (BOOT_MAX_MODULES - 1) << 12);
}

static void strings_must_end_within_their_tag(void **state)
{
    uint32_t offset;

    (void)state;
    start();
    offset = string_tag(MULTIBOOT2_TAG_COMMAND_LINE, "abc");
    usual_map();
    end();
    patch(offset + 4, 8 + 3);
    expect_error("command line is not terminated");
    patch(offset + 4, 8); /* not even an empty string */
    expect_error("command line is not terminated");

    start();
    offset = string_tag(MULTIBOOT2_TAG_LOADER_NAME, "abc");
    usual_map();
    end();
    patch(offset + 4, 8 + 3);
    expect_error("loader name is not terminated");

    start();
    offset = module_tag(0, 1, "abc");
    usual_map();
    end();
    patch(offset + 4, 16 + 3);
    expect_error("module's name is not terminated");
}

static void tags_must_have_a_possible_size(void **state)
{
    static const uint32_t too_small[] = {0, 1, 7};
    static const uint32_t too_large[] = {9, 16, 0x7FFFFFFF, 0xFFFFFFF8, 0xFFFFFFFF};
    uint32_t offset;

    (void)state;
    start();
    usual_map();
    offset = tag(99, 0);
    end();
    for (size_t i = 0; i < ARRAY_SIZE(too_small); ++i) {
        patch(offset + 4, too_small[i]);
        expect_error("smaller than its own header");
    }
    patch(offset + 4, 8);
    assert_null(parse());
    for (size_t i = 0; i < ARRAY_SIZE(too_large); ++i) { /* counted from the end tag */
        patch(offset + 8 + 4, too_large[i]);
        expect_error("runs over the end");
    }
}

static void tags_must_hold_their_fields(void **state)
{
    uint32_t offset;

    (void)state;
    for (uint32_t size = 8; size < 16; ++size) {
        start();
        usual_map();
        offset = memory_tag(1, 2);
        end();
        patch(offset + 4, size);
        expect_error("too short for its type");

        start();
        usual_map();
        offset = module_tag(1, 2, "");
        end();
        patch(offset + 4, size);
        expect_error("too short for its type");

        start();
        offset = map_tag(0);
        end();
        patch(offset + 4, size);
        expect_error("too short for its type");
    }
}

static void the_end_tag_is_required(void **state)
{
    (void)state;
    start();
    usual_map();
    patch(0, blob_size);
    expect_error("no end tag");
    end();
    for (uint32_t total = 0; total < blob_size; ++total) {
        patch(0, total);
        assert_non_null(parse_copy(blob_size, 0));
        assert_non_null(parse_copy(total < 4 ? 8 : total, 0));
    }
    start();
    end();
    for (uint32_t total = 0; total < 16; ++total) {
        patch(0, total);
        expect_error("no end tag");
    }
}

/* The last tag is not padded, so the next one would begin behind the information. */
static void missing_padding_is_not_read(void **state)
{
    (void)state;
    start();
    usual_map();
    tag(99, 5);
    put("12345", 5);
    patch(0, blob_size);
    expect_error("no end tag");
}

static void the_total_size_is_bounded(void **state)
{
    (void)state;
    start();
    usual_map();
    end();
    patch(0, blob_size + 1);
    expect_error("larger than it can be");
    patch(0, 0xFFFFFFFF);
    expect_error("larger than it can be");
    for (uint32_t limit = 0; limit < 8; ++limit) {
        assert_non_null(parse_copy(limit, 0));
    }
    memset(&info, 0, sizeof(info));
    patch(0, MULTIBOOT2_LIMIT + 1);
    assert_non_null(multiboot2_parse(blob, SIZE_MAX, &info));
}

static void map_entries_must_have_a_possible_size(void **state)
{
    static const uint32_t impossible[] = {0, 1, 8, 16, 23, 25, 28, 0xFFFFFFFF};
    uint32_t offset;

    (void)state;
    start();
    offset = usual_map();
    end();
    for (size_t i = 0; i < ARRAY_SIZE(impossible); ++i) {
        patch(offset + 8, impossible[i]);
        expect_error("impossible entry size");
    }
    patch(offset + 8, 0xFFFFFFF8);
    expect_error("cut off");
    patch(offset + 8, 32);
    expect_error("cut off");
    patch(offset + 8, 24);
    for (uint32_t size = 16 + 3 * 24 - 23; size < 16 + 3 * 24; ++size) {
        patch(offset + 4, size);
        expect_error("cut off");
    }
}

static void larger_map_entries_are_stepped_over(void **state)
{
    uint32_t offset;

    (void)state;
    start();
    offset = tag(MULTIBOOT2_TAG_MEMORY_MAP, 8 + 2 * 40);
    put32(40);
    put32(1);
    map_entry(0, 0x9F000, 1);
    put64(UINT64_MAX);
    put64(UINT64_MAX);
    map_entry(0x100000, 0x100000, 1);
    put64(UINT64_MAX);
    put64(UINT64_MAX);
    end();
    assert_true(offset > 0);
    assert_null(parse());
    assert_int_equal(info.range_count, 2);
    assert_true(info.ranges[1].base == 0x100000 && info.ranges[1].length == 0x100000);
}

static void a_module_must_not_end_before_it_starts(void **state)
{
    (void)state;
    start();
    usual_map();
    module_tag(0x1000, 0xFFF, "backwards");
    end();
    expect_error("ends before it starts");
}

static void there_must_be_memory(void **state)
{
    (void)state;
    start();
    string_tag(MULTIBOOT2_TAG_COMMAND_LINE, "");
    end();
    expect_error("no usable memory");
    start();
    map_tag(0);
    memory_tag(640, 1024); /* an empty map still counts as the map */
    end();
    expect_error("no usable memory");
    start();
    map_tag(1);
    map_entry(0, 0x1000000, 2);
    end();
    expect_error("no usable memory");
}

/* All single-byte changes of a valid blob: whatever comes out must be in order. */
static void any_byte_may_be_anything(void **state)
{
    static const uint8_t values[] = {0x00, 0x01, 0x07, 0x7F, 0x80, 0xFF};
    uint8_t kept;

    (void)state;
    start();
    string_tag(MULTIBOOT2_TAG_COMMAND_LINE, "selftest");
    module_tag(0x200000, 0x204001, "demo");
    usual_map();
    end();
    for (uint32_t i = 0; i < blob_size; ++i)
        for (size_t v = 0; v < ARRAY_SIZE(values); ++v) {
            kept = blob[i];
            blob[i] = values[v];
            if (parse_copy(blob_size, 1) == NULL)
                assert_true(memory_map_in_order(&info));
            blob[i] = kept;
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_right),
        cmocka_unit_test(nothing_but_a_map),
        cmocka_unit_test(memory_sizes_stand_in_for_a_map),
        cmocka_unit_test(a_map_outweighs_memory_sizes),
        cmocka_unit_test(long_strings_are_cut),
        cmocka_unit_test(modules_beyond_the_table_are_counted),
        cmocka_unit_test(strings_must_end_within_their_tag),
        cmocka_unit_test(tags_must_have_a_possible_size),
        cmocka_unit_test(tags_must_hold_their_fields),
        cmocka_unit_test(the_end_tag_is_required),
        cmocka_unit_test(missing_padding_is_not_read),
        cmocka_unit_test(the_total_size_is_bounded),
        cmocka_unit_test(map_entries_must_have_a_possible_size),
        cmocka_unit_test(larger_map_entries_are_stepped_over),
        cmocka_unit_test(a_module_must_not_end_before_it_starts),
        cmocka_unit_test(there_must_be_memory),
        cmocka_unit_test(any_byte_may_be_anything),
    };

    return cmocka_run_group_tests_name("multiboot2", tests, NULL, NULL);
}
