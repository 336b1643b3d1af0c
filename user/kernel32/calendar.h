/*
 * Between a count of 100 ns since 1601, UTC, and a date. Pure, tested on the host.
 */
#pragma once

#include "lib/types.h"

/* SYSTEMTIME. */
struct calendar {
    uint16_t year, month, day_of_week, day; /* 1601 to 30827; from 1; Sunday is 0; from 1 */
    uint16_t hour, minute, second, milliseconds;
};

/* TIME below 2^63. */
void calendar_from_time(uint64_t time, struct calendar *calendar);

/* The day of the week does not matter. => false: there is no such date. */
bool calendar_to_time(const struct calendar *calendar, uint64_t *time);
