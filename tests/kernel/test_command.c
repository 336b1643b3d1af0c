/* What the launcher says is to be run. */
#include "kernel/io/command.h"
#include "lib/string.h"
#include "mm/pool.h"
#include "tests/kernel/ktest.h"

#define TAG 'dmCT'

static bool is(const struct unicode_string *s, const uint16_t *text)
{
    struct unicode_string expected;

    rtl_init_unicode_string(&expected, text);
    return rtl_equal_unicode_string(s, &expected, false) && s->buffer[s->length / 2] == 0;
}

KTEST(command, is_a_path_and_all_that_follows)
{
    static const char text[] = "C:\\a.exe\n\"C:\\a.exe\" \xC3\xA4 one\ntwo";
    struct unicode_string path, line;

    ktest_assert_eq(test, io_parse_command(text, sizeof(text) - 1, &path, &line), STATUS_SUCCESS);
    ktest_assert(test, is(&path, u"\\??\\C:\\a.exe"));
    ktest_assert(test, is(&line, u"\"C:\\a.exe\" \u00E4 one\ntwo"));
    io_free_command(&path, &line);
    ktest_assert_eq(test, io_parse_command("C:\\a\n", 5, &path, &line), STATUS_SUCCESS);
    ktest_assert(test, is(&path, u"\\??\\C:\\a"));
    ktest_assert_eq(test, line.length, 0);
    io_free_command(&path, &line);
}

KTEST(command, what_is_none_is_refused)
{
    struct unicode_string path, line;
    char *text = ex_allocate_pool_with_tag(PAGED_POOL, 40000, TAG);

    ktest_assert_eq(test, io_parse_command("no line", 7, &path, &line), STATUS_INVALID_PARAMETER);
    ktest_assert_eq(test, io_parse_command("\nx", 2, &path, &line), STATUS_INVALID_PARAMETER);
    ktest_assert(test, !path.buffer && !line.buffer);
    memset(text, 'x', 40000);
    text[1] = '\n';
    ktest_assert_eq(test, io_parse_command(text, 2 + 32766, &path, &line), STATUS_SUCCESS);
    ktest_assert_eq(test, line.length, 65532);
    io_free_command(&path, &line);
    ktest_assert_eq(test, io_parse_command(text, 2 + 32767, &path, &line),
                    STATUS_INVALID_PARAMETER);
    ex_free_pool_with_tag(text, TAG);
}
