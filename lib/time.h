/*
 * NT's time: units of 100 ns since the beginning of 1601, in the Gregorian calendar, without leap
 * seconds.
 */
#pragma once

#include "lib/types.h"

#define TIME_UNITS_A_SECOND 10000000u

/* TIME_FIELDS' part of it that clocks know. */
struct time_fields {
    uint32_t year;       /* 1601 and up */
    uint32_t month, day; /* from 1 */
    uint32_t hour, minute, second;
};

/* *TIME is what FIELDS say. => false when there is no such time, up to the year 30827, NT's last.
 * (RtlTimeFieldsToTime) */
bool rtl_time_fields_to_time(const struct time_fields *fields, uint64_t *time);
