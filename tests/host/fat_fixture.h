/*
 * What the tests of the FAT reader share: volumes of each kind, the one that is mounted, and what
 * was found on it.
 */
#pragma once

#include "tests/host/host_test.h"
#include "tests/host/fat_image.h"

static struct fat_device device;
static struct fat_volume volume;
static struct fat_entry found;

/* Every kind of table, with clusters of a sector and of more, sectors of 512 bytes and of more. */
static const struct {
    uint32_t bits, sector_bytes, cluster_sectors, clusters;
} kinds[] = {
    {12, 512, 1, 400},   {12, 1024, 2, 1000}, {16, 512, 1, 4085},
    {16, 2048, 1, 4400}, {32, 512, 1, 700},   {32, 4096, 2, 500},
};

static inline void make(size_t kind)
{
    image_make(kinds[kind].bits, kinds[kind].sector_bytes, kinds[kind].cluster_sectors,
               kinds[kind].clusters);
}

static inline ntstatus try_mount(void)
{
    device = image_device();
    return fat_mount(&volume, &device);
}

static inline void mount(void)
{
    assert_int_equal(try_mount(), STATUS_SUCCESS);
}

static inline ntstatus find(const uint16_t *path)
{
    struct unicode_string s;

    rtl_init_unicode_string(&s, path);
    return fat_find(&volume, &s, &found);
}

static inline void assert_name(const uint16_t *name, uint32_t units, const char *expected)
{
    struct unicode_string s = {(uint16_t)(units * 2), 0, name};
    char text[1024];

    rtl_unicode_to_ascii(&s, text, sizeof(text));
    assert_string_equal(text, expected);
    assert_int_equal(name[units], 0);
}

static inline void assert_names(const char *name, const char *short_name)
{
    assert_name(found.name, found.name_length, name);
    assert_name(found.short_name, found.short_name_length, short_name);
}

/* `found` has the bytes that image_take_file gave it, wherever one begins to read. */
static inline void assert_contents(void)
{
    uint8_t *buffer = malloc(found.size + 1);
    uint32_t read;

    for (uint32_t offset = 0; offset < found.size; offset += 1 + found.size / 7) {
        buffer[found.size - offset] = 0xA5;
        assert_int_equal(fat_read(&volume, &found, offset, buffer, found.size - offset + 99, &read),
                         STATUS_SUCCESS);
        assert_int_equal(read, found.size - offset);
        for (uint32_t i = 0; i < read; i++)
            if (buffer[i] != image_pattern(found.first_cluster, offset + i))
                fail();
        assert_int_equal(buffer[read], 0xA5);
    }
    assert_int_equal(fat_read(&volume, &found, found.size, buffer, 1, &read), STATUS_END_OF_FILE);
    assert_int_equal(read, 0);
    free(buffer);
}

/* The directory `path` has these names, separated by spaces, and no others. */
static inline void assert_lists(const uint16_t *path, const char *expected)
{
    struct fat_entry directory;
    char text[4096];
    uint32_t cursor = 0, length = 0;
    ntstatus status;

    assert_int_equal(find(path), STATUS_SUCCESS);
    directory = found;
    while (NT_SUCCESS(status = fat_next_entry(&volume, &directory, &cursor, &found))) {
        struct unicode_string s = {(uint16_t)(found.name_length * 2), 0, found.name};
        length += (uint32_t)rtl_unicode_to_ascii(&s, text + length, sizeof(text) - length - 1);
        text[length++] = ' ';
    }
    assert_int_equal(status, STATUS_NO_MORE_FILES);
    text[length ? length - 1 : 0] = '\0';
    assert_string_equal(text, expected);
    uint32_t end = cursor;
    assert_int_equal(fat_next_entry(&volume, &directory, &cursor, &found), STATUS_NO_MORE_FILES);
    assert_int_equal(cursor, end);
}

static inline int end(void **state)
{
    (void)state;
    image_free();
    return 0;
}
