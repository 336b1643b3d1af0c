/* The pair of 8259A interrupt controllers: sixteen lines at VECTOR_IRQ and up, all masked at first.
 */
#pragma once

#include "lib/types.h"

#define IRQ_KEYBOARD 1
#define IRQ_COM2     3
#define IRQ_COM1     4
#define IRQ_LINES    16

void ki_init_pic(void);

void ki_pic_mask(uint32_t line);
void ki_pic_unmask(uint32_t line);

/* Tell both chips that the interrupt of LINE was taken. */
void ki_pic_end_of_interrupt(uint32_t line);

/* Was the interrupt of LINE none at all? Then it is counted, and is not to be acknowledged. */
bool ki_pic_is_spurious(uint32_t line);

extern uint32_t ki_spurious_interrupts;
