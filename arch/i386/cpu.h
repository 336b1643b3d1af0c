/*
 * What this processor can do. ke_feature_bits is set once at start-up and says what TokOS uses, not
 * only what the processor offers: `nopse` and `nopge` take bits away.
 */
#pragma once

#include "arch/i386/registers.h"

/* CPUID leaf 1, edx (Intel SDM volume 2, CPUID). */
#define CPUID_PSE  (1u << 3)
#define CPUID_TSC  (1u << 4)
#define CPUID_SEP  (1u << 11)
#define CPUID_PGE  (1u << 13)
#define CPUID_FXSR (1u << 24)
#define CPUID_SSE  (1u << 25)
/* Leaf 7, ebx and ecx. */
#define CPUID_SMEP (1u << 7)
#define CPUID_SMAP (1u << 20)
#define CPUID_UMIP (1u << 2)

/* NT's names for the features that the kernel asks about. */
#define KF_CPUID        0x0001u
#define KF_LARGE_PAGE   0x0002u
#define KF_GLOBAL_PAGE  0x0004u
#define KF_RDTSC        0x0008u
#define KF_XMMI         0x0010u /* SSE, with its state enabled for the kernel's use */
#define KF_FXSR         0x0020u /* FXSAVE and FXRSTOR */
#define KF_FAST_SYSCALL 0x0040u /* SYSENTER and SYSEXIT */
#define KF_SMEP         0x0080u /* the kernel cannot execute user pages */
#define KF_SMAP         0x0100u /* nor touch them, unless it says so */
#define KF_UMIP         0x0200u /* user mode cannot ask where the kernel's tables are */

extern uint32_t ke_feature_bits;
extern char ki_cpu_vendor[13];    /* "" without CPUID */
extern uint32_t ki_cpu_signature; /* CPUID leaf 1, eax; 0 without CPUID */

/* CPUID leaf 1's feature bits, 0 on a processor without CPUID (EFLAGS.ID cannot be toggled). */
static inline uint32_t ki_cpuid_features(void)
{
    uint32_t flags = read_eflags(), out[4];

    write_eflags(flags ^ EFLAGS_ID);
    bool toggled = ((read_eflags() ^ flags) & EFLAGS_ID) != 0;
    write_eflags(flags);
    if (!toggled)
        return 0;
    cpuid(0, out);
    if (out[0] < 1)
        return 0;
    cpuid(1, out);
    return out[3];
}

static inline bool ke_has(uint32_t feature)
{
    return (ke_feature_bits & feature) == feature;
}

/* Time stamp in cycles, 0 on a processor without one. Under QEMU's -icount: instructions. */
static inline uint64_t ke_time_stamp(void)
{
    return ke_has(KF_RDTSC) ? rdtsc() : 0;
}

/* Find the features, less those in FORBIDDEN (KF_ bits), and switch them on in CR0 and CR4. */
void ki_init_processor(uint32_t forbidden);
