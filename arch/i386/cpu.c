/*
 * Finding out what the processor is and switching on what TokOS uses.
 */
#include "arch/i386/cpu.h"
#include "arch/i386/guarded.h"
#include "lib/string.h"

uint32_t ke_feature_bits;
char ki_cpu_vendor[13];
uint32_t ki_cpu_signature;

/* Where CPUID says it: leaf 1, edx; leaf 7, ebx and ecx. */
enum cpuid_word {
    LEAF_1_EDX,
    LEAF_7_EBX,
    LEAF_7_ECX,
    CPUID_WORDS
};

/* Which bits of which word a feature needs, and the CR4 bits that switch it on. */
static const struct {
    uint32_t feature, word, bits, cr4;
} features[] = {
    {KF_LARGE_PAGE, LEAF_1_EDX, CPUID_PSE, CR4_PSE},
    {KF_GLOBAL_PAGE, LEAF_1_EDX, CPUID_PGE, CR4_PGE},
    {KF_RDTSC, LEAF_1_EDX, CPUID_TSC, 0},
    {KF_FXSR, LEAF_1_EDX, CPUID_FXSR, CR4_OSFXSR},
    {KF_XMMI, LEAF_1_EDX, CPUID_SSE | CPUID_FXSR, CR4_OSFXSR | CR4_OSXMMEXCPT},
    {KF_FAST_SYSCALL, LEAF_1_EDX, CPUID_SEP, 0},
    {KF_SMEP, LEAF_7_EBX, CPUID_SMEP, CR4_SMEP},
    {KF_SMAP, LEAF_7_EBX, CPUID_SMAP, CR4_SMAP},
    {KF_UMIP, LEAF_7_ECX, CPUID_UMIP, CR4_UMIP},
};

/* The first Pentium Pros report SYSENTER and do not have it (SDM volume 2, SYSENTER). */
#define FIRST_WITH_SYSENTER 0x633u

static void read_identity(void)
{
    uint32_t out[4];

    cpuid(0, out);
    memcpy(ki_cpu_vendor, &out[1], 4);
    memcpy(ki_cpu_vendor + 4, &out[3], 4);
    memcpy(ki_cpu_vendor + 8, &out[2], 4);
    cpuid(1, out);
    ki_cpu_signature = out[0];
}

static void read_features(uint32_t words[CPUID_WORDS])
{
    uint32_t out[4];

    words[LEAF_1_EDX] = ki_cpuid_features();
    if ((ki_cpu_signature & 0xFFF) < FIRST_WITH_SYSENTER && (ki_cpu_signature >> 8 & 15) == 6)
        words[LEAF_1_EDX] &= ~CPUID_SEP;
    cpuid(0, out);
    if (out[0] < 7)
        return;
    cpuid(7, out);
    words[LEAF_7_EBX] = out[1];
    words[LEAF_7_ECX] = out[2];
}

void ki_init_processor(uint32_t forbidden)
{
    uint32_t words[CPUID_WORDS] = {0}, cr4 = 0;

    /* Write protection holds for the kernel too; the FPU is there but its use traps nowhere. */
    write_cr0((read_cr0() & ~(CR0_EM | CR0_TS)) | CR0_WP | CR0_MP | CR0_NE);
    if (!ki_cpuid_features())
        return;
    ke_feature_bits = KF_CPUID;
    read_identity();
    read_features(words);
    for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
        uint32_t needed = features[i].bits;
        if ((words[features[i].word] & needed) != needed || (forbidden & features[i].feature))
            continue;
        ke_feature_bits |= features[i].feature;
        cr4 |= features[i].cr4;
    }
    ki_smap = ke_has(KF_SMAP);
    if (cr4 || (words[LEAF_1_EDX] & CPUID_PSE))
        write_cr4(cr4);
}
