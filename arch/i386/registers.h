/*
 * The processor's registers and instructions that C cannot name, one inline function each.
 * Instruction reference: Intel SDM volume 2.
 */
#pragma once

#include "lib/types.h"

#define CR0_MP         0x00000002u
#define CR0_EM         0x00000004u
#define CR0_TS         0x00000008u
#define CR0_NE         0x00000020u
#define CR0_WP         0x00010000u
#define CR0_PG         0x80000000u
#define CR4_PSE        0x00000010u
#define CR4_PGE        0x00000080u
#define CR4_OSFXSR     0x00000200u
#define CR4_OSXMMEXCPT 0x00000400u
#define CR4_UMIP       0x00000800u
#define CR4_SMEP       0x00100000u
#define CR4_SMAP       0x00200000u
#define EFLAGS_IF      0x00000200u
#define EFLAGS_TF      0x00000100u
#define EFLAGS_DF      0x00000400u
#define EFLAGS_RF      0x00010000u
#define EFLAGS_AC      0x00040000u
#define EFLAGS_ID      0x00200000u

#define ACCESSORS(name)                                                 \
    static inline uint32_t read_##name(void)                            \
    {                                                                   \
        uint32_t value;                                                 \
        __asm__ volatile("mov %%" #name ", %0" : "=r"(value));          \
        return value;                                                   \
    }                                                                   \
    static inline void write_##name(uint32_t value)                     \
    {                                                                   \
        __asm__ volatile("mov %0, %%" #name : : "r"(value) : "memory"); \
    }

ACCESSORS(cr0)
ACCESSORS(cr2)
ACCESSORS(cr3)
ACCESSORS(cr4) /* only where CPUID exists */
ACCESSORS(dr0)
ACCESSORS(dr1)
ACCESSORS(dr2)
ACCESSORS(dr3)
ACCESSORS(dr6)
ACCESSORS(dr7)

static inline void invlpg(uintptr_t va)
{
    __asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
}

static inline uint64_t rdtsc(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static inline uint64_t rdmsr(uint32_t msr)
{
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (uint64_t)high << 32 | low;
}

static inline void wrmsr(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

/* Writes before it are in memory before anything behind it is read. A locked instruction does that
 * on every processor since the 386 (SDM volume 3, "Bus Locking"); MFENCE came with SSE2. */
static inline void ki_memory_barrier(void)
{
    __asm__ volatile("lock; addl $0, (%%esp)" : : : "memory", "cc");
}

/* What is executed behind it was fetched behind it. IRET serialises (SDM volume 3, "Serializing
 * Instructions"), and is a jump on the processors before that word. */
static inline void ki_serialize(void)
{
    __asm__ volatile("pushfl; pushl %%cs; pushl $1f; iretl; 1:" : : : "memory");
}

static inline void cpuid(uint32_t leaf, uint32_t out[4])
{
    __asm__ volatile("cpuid"
                     : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3])
                     : "a"(leaf), "c"(0));
}

static inline uint32_t read_eflags(void)
{
    uint32_t flags;
    __asm__ volatile("pushfl; popl %0" : "=r"(flags));
    return flags;
}

static inline void write_eflags(uint32_t flags)
{
    __asm__ volatile("pushl %0; popfl" : : "r"(flags) : "memory", "cc");
}

static inline void disable_interrupts(void)
{
    __asm__ volatile("cli" : : : "memory");
}

static inline void enable_interrupts(void)
{
    __asm__ volatile("sti" : : : "memory");
}

/* Turn interrupts off. => the flags to hand to restore_interrupts. */
static inline uint32_t save_and_disable_interrupts(void)
{
    uint32_t flags = read_eflags();

    disable_interrupts();
    return flags;
}

static inline void restore_interrupts(uint32_t flags)
{
    if (flags & EFLAGS_IF)
        enable_interrupts();
}

/* Sleep until an interrupt; sti holds interrupts off for one instruction, so none slips between. */
static inline void enable_interrupts_and_halt(void)
{
    __asm__ volatile("sti; hlt" : : : "memory");
}

static inline void outb(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t inb(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}
