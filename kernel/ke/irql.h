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

/* Raise to IRQL, which is not below the current one. => returns the old level. */
static inline kirql ke_raise_irql(kirql irql)
{
    kirql old = ki_current_irql;

    ki_current_irql = irql;
    __asm__ volatile("" : : : "memory");
    return old;
}

/* Lower to IRQL, a level that ke_raise_irql returned. */
static inline void ke_lower_irql(kirql irql)
{
    __asm__ volatile("" : : : "memory");
    ki_current_irql = irql;
}
