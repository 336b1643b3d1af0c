/*
 * IRET with the flag of virtual-8086 mode. In ring 3 a processor leaves the flag alone (Intel SDM
 * volume 2, IRET) and faults for the selector; QEMU 7.2 does not look at the ring and goes there,
 * with any IOPL. What comes from there is no mode of the kernel's: it is taken as ring 3, at
 * whatever address that is then, and the process ends by it, whatever the low bits of its cs are.
 */
#include "hostile.h"

#define VIRTUAL    0x00020000u
#define IOPL       0x00003000u
#define INTERRUPT  0x00000200u
#define CODE_AT    0x80000u /* linear: cs * 16 + ip; in what the stack has reserved below 1 MB */
#define CODE_BYTES 0x10000u

/* clang-format off */
static const struct {
    const char *name;
    UCHAR bytes[8];
} codes[] = {
    {"hlt", {0xF4}},
    {"an endless loop", {0xEB, 0xFE}},
    {"write to address 0", {0x31, 0xC0, 0x8E, 0xD8, 0xA2, 0x00, 0x00, 0xF4}},
    {"int 2E", {0xCD, 0x2E, 0xF4}},
    {"sysenter", {0x31, 0xC0, 0x0F, 0x34}},
    {"iret to the kernel's code", {0x9C, 0x6A, 0x08, 0x6A, 0x00, 0xCF}},
    {"out", {0xE6, 0xF4, 0xF4}},
    {"in", {0xE4, 0x60, 0xF4}},
};
/* clang-format on */

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
    image[2] = VIRTUAL | INTERRUPT | 2 | level;
    image[3] = 0x8000; /* sp; then ss, es, ds, fs, gs */
    for (int i = 4; i < 9; i++)
        image[i] = CODE_AT >> 4;
    __asm__ volatile("movl %0, %%esp; iret" : : "r"(image));
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
                if (ended == (DWORD)STATUS_ACCESS_VIOLATION)
                    continue;
                wrong++;
                printf("# cs %lX, IOPL %lX: %08lX\n", low_bits, level, ended);
            }
        }
        check_all(codes[code].name);
    }
    return check_done();
}
