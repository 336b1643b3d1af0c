/*
 * The per-processor block, reached through fs: its segment (KGDT_R0_PCR) begins where the block of
 * the processor that executes the instruction begins. So "current" is never a global variable, and
 * reading a field is one instruction, which no interrupt can split.
 */
#pragma once

#include "lib/types.h"

/* The member FIELD, of 1, 2 or 4 bytes, of the structure TYPE at fs:0. */
#define FS_READ(type, field)                                       \
    ({                                                             \
        __typeof__(((type *)0)->field) fs_value_;                  \
        __asm__ volatile("mov %%fs:%c1, %0"                        \
                         : "=q"(fs_value_)                         \
                         : "i"(offsetof(type, field)));            \
        fs_value_;                                                 \
    })

/* Memory accesses before and after it stay on their side. */
#define FS_WRITE(type, field, value)                               \
    ({                                                             \
        __typeof__(((type *)0)->field) fs_value_ = (value);        \
        __asm__ volatile("mov %0, %%fs:%c1"                        \
                         :                                         \
                         : "qi"(fs_value_), "i"(offsetof(type, field)) \
                         : "memory");                              \
    })

/* Change a 32-bit member in one instruction. */
#define FS_OR(type, field, bits)                                   \
    __asm__ volatile("orl %0, %%fs:%c1"                            \
                     :                                             \
                     : "ri"((uint32_t)(bits)), "i"(offsetof(type, field)) \
                     : "memory", "cc")
#define FS_AND(type, field, bits)                                  \
    __asm__ volatile("andl %0, %%fs:%c1"                           \
                     :                                             \
                     : "ri"((uint32_t)(bits)), "i"(offsetof(type, field)) \
                     : "memory", "cc")
