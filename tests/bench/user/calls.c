/* System calls that do nothing, by both ways into the kernel. */
#include "tests/bench/user/win32.h"

#define MOV_EAX 0xB8 /* what a stub of ntdll begins with: the service's number into eax */

static LONG(NTAPI *null_call)(void);
static uint32_t service_number;

static void find_service(void)
{
    null_call = (void *)GetProcAddress(GetModuleHandleA("ntdll"), "NtTokosNull");
    expect(null_call && *(BYTE *)(void *)null_call == MOV_EAX, "NtTokosNull");
    service_number = *(uint32_t *)((BYTE *)(void *)null_call + 1);
}

/* Unrolled: there is no loop to be measured. */
static void by_sysenter(uint32_t sample)
{
    (void)sample;
    __asm__ volatile(".rept 10\n call *%0\n .endr"
                     :
                     : "r"(null_call)
                     : "eax", "ecx", "edx", "memory");
}

static void by_interrupt(uint32_t sample)
{
    (void)sample;
    __asm__ volatile(".rept 10\n movl %0, %%eax\n movl %%esp, %%edx\n int $0x2E\n .endr"
                     :
                     : "r"(service_number)
                     : "eax", "ecx", "edx", "memory");
}

const struct bench call_benches[] = {
    {"null_call.sysenter", 1, 200, 10, 0, find_service, by_sysenter, NULL},
    {"null_call.int_2e", 1, 200, 10, 0, find_service, by_interrupt, NULL},
    {0},
};
