/*
 * The 16550 (National Semiconductor PC16550D data sheet, section 8). Output is polled: it must work
 * with interrupts off, in a bugcheck, and before anything else does.
 */
#include "arch/i386/uart.h"
#include "arch/i386/registers.h"

#define COM1          0x3F8
#define DATA          (COM1 + 0)
#define INTERRUPTS    (COM1 + 1)
#define FIFO          (COM1 + 2)
#define LINE_CONTROL  (COM1 + 3)
#define MODEM_CONTROL (COM1 + 4)
#define LINE_STATUS   (COM1 + 5)
#define SCRATCH       (COM1 + 7)

#define LCR_DLAB         0x80
#define LCR_8N1          0x03
#define FIFO_ON_CLEAR    0x07
#define MCR_DTR_RTS_OUT2 0x0B /* OUT2 gates the interrupt line on a PC */
#define LSR_DATA         0x01
#define LSR_BREAK        0x10
#define LSR_THR_EMPTY    0x20
#define IER_RECEIVED     0x05 /* received data, and line status (break) */

#define SPIN_LIMIT 1000000 /* a UART that never empties must not stop a bugcheck */

static bool present;

bool ki_init_uart(void)
{
    outb(SCRATCH, 0x5A);
    present = inb(SCRATCH) == 0x5A;
    if (!present)
        return false;
    outb(INTERRUPTS, 0);
    outb(LINE_CONTROL, LCR_DLAB);
    outb(DATA, 1); /* divisor 1: 115200 baud */
    outb(INTERRUPTS, 0);
    outb(LINE_CONTROL, LCR_8N1);
    outb(FIFO, FIFO_ON_CLEAR);
    outb(MODEM_CONTROL, MCR_DTR_RTS_OUT2);
    return true;
}

void ki_uart_enable_interrupt(void)
{
    if (present)
        outb(INTERRUPTS, IER_RECEIVED);
}

void ki_uart_put(char c)
{
    if (!present)
        return;
    for (uint32_t spin = 0; spin < SPIN_LIMIT && !(inb(LINE_STATUS) & LSR_THR_EMPTY); spin++)
        ;
    outb(DATA, (uint8_t)c);
}

int ki_uart_get(void)
{
    if (!present)
        return -1;
    uint8_t status = inb(LINE_STATUS);
    if (status & LSR_BREAK) {
        (void)inb(DATA);
        return KI_BREAK;
    }
    return status & LSR_DATA ? inb(DATA) : -1;
}
