/*
 * The per-processor block, reached through fs: its segment (KGDT_R0_PCR) begins where the block of
 * the processor that executes the instruction begins. So "current" is never a global variable, and
 * reading a field is one instruction, which no interrupt can split.
 */
#pragma once

#include "lib/types.h"

/* => the word of TYPE, of 1 or 4 bytes, at fs:OFFSET, a constant. */
#define FS_READ(type, offset)                                                 \
    ({                                                                        \
        type fs_value_;                                                       \
        __asm__ volatile("mov %%fs:%c1, %0" : "=q"(fs_value_) : "i"(offset)); \
        fs_value_;                                                            \
    })

#define FS_STORE(offset, value, suffix, constraint) \
    __asm__ volatile("mov" suffix " %0, %%fs:%c1" : : constraint(value), "i"(offset) : "memory")

/* Memory accesses before and after it stay on their side. A member that is read with FS_READ is
 * written with this only: the compiler does not know that fs:0 has another address as well. */
#define FS_WRITE(type, offset, value)                                  \
    do {                                                               \
        if (sizeof(type) == 1)                                         \
            FS_STORE(offset, (uint8_t)(uintptr_t)(value), "b", "qi");  \
        else                                                           \
            FS_STORE(offset, (uint32_t)(uintptr_t)(value), "l", "ri"); \
    } while (0)
