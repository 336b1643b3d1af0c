/*
 * Finding out what the processor is and switching on what TokOS uses.
 */
#include "arch/i386/cpu.h"
#include "lib/string.h"

uint32_t ke_feature_bits;
char ki_cpu_vendor[13];
uint32_t ki_cpu_signature;

/* Which CPUID bits a feature needs, and the CR4 bits that switch it on. */
static const struct {
    uint32_t feature, cpuid, cr4;
} features[] = {
    {KF_LARGE_PAGE, CPUID_PSE, CR4_PSE},
    {KF_GLOBAL_PAGE, CPUID_PGE, CR4_PGE},
    {KF_RDTSC, CPUID_TSC, 0},
    {KF_XMMI, CPUID_SSE | CPUID_FXSR, CR4_OSFXSR},
};

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

void ki_init_processor(uint32_t forbidden)
{
    uint32_t bits = ki_cpuid_features(), cr4 = 0;

    /* Write protection holds for the kernel too; the FPU is there but its use traps nowhere. */
    write_cr0((read_cr0() & ~(CR0_EM | CR0_TS)) | CR0_WP | CR0_MP);
    if (!bits)
        return;
    ke_feature_bits = KF_CPUID;
    read_identity();
    for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
        if ((bits & features[i].cpuid) != features[i].cpuid || (forbidden & features[i].feature))
            continue;
        ke_feature_bits |= features[i].feature;
        cr4 |= features[i].cr4;
    }
    if (cr4 || (bits & CPUID_PSE))
        write_cr4(cr4);
}
