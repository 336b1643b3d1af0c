/*
 * Consoles. The input is fed by the test itself, in the place of the interrupt; what the UARTs do
 * is seen from outside, by tests/system/test_run.py.
 */
#include "kernel/io/console.h"
#include "kernel/nt/services.h"
#include "lib/string.h"
#include "mm/pool.h"
#include "tests/kernel/files.h"
#include "tests/kernel/objects.h"
#include "tests/kernel/user_code.h"

USER_PROGRAM(calls);

#define TAG   'noCT'
#define ABOVE (TEST_PRIORITY + 2)

static uint32_t resumed;

static void count_resumed(void *context)
{
    (void)context;
    resumed++;
}

static struct io_console_input *make_input(void)
{
    struct io_console_input *input = ex_allocate_pool_with_tag(NONPAGED_POOL, sizeof(*input), TAG);

    io_initialize_console_input(input, count_resumed, NULL);
    resumed = 0;
    return input;
}

static void delete_input(struct io_console_input *input)
{
    ex_delete_push_lock(&input->lock);
    ex_free_pool_with_tag(input, TAG);
}

static void put(struct io_console_input *input, const char *bytes, uint32_t count)
{
    while (count--)
        io_console_put(input, (uint8_t)*bytes++);
}

static uint32_t take(struct io_console_input *input, void *buffer, uint32_t bytes, ntstatus *status)
{
    uint32_t done = 999;

    *status = io_console_read(input, buffer, bytes, KERNEL_MODE, false, &done);
    return done;
}

KTEST(console, input_comes_as_it_was_sent)
{
    struct io_console_input *input = make_input();
    char buffer[16];
    ntstatus status;

    put(input, "one\ntwo", 7);
    ktest_assert_eq(test, take(input, buffer, 3, &status), 3);
    ktest_assert(test, !memcmp(buffer, "one", 3));
    ktest_assert_eq(test, resumed, 1);
    ktest_assert_eq(test, take(input, buffer, 16, &status), 4);
    ktest_assert(test, !memcmp(buffer, "\ntwo", 4));
    put(input,
        "a\x10\x10"
        "b\x10\x41\x04\0",
        8); /* only 10 04 is the end */
    ktest_assert_eq(test, take(input, buffer, 16, &status), 6);
    ktest_assert(test, !memcmp(buffer,
                               "a\x10"
                               "bA\x04\0",
                               6));
    put(input, "\x10", 1); /* an escape in two pieces */
    put(input, "\x10z", 2);
    ktest_assert_eq(test, take(input, buffer, 1, &status), 1);
    ktest_assert_eq(test, (uint8_t)buffer[0], 0x10);
    ktest_assert_eq(test, take(input, buffer, 16, &status), 1);
    delete_input(input);
}

KTEST(console, input_ends_for_good)
{
    struct io_console_input *input = make_input();
    char buffer[16];
    ntstatus status;

    put(input, "last\x10\x04", 6);
    ktest_assert_eq(test, take(input, buffer, 16, &status), 4);
    ktest_assert_eq(test, status, STATUS_SUCCESS);
    for (uint32_t i = 0; i < 3; i++) {
        ktest_assert_eq(test, take(input, buffer, 16, &status), 0);
        ktest_assert_eq(test, status, STATUS_END_OF_FILE);
        put(input, "late", 4);
    }
    delete_input(input);
}

KTEST(console, every_byte_passes_through_a_ring_that_is_often_full)
{
    struct io_console_input *input = make_input();
    uint8_t buffer[700];
    uint32_t sent = 0, seen = 0, wrong = 0;
    ntstatus status = STATUS_SUCCESS;

    while (seen < 5 * CONSOLE_RING && NT_SUCCESS(status)) {
        while (io_console_has_room(input)) {
            uint8_t byte = (uint8_t)(sent / 2 * 7);
            io_console_put(input, sent++ & 1 ? byte : CONSOLE_ESCAPE);
            if ((uint8_t)(sent / 2 * 7) == CONSOLE_END && !(sent & 1))
                sent += 2; /* which would be the end */
        }
        ktest_assert_eq(test, input->head - input->tail, CONSOLE_RING);
        uint32_t done = take(input, buffer, 1 + ktest_random() % sizeof(buffer), &status);
        seen += done;
        wrong += !done;
    }
    ktest_assert_eq(test, wrong, 0);
    ktest_assert_eq(test, status, STATUS_SUCCESS);
    delete_input(input);
}

struct reader {
    struct io_console_input *input;
    struct ethread *thread;
    char buffer[8];
    uint32_t done;
    ntstatus status;
};

static void read_in_thread(void *context)
{
    struct reader *r = context;

    r->status = io_console_read(r->input, r->buffer, sizeof(r->buffer), USER_MODE, true, &r->done);
}

static void start_reader(struct ktest *test, struct reader *r, struct io_console_input *input)
{
    *r = (struct reader){.input = input, .done = 999};
    r->thread = ktest_thread(test, ABOVE, read_in_thread, r);
}

KTEST(console, a_reader_waits_for_the_first_byte)
{
    struct io_console_input *input = make_input();
    struct reader r[2];

    start_reader(test, &r[0], input);
    start_reader(test, &r[1], input);
    ktest_assert(test, r[0].thread && r[1].thread);
    ktest_assert_eq(test, ktest_state(r[0].thread), THREAD_WAITING);
    kirql irql = ke_raise_irql(DISPATCH_LEVEL); /* both bytes come before anybody runs */
    put(input, "x\x10", 2);
    ke_lower_irql(irql);
    ktest_assert_eq(test, r[0].done + r[1].done, 1);
    ktest_assert(test, (ktest_state(r[0].thread) == THREAD_WAITING) !=
                           (ktest_state(r[1].thread) == THREAD_WAITING)); /* for the next byte */
    put(input, "\x04", 1);
    for (uint32_t i = 0; i < 2; i++)
        ktest_join(r[i].thread);
    ktest_assert_eq(test, r[0].done + r[1].done, 1);
    ktest_assert(test, r[0].status == STATUS_END_OF_FILE || r[1].status == STATUS_END_OF_FILE);
    delete_input(input);
}

KTEST(console, an_alert_ends_the_wait)
{
    struct io_console_input *input = make_input();
    struct reader r;

    start_reader(test, &r, input);
    ktest_assert(test, r.thread);
    ke_alert_thread(&r.thread->tcb, USER_MODE);
    ktest_join(r.thread);
    ktest_assert_eq(test, r.status, STATUS_ALERTED);
    ktest_assert_eq(test, r.done, 0);
    delete_input(input);
}

/* ---- output -----------------------------------------------------------------------------------
 */

struct writer {
    struct file_object *file;
    uint32_t done;
    ntstatus status;
};

/* For a program. */
static void write_in_thread(void *context)
{
    struct writer *w = context;

    ke_get_current_thread()->previous_mode = USER_MODE;
    w->status = io_console_driver.write(w->file, 0, "x", 1, &w->done);
    ke_get_current_thread()->previous_mode = KERNEL_MODE;
}

static void ignore(struct kapc *apc, knormal_routine *normal, void **context, void **argument1,
                   void **argument2)
{
    (void)apc, (void)normal, (void)context, (void)argument1, (void)argument2;
}

/* Whose line the console is sending may wait for ever for a reader; the others can be ended. */
KTEST(console, a_writer_that_is_to_end_does_not_wait_for_another)
{
    struct io_console console = {.uart = KI_COM3};
    struct device_object device = {.extension = &console};
    struct file_object file = {.device = &device};
    struct writer w = {.file = &file};
    struct kapc apc;

    ke_initialize_mutex(&console.mutex);
    ktest_assert_eq(
        test, ke_wait_for_single_object(&console.mutex, WR_EXECUTIVE, KERNEL_MODE, false, NULL),
        STATUS_SUCCESS);
    struct ethread *thread = ktest_thread(test, ABOVE, write_in_thread, &w);
    ktest_assert(test, thread);
    ktest_assert_eq(test, ktest_state(thread), THREAD_WAITING);
    ke_initialize_apc(&apc, &thread->tcb, ignore, NULL, NULL, USER_MODE, NULL);
    ktest_assert(test, ke_force_user_apc(&apc, NULL, NULL, 0)); /* as the end of a thread is told */
    ktest_join(thread);
    ktest_assert_eq(test, w.status, STATUS_USER_APC);
    ktest_assert_eq(test, w.done, 0);
    ke_release_mutant(&console.mutex, 0, NULL);
    ktest_assert_eq(test, ke_read_state_mutant(&console.mutex), 1);
}

/* ---- as devices --------------------------------------------------------------------------------
 */

KTEST(console, each_device_goes_one_way)
{
    struct io_status_block block;
    struct file_fs_device_information device;
    handle_t handle;
    char byte;

    ktest_assert_eq(test, ktest_create_file(u"\\??\\CONIN$", GENERIC_ALL, FILE_OPEN, 0, &handle),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, nt_write_file(handle, 0, NULL, NULL, &block, "x", 1, NULL, NULL),
                    STATUS_INVALID_DEVICE_REQUEST);
    ktest_assert_eq(test, nt_flush_buffers_file(handle, &block), STATUS_INVALID_DEVICE_REQUEST);
    ktest_assert_eq(test,
                    nt_query_volume_information_file(handle, &block, &device, sizeof(device), 4),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, device.device_type, FILE_DEVICE_CONSOLE);
    nt_close(handle);
    ktest_assert_eq(test,
                    ktest_create_file(u"\\Device\\ConsoleErr", GENERIC_ALL, FILE_OPEN, 0, &handle),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, nt_read_file(handle, 0, NULL, NULL, &block, &byte, 1, NULL, NULL),
                    STATUS_INVALID_DEVICE_REQUEST);
    nt_close(handle);
    ktest_assert_eq(test, ktest_try_open(u"\\Device\\ConsoleOut\\x", GENERIC_WRITE, FILE_OPEN, 0),
                    STATUS_OBJECT_NAME_NOT_FOUND);
}

/* Without COM2 there is nothing to read; with it, this is a program as the system tests want one.
 */
KTEST(console, echoes_its_input)
{
    static char buffer[1000];
    struct io_status_block block;
    handle_t in, out, err;
    uint32_t total = 0;
    ntstatus status;

    ktest_assert_eq(test, ktest_create_file(u"\\??\\CONIN$", GENERIC_READ, FILE_OPEN, 0, &in),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_create_file(u"\\??\\CONOUT$", GENERIC_WRITE, FILE_OPEN, 0, &out),
                    STATUS_SUCCESS);
    ktest_assert_eq(test,
                    ktest_create_file(u"\\Device\\ConsoleErr", GENERIC_WRITE, FILE_OPEN, 0, &err),
                    STATUS_SUCCESS);
    for (;;) {
        status = nt_read_file(in, 0, NULL, NULL, &block, buffer, sizeof(buffer), NULL, NULL);
        if (!NT_SUCCESS(status))
            break;
        total += block.information;
        ktest_assert_eq(
            test, nt_write_file(out, 0, NULL, NULL, &block, buffer, block.information, NULL, NULL),
            STATUS_SUCCESS);
    }
    ktest_assert_eq(test, status, STATUS_END_OF_FILE);
    ktest_assert_eq(
        test, nt_write_file(err, 0, NULL, NULL, &block, "# the input is over\n", 20, NULL, NULL),
        STATUS_SUCCESS);
    ktest_assert_eq(test, block.information, 20);
    ktest_assert_eq(test, nt_flush_buffers_file(out, &block), STATUS_SUCCESS);
    ktest_note("%u bytes", total);
    nt_close(in);
    nt_close(out);
    nt_close(err);
}

/* What a program that reads has behind its list of calls. */
#define DATA 0x1000u
struct data {
    struct nt_object_attributes attributes;
    struct unicode_string name;
    struct io_status_block block;
    handle_t handle;
    uint16_t text[24];
    char buffer[64];
};
#define AT(member) (USER_DATA + DATA + (uint32_t)offsetof(struct data, member))
#define PATH       u"\\Device\\TestConsole"

static bool load_reader(struct ktest *test, struct ktest_program *program)
{
    static const struct data data = {
        .attributes = {.length = sizeof(struct nt_object_attributes),
                       .object_name = (const struct unicode_string *)AT(name)},
        .name = {.length = sizeof(PATH) - 2, .buffer = (const uint16_t *)AT(text)},
        .text = PATH,
    };
    static const struct ktest_call calls[] = {
        {.number = NUMBER_NtOpenFile,
         .arguments = {AT(handle), GENERIC_READ, AT(attributes), AT(block), 7,
                       FILE_SYNCHRONOUS_IO_NONALERT}},
        {.number = NUMBER_NtReadFile, .arguments = {4, 0, 0, 0, AT(block), AT(buffer), 64, 0, 0}},
        KTEST_NO_MORE_CALLS,
    };

    return ktest_load_program(test, program, user_calls, user_calls_end, 0) &&
           ktest_fill_program(program, USER_DATA, calls, sizeof(calls)) &&
           ktest_fill_program(program, USER_DATA + DATA, &data, sizeof(data));
}

KTEST(console, a_program_that_waits_for_input_can_be_ended)
{
    struct io_console console = {.input = make_input(), .present = true};
    const struct device_object pattern = {
        .driver = &io_console_driver, .stream = true, .extension = &console};
    struct device_object *device = io_create_device(PATH, &pattern);
    struct ktest_program program;

    ktest_assert(test, device && load_reader(test, &program));
    ps_start_thread(program.thread);
    while (ktest_state(program.thread) != THREAD_WAITING)
        ke_yield_execution();
    ktest_assert_eq(test, ps_terminate_process(program.process, 77), STATUS_SUCCESS);
    ktest_assert_eq(test, ktest_wait(program.process, 1000), STATUS_SUCCESS);
    ktest_assert_eq(test, program.process->exit_status, 77);
    ktest_assert_eq(test, program.process->pcb.header.signal_state, 1);
    ob_dereference_object(program.thread);
    ob_dereference_object(program.process);
    ktest_assert_eq(test, ob_header(device)->pointer_count, 1); /* its name's */
    ob_make_temporary_object(device);
    delete_input(console.input);
}
