/* Consoles: the devices of a program's standard input, output and error. */
#pragma once

#include "arch/i386/uart.h"
#include "kernel/io/console_input.h"
#include "kernel/io/io.h"

#define CONSOLE_PROCESSED_OUTPUT 0x1u
#define CONSOLE_WRAP_AT_EOL      0x2u
#define CONSOLE_TERMINAL_OUTPUT  0x4u /* ENABLE_VIRTUAL_TERMINAL_PROCESSING */

struct io_console {
    struct io_console_input *input; /* NULL: it is for output */
    enum ki_uart uart;
    bool present;  /* the UART; else the kernel's own console takes the output */
    uint32_t mode; /* CONSOLE_, of output; the input has its own */
    /* A mutex that keeps pieces of output together. Who is to end does not wait for it: its owner
     * may wait for ever, for somebody who reads. */
    struct kmutant mutex;
};

/* The driver of devices whose extension is a struct io_console. */
extern const struct io_driver io_console_driver;

/* Wait until the UARTs have sent what programs and the kernel wrote. PASSIVE_LEVEL. */
void io_flush_consoles(void);
