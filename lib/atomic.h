/*
 * Atomic operations on 32-bit words, by NT's names: each is one locked instruction (486 and later;
 * Intel SDM volume 3, 8.1.2.2) and a full memory barrier. Volatile pointers, so that any word may
 * be given.
 */
#pragma once

#include "lib/types.h"

/* *TARGET becomes VALUE. => what it was. (xchg locks by itself.) */
static inline uint32_t interlocked_exchange(volatile uint32_t *target, uint32_t value)
{
    __asm__ volatile("xchgl %0, %1" : "+r"(value), "+m"(*target) : : "memory");
    return value;
}

/* *TARGET becomes VALUE if it is COMPARAND. => what it was. */
static inline uint32_t interlocked_compare_exchange(volatile uint32_t *target, uint32_t value,
                                                    uint32_t comparand)
{
    __asm__ volatile("lock cmpxchgl %2, %1"
                     : "+a"(comparand), "+m"(*target)
                     : "r"(value)
                     : "memory", "cc");
    return comparand;
}

/* => what *TARGET was before VALUE was added. */
static inline uint32_t interlocked_exchange_add(volatile uint32_t *target, uint32_t value)
{
    __asm__ volatile("lock xaddl %0, %1" : "+r"(value), "+m"(*target) : : "memory", "cc");
    return value;
}

/* => what *TARGET is now. */
static inline uint32_t interlocked_increment(volatile uint32_t *target)
{
    return interlocked_exchange_add(target, 1) + 1;
}

static inline uint32_t interlocked_decrement(volatile uint32_t *target)
{
    return interlocked_exchange_add(target, 0xFFFFFFFFu) - 1;
}
