/*
 * The clocks a PC may have, and which are used:
 *
 *      time        TSC, scaled; without one the PIT's channel 0, added up
 *      interrupt   local APIC timer; without one or without a TSC, or with `noapic`, the PIT's
 *                  channel 0
 *
 * When the PIT tells the time it must be read at least once a round of its 16 bits, 54.9 ms: so it
 * always interrupts again within 50 ms, whether or not anybody asked for it, and no other clock
 * does in its place. Each reading adds what has passed since the one before, so setting it anew
 * loses nothing but the time the setting takes.
 */
#include "arch/i386/clock.h"
#include "arch/i386/cpu.h"
#include "arch/i386/local_apic.h"
#include "arch/i386/pic.h"
#include "arch/i386/pit.h"
#include "arch/i386/trap.h"
#include "lib/fixed.h"

#define UNITS_A_MILLISECOND 10000u
#define CALIBRATION_TICKS   1197u  /* of the PIT: 1 ms */
#define CALIBRATION_UNITS   10032u /* within a millionth */
#define PIT_LONGEST_UNITS   500000u
#define ROUNDS              4u

/* PIT_HZ / 10^7, and 10^7 / PIT_HZ less 8, as fractions. */
#define PIT_TICKS_A_UNIT  512467767u
#define UNITS_A_PIT_TICK  8u
#define MORE_UNITS_A_TICK 1636172532u

const struct ki_clock_source *ki_clock;
const char *ki_time_source;
uint32_t ki_time_stamps_a_millisecond;

static uint32_t units_a_stamp; /* a fraction: the TSC is quicker than 10 MHz */
static uint32_t units_a_count; /* of the APIC's timer */
static uint32_t counts_a_unit_fraction, counts_a_unit; /* and the other way round */
static uint64_t first_stamp;
static uint64_t pit_ticks; /* passed up to the last reading; interrupts off */
static uint32_t pit_last;  /* the count at the last reading */

/* ---- the PIT ----------------------------------------------------------------------------------
 */

static void read_pit(void)
{
    uint32_t count = ki_pit_count();

    pit_ticks += (pit_last - count) & 0xFFFF;
    pit_last = count;
}

static void set_pit(uint64_t units)
{
    uint32_t count = (uint32_t)scale(units, PIT_TICKS_A_UNIT) + 1;

    if (count > PIT_LONGEST)
        count = PIT_LONGEST;
    if (!units_a_stamp)
        read_pit();
    ki_pit_one_shot(count);
    pit_last = count;
}

/* Mode 0 is not silenced by anything but its next count: an interrupt that nobody asked for comes
 * at most once. */
static void stop_pit(void)
{
    if (!units_a_stamp)
        set_pit(PIT_LONGEST_UNITS);
}

static void end_pit_interrupt(void)
{
    ki_pic_end_of_interrupt(0);
}

static const struct ki_clock_source pit = {
    .name = "PIT",
    .vector = VECTOR_IRQ,
    .longest = PIT_LONGEST_UNITS,
    .set = set_pit,
    .stop = stop_pit,
    .end_of_interrupt = end_pit_interrupt,
};

/* ---- the local APIC's timer -------------------------------------------------------------------
 */

static void set_apic(uint64_t units)
{
    uint64_t count = units * counts_a_unit + scale(units, counts_a_unit_fraction) + 1;

    ki_local_apic_one_shot(count > 0xFFFFFFFFu ? 0xFFFFFFFFu : (uint32_t)count);
}

static void stop_apic(void)
{
    ki_local_apic_one_shot(0);
}

static struct ki_clock_source apic = {
    .name = "local APIC timer",
    .vector = VECTOR_APIC_TIMER,
    .set = set_apic,
    .stop = stop_apic,
    .end_of_interrupt = ki_local_apic_end_of_interrupt,
};

/* ---- measuring --------------------------------------------------------------------------------
 */

/* How far both clocks go in CALIBRATION_UNITS; the least of some rounds, because whatever comes
 * between makes the interval longer. */
static void measure(bool use_apic, uint32_t *stamps, uint32_t *counts)
{
    *stamps = *counts = 0xFFFFFFFFu;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        if (use_apic)
            ki_local_apic_one_shot(0xFFFFFFFFu);
        uint64_t start = ke_time_stamp();
        ki_pit_start_interval(CALIBRATION_TICKS);
        ki_pit_wait_interval();
        uint32_t passed = (uint32_t)(ke_time_stamp() - start);
        uint32_t counted = use_apic ? 0xFFFFFFFFu - ki_local_apic_count() : 0;
        *stamps = passed < *stamps ? passed : *stamps;
        *counts = counted < *counts ? counted : *counts;
    }
    if (use_apic)
        ki_local_apic_one_shot(0);
}

static void use_apic_timer(uint32_t counts)
{
    counts_a_unit = counts / CALIBRATION_UNITS;
    counts_a_unit_fraction = fraction_of(counts % CALIBRATION_UNITS, CALIBRATION_UNITS);
    units_a_count =
        counts > CALIBRATION_UNITS ? fraction_of(CALIBRATION_UNITS, counts) : 0xFFFFFFFFu;
    apic.longest = scale(0xF0000000u, units_a_count);
    ki_clock = &apic;
}

void ki_init_clock(bool forbid_apic)
{
    bool use_apic = ki_local_apic_is_mapped() && !forbid_apic;
    uint32_t stamps, counts;

    if (use_apic)
        ki_init_local_apic();
    measure(use_apic, &stamps, &counts);
    ki_clock = &pit;
    ki_time_source = "PIT";
    if (stamps > CALIBRATION_UNITS) { /* 0 without a TSC */
        units_a_stamp = fraction_of(CALIBRATION_UNITS, stamps);
        ki_time_stamps_a_millisecond =
            stamps / ((CALIBRATION_UNITS + UNITS_A_MILLISECOND / 2) / UNITS_A_MILLISECOND);
        ki_time_source = "TSC";
        first_stamp = rdtsc();
    }
    if (use_apic && units_a_stamp && counts > CALIBRATION_UNITS / 10)
        use_apic_timer(counts);
    if (ki_clock == &pit) {
        ki_pit_one_shot(PIT_LONGEST);
        pit_last = PIT_LONGEST;
        ki_pic_unmask(0);
    }
}

uint64_t ki_query_interrupt_time(void)
{
    if (likely(units_a_stamp))
        return scale(rdtsc() - first_stamp, units_a_stamp);

    uint32_t flags = save_and_disable_interrupts();
    read_pit();
    uint64_t ticks = pit_ticks;
    restore_interrupts(flags);
    return ticks * UNITS_A_PIT_TICK + scale(ticks, MORE_UNITS_A_TICK);
}

void ki_set_clock_deadline(uint64_t when)
{
    if (when == UINT64_MAX) {
        ki_clock->stop();
        return;
    }
    uint64_t now = ki_query_interrupt_time();
    uint64_t units = when > now ? when - now : 0;
    ki_clock->set(units < ki_clock->longest ? units : ki_clock->longest);
}
