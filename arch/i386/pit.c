/* The 8254, by its data sheet. Mode 0: the output rises when the count reaches 0. */
#include "arch/i386/pit.h"
#include "arch/i386/registers.h"

#define CHANNEL_0      0x40
#define CHANNEL_2      0x42
#define COMMAND        0x43
#define ONE_SHOT_0     0x30 /* channel 0, low byte then high, mode 0 */
#define ONE_SHOT_2     0xB0
#define LATCH_0        0x00
#define SPEAKER        0x61
#define SPEAKER_GATE   0x01
#define SPEAKER_DRIVE  0x02
#define SPEAKER_OUTPUT 0x20

static void load(uint8_t command, uint16_t port, uint32_t count)
{
    outb(COMMAND, command);
    outb(port, (uint8_t)count);
    outb(port, (uint8_t)(count >> 8));
}

void ki_pit_one_shot(uint32_t count)
{
    load(ONE_SHOT_0, CHANNEL_0, count);
}

uint32_t ki_pit_count(void)
{
    outb(COMMAND, LATCH_0);
    uint32_t low = inb(CHANNEL_0);
    return low | (uint32_t)inb(CHANNEL_0) << 8;
}

void ki_pit_start_interval(uint32_t count)
{
    outb(SPEAKER, (inb(SPEAKER) & (uint8_t)~SPEAKER_DRIVE) | SPEAKER_GATE);
    load(ONE_SHOT_2, CHANNEL_2, count);
}

void ki_pit_wait_interval(void)
{
    while (!(inb(SPEAKER) & SPEAKER_OUTPUT))
        ;
}
