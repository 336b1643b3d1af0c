/*
 * IRET with the flag of virtual-8086 mode. In ring 3 a processor leaves the flag alone (Intel SDM
 * volume 2, IRET) and faults for the selector; QEMU 7.2 does not look at the ring and goes there,
 * with any IOPL. What comes from there is no mode of the kernel's: it is taken as ring 3, at
 * whatever address that is then, and the process ends by it, whatever the low bits of its cs are.
 * SYSENTER is the exception: the service is called, and its caller goes on in ring 3.
 */
#include "hostile.h"
#include "../../kernel/nt/services.h"

#define NUMBER(name, function, words) NUMBER_##name,
enum {
    SYSTEM_SERVICES(NUMBER)
};
#undef NUMBER

#define VIRTUAL    0x00020000u
#define TRAP       0x00000100u
#define IOPL       0x00003000u
#define INTERRUPT  0x00000200u
#define CODE_AT    0x80000u /* linear: cs * 16 + ip; in what the stack has reserved below 1 MB */
#define CODE_BYTES 0x10000u
#define NO_GS      96u /* exit codes of gs_is_none */
#define SOME_GS    97u
#define VIOLATION  ((ULONG)STATUS_ACCESS_VIOLATION)
#define STEP       ((ULONG)STATUS_SINGLE_STEP)

/* What runs there, with which flags and which service's number in eax; the process's exit code. */
/* clang-format off */
static const struct {
    const char *name;
    UCHAR bytes[8];
    ULONG flags, service, ends;
} codes[] = {
    {"hlt", {0xF4}, INTERRUPT, 0, VIOLATION},
    {"an endless loop", {0xEB, 0xFE}, INTERRUPT, 0, VIOLATION},
    {"write to address 0", {0x31, 0xC0, 0x8E, 0xD8, 0xA2, 0x00, 0x00, 0xF4},
     INTERRUPT, 0, VIOLATION},
    {"int 2E", {0xCD, 0x2E, 0xF4}, INTERRUPT, 0, VIOLATION},
    {"sysenter", {0x31, 0xC0, 0x0F, 0x34}, INTERRUPT, 0, VIOLATION},
    {"iret to the kernel's code", {0x9C, 0x6A, 0x08, 0x6A, 0x00, 0xCF}, INTERRUPT, 0, VIOLATION},
    {"out", {0xE6, 0xF4, 0xF4}, INTERRUPT, 0, VIOLATION},
    {"in", {0xE4, 0x60, 0xF4}, INTERRUPT, 0, VIOLATION},
    /* gs is no selector, and none of these services loads another. Interrupts are off: one that came
     * before SYSENTER would be the end. */
    {"sysenter, a step", {0x0F, 0x34}, TRAP, NUMBER_NtTokosNull, STEP},
    {"sysenter that sets a context", {0x0F, 0x34}, 0, NUMBER_NtContinue, NO_GS},
    {"sysenter that sets a context, a step", {0x0F, 0x34}, TRAP, NUMBER_NtContinue, NO_GS},
};
/* clang-format on */

static void gs_is_none(void)
{
    ULONG gs;

    __asm__ volatile("movl %%gs, %0" : "=r"(gs));
    ExitProcess(gs & 0xFFFF ? SOME_GS : NO_GS);
}

/* => what edx is to be for SYSENTER: the stack that the service leaves, at whose top two return
 * addresses lie, both 0, and NtContinue's arguments. */
static ULONG *stack_of_service(void)
{
    static CONTEXT context = {.ContextFlags = CONTEXT_CONTROL};
    static ULONG stack[0x1000];
    ULONG *top = &stack[COUNT(stack) - 4];

    context.Eip = (ULONG)(ULONG_PTR)gs_is_none;
    context.Esp = (ULONG)(ULONG_PTR)top;
    top[2] = (ULONG)(ULONG_PTR)&context;
    return top;
}

static void go(ULONG code, ULONG low_bits, ULONG level)
{
    static ULONG image[9];
    UCHAR *at = VirtualAlloc((void *)CODE_AT, CODE_BYTES, MEM_COMMIT, PAGE_EXECUTE_READWRITE);
    ULONG segment = (CODE_AT >> 4) + low_bits;

    if (!at)
        return;
    memcpy(at + low_bits * 16, codes[code].bytes, sizeof(codes[code].bytes));
    image[0] = 0; /* ip */
    image[1] = segment;
    image[2] = VIRTUAL | 2 | level | codes[code].flags;
    image[3] = 0x8000; /* sp; then ss, es, ds, fs, gs */
    for (int i = 4; i < 9; i++)
        image[i] = CODE_AT >> 4;
    __asm__ volatile("movl %0, %%esp; iret"
                     :
                     : "r"(image), "a"(codes[code].service), "d"(stack_of_service()));
}

int main(int count, char **words)
{
    char line[32];

    if (count > 3) {
        go((ULONG)atoi(words[1]), (ULONG)atoi(words[2]), (ULONG)atoi(words[3]));
        return 98;
    }
    for (unsigned code = 0; code < COUNT(codes); code++) {
        for (ULONG low_bits = 0; low_bits < 4; low_bits++) {
            for (ULONG level = 0; level <= IOPL; level += IOPL) {
                sprintf(line, "%u %lu %lu", code, low_bits, level);
                DWORD ended = exit_code_of(line);
                if (ended == codes[code].ends)
                    continue;
                wrong++;
                printf("# cs %lX, IOPL %lX: %08lX\n", low_bits, level, ended);
            }
        }
        check_all(codes[code].name);
    }
    return check_done();
}
