/* The forms in which the clock of the PC/AT keeps its time: BCD or binary, 12 hours or 24. */
#include "arch/i386/cmos.h"

#define NO_NUMBER 0xFFu

static uint32_t number(const struct cmos_reading *reading, uint8_t value)
{
    if (reading->status_b & CMOS_BINARY)
        return value;
    return (value & 0xF) > 9 || value > 0x99 ? NO_NUMBER : (value >> 4) * 10u + (value & 0xF);
}

/* => 0 to 23, or more: no hour. */
static uint32_t hour_of(const struct cmos_reading *reading)
{
    if (reading->status_b & CMOS_24_HOUR)
        return number(reading, reading->hour);
    uint32_t hour = number(reading, reading->hour & (uint8_t)~CMOS_PM);
    if (hour < 1 || hour > 12)
        return NO_NUMBER;
    return hour % 12 + (reading->hour & CMOS_PM ? 12 : 0);
}

bool ki_decode_cmos(const struct cmos_reading *reading, struct time_fields *fields)
{
    uint32_t century = number(reading, reading->century), year = number(reading, reading->year);

    if (century < 19 || century > 21) /* there is no such register: anything stands there */
        century = 20;
    *fields = (struct time_fields){
        .year = century * 100 + year,
        .month = number(reading, reading->month),
        .day = number(reading, reading->day),
        .hour = hour_of(reading),
        .minute = number(reading, reading->minute),
        .second = number(reading, reading->second),
    };
    uint64_t time;
    return year <= 99 && rtl_time_fields_to_time(fields, &time);
}
