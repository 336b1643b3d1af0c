/* The serial ports, 16550s. COM1 is the kernel's log, the self-tests' report and the debugger's
 * line; COM2 and COM3 are the programs' (kernel/io/console.c). */
#pragma once

#include "lib/types.h"

enum ki_uart {
    KI_COM1,
    KI_COM2,
    KI_COM3,
    KI_UARTS
};

#define KI_BREAK (-2) /* the line was held in the break state, or Ctrl-Break was pressed */

/* Set 115200 baud, 8N1 and the FIFO. => false when no UART answers. Of one that does not, all that
 * follows does nothing. */
bool ki_init_uart(enum ki_uart uart);
/* Interrupt, or do not, when a byte or a break arrives: COM1 and COM3 on IRQ 4, COM2 on IRQ 3. */
void ki_uart_enable_interrupt(enum ki_uart uart, bool on);
/* Send a byte, waiting for room, but not for ever. */
void ki_uart_put(enum ki_uart uart, char c);
/* Send as many of the BYTES at FROM as there is room for now. => how many, maybe none. */
uint32_t ki_uart_send(enum ki_uart uart, const uint8_t *from, uint32_t bytes);
/* Has everything left the UART? */
bool ki_uart_is_idle(enum ki_uart uart);
/* => the next byte received, KI_BREAK, or -1 when there is none. */
int ki_uart_get(enum ki_uart uart);
