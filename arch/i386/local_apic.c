/* The local APIC. Its registers are 32-bit words, 16 bytes apart (SDM volume 3, table 10-1). */
#include "arch/i386/local_apic.h"
#include "arch/i386/cpu.h"
#include "arch/i386/trap.h"

#define MSR_APIC_BASE    0x1Bu
#define APIC_BASE_ENABLE 0x800u
#define CPUID_MSR        (1u << 5)
#define CPUID_APIC       (1u << 9)

#define END_OF_INTERRUPT (0x0B0 / 4)
#define SPURIOUS_VECTOR  (0x0F0 / 4)
#define LVT_TIMER        (0x320 / 4)
#define LVT_LINT0        (0x350 / 4)
#define LVT_LINT1        (0x360 / 4)
#define INITIAL_COUNT    (0x380 / 4)
#define CURRENT_COUNT    (0x390 / 4)
#define DIVIDE           (0x3E0 / 4)

#define SOFTWARE_ENABLE 0x100u
#define DELIVER_NMI     0x400u
#define DELIVER_EXTINT  0x700u
#define DIVIDE_BY_16    0x3u

uint32_t ki_apic_spurious_interrupts;
static volatile uint32_t *apic;

uint32_t ki_find_local_apic(void)
{
    uint32_t features = ki_cpuid_features();

    if ((features & (CPUID_MSR | CPUID_APIC)) != (CPUID_MSR | CPUID_APIC))
        return 0;
    uint64_t base = rdmsr(MSR_APIC_BASE);
    if (!(base & APIC_BASE_ENABLE))
        wrmsr(MSR_APIC_BASE, base | APIC_BASE_ENABLE);
    return (uint32_t)base & ~(PAGE_SIZE - 1);
}

void ki_set_local_apic_window(volatile uint32_t *window)
{
    apic = window;
}

bool ki_local_apic_is_mapped(void)
{
    return apic != NULL;
}

/* The interrupt that was meant has gone before it was delivered; it is not acknowledged (10.9). */
static void spurious(struct ktrap_frame *frame)
{
    (void)frame;
    ki_apic_spurious_interrupts++;
}

void ki_init_local_apic(void)
{
    ki_set_trap_handler(VECTOR_APIC_SPURIOUS, spurious);
    apic[SPURIOUS_VECTOR] = SOFTWARE_ENABLE | VECTOR_APIC_SPURIOUS;
    apic[LVT_LINT0] = DELIVER_EXTINT;
    apic[LVT_LINT1] = DELIVER_NMI;
    apic[DIVIDE] = DIVIDE_BY_16;
    apic[LVT_TIMER] = VECTOR_APIC_TIMER;
    apic[INITIAL_COUNT] = 0;
}

void ki_local_apic_end_of_interrupt(void)
{
    apic[END_OF_INTERRUPT] = 0;
}

void ki_local_apic_one_shot(uint32_t count)
{
    apic[INITIAL_COUNT] = count;
}

uint32_t ki_local_apic_count(void)
{
    return apic[CURRENT_COUNT];
}
