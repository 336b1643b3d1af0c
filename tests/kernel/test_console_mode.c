/* A console's mode: lines, their editing, and what can be set. */
#include "kernel/io/console.h"
#include "lib/string.h"
#include "mm/pool.h"
#include "tests/kernel/files.h"
#include "tests/kernel/threads.h"
#include "user/nt/console.h"

#define TAG    'mCoT'
#define ABOVE  (TEST_PRIORITY + 2)
#define EDITED (CONSOLE_LINE_INPUT | CONSOLE_PROCESSED_INPUT)

/* The test's own input, fed by itself in the place of the interrupt. */
static struct io_console_input *make_input(uint32_t mode)
{
    struct io_console_input *input = ex_allocate_pool_with_tag(NONPAGED_POOL, sizeof(*input), TAG);

    io_initialize_console_input(input, NULL, NULL);
    input->mode = mode;
    return input;
}

static void delete_input(struct io_console_input *input)
{
    ex_delete_push_lock(&input->lock);
    ex_free_pool_with_tag(input, TAG);
}

static void put(struct io_console_input *input, const char *bytes)
{
    while (*bytes)
        io_console_put(input, (uint8_t)*bytes++);
}

static uint32_t take(struct io_console_input *input, void *buffer, uint32_t bytes, ntstatus *status)
{
    uint32_t done = 999;

    *status = io_console_read(input, buffer, bytes, KERNEL_MODE, false, &done);
    return done;
}

/* => whether reads of at most MOST bytes give of BYTES in MODE what is EXPECTED: each ends with a
 * bar. */
static bool reads(uint32_t mode, uint32_t most, const char *bytes, const char *expected)
{
    struct io_console_input *input = make_input(mode);
    char all[64];
    uint32_t length = 0, done;
    ntstatus status;

    put(input, bytes);
    put(input, "\x10\x04");
    while ((done = take(input, all + length, most, &status)) != 0) {
        length += done;
        all[length++] = '|';
    }
    all[length] = 0;
    delete_input(input);
    return status == STATUS_END_OF_FILE && !strcmp(all, expected);
}

KTEST(console_mode, lines_come_one_by_one)
{
    ktest_assert(test, reads(0, 31, "one\ntwo\nend", "one\ntwo\nend|"));
    ktest_assert(test, reads(CONSOLE_LINE_INPUT, 31, "one\n\ntwo\r\nend", "one\n|\n|two\r\n|end|"));
    ktest_assert(test, reads(CONSOLE_LINE_INPUT, 3, "abcdefg\nhi\n", "abc|def|g\n|hi\n|"));
    ktest_assert(test, reads(CONSOLE_LINE_INPUT, 31, "a\x10\nb\n", "a\n|b\n|")); /* escaped */
}

KTEST(console_mode, backspaces_edit_a_line)
{
    ktest_assert(test, reads(EDITED, 31,
                             "\bab\x7F\b"
                             "cde\b\n\bx\n",
                             "cd\n|x\n|"));
    ktest_assert(test, reads(EDITED, 2, "abcd\b\bx\n", "ab|x\n|")); /* before any of it is taken */
    ktest_assert(test, reads(EDITED, 31, "x\b", ""));
    ktest_assert(test, reads(CONSOLE_LINE_INPUT, 31, "a\b\n", "a\b\n|"));
}

KTEST(console_mode, a_line_may_fill_the_ring)
{
    static uint8_t buffer[CONSOLE_RING + 1];
    struct io_console_input *input = make_input(CONSOLE_LINE_INPUT);
    ntstatus status;

    while (io_console_has_room(input))
        io_console_put(input, 'x');
    ktest_assert_eq(test, take(input, buffer, sizeof(buffer), &status), CONSOLE_RING);
    put(input, "y\n");
    ktest_assert_eq(test, take(input, buffer, sizeof(buffer), &status), 2);
    delete_input(input);
}

struct reader {
    struct io_console_input *input;
    struct ethread *thread;
    char buffer[2];
    uint32_t done;
};

static void read_in_thread(void *context)
{
    struct reader *r = context;
    ntstatus status;

    r->done = take(r->input, r->buffer, sizeof(r->buffer), &status);
}

KTEST(console_mode, readers_wait_for_a_lines_end)
{
    struct io_console_input *input = make_input(CONSOLE_LINE_INPUT);
    struct reader readers[2] = {{.input = input}, {.input = input}};

    for (uint32_t i = 0; i < 2; i++)
        readers[i].thread = ktest_thread(test, ABOVE, read_in_thread, &readers[i]);
    ktest_assert(test, readers[0].thread && readers[1].thread);
    put(input, "abc");
    for (uint32_t i = 0; i < 2; i++)
        ktest_assert_eq(test, ktest_state(readers[i].thread), THREAD_WAITING);
    put(input, "\n"); /* each has room for a half of it */
    for (uint32_t i = 0; i < 2; i++) {
        ktest_join(readers[i].thread);
        ktest_assert_eq(test, readers[i].done, 2);
    }
    delete_input(input);
}

/* ---- as programs ask ---------------------------------------------------------------------------
 */

static ntstatus control(handle_t handle, uint32_t code, uint32_t *mode, uint32_t bytes)
{
    struct io_status_block block;
    bool get = code == IOCTL_CONSOLE_GET_MODE;

    return nt_device_io_control_file(handle, 0, NULL, NULL, &block, code, mode, get ? 0 : bytes,
                                     mode, get ? bytes : 0);
}

static uint32_t mode_of(handle_t handle)
{
    uint32_t mode = 999;

    return NT_SUCCESS(control(handle, IOCTL_CONSOLE_GET_MODE, &mode, sizeof(mode))) ? mode : 998;
}

/* The mode is GOOD[0] at first, and can be each of GOOD but none of BAD. */
static void check_modes(struct ktest *test, const uint16_t *path, const uint32_t good[4],
                        const uint32_t bad[4])
{
    handle_t handle;

    ktest_assert_eq(test, ktest_create_file(path, GENERIC_ALL, FILE_OPEN, 0, &handle),
                    STATUS_SUCCESS);
    uint32_t first = mode_of(handle);
    ktest_assert_eq(test, first, good[0]);
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t wanted = good[i], refused = bad[i];
        ktest_assert_eq(test, control(handle, IOCTL_CONSOLE_SET_MODE, &wanted, 4), STATUS_SUCCESS);
        ktest_assert_eq(test, control(handle, IOCTL_CONSOLE_SET_MODE, &refused, 4),
                        STATUS_INVALID_PARAMETER);
        ktest_assert_eq(test, mode_of(handle), good[i]);
    }
    ktest_assert_eq(test, control(handle, IOCTL_CONSOLE_SET_MODE, &first, 4), STATUS_SUCCESS);
    nt_close(handle);
}

KTEST(console_mode, is_what_can_be_done)
{
    static const uint32_t lines[] = {2, 0, 6, 7}, no_lines[] = {4, 8, 5, 0x80000002};
    static const uint32_t output[] = {3, 7, 3, 7}, no_output[] = {0, 1, 2, 11};

    check_modes(test, u"\\??\\CONIN$", lines, no_lines);
    check_modes(test, u"\\??\\CONOUT$", output, no_output);
    check_modes(test, u"\\Device\\ConsoleErr", output, no_output);
}

KTEST(console_mode, other_questions_are_refused)
{
    static const struct {
        uint32_t code, bytes;
        ntstatus status;
    } cases[] = {
        {IOCTL_CONSOLE_GET_MODE, 3, STATUS_BUFFER_TOO_SMALL},
        {IOCTL_CONSOLE_SET_MODE, 3, STATUS_BUFFER_TOO_SMALL},
        {IOCTL_CONSOLE_SET_MODE + 4, 4, STATUS_INVALID_DEVICE_REQUEST},
        {IOCTL_CONSOLE_SET_MODE + 1, 4, STATUS_INVALID_DEVICE_REQUEST}, /* not METHOD_BUFFERED */
        {IOCTL_CONSOLE_SET_MODE, 0x10001, STATUS_INSUFFICIENT_RESOURCES},
    };
    uint32_t mode = 0;
    handle_t handle;

    ktest_assert_eq(test, ktest_create_file(u"\\??\\CONOUT$", GENERIC_WRITE, FILE_OPEN, 0, &handle),
                    STATUS_SUCCESS);
    for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++)
        ktest_assert_eq(test, control(handle, cases[i].code, &mode, cases[i].bytes),
                        cases[i].status);
    nt_close(handle);
    ktest_assert_eq(test, ktest_create_file(u"\\??\\NUL", GENERIC_ALL, FILE_OPEN, 0, &handle),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, control(handle, IOCTL_CONSOLE_GET_MODE, &mode, 4),
                    STATUS_INVALID_DEVICE_REQUEST);
    nt_close(handle);
}
