/*
 * Interrupt request levels, with NT's x86 numbers:
 *
 *      0        PASSIVE_LEVEL    threads; may wait and take page faults
 *      1        APC_LEVEL        threads, without APCs
 *      2        DISPATCH_LEVEL   DPCs and the scheduler; holders of spin locks; may not wait
 *      3 .. 26  device levels    a PIC line's is 27 less the line
 *      28       CLOCK_LEVEL
 *      31       HIGH_LEVEL       nothing else
 *
 * Whatever wants to run at a level runs at once when the processor's level is below, and else
 * becomes pending until ke_lower_irql goes below. The level is kept in memory only: an interrupt
 * that comes while it is too high is noted and its line masked (interrupt.c), so raising costs one
 * store and lowering a store and a comparison.
 *
 * Code at DISPATCH_LEVEL or above may not wait, and therefore may not take a page fault that has to
 * be resolved: see mm/fault.c.
 */
#pragma once

#include "kernel/ke/pcr.h"

#define PASSIVE_LEVEL      0
#define APC_LEVEL          1
#define DISPATCH_LEVEL     2
#define DEVICE_LEVEL(line) (27 - (line))
#define CLOCK_LEVEL        28
#define HIGH_LEVEL         31

static inline kirql ke_get_current_irql(void)
{
    return KPCR_READ(irql);
}

/* Bugcheck: raised below, or lowered above, the current level. */
NORETURN void ki_bad_raise(kirql current, kirql wanted);
NORETURN void ki_bad_lower(kirql current, kirql wanted);
/* Bugcheck: a function was called above the level its contract allows, or below what it needs. */
NORETURN void ki_unexpected_irql(kirql expected);
/* Run what is pending above IRQL, which is the current level. Interrupts may be on or off; with
 * interrupts off nothing runs and all stays pending. */
void ki_deliver_pending(kirql irql);

/* Called, when it is not NULL, after each ke_raise_irql from below DISPATCH_LEVEL to it or above:
 * the boot option irqlcheck. It runs at the raised level and may raise further. */
extern void (*ke_irql_raise_hook)(void);

/* Raise to IRQL without the hook: for the PFN lock, which a fault takes (mm/irql_check.c), and for
 * code that touches nothing up there but its own nonpaged memory. => returns the old level. */
static inline kirql ke_raise_irql_unchecked(kirql irql)
{
    kirql old = KPCR_READ(irql);

    if (unlikely(irql < old))
        ki_bad_raise(old, irql);
    KPCR_WRITE(irql, irql);
    return old;
}

/* Raise to IRQL, which is not below the current one. => returns the old level. */
static inline kirql ke_raise_irql(kirql irql)
{
    kirql old = ke_raise_irql_unchecked(irql);

    if (unlikely(ke_irql_raise_hook) && old < DISPATCH_LEVEL && irql >= DISPATCH_LEVEL)
        ke_irql_raise_hook();
    return old;
}

/* Raise to DISPATCH_LEVEL where the level may be higher already. => the level to lower to. */
static inline kirql ke_raise_irql_to_dispatch(void)
{
    kirql old = KPCR_READ(irql);

    return old < DISPATCH_LEVEL ? ke_raise_irql_unchecked(DISPATCH_LEVEL) : old;
}

/* Lower to IRQL, a level that ke_raise_irql returned, and run what became pending above it. */
static inline void ke_lower_irql(kirql irql)
{
    if (unlikely(irql > KPCR_READ(irql)))
        ki_bad_lower(KPCR_READ(irql), irql);
    KPCR_WRITE(irql, irql);
    if (unlikely(KPCR_READ(pending_irql) > irql))
        ki_deliver_pending(irql);
}

/* What a contract says about the level. */
static inline void ke_assert_irql_at_most(kirql irql)
{
    if (unlikely(ke_get_current_irql() > irql))
        ki_unexpected_irql(irql);
}

static inline void ke_assert_irql_at_least(kirql irql)
{
    if (unlikely(ke_get_current_irql() < irql))
        ki_unexpected_irql(irql);
}
