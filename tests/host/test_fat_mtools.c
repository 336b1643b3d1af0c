// FAT volumes that mtools made: the format as others understand it.
// sources: kernel/io/fat.c kernel/io/fat_mount.c kernel/io/fat_chain.c
// sources: kernel/io/fat_slot.c kernel/io/fat_directory.c lib/unicode.c
#include "tests/host/host_test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "kernel/io/fat.h"

#define BIG_BYTES 300001u

static char folder[] = "/tmp/test_fat.XXXXXX";
static FILE *image;
static struct fat_device device;
static struct fat_volume volume;
static struct fat_entry found;

/* Runs shell commands in the folder; $I are mtools' options for the image. */
static void run(const char *commands)
{
    char line[2048];
    int length = snprintf(line, sizeof(line), "set -e; cd %s; I='-i image'; %s", folder, commands);

    assert_in_range(length, 0, (int)sizeof(line) - 1);
    assert_int_equal(system(line), 0); /* NOLINT: the folder is of this program */
}

static ntstatus read_image(struct fat_device *self, uint64_t offset, void *buffer, uint32_t bytes)
{
    if (offset > self->bytes || bytes > self->bytes - offset)
        abort();
    if (fseek(image, (long)offset, SEEK_SET) || fread(buffer, 1, bytes, image) != bytes)
        abort();
    return STATUS_SUCCESS;
}

static void mount(uint32_t bits)
{
    char path[64];

    snprintf(path, sizeof(path), "%s/image", folder);
    image = fopen(path, "rb");
    assert_non_null(image);
    fseek(image, 0, SEEK_END);
    device = (struct fat_device){.bytes = (uint64_t)ftell(image), .read = read_image};
    assert_int_equal(fat_mount(&volume, &device), STATUS_SUCCESS);
    assert_int_equal(volume.bits, bits);
}

static void find(const uint16_t *path)
{
    struct unicode_string s;

    rtl_init_unicode_string(&s, path);
    assert_int_equal(fat_find(&volume, &s, &found), STATUS_SUCCESS);
}

static void assert_name(const char *expected)
{
    struct unicode_string s = {(uint16_t)(found.name_length * 2), 0, found.name};
    char text[1024];

    rtl_unicode_to_ascii(&s, text, sizeof(text));
    assert_string_equal(text, expected);
}

/* `found` has the bytes of the file `name` in the folder. */
static void assert_same(const char *name)
{
    static uint8_t ours[BIG_BYTES + 1], theirs[BIG_BYTES + 1];
    char path[64];
    uint32_t read = 0, offset = 0;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t bytes = fread(theirs, 1, sizeof(theirs), file);
    fclose(file);
    assert_int_equal(found.size, bytes);
    for (; offset < found.size; offset += read) /* in pieces that fit nothing */
        assert_int_equal(fat_read(&volume, &found, offset, ours + offset, 4099, &read),
                         STATUS_SUCCESS);
    assert_int_equal(offset, bytes);
    assert_memory_equal(ours, theirs, bytes);
}

static int begin(void **state)
{
    (void)state;
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TZ", "UTC", 1);
    setenv("MTOOLSRC", "/dev/null", 1);
    assert_non_null(mkdtemp(folder));
    run("python3 -c 'import random; random.seed(1);"
        "write = lambda name, n: open(name, \"wb\").write(random.randbytes(n));"
        "write(\"big\", 300001); write(\"second\", 70000); write(\"empty\", 0);"
        "write(\"cluster\", 4096)';"
        "touch -d '2004-02-29 13:37:42' big second empty cluster");
    return 0;
}

static int end(void **state)
{
    (void)state;
    run("rm -f image big second empty cluster");
    return rmdir(folder);
}

/* Every second file of twenty goes, so that what comes next is in pieces. */
static void leave_gaps(void)
{
    run("for i in 0 1 2 3 4 5 6 7 8 9; do"
        "  mcopy $I cluster ::gap$i; mcopy $I cluster ::stay$i; done;"
        "for i in 0 1 2 3 4 5 6 7 8 9; do mdel $I ::gap$i; done");
}

static void fill(void)
{
    run("mcopy -m $I big '::Big File in Pieces.Binary'; mcopy $I empty ::EMPTY;"
        "mcopy $I cluster ::lower.txt; mcopy $I cluster ::Mixed.Txt;"
        "mcopy $I cluster '::Grüße.σ'; mmd $I ::sub '::sub/A Longer Directory';"
        "mcopy $I second '::sub/A Longer Directory/second'; mattrib +r +h $I ::EMPTY;"
        "for i in 0 1 2 3 4 5 6 7 8 9; do for j in 0 1 2 3 4 5 6 7 8 9; do"
        "  set -- \"$@\" \"::sub/a name in many clusters $i$j\"; done; done; mmd $I \"$@\"");
}

static void check(void)
{
    uint32_t here, names = 0, cursor = 0;
    uint64_t at;

    find(u"big file in pieces.binary");
    assert_name("Big File in Pieces.Binary");
    assert_same("big");
    assert_int_equal(found.write_time, 127225354620000000);
    assert_int_equal(fat_find_extent(&volume, &found, 0, &at, &here), STATUS_SUCCESS);
    assert_true(here < found.size);
    find(u"Empty");
    assert_same("empty");
    assert_int_equal(found.attributes,
                     FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_ARCHIVE);
    find(u"LOWER.TXT");
    assert_name("lower.txt");
    assert_same("cluster");
    find(u"mixed.txt");
    assert_name("Mixed.Txt");
    find(u"GRÜßE.Σ");
    assert_name("Gr\\x00FC\\x00DFe.\\x03C3");
    find(u"sub\\a longer directory\\SECOND");
    assert_same("second");
    find(u"sub\\alonge~1");
    assert_name("A Longer Directory");
    find(u"sub");
    struct fat_entry sub = found;
    while (NT_SUCCESS(fat_next_entry(&volume, &sub, &cursor, &found)))
        names++;
    assert_int_equal(names, 2 + 1 + 100);
    assert_name("a name in many clusters 99");
    fclose(image);
}

static void a_floppy(void **state)
{
    (void)state;
    run("rm -f image; mformat $I -C -f 1440 -v LABEL ::");
    leave_gaps();
    fill();
    mount(12);
    check();
}

static void a_small_disk(void **state)
{
    (void)state;
    run("rm -f image; mformat $I -C -T 65536 -h 16 -s 63 -c 4 -v LABEL ::");
    leave_gaps();
    fill();
    mount(16);
    check();
}

static void a_larger_disk(void **state)
{
    (void)state;
    run("rm -f image; mformat $I -C -T 140000 -h 16 -s 63 -c 2 -F -v LABEL ::");
    leave_gaps();
    /* The next free cluster is where the volume says: nowhere in particular. */
    run("printf '\\377\\377\\377\\377' | dd of=image bs=1 seek=1004 conv=notrunc status=none");
    fill();
    mount(32);
    check();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_floppy),
        cmocka_unit_test(a_small_disk),
        cmocka_unit_test(a_larger_disk),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
