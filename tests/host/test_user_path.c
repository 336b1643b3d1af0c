/*
 * user/ntdll/path.c: full paths, as the documentation of GetFullPathName and its examples say.
 */
// sources: user/ntdll/path.c
#include <string.h>
#include "tests/host/host_test.h"
#include "user/ntdll/path.h"

static void widen(const char *from, uint16_t *to)
{
    do
        *to++ = (uint8_t)*from;
    while (*from++);
}

/* CURRENT + NAME gives FULL, whose last name begins at FILE's in it. */
static void check(const char *current, const char *name, const char *full, const char *file)
{
    uint16_t wide_current[64], wide_name[64], out[PATH_LIMIT];
    char narrow[PATH_LIMIT];
    size_t at;

    widen(current, wide_current);
    widen(name, wide_name);
    size_t length = path_make_full(out, wide_name, wide_current, &at);
    for (size_t i = 0; i <= length; i++)
        narrow[i] = (char)out[i];
    assert_string_equal(narrow, full);
    assert_int_equal(length, strlen(full));
    if (file)
        assert_string_equal(narrow + at, file);
    else
        assert_int_equal(at, PATH_NO_FILE);
}

static void relative(void **state)
{
    (void)state;
    check("C:\\", "a", "C:\\a", "a");
    check("C:\\d\\", "a\\b", "C:\\d\\a\\b", "b");
    check("C:\\d\\e\\", "..\\a", "C:\\d\\a", "a");
    check("C:\\d\\e\\", "..\\..\\..\\..\\a", "C:\\a", "a");
    check("C:\\d\\", ".", "C:\\d\\", NULL);
    check("C:\\d\\", ".\\x\\.\\y", "C:\\d\\x\\y", "y");
    check("C:\\d\\", "\\x", "C:\\x", "x");
    check("C:\\d\\", "C:x", "C:\\d\\x", "x");
    check("C:\\d\\", "D:x", "D:\\x", "x");
    check("C:\\d\\", "a/b\\\\c", "C:\\d\\a\\b\\c", "c");
}

static void absolute(void **state)
{
    (void)state;
    check("C:\\d\\", "C:\\", "C:\\", NULL);
    check("C:\\d\\", "c:/Windows/x.DLL", "c:\\Windows\\x.DLL", "x.DLL");
    check("C:\\d\\", "C:\\a\\b\\..", "C:\\a\\", NULL);
    check("C:\\d\\", "C:\\a\\b\\", "C:\\a\\b\\", NULL);
    check("C:\\d\\", "\\\\?\\C:\\a\\..\\b.", "\\\\?\\C:\\a\\..\\b.", "b.");
    check("C:\\d\\", "\\\\.\\pipe\\x", "\\\\.\\pipe\\x", "x");
}

static void ends_that_do_not_count(void **state)
{
    (void)state;
    check("C:\\", "a.", "C:\\a", "a");
    check("C:\\", "a. . ", "C:\\a", "a");
    check("C:\\", "a.b..", "C:\\a.b", "a.b");
    check("C:\\", "a.\\b", "C:\\a\\b", "b");
    check("C:\\", "a \\b", "C:\\a \\b", "b");
}

static void devices(void **state)
{
    (void)state;
    check("C:\\d\\", "NUL", "\\\\.\\NUL", NULL);
    check("C:\\d\\", "nul.txt", "\\\\.\\nul", NULL);
    check("C:\\d\\", "con:", "\\\\.\\con", NULL);
    check("C:\\d\\", "COM1", "\\\\.\\COM1", NULL);
    check("C:\\d\\", "CONOUT$", "\\\\.\\CONOUT$", NULL);
    check("C:\\d\\", "null", "C:\\d\\null", "null");
    check("C:\\d\\", "COM0", "C:\\d\\COM0", "COM0");
    check("C:\\d\\", "nuls\\x", "C:\\d\\nuls\\x", "x");
}

static void too_long_is_no_path(void **state)
{
    uint16_t name[PATH_LIMIT + 10], out[PATH_LIMIT];
    size_t file;

    (void)state;
    for (size_t i = 0; i < PATH_LIMIT; i++)
        name[i] = 'x';
    name[PATH_LIMIT] = 0;
    assert_int_equal(path_make_full(out, name, (const uint16_t *)u"C:\\", &file), 0);
    name[PATH_LIMIT - 4] = 0;
    assert_int_equal(path_make_full(out, name, (const uint16_t *)u"C:\\", &file), PATH_LIMIT - 1);
    assert_int_equal(path_make_full(out, (const uint16_t *)u"", (const uint16_t *)u"C:\\", &file),
                     0);
}

static void native(void **state)
{
    uint16_t out[64];

    (void)state;
    assert_int_equal(path_make_nt(out, u"C:\\x"), 8);
    assert_memory_equal(out, u"\\??\\C:\\x", 18);
    assert_int_equal(path_make_nt(out, u"\\\\.\\NUL"), 7);
    assert_memory_equal(out, u"\\??\\NUL", 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(relative),
        cmocka_unit_test(absolute),
        cmocka_unit_test(ends_that_do_not_count),
        cmocka_unit_test(devices),
        cmocka_unit_test(too_long_is_no_path),
        cmocka_unit_test(native),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
