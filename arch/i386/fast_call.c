/* Setting up SYSENTER (Intel SDM volume 3, section 5.8.7). */
#include "arch/i386/fast_call.h"
#include "arch/i386/cpu.h"
#include "arch/i386/descriptors.h"

#define MSR_SYSENTER_CS  0x174u
#define MSR_SYSENTER_ESP 0x175u
#define MSR_SYSENTER_EIP 0x176u

uintptr_t ki_fast_call_return;

void ki_init_fast_call(void)
{
    if (!ke_has(KF_FAST_SYSCALL))
        return;
    wrmsr(MSR_SYSENTER_CS, KGDT_R0_CODE);
    wrmsr(MSR_SYSENTER_ESP, (uintptr_t)&ki_tss.esp0);
    wrmsr(MSR_SYSENTER_EIP, (uintptr_t)ki_fast_call_entry);
}
