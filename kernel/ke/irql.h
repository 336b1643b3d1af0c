/*
 * Interrupt request levels, with NT's x86 numbers. Code at DISPATCH_LEVEL or above may not wait,
 * and therefore may not take a page fault that cannot be dismissed.
 */
#pragma once

#include "lib/types.h"

#define PASSIVE_LEVEL  0
#define APC_LEVEL      1
#define DISPATCH_LEVEL 2
#define HIGH_LEVEL     31

typedef uint8_t kirql;

extern kirql ki_current_irql;

static inline kirql ke_get_current_irql(void)
{
    return ki_current_irql;
}

/* Called, when it is not NULL, after each ke_raise_irql from below DISPATCH_LEVEL to it or above:
 * the boot option irqlcheck. It runs at the raised level and may raise further. */
extern void (*ke_irql_raise_hook)(void);

/* Raise to IRQL without the hook: for the PFN lock, which a fault takes (mm/irql_check.c), and for
 * code that touches nothing up there but its own nonpaged memory. => returns the old level. */
static inline kirql ke_raise_irql_unchecked(kirql irql)
{
    kirql old = ki_current_irql;

    ki_current_irql = irql;
    __asm__ volatile("" : : : "memory");
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

/* Lower to IRQL, a level that ke_raise_irql returned. */
static inline void ke_lower_irql(kirql irql)
{
    __asm__ volatile("" : : : "memory");
    ki_current_irql = irql;
}
