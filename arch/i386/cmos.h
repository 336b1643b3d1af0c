/*
 * The clock of the PC/AT (Motorola MC146818's data sheet): a few bytes of battery-backed memory
 * that count. It tells the date at boot; from then on the processor's clocks go on
 * (arch/i386/clock.h).
 */
#pragma once

#include "lib/time.h"

#define CMOS_BINARY  0x04u /* of status B: not BCD */
#define CMOS_24_HOUR 0x02u
#define CMOS_PM      0x80u /* of the hour, in the 12-hour form */

struct cmos_reading {
    uint8_t second, minute, hour, day, month, year, century; /* as they stand there */
    uint8_t status_b;
};

/* What READING says; a century that is none is the 21st. => false when it is no time. */
bool ki_decode_cmos(const struct cmos_reading *reading, struct time_fields *fields);

/* => the time of day in units of 100 ns since 1601, or 0 when the clock does not tell. Takes up to
 * a few milliseconds. Once, at start-up, interrupts off. */
uint64_t ki_read_cmos_time(void);
