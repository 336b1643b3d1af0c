/* The pair of 8259A interrupt controllers: sixteen lines at VECTOR_IRQ and up, all masked at first.
 */
#pragma once

#include "arch/i386/trap.h"

#define IRQ_KEYBOARD 1
#define IRQ_COM1     4
#define IRQ_LINES    16

void ki_init_pic(void);

/* Call HANDLER for interrupts of LINE (0 to 15) and let them in. It runs with interrupts off; the
 * end-of-interrupt is given after it returns. Spurious interrupts never reach it. */
void ki_connect_interrupt(uint32_t line, ki_trap_handler handler);

extern uint32_t ki_spurious_interrupts;
