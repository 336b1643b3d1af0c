/*
 * The debugger's session. It is entered from an interrupt (a key or a break on the line), from a
 * breakpoint, or from a bugcheck, always with interrupts off and by way of a trap frame, and polls
 * its input, so it needs nothing of the kernel but its console.
 */
#include "kernel/kd/kd_internal.h"
#include "arch/i386/keyboard.h"
#include "arch/i386/pic.h"
#include "arch/i386/registers.h"
#include "kernel/kd/kd_help.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/exceptions.h"
#include "kernel/ke/interrupt.h"
#include "kernel/ke/symbols.h"
#include "lib/string.h"

#define LINE 128

bool kd_in_bugcheck;
static bool active; /* a session is open: a fault in here must not open another */
static const char *reason;

static const struct kd_command *const tables[] = {kd_session_commands, kd_memory_commands,
                                                  kd_mm_commands,      kd_thread_commands,
                                                  kd_ke_commands,      kd_ob_commands};

static const struct kd_command *find_command(const char *line, size_t length)
{
    for (size_t t = 0; t < ARRAY_SIZE(tables); t++)
        for (const struct kd_command *c = tables[t]; c->name; c++)
            if (strlen(c->name) == length && !strncmp(c->name, line, length))
                return c;
    return NULL;
}

void kd_help(struct kd_context *context)
{
    (void)context;
    for (size_t t = 0; t < ARRAY_SIZE(tables); t++)
        for (const struct kd_command *c = tables[t]; c->name; c++)
            dbg_print("  %-10s %-14s %s\n", c->name, c->arguments, c->help);
    dbg_print("Numbers are hexadecimal; names of the kernel's symbols work as addresses.\n");
}

static void run(struct kd_context *context, const char *line)
{
    size_t length = 0;

    while (*line == ' ')
        line++;
    while (line[length] && line[length] != ' ')
        length++;
    if (!length)
        return;
    const struct kd_command *command = find_command(line, length);
    if (!command) {
        dbg_print("'%.*s' is not a command; help lists them\n", (int)length, line);
        return;
    }
    context->args = line + length;
    command->run(context);
}

static void session(struct ktrap_frame *frame, const char *why)
{
    struct kd_context context = {.frame = frame};
    char line[LINE];

    if (active)
        return;
    uint32_t flags = save_and_disable_interrupts();
    active = true;
    dbg_print("\n%s\n", why);
    dbg_print("%08x ", frame->eip);
    ke_print_symbol(frame->eip);
    dbg_print("\n");
    while (!context.leave) {
        dbg_print("kd> ");
        kd_read_line(line, sizeof(line));
        run(&context, line);
    }
    active = false;
    restore_interrupts(flags);
}

static bool exception(struct ktrap_frame *frame)
{
    if (frame->vector != VECTOR_BREAKPOINT || active)
        return false;
    session(frame, reason ? reason : "breakpoint");
    reason = NULL;
    return true;
}

void kd_break_in(const char *why)
{
    reason = why;
    __asm__ volatile("int3");
}

static void serial_interrupt(struct ktrap_frame *frame)
{
    if (ki_uart_get(KI_COM1) != -1)
        session(frame, "break-in from the serial line");
}

static void keyboard_interrupt(struct ktrap_frame *frame)
{
    if (ki_keyboard_get() != -1)
        session(frame, "break-in from the keyboard");
}

static void on_bugcheck(struct ktrap_frame *frame)
{
    kd_in_bugcheck = true;
    active = false; /* the session that was open is what failed */
    session(frame, "stopped by a bugcheck; q ends with its verdict");
}

void kd_init(bool interactive)
{
    static struct kbugcheck_callback_record record = {.name = "debugger", .routine = on_bugcheck};

    if (!interactive)
        return;
    ke_append_bug_check_callback(&record);
    ke_set_debug_handler(exception);
    ke_connect_interrupt(IRQ_COM1, serial_interrupt);
    ke_connect_interrupt(IRQ_KEYBOARD, keyboard_interrupt);
    ki_uart_enable_interrupt(KI_COM1, true);
}
