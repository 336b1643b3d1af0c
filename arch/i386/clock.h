/*
 * Time, and an interrupt at a given time. There is no regular tick: the clock interrupts when it
 * was asked to.
 */
#pragma once

#include "lib/types.h"

/* What interrupts. */
struct ki_clock_source {
    const char *name;
    uint32_t vector;
    uint64_t longest;            /* units of 100 ns that it can be set ahead */
    void (*set)(uint64_t units); /* interrupt once, in UNITS, at most `longest`, rounded up */
    void (*stop)(void);
    void (*end_of_interrupt)(void);
};

extern const struct ki_clock_source *ki_clock;
extern const char *ki_time_source;            /* what tells the time: "TSC" or "PIT" */
extern uint32_t ki_time_stamps_a_millisecond; /* of the TSC; 0 without one */

/* Find the clocks and measure them against the PIT: the time from the TSC if there is one, else
 * from the PIT; interrupts from the local APIC's timer, unless FORBID_APIC, there is none, or the
 * PIT tells the time: then from the PIT. Interrupts off; once, when the local APIC's window is set.
 */
void ki_init_clock(bool forbid_apic);

/* Units of 100 ns since ki_init_clock. Never falls. Any IRQL. */
uint64_t ki_query_interrupt_time(void);

/* Interrupt at WHEN, in interrupt time, or before when that is too far ahead for the hardware; as
 * soon as possible when it is past; UINT64_MAX: not at all. The last call holds. Interrupts off. */
void ki_set_clock_deadline(uint64_t when);
