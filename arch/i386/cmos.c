/* Reading the clock of the PC/AT. */
#include "arch/i386/cmos.h"
#include "arch/i386/registers.h"
#include "lib/string.h"

#define ADDRESS  0x70
#define DATA     0x71
#define STATUS_A 0x0A
#define UPDATING 0x80 /* of status A: the time is about to change or changing, up to 2 ms */
#define POLLS    100000u
#define READINGS 10u

/* struct cmos_reading's fields; the century's is where PCs have it, not the chip's. */
static const uint8_t registers[] = {0x00, 0x02, 0x04, 0x07, 0x08, 0x09, 0x32, 0x0B};
_Static_assert(sizeof(registers) == sizeof(struct cmos_reading), "a register a field");

static uint8_t read_register(uint8_t index)
{
    outb(ADDRESS, index);
    return inb(DATA);
}

static void read_all(struct cmos_reading *reading)
{
    uint8_t *to = (uint8_t *)reading;

    for (uint32_t poll = 0; poll < POLLS && (read_register(STATUS_A) & UPDATING); poll++)
        ;
    for (uint32_t i = 0; i < sizeof(registers); i++)
        to[i] = read_register(registers[i]);
}

/* Two readings that agree were not taken while the time changed. */
uint64_t ki_read_cmos_time(void)
{
    struct cmos_reading reading, again;
    struct time_fields fields;
    uint64_t time;

    read_all(&reading);
    for (uint32_t i = 0; i < READINGS; i++) {
        read_all(&again);
        if (!memcmp(&reading, &again, sizeof(reading)))
            return ki_decode_cmos(&reading, &fields) && rtl_time_fields_to_time(&fields, &time)
                       ? time
                       : 0;
        reading = again;
    }
    return 0;
}
