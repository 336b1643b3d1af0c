/*
 * The kernel's log (DbgPrint). Both consoles are polled, so a line is out before the next
 * instruction, whatever happens then. Until ki_init_console has run, nothing is lost but nothing is
 * shown either: a bugcheck calls it itself.
 */
#include "kernel/ke/dbgprint.h"
#include "arch/i386/uart.h"
#include "arch/i386/vga.h"
#include "lib/format.h"

#include <stdarg.h>

static bool serial_on;

void ki_init_console(bool serial)
{
    serial_on = serial && ki_init_uart(KI_COM1);
}

void dbg_put(char c)
{
    if (serial_on) {
        if (c == '\n')
            ki_uart_put(KI_COM1, '\r');
        ki_uart_put(KI_COM1, c);
    }
    ki_vga_put(c);
}

static void put(void *context, char c)
{
    (void)context;
    dbg_put(c);
}

int dbg_print(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    int length = format(put, NULL, fmt, args);
    va_end(args);
    return length;
}
