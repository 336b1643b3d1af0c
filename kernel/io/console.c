/*
 * Consoles. A program's standard input and output are the two directions of COM2, its standard
 * error is what goes out on COM3; the launcher is at the other end. Bytes pass as they are, but for
 * the escapes of the input (console_input.h).
 *
 *      in    interrupt -> ring -> io_console_read. When the ring is full the UART's interrupts are
 *            turned off, so the bytes stay where they are, until a reader has made room.
 *      out   16 bytes whenever the UART is empty, polled; if it is not for a while, the thread
 *            sleeps in between.
 *
 * Without COM2 or COM3 the output goes to the kernel's console, and there is no input.
 *
 * What a program may set of a console's mode is what is done here: lines, their editing and echo.
 * What the terminal at the other end does to the output it does always.
 */
#include "kernel/io/console.h"
#include "arch/i386/pic.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/dbgprint.h"
#include "kernel/ke/interrupt.h"
#include "user/nt/console.h"

#define POLLS       64u
#define MILLISECOND (-10000ll)

#define OUTPUT_ALWAYS (CONSOLE_PROCESSED_OUTPUT | CONSOLE_WRAP_AT_EOL)

static struct io_console_input input;
static struct io_console in = {.input = &input, .uart = KI_COM2},
                         out = {.uart = KI_COM2, .mode = OUTPUT_ALWAYS},
                         err = {.uart = KI_COM3, .mode = OUTPUT_ALWAYS};
static volatile bool held; /* the UART's bytes wait for room in the ring */

static ntstatus put(struct io_console *console, const void *buffer, uint32_t bytes, uint32_t *done);

/* ---- input -------------------------------------------------------------------------------------
 */

static void on_interrupt(struct ktrap_frame *frame)
{
    int byte = -1;

    (void)frame;
    while (io_console_has_room(&input) && (byte = ki_uart_get(in.uart)) != -1)
        if (byte != KI_BREAK)
            io_console_put(&input, (uint8_t)byte);
    if (io_console_has_room(&input))
        return;
    held = true;
    ki_uart_enable_interrupt(in.uart, false);
}

/* A reader has taken something. */
static void resume(void *context)
{
    (void)context;
    if (!held || !io_console_has_room(&input))
        return;
    held = false;
    ki_uart_enable_interrupt(in.uart, true);
}

static ntstatus read(struct file_object *file, uint64_t offset, void *buffer, uint32_t bytes,
                     uint32_t *done)
{
    struct io_console *console = file->device->extension;
    enum kprocessor_mode mode = (enum kprocessor_mode)ke_get_current_thread()->previous_mode;
    uint32_t echoed = 0;

    (void)offset;
    if (!console->input)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (!console->present)
        return STATUS_END_OF_FILE;
    ntstatus status = io_console_read(console->input, buffer, bytes, mode,
                                      file->options & FILE_SYNCHRONOUS_IO_ALERT, done);
    if (*done && (console->input->mode & CONSOLE_ECHO_INPUT))
        put(&out, buffer, *done, &echoed);
    return status;
}

/* ---- output ------------------------------------------------------------------------------------
 */

/* Wait a little for the UART of CONSOLE; the POLL's time. => STATUS_SUCCESS, or what ended the
 * wait: a thread that is to end does not wait for a line that nobody reads. */
static ntstatus pause(uint32_t poll)
{
    if (poll % POLLS)
        return STATUS_SUCCESS;
    return ke_delay_execution_thread((enum kprocessor_mode)ke_get_current_thread()->previous_mode,
                                     false, MILLISECOND);
}

static ntstatus send(const struct io_console *console, const uint8_t *from, uint32_t bytes,
                     uint32_t *done)
{
    ntstatus status = STATUS_SUCCESS;

    for (uint32_t poll = 1; *done < bytes && status == STATUS_SUCCESS; poll++) {
        uint32_t sent = ki_uart_send(console->uart, from + *done, bytes - *done);
        *done += sent;
        if (sent)
            poll = 0;
        else
            status = pause(poll);
    }
    return status;
}

static ntstatus put(struct io_console *console, const void *buffer, uint32_t bytes, uint32_t *done)
{
    ntstatus status = ke_wait_for_single_object(
        &console->mutex, WR_USER_REQUEST,
        (enum kprocessor_mode)ke_get_current_thread()->previous_mode, false, NULL);

    if (status != STATUS_SUCCESS)
        return status;
    if (console->present)
        status = send(console, buffer, bytes, done);
    else
        for (; *done < bytes; ++*done)
            dbg_put(((const char *)buffer)[*done]);
    ke_release_mutant(&console->mutex, IO_NO_INCREMENT, NULL);
    return status;
}

static ntstatus write(struct file_object *file, uint64_t offset, const void *buffer, uint32_t bytes,
                      uint32_t *done)
{
    struct io_console *console = file->device->extension;

    (void)offset;
    return console->input ? STATUS_INVALID_DEVICE_REQUEST : put(console, buffer, bytes, done);
}

static ntstatus wait_until_sent(enum ki_uart uart)
{
    ntstatus status = STATUS_SUCCESS;

    for (uint32_t poll = 1; !ki_uart_is_idle(uart) && status == STATUS_SUCCESS; poll++)
        status = pause(poll);
    return status;
}

static ntstatus flush(struct file_object *file)
{
    const struct io_console *console = file->device->extension;

    return console->input ? STATUS_INVALID_DEVICE_REQUEST : wait_until_sent(console->uart);
}

void io_flush_consoles(void)
{
    for (enum ki_uart uart = KI_COM1; uart < KI_UARTS; uart++)
        wait_until_sent(uart);
}

/* ---- the mode ----------------------------------------------------------------------------------
 */

/* Can a console be in MODE? An echo is one of lines. */
static bool is_mode(const struct io_console *console, uint32_t mode)
{
    const uint32_t lines = CONSOLE_LINE_INPUT | CONSOLE_ECHO_INPUT;

    if (!console->input)
        return (mode & ~CONSOLE_TERMINAL_OUTPUT) == OUTPUT_ALWAYS;
    return !(mode & ~(lines | CONSOLE_PROCESSED_INPUT)) && (mode & lines) != CONSOLE_ECHO_INPUT;
}

static ntstatus set_mode(struct io_console *console, uint32_t mode)
{
    if (!is_mode(console, mode))
        return STATUS_INVALID_PARAMETER;
    if (console->input)
        console->input->mode = mode;
    else
        console->mode = mode;
    return STATUS_SUCCESS;
}

static ntstatus device_control(struct file_object *file, uint32_t code, void *buffer,
                               uint32_t in_bytes, uint32_t out_bytes, uint32_t *done)
{
    struct io_console *console = file->device->extension;
    uint32_t *mode = buffer;

    if (code != IOCTL_CONSOLE_GET_MODE && code != IOCTL_CONSOLE_SET_MODE)
        return STATUS_INVALID_DEVICE_REQUEST;
    if ((code == IOCTL_CONSOLE_GET_MODE ? out_bytes : in_bytes) < sizeof(*mode))
        return STATUS_BUFFER_TOO_SMALL;
    if (code == IOCTL_CONSOLE_SET_MODE)
        return set_mode(console, *mode);
    *mode = console->input ? console->input->mode : console->mode;
    *done = sizeof(*mode);
    return STATUS_SUCCESS;
}

/* ---- the devices -------------------------------------------------------------------------------
 */

static ntstatus create(struct file_object *file, const struct unicode_string *path,
                       struct io_open_packet *packet)
{
    (void)file;
    return io_open_device(path, packet);
}

const struct io_driver io_console_driver = {.create = create,
                                            .read = read,
                                            .write = write,
                                            .flush = flush,
                                            .device_control = device_control};

static void make_device(const uint16_t *name, struct io_console *console)
{
    const struct device_object device = {.driver = &io_console_driver,
                                         .type = FILE_DEVICE_CONSOLE,
                                         .stream = true,
                                         .extension = console};

    console->present = ki_init_uart(console->uart);
    ke_initialize_mutex(&console->mutex);
    if (!io_create_device(name, &device))
        ke_bug_check_ex(PHASE0_INITIALIZATION_FAILED, 5, 6, 0, 0);
}

void io_init_consoles(void)
{
    make_device(u"\\Device\\ConsoleIn", &in);
    make_device(u"\\Device\\ConsoleOut", &out);
    make_device(u"\\Device\\ConsoleErr", &err);
    io_create_symbolic_link(u"\\??\\CONIN$", u"\\Device\\ConsoleIn");
    io_create_symbolic_link(u"\\??\\CONOUT$", u"\\Device\\ConsoleOut");
    io_initialize_console_input(&input, resume, NULL);
    input.mode = CONSOLE_LINE_INPUT;
    if (!in.present)
        return;
    ke_connect_interrupt(IRQ_COM2, on_interrupt);
    ki_uart_enable_interrupt(in.uart, true);
}
