/*
 * The 8254 interval timer. Channel 0 interrupts on line 0 of the PIC; channel 2 drives the
 * loudspeaker and is used, silent, to measure the other clocks.
 */
#pragma once

#include "lib/types.h"

#define PIT_HZ      1193182u
#define PIT_LONGEST 65535u

/* Channel 0: interrupt once, in COUNT ticks (1 to PIT_LONGEST). */
void ki_pit_one_shot(uint32_t count);
/* Channel 0's count, which goes on below 0 and round. */
uint32_t ki_pit_count(void);

/* Channel 2: start it, and wait until COUNT ticks have gone by. */
void ki_pit_start_interval(uint32_t count);
void ki_pit_wait_interval(void);
