/* The kernel's pool and push locks for host tests: malloc, and counters that see misuse. */
#pragma once

#include <stdint.h>

extern uint32_t pool_blocks;     /* outstanding */
extern uint32_t pool_fail_after; /* so many allocations succeed from now on, then none */
extern int push_lock_shares, push_lock_owners;
