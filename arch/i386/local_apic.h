/*
 * The local APIC, of which TokOS uses the timer; the PIC's interrupts come through it unchanged
 * ("virtual wire mode", MultiProcessor Specification 1.4, 3.6.2.1). Intel SDM volume 3, chapter 10.
 */
#pragma once

#include "lib/types.h"

#define VECTOR_APIC_TIMER    0xD1 /* NT's clock on machines with an APIC */
#define VECTOR_APIC_SPURIOUS 0xDF

/* => the physical address of its registers, 0 when there is none or it cannot be switched on. */
uint32_t ki_find_local_apic(void);
/* Where its registers are mapped. */
void ki_set_local_apic_window(volatile uint32_t *window);
bool ki_local_apic_is_mapped(void);

/* Switch it on, its timer off. */
void ki_init_local_apic(void);
void ki_local_apic_end_of_interrupt(void);

/* The timer counts down from COUNT and interrupts once; 0 stops it. */
void ki_local_apic_one_shot(uint32_t count);
uint32_t ki_local_apic_count(void);

extern uint32_t ki_apic_spurious_interrupts;
