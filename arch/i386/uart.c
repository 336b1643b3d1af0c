/*
 * The 16550 (National Semiconductor PC16550D data sheet, section 8). Output is polled: it must work
 * with interrupts off, in a bugcheck, and before anything else does.
 */
#include "arch/i386/uart.h"
#include "arch/i386/registers.h"

/* Registers, from each port's first. */
#define DATA          0
#define INTERRUPTS    1
#define FIFO          2
#define LINE_CONTROL  3
#define MODEM_CONTROL 4
#define LINE_STATUS   5
#define MODEM_STATUS  6
#define SCRATCH       7

#define LCR_DLAB         0x80
#define LCR_8N1          0x03
#define FIFO_ON_CLEAR    0x07 /* interrupt for each byte */
#define FIFO_TRIGGER_14  0xC0 /* or when 14 have come, or no more come for a while */
#define MCR_DTR_RTS_OUT2 0x0B /* OUT2 gates the interrupt line on a PC */
#define MCR_LOOP_RTS     0x12
#define MSR_INPUTS       0xF0
#define MSR_CTS          0x10 /* what RTS is seen as when looped back */
#define LSR_DATA         0x01
#define LSR_BREAK        0x10
#define LSR_THR_EMPTY    0x20
#define LSR_ALL_EMPTY    0x40
#define IER_RECEIVED     0x05 /* received data, and line status (break) */

#define FIFO_BYTES 16
#define SPIN_LIMIT 1000000 /* a UART that never empties must not stop a bugcheck */

static struct {
    uint16_t port;
    uint8_t fifo;
    bool present;
} uarts[KI_UARTS] = {
    [KI_COM1] = {.port = 0x3F8, .fifo = FIFO_ON_CLEAR},
    [KI_COM2] = {.port = 0x2F8, .fifo = FIFO_ON_CLEAR | FIFO_TRIGGER_14},
    [KI_COM3] = {.port = 0x3E8, .fifo = FIFO_ON_CLEAR},
};

static void put(enum ki_uart uart, uint16_t reg, uint8_t value)
{
    outb(uarts[uart].port + reg, value);
}

static uint8_t get(enum ki_uart uart, uint16_t reg)
{
    return inb(uarts[uart].port + reg);
}

/* A register keeps what is written to it, and what goes out comes in when looped back. */
static bool answers(enum ki_uart uart)
{
    put(uart, SCRATCH, 0x5A);
    if (get(uart, SCRATCH) != 0x5A)
        return false;
    put(uart, MODEM_CONTROL, MCR_LOOP_RTS);
    return (get(uart, MODEM_STATUS) & MSR_INPUTS) == MSR_CTS;
}

bool ki_init_uart(enum ki_uart uart)
{
    uarts[uart].present = answers(uart);
    if (!uarts[uart].present)
        return false;
    put(uart, INTERRUPTS, 0);
    put(uart, LINE_CONTROL, LCR_DLAB);
    put(uart, DATA, 1); /* divisor 1: 115200 baud */
    put(uart, INTERRUPTS, 0);
    put(uart, LINE_CONTROL, LCR_8N1);
    put(uart, FIFO, uarts[uart].fifo);
    put(uart, MODEM_CONTROL, MCR_DTR_RTS_OUT2);
    return true;
}

void ki_uart_enable_interrupt(enum ki_uart uart, bool on)
{
    if (uarts[uart].present)
        put(uart, INTERRUPTS, on ? IER_RECEIVED : 0);
}

void ki_uart_put(enum ki_uart uart, char c)
{
    if (!uarts[uart].present)
        return;
    for (uint32_t spin = 0; spin < SPIN_LIMIT && !(get(uart, LINE_STATUS) & LSR_THR_EMPTY); spin++)
        ;
    put(uart, DATA, (uint8_t)c);
}

uint32_t ki_uart_send(enum ki_uart uart, const uint8_t *from, uint32_t bytes)
{
    if (!uarts[uart].present || !(get(uart, LINE_STATUS) & LSR_THR_EMPTY))
        return 0;
    if (bytes > FIFO_BYTES)
        bytes = FIFO_BYTES;
    for (uint32_t i = 0; i < bytes; i++)
        put(uart, DATA, from[i]);
    return bytes;
}

bool ki_uart_is_idle(enum ki_uart uart)
{
    return !uarts[uart].present || (get(uart, LINE_STATUS) & LSR_ALL_EMPTY);
}

int ki_uart_get(enum ki_uart uart)
{
    if (!uarts[uart].present)
        return -1;
    uint8_t status = get(uart, LINE_STATUS);
    if (status & LSR_BREAK) {
        (void)get(uart, DATA);
        return KI_BREAK;
    }
    return status & LSR_DATA ? get(uart, DATA) : -1;
}
