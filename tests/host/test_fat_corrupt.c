// FAT volumes that are none or were spoiled, and disks that fail.
// sources: kernel/io/fat.c kernel/io/fat_mount.c kernel/io/fat_chain.c
// sources: kernel/io/fat_slot.c kernel/io/fat_directory.c lib/unicode.c
#include "tests/host/fat_fixture.h"

/* `spoil` one number of the boot sector: at, bytes, value. */
static void assert_unrecognized(size_t kind, uint32_t at, uint32_t bytes, uint32_t value)
{
    make(kind);
    mount();
    if (bytes == 1)
        image.bytes[at] = (uint8_t)value;
    else if (bytes == 2)
        image_put16(at, value);
    else
        image_put32(at, value);
    assert_int_equal(try_mount(), STATUS_UNRECOGNIZED_VOLUME);
}

static void boot_sectors_that_are_none(void **state)
{
    static const struct {
        uint32_t at, bytes, value;
    } everywhere[] = {
        {0, 1, 0},     {2, 1, 0},     {510, 1, 0}, {511, 1, 0},     {11, 2, 0}, {11, 2, 256},
        {11, 2, 1000}, {11, 2, 8192}, {13, 1, 0},  {13, 1, 3},      {14, 2, 0}, {14, 2, 0xFFFF},
        {16, 1, 0},    {21, 1, 0xF1}, {19, 2, 1},  {19, 2, 0xFFFF}, {32, 4, 1}, {32, 4, 0xFFFFFFFF},
    };

    (void)state;
    for (size_t kind = 0; kind < ARRAY_SIZE(kinds); kind++)
        for (size_t i = 0; i < ARRAY_SIZE(everywhere); i++)
            assert_unrecognized(kind, everywhere[i].at, everywhere[i].bytes, everywhere[i].value);
    for (size_t kind = 0; kind < 4; kind++) {
        assert_unrecognized(kind, 17, 2, 0);  /* no root directory */
        assert_unrecognized(kind, 17, 2, 17); /* part of a sector */
        if (kinds[kind].sector_bytes == 512)
            assert_unrecognized(kind, 17, 2, 0xFFE0); /* no clusters */
        assert_unrecognized(kind, 22, 2, 0);          /* no table, and not FAT32 */
        assert_unrecognized(kind, 22, 2, kind == 0 || kind == 1 ? 1 : 3); /* too small */
    }
    for (size_t kind = 4; kind < 6; kind++) {
        assert_unrecognized(kind, 17, 2, 512); /* two root directories */
        assert_unrecognized(kind, 22, 2, 4);   /* two sizes of tables, or FAT16 without a root */
        assert_unrecognized(kind, 36, 4, 0);
        assert_unrecognized(kind, 36, 4, 0xFFFFFFFF);
        assert_unrecognized(kind, 36, 4, kind == 4 ? 5 : 0);
        assert_unrecognized(kind, 40, 2, 0x82); /* the table in use is the third of two */
        assert_unrecognized(kind, 42, 2, 1);    /* a version of tomorrow */
        assert_unrecognized(kind, 44, 4, 0);
        assert_unrecognized(kind, 44, 4, 1);
        assert_unrecognized(kind, 44, 4, kinds[kind].clusters + 2);
        assert_unrecognized(kind, 44, 4, 0xFFFFFFFF);
    }
}

static void devices_that_are_too_small(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
        make(kind);
        image.size--;
        assert_int_equal(try_mount(), STATUS_UNRECOGNIZED_VOLUME);
        image.size = 511;
        assert_int_equal(try_mount(), STATUS_UNRECOGNIZED_VOLUME);
        image.size = 0;
        assert_int_equal(try_mount(), STATUS_UNRECOGNIZED_VOLUME);
    }
}

/* The number of clusters decides, and the last cluster is one. */
static void the_limits_between_the_tables(void **state)
{
    static const struct {
        uint32_t bits, clusters;
    } limits[] = {{12, 1}, {12, 4084}, {16, 4085}, {16, 65524}, {32, 1}, {32, 66000}};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
        image_make(limits[i].bits, 512, 1, limits[i].clusters);
        if (limits[i].clusters > 1) {
            image.next_cluster = limits[i].clusters + 1; /* the last */
            image_add(0, "LAST       ", 0, image_take_file(1, 1), 512);
        }
        mount();
        assert_int_equal(volume.bits, limits[i].bits);
        assert_int_equal(volume.cluster_count, limits[i].clusters);
        if (limits[i].clusters > 1) {
            assert_int_equal(find(u"last"), STATUS_SUCCESS);
            assert_contents();
        }
    }
    image_make(16, 512, 1, 65525); /* FAT16 has not so many */
    assert_int_equal(try_mount(), STATUS_UNRECOGNIZED_VOLUME);
    image_make(32, 256, 2, 700); /* nor are sectors so small, or so large */
    assert_int_equal(try_mount(), STATUS_UNRECOGNIZED_VOLUME);
    image_make(12, 8192, 1, 100);
    assert_int_equal(try_mount(), STATUS_UNRECOGNIZED_VOLUME);
    make(1); /* half a cluster */
    image_put16(19, image.data_at / image.sector_bytes + 1);
    assert_int_equal(try_mount(), STATUS_UNRECOGNIZED_VOLUME);
}

static void the_table_in_use_may_be_the_second(void **state)
{
    (void)state;
    image_make(32, 512, 1, 700);
    image_add(0, "A          ", 0, image_take_file(20, 2), 20 * 512);
    memset(image.bytes + image.table_at, 0, image.table_bytes);
    mount();
    assert_int_equal(find(u"a"), STATUS_DISK_CORRUPT_ERROR);
    image_put16(40, 0x81);
    mount();
    assert_int_equal(find(u"a"), STATUS_SUCCESS);
    assert_contents();
}

/* A file of ten clusters, of which `which` is followed by `value`. */
static void assert_corrupt_file(size_t kind, uint32_t which, uint32_t value)
{
    uint8_t buffer[16];
    uint32_t read = 1;
    uint64_t at;

    make(kind);
    uint32_t first = image_take_file(10, 2);
    image_add(0, "A          ", 0, first, 10 * image.cluster_bytes);
    image_link(first + 2 * which, value);
    mount();
    assert_int_equal(find(u"a"), STATUS_SUCCESS);
    assert_int_equal(fat_find_extent(&volume, &found, 0, &at, &read), STATUS_FILE_CORRUPT_ERROR);
    assert_int_equal(fat_read(&volume, &found, 1, buffer, 16, &read), STATUS_FILE_CORRUPT_ERROR);
    assert_int_equal(read, 0);
    assert_int_equal(fat_read(&volume, &found, 1, buffer, 0, &read), STATUS_SUCCESS);
}

static void broken_chains_are_refused_whole(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
        uint32_t first = kinds[kind].bits == 32 ? 3 : 2, end = kinds[kind].clusters + 2;
        make(kind);
        for (uint32_t which = 0; which < 10; which++) {
            assert_corrupt_file(kind, which, 0);
            assert_corrupt_file(kind, which, 1);
            assert_corrupt_file(kind, which, end);
            assert_corrupt_file(kind, which, image_end_mark() - 8); /* reserved, or bad */
            assert_corrupt_file(kind, which, (image_end_mark() & ~7u) - 1);
            for (uint32_t back = 0; back < 10; back++) /* loops of every length and beginning */
                if (back <= which)
                    assert_corrupt_file(kind, which, first + 2 * back);
            if (which < 9) /* too short for its size */
                assert_corrupt_file(kind, which, image_end_mark());
        }
    }
}

/* Whose clusters are in blocks of the table far apart: it is not gone round as often as could be.
 */
static void a_small_loop_is_found_soon(void **state)
{
    uint32_t here;
    uint64_t at;

    (void)state;
    image_make(32, 512, 1, 66000);
    image_add(0, "A          ", 0, 10, 3 * 512);
    image_link(10, 60000);
    image_link(60000, 30000);
    image_link(30000, 60000);
    mount();
    find(u"a");
    image_reads = 0;
    assert_int_equal(fat_find_extent(&volume, &found, 0, &at, &here), STATUS_FILE_CORRUPT_ERROR);
    assert_in_range(image_reads, 2, 8);
}

static void files_that_begin_nowhere(void **state)
{
    uint32_t here;
    uint64_t at;

    (void)state;
    for (size_t kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
        const uint32_t firsts[] = {0, 1, kinds[kind].clusters + 2, 0xFFFFFFFF};
        for (size_t i = 0; i < ARRAY_SIZE(firsts); i++) {
            make(kind);
            image_add(0, "A          ", 0, firsts[i], 1);
            image_add(0, "E          ", 0, firsts[i], 0);
            image_add(0, "D          ", FILE_ATTRIBUTE_DIRECTORY, firsts[i], 0);
            mount();
            find(u"a");
            assert_int_equal(fat_find_extent(&volume, &found, 0, &at, &here),
                             STATUS_FILE_CORRUPT_ERROR);
            find(u"e");
            assert_int_equal(fat_find_extent(&volume, &found, 0, &at, &here), STATUS_END_OF_FILE);
            assert_int_equal(find(u"d\\a"), STATUS_FILE_CORRUPT_ERROR);
        }
    }
}

/* Space put by for a file, and the largest size there is. */
static void chains_may_be_longer_than_files(void **state)
{
    (void)state;
    image_make(12, 512, 1, 400); /* no longer than all there is */
    image_add(0, "A          ", 0, image_take_file(400, 1), 400 * 512);
    mount();
    find(u"a");
    assert_contents();
    image_make(32, 512, 1, 700);
    image_add(0, "A          ", 0, image_take_file(20, 2), 700);
    uint32_t at = image_add(0, "B          ", 0, image_take_file(20, 2), 20 * 512);
    mount();
    find(u"a");
    assert_contents();
    find(u"b");
    assert_contents();
    uint32_t here;
    uint64_t where;
    image_put32(at + 28, UINT32_MAX);
    mount();
    find(u"b");
    assert_int_equal(fat_find_extent(&volume, &found, 0, &where, &here), STATUS_FILE_CORRUPT_ERROR);
}

static void broken_directories(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
        make(kind);
        uint32_t d = image_add_directory(0, "D          ");
        image_link(d, d);
        mount();
        assert_int_equal(find(u"d"), STATUS_SUCCESS);
        assert_int_equal(find(u"d\\a"), STATUS_FILE_CORRUPT_ERROR);
        image_link(d, 0);
        mount();
        assert_int_equal(find(u"d\\a"), STATUS_FILE_CORRUPT_ERROR);
        if (kinds[kind].bits == 32) {
            image_link(2, 2);
            mount();
            assert_int_equal(find(u"d"), STATUS_DISK_CORRUPT_ERROR);
        }
    }
    /* Directories that lie in themselves: the way ends, soon. */
    for (uint32_t depth = 1; depth <= 6; depth++) {
        uint32_t d[6];
        uint16_t path[400] = {0};
        make(2);
        for (uint32_t i = 0; i < depth; i++)
            d[i] = image_add_directory(i ? d[i - 1] : 0, "D          ");
        image_add(d[depth - 1], "D          ", FILE_ATTRIBUTE_DIRECTORY, d[0], 0);
        mount();
        for (uint32_t i = 0; i < 200; i++)
            path[2 * i] = u'd', path[2 * i + 1] = i == 199 ? 0 : u'\\';
        assert_int_equal(find(path), STATUS_FILE_CORRUPT_ERROR);
        path[2 * depth - 1] = 0;
        assert_int_equal(find(path), STATUS_SUCCESS);
        assert_int_equal(found.first_cluster, d[depth - 1]);
    }
    image_make(16, 512, 1, 5000); /* 2 MB and a cluster */
    uint32_t d = image_take(4097, 1);
    image_add(0, "D          ", FILE_ATTRIBUTE_DIRECTORY, d, 0);
    memset(image.bytes + image_cluster_at(d), 0xE5, 4097 * 512);
    mount();
    assert_int_equal(find(u"d\\a"), STATUS_FILE_CORRUPT_ERROR);
    image_link(d + 4095, 0xFFFF);
    mount();
    assert_int_equal(find(u"d\\a"), STATUS_OBJECT_NAME_NOT_FOUND);
}

/* Each read in turn fails once; what failed is not remembered as if it had not. */
static void device_errors_are_handed_on(void **state)
{
    uint8_t buffer[64];
    uint32_t read;

    (void)state;
    for (size_t kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
        make(kind);
        uint32_t d = image_add_directory(0, "D          ");
        image_add(d, "FILE       ", 0, image_take_file(30, 2), 30 * image.cluster_bytes);
        for (uint32_t failing = 0;; failing++) {
            image_fail_after = failing;
            ntstatus status = try_mount();
            bool all = true;
            for (int attempt = 0; attempt < 2; attempt++) {
                if (NT_SUCCESS(status))
                    status = find(u"d\\file");
                if (NT_SUCCESS(status))
                    status = fat_read(&volume, &found, 9, buffer, 64, &read);
                if (NT_SUCCESS(status))
                    break;
                all = false;
                assert_int_equal(status, STATUS_UNSUCCESSFUL);
                image_fail_after = UINT32_MAX;
                status = volume.bits ? STATUS_SUCCESS : try_mount();
            }
            image_fail_after = UINT32_MAX;
            assert_contents();
            if (all)
                break;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boot_sectors_that_are_none),
        cmocka_unit_test(devices_that_are_too_small),
        cmocka_unit_test(the_limits_between_the_tables),
        cmocka_unit_test(the_table_in_use_may_be_the_second),
        cmocka_unit_test(broken_chains_are_refused_whole),
        cmocka_unit_test(a_small_loop_is_found_soon),
        cmocka_unit_test(files_that_begin_nowhere),
        cmocka_unit_test(chains_may_be_longer_than_files),
        cmocka_unit_test(broken_directories),
        cmocka_unit_test(device_errors_are_handed_on),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
