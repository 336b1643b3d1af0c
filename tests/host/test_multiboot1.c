/*
 * boot/multiboot1.c over a small make-believe physical memory: everything outside it is unreadable.
 */
// sources: boot/multiboot1.c boot/boot_info.c boot/memory_map.c lib/string.c
#include <string.h>
#include "tests/host/host_test.h"
#include "tests/host/memory_map_check.h"
#include "boot/multiboot.h"
#include "boot/multiboot_format.h"

#define MEMORY_BASE 0x9000u
#define MEMORY_SIZE 0x20000u
#define MEMORY_END  (MEMORY_BASE + MEMORY_SIZE)

#define INFO   (MEMORY_BASE + 0x000)
#define LINE   (MEMORY_BASE + 0x100)
#define LOADER (MEMORY_BASE + 0x1800)
#define MAP    (MEMORY_BASE + 0x1900)
#define LIST   (MEMORY_BASE + 0x1C00)
#define NAME   (MEMORY_BASE + 0x1E00)

static uint8_t memory[MEMORY_SIZE];
static struct multiboot1_info mbi;
static struct boot_info info;

static bool read_memory(void *ctx, uint32_t address, void *to, size_t n)
{
    assert_ptr_equal(ctx, memory);
    if (address < MEMORY_BASE || address > MEMORY_END || n > MEMORY_END - address)
        return false;
    memcpy(to, memory + (address - MEMORY_BASE), n);
    return true;
}

static void store(uint32_t address, const void *bytes, size_t n)
{
    memcpy(memory + (address - MEMORY_BASE), bytes, n);
}

static void store_string(uint32_t address, const char *s)
{
    store(address, s, strlen(s) + 1);
}

static void store_entry(uint32_t address, uint32_t size, uint64_t base, uint64_t length,
                        uint32_t type)
{
    struct multiboot1_mmap_entry entry = {size, base, length, type};

    store(address, &entry, sizeof(entry));
}

static void store_module(uint32_t index, uint32_t start, uint32_t end, uint32_t string)
{
    struct multiboot1_module module = {start, end, string, 0};

    store(LIST + index * (uint32_t)sizeof(module), &module, sizeof(module));
}

static const char *parse_at(uint32_t address)
{
    struct phys_reader reader = {read_memory, memory};

    memset(&info, 0xAA, sizeof(info));
    return multiboot1_parse(&reader, address, &info);
}

static const char *parse(void)
{
    store(INFO, &mbi, sizeof(mbi));
    return parse_at(INFO);
}

static void expect_error(const char *words)
{
    const char *error = parse();

    assert_non_null(error);
    if (strstr(error, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error, words);
}

/* Valid information with everything in it, for a test to change. */
static int setup(void **state)
{
    (void)state;
    memset(memory, 0, sizeof(memory));
    store_string(LINE, "build/tokos.elf selftest maxmem=64M");
    store_string(LOADER, "qemu");
    store_entry(MAP, 20, 0, 0x9FC00, 1);
    store_entry(MAP + 24, 20, 0x9FC00, 0x400, 2);
    store_entry(MAP + 48, 20, 0x100000, 0x7F00000, 1);
    store_module(0, 0x200000, 0x200800, NAME);
    store_module(1, 0x300000, 0x300000, 0);
    store_string(NAME, "demo.bin");
    mbi = (struct multiboot1_info){
        .flags = MULTIBOOT1_INFO_MEMORY | MULTIBOOT1_INFO_COMMAND_LINE | MULTIBOOT1_INFO_MODULES |
                 MULTIBOOT1_INFO_MEMORY_MAP | MULTIBOOT1_INFO_LOADER_NAME,
        .mem_lower = 640,
        .mem_upper = 1024,
        .cmdline = LINE,
        .mods_count = 2,
        .mods_addr = LIST,
        .mmap_length = 72,
        .mmap_addr = MAP,
        .boot_loader_name = LOADER,
    };
    return 0;
}

static void everything_right(void **state)
{
    (void)state;
    assert_null(parse());
    assert_string_equal(info.protocol, "multiboot1");
    assert_string_equal(info.loader, "qemu");
    assert_string_equal(info.command_line, "selftest maxmem=64M");
    assert_int_equal(info.range_count, 3);
    assert_true(info.ranges[2].length == 0x7F00000);
    assert_int_equal(info.module_count, 2);
    assert_int_equal(info.modules[0].start, 0x200000);
    assert_int_equal(info.modules[0].end, 0x200800);
    assert_string_equal(info.modules[0].name, "demo.bin");
    assert_string_equal(info.modules[1].name, "");
    assert_int_equal(info.modules_dropped, 0);
    assert_true(info.start_tsc == 0xAAAAAAAAAAAAAAAAull);
}

/* QEMU puts the path of the file before the words that -initrd gave it. */
static void module_name_loses_its_path(void **state)
{
    (void)state;
    store_string(NAME, "/home/me/tokos/build/modules/book.txt book.txt");
    assert_null(parse());
    assert_string_equal(info.modules[0].name, "book.txt");
    store_string(NAME, "/only/a/path.txt");
    assert_null(parse());
    assert_string_equal(info.modules[0].name, "/only/a/path.txt");
    store_string(NAME, "two words");
    assert_null(parse());
    assert_string_equal(info.modules[0].name, "two words");
}

/* With their flags clear the addresses mean nothing and are not looked at. */
static void fields_without_flags_are_not_read(void **state)
{
    (void)state;
    mbi.flags = MULTIBOOT1_INFO_MEMORY;
    mbi.cmdline = mbi.mods_addr = mbi.mmap_addr = mbi.boot_loader_name = 0;
    assert_null(parse());
    assert_string_equal(info.command_line, "");
    assert_string_equal(info.loader, "");
    assert_int_equal(info.module_count, 0);
    assert_int_equal(info.range_count, 2);
    assert_true(info.ranges[0].base == 0 && info.ranges[0].length == 640 * 1024);
    assert_true(info.ranges[1].base == 0x100000 && info.ranges[1].length == 1024 * 1024);
    mbi.mem_upper = 0xFFFFFFFF;
    assert_null(parse());
    assert_true(info.ranges[1].length == 0xFFFFFFFFull * 1024);
}

static void the_kernels_path_is_left_out(void **state)
{
    static const char *const lines[][2] = {
        {"", ""},
        {" ", ""},
        {"selftest", "selftest"},
        {"selftest trace=fault", "selftest trace=fault"},
        {"  selftest", "selftest"},
        {"tokos.elf", ""},
        {"tokos.elf ", ""},
        {"tokos.elf selftest", "selftest"},
        {"tokos.elf   selftest  break", "selftest  break"},
        {"/boot/kernel selftest", "selftest"},
        {"/a=b/kernel selftest", "selftest"},
        {"./k", ""},
        {".elf x", "x"},
        {"elf x", "elf x"},
        {"selftest=a/b break", "selftest=a/b break"},
        {"file=tokos.elf break", "file=tokos.elf break"},
        {"selftest /not/first", "selftest /not/first"},
        {" /not/first", "/not/first"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lines); ++i) {
        store_string(LINE, lines[i][0]);
        assert_null(parse());
        assert_string_equal(info.command_line, lines[i][1]);
    }
}

/* The words count even behind a path much longer than the line the kernel keeps. */
static void a_long_path_costs_no_words(void **state)
{
    char line[3000];

    (void)state;
    memset(line, 'p', sizeof(line));
    line[0] = '/';
    strcpy(line + 2500, " selftest");
    store_string(LINE, line);
    assert_null(parse());
    assert_string_equal(info.command_line, "selftest");
}

static void long_strings_are_cut(void **state)
{
    char longer[5000];

    (void)state;
    memset(longer, 'x', sizeof(longer));
    longer[sizeof(longer) - 1] = '\0';
    longer[10] = '/';
    store_string(LINE, longer); /* no path can be that long: not taken for one */
    assert_null(parse());
    assert_int_equal(strlen(info.command_line), BOOT_STRING - 1);
    assert_int_equal(info.command_line[10], '/');
    memset(longer, 'x', 300);
    longer[300] = '\0';
    setup(NULL);
    store_string(NAME, longer);
    mbi.boot_loader_name = NAME;
    assert_null(parse());
    assert_int_equal(strlen(info.loader), BOOT_NAME - 1);
    assert_int_equal(strlen(info.modules[0].name), BOOT_NAME - 1);
}

/* Only as much is read as could matter. */
static void a_line_without_end_is_cut(void **state)
{
    (void)state;
    mbi.cmdline = MEMORY_END - 5000;
    memset(memory + MEMORY_SIZE - 5000, 'x', 5000);
    assert_null(parse());
    assert_int_equal(strlen(info.command_line), BOOT_STRING - 1);
}

/* A string may end with the last readable byte. */
static void nothing_is_read_behind_a_terminator(void **state)
{
    (void)state;
    mbi.cmdline = mbi.boot_loader_name = MEMORY_END - 3;
    store_string(MEMORY_END - 3, "ab");
    assert_null(parse());
    assert_string_equal(info.command_line, "ab");
    assert_string_equal(info.loader, "ab");
}

static void unreadable_addresses_are_errors(void **state)
{
    (void)state;
    assert_non_null(parse_at(MEMORY_END));
    assert_non_null(parse_at(MEMORY_END - sizeof(mbi) + 1));
    assert_non_null(parse_at(0));
    mbi.cmdline = 0;
    expect_error("command line cannot be read");
    memory[MEMORY_SIZE - 1] = 'x';
    mbi.cmdline = MEMORY_END - 1;
    expect_error("command line cannot be read");
    setup(NULL);
    mbi.boot_loader_name = MEMORY_END;
    expect_error("loader name cannot be read");
    setup(NULL);
    mbi.mods_addr = MEMORY_END - 16;
    expect_error("module list cannot be read");
    setup(NULL);
    store_module(1, 1, 2, MEMORY_END);
    expect_error("module's name cannot be read");
    setup(NULL);
    mbi.mmap_addr = MEMORY_END - 71;
    store_entry(MEMORY_END - 71, 20, 0, 0x1000, 1);
    store_entry(MEMORY_END - 71 + 24, 20, 0, 0x1000, 1);
    expect_error("memory map cannot be read");
}

static void more_modules_than_fit_are_counted(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < BOOT_MAX_MODULES; ++i)
        store_module(i, i, i + 1, 0);
    store_module(BOOT_MAX_MODULES, 2, 1, 1); /* never looked at */
    mbi.mods_count = 0xFFFFFFFF;
    assert_null(parse());
    assert_int_equal(info.module_count, BOOT_MAX_MODULES);
    assert_int_equal(info.modules_dropped, 0xFFFFFFFF - BOOT_MAX_MODULES);
    assert_int_equal(info.modules[BOOT_MAX_MODULES - 1].end, BOOT_MAX_MODULES);
}

static void a_module_must_not_end_before_it_starts(void **state)
{
    (void)state;
    store_module(1, 2, 1, 0);
    expect_error("ends before it starts");
}

static void map_entries_must_have_a_possible_size(void **state)
{
    static const uint32_t impossible[] = {0, 4, 19, 45, 0xFFFFFFEB, 0xFFFFFFFC, 0xFFFFFFFF};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(impossible); ++i) {
        store_entry(MAP + 24, impossible[i], 0, 0x1000, 2);
        expect_error("impossible entry size");
    }
    store_entry(MAP + 24, 20, 0, 0x1000, 2);
    for (uint32_t length = 49; length < 72; ++length) {
        mbi.mmap_length = length;
        expect_error("cut off");
    }
    mbi.mmap_length = 48;
    assert_null(parse());
    mbi.mmap_length = 24;
    for (uint32_t size = 0; size < 20; ++size) {
        store_entry(MAP, size, 0, 0x1000, 1);
        expect_error("impossible entry size");
    }
}

static void neighbours_are_merged(void **state)
{
    (void)state;
    store_entry(MAP, 20, 0x300000, 0x100000, 1);
    store_entry(MAP + 24, 20, 0x200000, 0x100000, 1);
    assert_null(parse());
    assert_int_equal(info.range_count, 1);
}

static void larger_map_entries_are_stepped_over(void **state)
{
    (void)state;
    store_entry(MAP, 28, 0, 0x80000, 1);
    store(MAP + 24, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8);
    store_entry(MAP + 32, 20, 0x100000, 0x1000, 1);
    mbi.mmap_length = 56;
    assert_null(parse());
    assert_int_equal(info.range_count, 2);
    assert_true(info.ranges[1].base == 0x100000);
}

static void the_map_is_bounded(void **state)
{
    (void)state;
    mbi.mmap_length = 65537;
    expect_error("larger than it can be");
    mbi.mmap_length = 0xFFFFFFFF;
    expect_error("larger than it can be");
    mbi.mmap_length = 72;
    mbi.mmap_addr = 0xFFFFFFF0;
    expect_error("larger than it can be");
}

static void there_must_be_memory(void **state)
{
    (void)state;
    mbi.flags = 0;
    expect_error("neither a memory map nor memory sizes");
    mbi.flags = MULTIBOOT1_INFO_MEMORY;
    mbi.mem_lower = mbi.mem_upper = 0;
    expect_error("no usable memory");
    mbi.flags = MULTIBOOT1_INFO_MEMORY_MAP;
    mbi.mmap_length = 0;
    expect_error("no usable memory");
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(everything_right),
        TEST(module_name_loses_its_path),
        TEST(fields_without_flags_are_not_read),
        TEST(the_kernels_path_is_left_out),
        TEST(a_long_path_costs_no_words),
        TEST(long_strings_are_cut),
        TEST(a_line_without_end_is_cut),
        TEST(nothing_is_read_behind_a_terminator),
        TEST(unreadable_addresses_are_errors),
        TEST(more_modules_than_fit_are_counted),
        TEST(a_module_must_not_end_before_it_starts),
        TEST(map_entries_must_have_a_possible_size),
        TEST(neighbours_are_merged),
        TEST(larger_map_entries_are_stepped_over),
        TEST(the_map_is_bounded),
        TEST(there_must_be_memory),
    };

    return cmocka_run_group_tests_name("multiboot1", tests, NULL, NULL);
}
