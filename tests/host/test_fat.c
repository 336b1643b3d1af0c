// FAT volumes: mounted, searched and read.
// sources: kernel/io/fat.c kernel/io/fat_mount.c kernel/io/fat_chain.c
// sources: kernel/io/fat_slot.c kernel/io/fat_directory.c lib/unicode.c
#include "tests/host/fat_fixture.h"

static void an_empty_volume_has_nothing_but_a_root(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
        make(kind);
        mount();
        assert_int_equal(volume.bits, kinds[kind].bits);
        assert_int_equal(volume.cluster_count, kinds[kind].clusters);
        assert_int_equal(find(u""), STATUS_SUCCESS);
        assert_int_equal(found.attributes, FILE_ATTRIBUTE_DIRECTORY);
        assert_names("", "");
        assert_lists(u"\\", "");
        assert_int_equal(find(u"\\a"), STATUS_OBJECT_NAME_NOT_FOUND);
        assert_int_equal(find(u"a\\b"), STATUS_OBJECT_PATH_NOT_FOUND);
    }
}

static void files_are_read_from_any_offset(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
        make(kind);
        uint32_t cluster = image.cluster_bytes;
        image_add(0, "EMPTY   BIN", 0, 0, 0);
        image_add(0, "BYTE    BIN", 0, image_take_file(1, 1), 1);
        image_add(0, "CLUSTER BIN", 0, image_take_file(1, 1), cluster);
        image_add(0, "OVER    BIN", 0, image_take_file(2, 1), cluster + 1);
        image_add(0, "PIECES  BIN", 0, image_take_file(40, 3), 40 * cluster - 5);
        image_add(0, "WHOLE   BIN", 0, image_take_file(30, 1), 30 * cluster);
        mount();
        static const uint16_t *const paths[] = {u"empty.bin", u"BYTE.bin",     u"\\cluster.bin",
                                                u"Over.Bin",  u"\\pieces.bin", u"whole.bin"};
        for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
            assert_int_equal(find(paths[i]), STATUS_SUCCESS);
            assert_contents();
        }
    }
}

/* In clusters: three that lie together, a gap of two, four more. Read backwards too. */
static void extents_are_as_long_as_they_can_be(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
        make(kind);
        uint32_t bytes = image.cluster_bytes, here, first = image_take_file(3, 1);
        uint64_t at;
        image_take(2, 1);
        uint32_t second = image_take(4, 1);
        image_link(first + 2, second);
        image_add(0, "A          ", 0, first, 7 * bytes - 9);
        mount();
        find(u"a");
        for (int round = 0; round < 2; round++) {
            assert_int_equal(fat_find_extent(&volume, &found, 5, &at, &here), STATUS_SUCCESS);
            assert_int_equal(at, image_cluster_at(first) + 5);
            assert_int_equal(here, 3 * bytes - 5);
            assert_int_equal(fat_find_extent(&volume, &found, 4 * bytes, &at, &here),
                             STATUS_SUCCESS);
            assert_int_equal(at, image_cluster_at(second) + bytes);
            assert_int_equal(here, 3 * bytes - 9);
            assert_int_equal(fat_find_extent(&volume, &found, 7 * bytes - 10, &at, &here),
                             STATUS_SUCCESS);
            assert_int_equal(here, 1);
        }
        assert_int_equal(fat_find_extent(&volume, &found, 7 * bytes - 9, &at, &here),
                         STATUS_END_OF_FILE);
        assert_int_equal(fat_find_extent(&volume, &found, UINT32_MAX, &at, &here),
                         STATUS_END_OF_FILE);
    }
}

/* The table of 4,000 FAT16 entries has 16 blocks: each is read for the count, and again for runs.
 */
static void reading_on_does_not_begin_again(void **state)
{
    uint8_t page[512];
    uint32_t read;

    (void)state;
    image_make(16, 512, 1, 4085);
    uint32_t other = image_take_file(40, 1), first = image_take_file(2000, 2);
    image_add(0, "A          ", 0, first, 2000 * 512);
    image_add(0, "B          ", 0, other, 40 * 512);
    mount();
    find(u"b");
    struct fat_entry b = found;
    find(u"a");
    image_reads = 0;
    for (uint32_t i = 0; i < 2000; i++)
        assert_int_equal(fat_read(&volume, &found, i * 512, page, 512, &read), STATUS_SUCCESS);
    assert_in_range(image_reads, 2000 + 32, 2000 + 34);
    image_reads = 0;
    for (uint32_t i = 0; i < 40; i++) { /* two files by turns */
        fat_read(&volume, &found, i * 512, page, 512, &read);
        fat_read(&volume, &b, i * 512, page, 512, &read);
    }
    assert_in_range(image_reads, 80, 80 + 6);
}

/* More files than volumes remember chains of, by turns. */
static void more_files_than_are_remembered(void **state)
{
    char name[] = "F0         ";
    struct fat_entry files[FAT_CHAINS + 2];
    uint32_t cursor = 0;

    (void)state;
    image_make(12, 512, 1, 400);
    for (uint32_t i = 0; i < ARRAY_SIZE(files); i++, name[1]++)
        image_add(0, name, 0, image_take_file(9, 2), 9 * 512 - i);
    mount();
    find(u"");
    struct fat_entry root = found;
    for (uint32_t i = 0; i < ARRAY_SIZE(files); i++)
        assert_int_equal(fat_next_entry(&volume, &root, &cursor, &files[i]), STATUS_SUCCESS);
    for (uint32_t i = 0; i < 30; i++) {
        found = files[i % ARRAY_SIZE(files)];
        assert_contents();
    }
    for (uint32_t i = 0; i < 30; i++) { /* none is remembered as far as another was read */
        uint8_t byte;
        found = files[i % ARRAY_SIZE(files)];
        fat_read(&volume, &found, 0, &byte, 1, &cursor);
        assert_int_equal(byte, image_pattern(found.first_cluster, 0));
    }
}

static void directories_within_directories(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
        make(kind);
        uint32_t a = image_add_directory(0, "A          ");
        uint32_t b = image_add_directory(a, "B          ");
        image_add(b, "FILE       ", 0, image_take_file(1, 1), 3);
        image_add(a, "FILE       ", 0, 0, 0);
        mount();
        assert_lists(u"", "A");
        assert_lists(u"\\a", ". .. B FILE");
        assert_lists(u"a\\B", ". .. FILE");
        assert_int_equal(find(u"\\a\\b\\file"), STATUS_SUCCESS);
        assert_contents();
        assert_int_equal(find(u"a\\x"), STATUS_OBJECT_NAME_NOT_FOUND);
        assert_int_equal(find(u"x\\b"), STATUS_OBJECT_PATH_NOT_FOUND);
        assert_int_equal(find(u"a\\x\\file"), STATUS_OBJECT_PATH_NOT_FOUND);
        assert_int_equal(find(u"a\\file\\b"), STATUS_NOT_A_DIRECTORY);
        uint32_t cursor = 0;
        assert_int_equal(find(u"a\\file"), STATUS_SUCCESS);
        struct fat_entry file = found;
        assert_int_equal(fat_next_entry(&volume, &file, &cursor, &found), STATUS_NOT_A_DIRECTORY);
        find(u"a");
        struct fat_entry directory = found, parent;
        uint64_t at;
        assert_int_equal(fat_find_extent(&volume, &found, 0, &at, &cursor), STATUS_END_OF_FILE);
        cursor = 1; /* ".." leads to the root */
        assert_int_equal(fat_next_entry(&volume, &directory, &cursor, &parent), STATUS_SUCCESS);
        cursor = 0;
        assert_int_equal(fat_next_entry(&volume, &parent, &cursor, &found), STATUS_SUCCESS);
        assert_names("A", "A");
    }
}

static void a_directory_of_many_clusters(void **state)
{
    uint16_t path[] = u"many\\entry number 000";
    char name[] = "N000       ";

    (void)state;
    for (size_t kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
        make(kind);
        uint32_t many = image_add_directory(0, "MANY       ");
        for (uint32_t i = 0; i < 600; i++) {
            path[18] = '0' + i / 100, path[19] = '0' + i / 10 % 10, path[20] = '0' + i % 10;
            for (int digit = 0; digit < 3; digit++)
                name[1 + digit] = (char)path[18 + digit];
            uint32_t at = image_add_long(many, path + 5, name, 0, 0, i);
            if (i % 3 == 0)
                image.bytes[at] = 0xE5; /* deleted, by one who does not know of pieces */
            if (i % 50 == 0)
                image_take(1, 1); /* in the directory's way */
        }
        mount();
        assert_int_equal(find(path), STATUS_SUCCESS);
        assert_int_equal(found.size, 599);
        assert_int_equal(find(u"many\\n200"), STATUS_SUCCESS);
        assert_names("entry number 200", "N200");
        assert_int_equal(find(u"many\\n201"), STATUS_OBJECT_NAME_NOT_FOUND);
        assert_int_equal(find(u"many\\n600"), STATUS_OBJECT_NAME_NOT_FOUND);
    }
}

/* A full directory has no end mark, and any cursor is a good one. */
static void directories_end_where_they_end(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
        make(kind);
        uint32_t d = image_add_directory(0, "D          ");
        for (uint32_t i = 2; i < image.cluster_bytes / 32; i++)
            image_add(d, "N          ", 0, 0, 0);
        for (uint32_t i = 1; image.bits != 32 && i < image.root_slots; i++)
            image_add(0, "N          ", 0, 0, 0);
        mount();
        assert_int_equal(find(u"d\\a"), STATUS_OBJECT_NAME_NOT_FOUND);
        assert_int_equal(find(u"a"), STATUS_OBJECT_NAME_NOT_FOUND);
        for (int i = 0; i < 2; i++) {
            find(i ? u"d" : u"");
            struct fat_entry directory = found;
            uint32_t end_slot = i || image.bits == 32 ? image.cluster_bytes / 32 : image.root_slots;
            const uint32_t cursors[] = {end_slot, end_slot + 1, end_slot * 2, UINT32_MAX};
            for (size_t j = 0; j < ARRAY_SIZE(cursors); j++) {
                uint32_t cursor = cursors[j];
                assert_int_equal(fat_next_entry(&volume, &directory, &cursor, &found),
                                 STATUS_NO_MORE_FILES);
                assert_int_equal(cursor, cursors[j]);
            }
        }
    }
    image_make(12, 512, 1, 400); /* behind an end mark there is nothing */
    uint32_t mark = image_add(0, "A          ", 0, 0, 0);
    image_add(0, "B          ", 0, 0, 0);
    image.bytes[mark] = 0;
    mount();
    assert_lists(u"", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_volume_has_nothing_but_a_root),
        cmocka_unit_test(files_are_read_from_any_offset),
        cmocka_unit_test(extents_are_as_long_as_they_can_be),
        cmocka_unit_test(reading_on_does_not_begin_again),
        cmocka_unit_test(more_files_than_are_remembered),
        cmocka_unit_test(directories_within_directories),
        cmocka_unit_test(a_directory_of_many_clusters),
        cmocka_unit_test(directories_end_where_they_end),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
