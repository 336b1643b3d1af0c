// Names on FAT volumes: long and short, whole and broken; paths; times.
// sources: kernel/io/fat.c kernel/io/fat_mount.c kernel/io/fat_chain.c
// sources: kernel/io/fat_slot.c kernel/io/fat_directory.c lib/unicode.c
#include "tests/host/fat_fixture.h"

static void long_and_short_names_are_found(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
        make(kind);
        image_add(0, "TOKOS VOLUM", 0x08, 0, 0);
        image_add_long(0, u"A Long Name.Text", "ALONGN~1TEX", 0x21, image_take_file(1, 1), 77);
        image_add_long(0, u"thirteen.chrs", "THIRTE~1CHR", 0, 0, 0);
        image_add_long(0, u"Grüße.txt", "GRE~1   TXT", 0, 0, 0);
        image.bytes[image_add(0, "LOWER   TXT", 0, 0, 0) + 12] = 0x18;
        image.bytes[image_add(0, "MIXED   TXT", 0, 0, 0) + 12] = 0x10;
        image.bytes[image_add(0, "BASE    TXT", 0, 0, 0) + 12] = 0x08;
        image_add(0, "\x05\x94      1  ", 0, 0, 0);
        mount();
        assert_lists(u"", "A Long Name.Text thirteen.chrs Gr\\x00FC\\x00DFe.txt lower.txt "
                          "MIXED.txt base.TXT \\x03C3\\x00F6.1");
        assert_int_equal(find(u"a LONG nAME.text"), STATUS_SUCCESS);
        assert_names("A Long Name.Text", "ALONGN~1.TEX");
        assert_int_equal(found.attributes, FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_ARCHIVE);
        assert_int_equal(found.size, 77);
        assert_int_equal(found.write_time, 127225354620000000);
        assert_int_equal(find(u"alongn~1.tex"), STATUS_SUCCESS);
        assert_int_equal(find(u"GRÜßE.TXT"), STATUS_SUCCESS);
        assert_int_equal(find(u"thirteen.chr"), STATUS_OBJECT_NAME_NOT_FOUND);
        assert_int_equal(find(u"Lower.txt"), STATUS_SUCCESS);
        assert_names("lower.txt", "LOWER.TXT");
        assert_int_equal(find(u"ΣÖ.1"), STATUS_SUCCESS);
        assert_int_equal(find(u"TOKOS VO.LUM"), STATUS_OBJECT_NAME_NOT_FOUND);
    }
}

static void the_longest_name(void **state)
{
    uint16_t name[300];

    (void)state;
    image_make(12, 512, 1, 400);
    uint32_t directory = image_add_directory(0, "D          ");
    for (uint32_t i = 0; i < ARRAY_SIZE(name); i++)
        name[i] = (uint16_t)('a' + i % 26);
    name[255] = 0;
    image_add_long(directory, name, "LONGEST    ", 0, 0, 255);
    name[255] = 'v';
    name[256] = 0;
    image_add_long(directory, name, "TOOLONG    ", 0, 0, 256);
    name[256] = 'w';
    name[260] = 0; /* 20 pieces without a terminator */
    image_add_long(directory, name, "FULL       ", 0, 0, 260);
    name[260] = 'a';
    name[270] = 0; /* 21 pieces */
    image_add_long(directory, name, "PIECES     ", 0, 0, 270);
    mount();
    assert_int_equal(find(u"d\\longest"), STATUS_SUCCESS);
    assert_int_equal(found.name_length, 255);
    assert_memory_equal(found.name, name, 255 * 2);
    static const uint16_t *const broken[] = {u"d\\toolong", u"d\\full", u"d\\pieces"};
    for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
        assert_int_equal(find(broken[i]), STATUS_SUCCESS);
        assert_int_equal(found.name_length, found.short_name_length);
        assert_memory_equal(found.name, found.short_name, found.name_length * 2);
    }
    uint16_t path[258] = u"d\\";
    memcpy(path + 2, name, 255 * 2);
    path[257] = 0;
    assert_int_equal(find(path), STATUS_SUCCESS);
    assert_int_equal(found.size, 255);
    name[256] = 0;
    assert_int_equal(find(name), STATUS_OBJECT_NAME_INVALID);
}

/* Adds a file to `directory`, behind pieces of a long name that are not what they should be: three
 * pieces with the numbers and checksums' deviations given; number 0: no such piece. */
static void add_with_pieces(uint32_t directory, const char *short_name, const uint8_t numbers[3],
                            const uint8_t deviations[3])
{
    static const uint16_t name[] = u"a name of three pieces, all told";
    uint8_t sum = image_checksum(short_name);

    for (int i = 0; i < 3; i++)
        if (numbers[i])
            image_add_piece(directory, name, ARRAY_SIZE(name) - 1, numbers[i], sum + deviations[i]);
    image_add(directory, short_name, 0, 0, 0);
}

/* What another system left of long names belongs to nobody, and the short name stands. */
static void pieces_out_of_turn_are_ignored(void **state)
{
    static const struct {
        const char *name;
        uint8_t numbers[3], deviations[3];
    } files[] = {
        {"RENAMED    ", {3, 2, 1}, {1, 1, 1}}, {"NOLAST     ", {0, 2, 1}, {0, 0, 0}},
        {"NOFIRST    ", {3, 2, 0}, {0, 0, 0}}, {"NOSECOND   ", {3, 0, 1}, {0, 0, 0}},
        {"TWOSUMS    ", {3, 2, 1}, {0, 1, 0}}, {"TWICE      ", {3, 2, 2}, {0, 0, 0}},
        {"ORDER      ", {3, 1, 2}, {0, 0, 0}}, {"SUMOFFIRST ", {3, 2, 1}, {1, 0, 0}},
    };

    (void)state;
    image_make(12, 512, 1, 400);
    uint32_t d = image_add_directory(0, "D          ");
    for (size_t i = 0; i < ARRAY_SIZE(files); i++)
        add_with_pieces(d, files[i].name, files[i].numbers, files[i].deviations);
    image.bytes[image_add_long(d, u"a deleted name", "DELETED    ", 0, 0, 0)] = 0xE5;
    image_add(d, "DELETED    ", 0, 0, 0);
    image_add_long(d, u"the label", "LABEL      ", 0x08, 0, 0);
    image_add(d, "LABEL      ", 0, 0, 0);
    mount();
    assert_lists(u"d", ". .. RENAMED NOLAST NOFIRST NOSECOND TWOSUMS TWICE ORDER SUMOFFIR.ST "
                       "DELETED LABEL");
}

static void long_names_that_are_none(void **state)
{
    (void)state;
    image_make(12, 2048, 1, 400);
    uint32_t d = image_add_directory(0, "D          ");
    uint32_t at = image_add_long(d, u"one that ends before its end", "SHORT      ", 0, 0, 0);
    image_put16(at - 32 + 9, 0); /* in the first of three pieces */
    image.bytes[image_add_piece(d, u"type", 4, 1, image_checksum("TYPE       ")) + 12] = 1;
    image_add(d, "TYPE       ", 0, 0, 0);
    image.bytes[image_add_piece(d, u"zero", 4, 1, image_checksum("ZERO       "))] = 0x40;
    image_add(d, "ZERO       ", 0, 0, 0);
    image_add_long(d, u"with\\separator", "SEPARA~1   ", 0, 0, 0);
    image_add_long(d, u"..", "DOTS~1     ", 0, 0, 0);
    image_put16(image_add_piece(d, u"", 0, 1, image_checksum("NOTHING    ")) + 1, 0);
    image_add(d, "NOTHING    ", 0, 0, 0);
    image_add_piece(d, u"begun", 5, 1, 0); /* and begun again */
    image_add_long(d, u"good", "GOOD~1     ", 0, 0, 0);
    mount();
    assert_lists(u"d", ". .. SHORT TYPE ZERO SEPARA~1 DOTS~1 NOTHING good");
}

/* Some systems write a short name that is none, to have only the long one used. */
static void short_names_that_are_none(void **state)
{
    (void)state;
    image_make(12, 512, 1, 400);
    image_add_long(0, u"only long", " \x01\x02\x03       ", 0, 0, 0);
    image_add(0, " \x01\x02\x03       ", 0, 0, 0);
    image_add(0, "        EXT", 0, 0, 0);
    image_add(0, "A/B        ", 0, 0, 0);
    image_add(0, "A\x05      C  ", 0, 0, 0); /* stands for E5 in the first place only */
    image_add(0, "A       \x05  ", 0, 0, 0);
    image_add(0, "A       \x01  ", 0, 0, 0);
    mount();
    assert_lists(u"", "only long");
    assert_int_equal(find(u"only long"), STATUS_SUCCESS);
    assert_names("only long", "");
}

static void paths_that_cannot_be(void **state)
{
    static const uint16_t *const paths[] = {
        u"\\\\", u"a\\", u"\\a\\", u"a\\\\b", u"\\\\a", u".", u"..", u"x\\..", u"a/b",
        u"a*",   u"a?",  u"<",     u">",      u"\"",    u"|", u":",  u"a\nb",
    };
    static const uint16_t odd[] = u"a\\";
    struct unicode_string s = {3, 3, odd}, nothing = {1, 1, NULL}, zero = {2, 2, u""};

    (void)state;
    image_make(12, 512, 1, 400);
    image_add(0, "A          ", 0, 0, 0);
    mount();
    image_fail_after = 0; /* told before anything is read */
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
        assert_int_equal(find(paths[i]), STATUS_OBJECT_NAME_INVALID);
    image_fail_after = UINT32_MAX;
    assert_int_equal(fat_find(&volume, &s, &found), STATUS_SUCCESS); /* half a unit is ignored */
    assert_int_equal(fat_find(&volume, &nothing, &found), STATUS_SUCCESS);
    assert_int_equal(fat_find(&volume, &zero, &found), STATUS_OBJECT_NAME_INVALID);
}

static void times(void **state)
{
    static const struct {
        uint32_t date, time;
        uint64_t expected;
    } cases[] = {
        {1 << 5 | 1, 0, 119600064000000000},            /* 1 January 1980 */
        {120 << 9 | 3 << 5 | 1, 0, 157520160000000000}, /* 1 March 2100, no leap year */
        {127 << 9 | 12 << 5 | 31, 23 << 11 | 59 << 5 | 29, 159992927980000000},
        {120 << 9 | 2 << 5 | 29, 0, 0},
        {0, 0, 0},
        {1 << 5, 0, 0},
        {13 << 5 | 1, 0, 0},
        {4 << 5 | 31, 0, 0},
        {1 << 5 | 1, 24 << 11, 0},
        {1 << 5 | 1, 60 << 5, 0},
        {1 << 5 | 1, 30, 0},
    };

    (void)state;
    image_make(12, 512, 1, 400);
    uint32_t at = image_add(0, "A          ", 0, 0, 0);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        image_put16(at + 22, cases[i].time);
        image_put16(at + 24, cases[i].date);
        mount();
        find(u"a");
        assert_int_equal(found.write_time, cases[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_and_short_names_are_found),
        cmocka_unit_test(the_longest_name),
        cmocka_unit_test(pieces_out_of_turn_are_ignored),
        cmocka_unit_test(long_names_that_are_none),
        cmocka_unit_test(short_names_that_are_none),
        cmocka_unit_test(paths_that_cannot_be),
        cmocka_unit_test(times),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
