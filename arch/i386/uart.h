/* COM1, a 16550: the kernel's log, the self-tests' report and the debugger's line. */
#pragma once

#include "lib/types.h"

#define KI_BREAK (-2) /* the line was held in the break state, or Ctrl-Break was pressed */

/* Set 115200 baud, 8N1 and the FIFO. => false when no UART answers. */
bool ki_init_uart(void);
/* Interrupt (IRQ 4) when a byte or a break arrives. */
void ki_uart_enable_interrupt(void);
/* Send a byte, waiting for room; nothing when there is no UART. */
void ki_uart_put(char c);
/* => the next byte received, KI_BREAK, or -1 when there is none. */
int ki_uart_get(void);
