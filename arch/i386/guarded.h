/*
 * Touching memory of user space from the kernel. Anything may be wrong with it, so it is done by
 * few instructions, each of which has a place to go on at when its fault cannot be resolved. Where
 * the processor has SMAP these are the only ones that may touch it at all: what handles their fault
 * or interrupts them may not (arch/i386/trap_stubs.S).
 */
#pragma once

#include "lib/types.h"

extern uint8_t ki_smap; /* SMAP is on */

/* Copy BYTES; one of the two places is in user space, and was probed. => 0, or the status of the
 * fault that could not be resolved. Below DISPATCH_LEVEL. */
uint32_t ki_copy_guarded(void *to, const void *from, uint32_t bytes);

/* The same for one word, which is most of what is copied. */
uint32_t ki_read_user_word(const void *from, uint32_t *to);
uint32_t ki_write_user_word(void *to, uint32_t value);

/* => where to go on after a fault at EIP with the status in eax; 0: nowhere. */
uintptr_t ki_find_fixup(uintptr_t eip);

/* Touch user space directly for a while: only in tests. */
static inline void ki_allow_user_access(void)
{
    if (ki_smap)
        __asm__ volatile("stac" : : : "memory");
}

static inline void ki_forbid_user_access(void)
{
    if (ki_smap)
        __asm__ volatile("clac" : : : "memory");
}
