/*
 * user/ntdll/image_view.c and image_relocate.c on an image made by hand: what is exported is found,
 * and what is damaged is not followed out of the image.
 */
// sources: user/ntdll/image_view.c user/ntdll/image_relocate.c
#include <stdlib.h>
#include <string.h>
#include "tests/host/host_test.h"
#include "user/ntdll/image_view.h"
#include "lib/pe.h"

#define IMAGE_BYTES 0x2000u
#define HEADERS     0x80u
#define EXPORTS     0x1000u
#define FUNCTIONS   0x1100u
#define NAMES       0x1200u
#define ORDINALS    0x1300u
#define TEXTS       0x1400u

static const char *const names[] = {"Alpha", "Beta", "Forward", "Zeta"};
static uint8_t *base;
static struct image_view image;

static void put_word(uint32_t at, uint32_t value)
{
    memcpy(base + at, &value, sizeof(value));
}

/* Functions with the ordinals 5 to 9; 9 has no name, "Forward" is a forwarder. */
static int setup(void **state)
{
    (void)state;
    base = calloc(1, IMAGE_BYTES);
    image = (struct image_view){base, IMAGE_BYTES};
    put_word(0, 0x5A4D);
    put_word(0x3C, HEADERS);
    struct image_nt_headers32 *nt = (void *)(base + HEADERS);
    nt->signature = 0x4550;
    nt->optional_header.number_of_rva_and_sizes = 16;
    nt->optional_header.size_of_image = IMAGE_BYTES;
    struct image_data_directory *directory = (void *)(nt + 1);
    directory[IMAGE_ENTRY_EXPORT] = (struct image_data_directory){EXPORTS, 0x800};
    *(struct image_export_directory *)(base + EXPORTS) = (struct image_export_directory){
        .base = 5,
        .number_of_functions = 5,
        .number_of_names = 4,
        .functions = FUNCTIONS,
        .names = NAMES,
        .name_ordinals = ORDINALS,
    };
    for (uint32_t i = 0; i < 4; i++) {
        put_word(NAMES + i * 4, TEXTS + i * 16);
        strcpy((char *)base + TEXTS + i * 16, names[i]);
        ((uint16_t *)(base + ORDINALS))[i] = (uint16_t)i;
        put_word(FUNCTIONS + i * 4, 0x100 + i);
    }
    put_word(FUNCTIONS + 2 * 4, EXPORTS + 0x700);
    strcpy((char *)base + EXPORTS + 0x700, "other.Name");
    put_word(FUNCTIONS + 4 * 4, 0x200);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(base);
    return 0;
}

static void exports_are_found(void **state)
{
    struct image_export found;

    (void)state;
    for (uint32_t hint = 0; hint < 6; hint++) {
        assert_true(image_find_name(&image, "Alpha", hint, &found));
        assert_int_equal(found.rva, 0x100);
        assert_true(image_find_name(&image, "Zeta", hint, &found));
        assert_int_equal(found.rva, 0x103);
        assert_true(image_find_name(&image, "Forward", hint, &found));
        assert_int_equal(found.rva, 0);
        assert_string_equal(found.forwarder, "other.Name");
        assert_false(image_find_name(&image, "Gamma", hint, &found));
        assert_false(image_find_name(&image, "", hint, &found));
    }
    assert_true(image_find_ordinal(&image, 5, &found));
    assert_int_equal(found.rva, 0x100);
    assert_true(image_find_ordinal(&image, 9, &found));
    assert_int_equal(found.rva, 0x200);
    assert_false(image_find_ordinal(&image, 10, &found));
    assert_false(image_find_ordinal(&image, 4, &found));
}

/* Each word of the tables in turn becomes nonsense; the sanitizer sees a read outside. */
static void damage_stays_inside(void **state)
{
    static const uint32_t nonsense[] = {0, 1, IMAGE_BYTES - 1, IMAGE_BYTES, 0x7FFFFFFF, UINT32_MAX};
    struct image_export found;
    uint32_t bytes;

    (void)state;
    for (uint32_t at = HEADERS; at < TEXTS + 16; at += 4)
        for (size_t i = 0; i < ARRAY_SIZE(nonsense); i++) {
            uint32_t saved;

            memcpy(&saved, base + at, sizeof(saved));
            put_word(at, nonsense[i]);
            for (uint32_t n = 0; n < 4; n++)
                image_find_name(&image, names[n], n, &found);
            image_find_ordinal(&image, 7, &found);
            image_directory(&image, IMAGE_ENTRY_EXPORT, &bytes);
            put_word(at, saved);
        }
}

static void texts_end_inside(void **state)
{
    (void)state;
    assert_null(image_text(&image, IMAGE_BYTES));
    memset(base + IMAGE_BYTES - 4, 'x', 4);
    assert_null(image_text(&image, IMAGE_BYTES - 4));
    base[IMAGE_BYTES - 1] = 0;
    assert_string_equal(image_text(&image, IMAGE_BYTES - 4), "xxx");
    assert_null(image_at(&image, IMAGE_BYTES - 3, 4));
    assert_non_null(image_at(&image, IMAGE_BYTES - 4, 4));
    assert_null(image_at(&image, UINT32_MAX, 8));
}

static void relocations(void **state)
{
    const uint16_t entries[] = {0x3010, 0x3FFE, 0x0000, 0x0000};
    uint8_t block[16];

    (void)state;
    memcpy(block, (const uint32_t[]){0, 16}, 8);
    memcpy(block + 8, entries, 8);
    put_word(0x10, 0x1000);
    put_word(0xFFE, 0xFFFF);
    assert_true(image_relocations_are_right(&image, block, sizeof(block)));
    image_apply_relocations(&image, block, sizeof(block), 0x20001);
    uint32_t value;
    memcpy(&value, base + 0x10, 4);
    assert_int_equal(value, 0x21001);
    memcpy(&value, base + 0xFFE, 4);
    assert_int_equal(value, 0x30000);
    memcpy(block, (const uint32_t[]){IMAGE_BYTES, 16}, 8);
    assert_false(image_relocations_are_right(&image, block, sizeof(block)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(exports_are_found, setup, teardown),
        cmocka_unit_test_setup_teardown(damage_stays_inside, setup, teardown),
        cmocka_unit_test_setup_teardown(texts_end_inside, setup, teardown),
        cmocka_unit_test_setup_teardown(relocations, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
