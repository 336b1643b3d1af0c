/*
 * What the instruction is that raised an exception in user mode, where the exception's code depends
 * on it. It is read as the processor reads it: byte by byte, no further than it is long, as the
 * next page may be nobody's. The program may change it meanwhile; then it is told what it is now.
 */
#include "kernel/ke/user_mode.h"
#include "lib/string.h"

#define INSTRUCTION_BYTES 15u /* at most, with prefixes (Intel SDM volume 2, section 2.3.11) */
#define LOCK              0xF0

/* Of two bytes: OPCODE is behind 0Fh then, and all of it is privileged whose ModR/M byte has one of
 * REGS as its reg field. */
static const struct {
    uint8_t opcode, regs;
} two_bytes[] = {
    {0x00, 0x0F}, /* sldt, str (with UMIP), lldt, ltr */
    {0x01, 0xDF}, /* sgdt, sidt, smsw (with UMIP), lgdt, lidt, lmsw, invlpg */
    {0x06, 0xFF}, /* clts */
    {0x08, 0xFF}, /* invd */
    {0x09, 0xFF}, /* wbinvd */
    {0x20, 0xFF}, /* mov of control and debug registers */
    {0x21, 0xFF}, {0x22, 0xFF}, {0x23, 0xFF}, {0x30, 0xFF}, /* wrmsr */
    {0x32, 0xFF},                                           /* rdmsr */
    {0x33, 0xFF},                                           /* rdpmc */
    {0x35, 0xFF},                                           /* sysexit */
};

/* hlt, cli, sti, in, out, ins, outs */
static const uint8_t one_byte[] = {0xF4, 0xFA, 0xFB, 0xEC, 0xED, 0xEE, 0xEF, 0xE4,
                                   0xE5, 0xE6, 0xE7, 0x6C, 0x6D, 0x6E, 0x6F};

static const uint8_t prefixes[] = {0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65,
                                   0x66, 0x67, LOCK, 0xF2, 0xF3};

/* The byte at *AT, which goes on to the next one. => false: it cannot be read. */
static bool next_byte(uintptr_t *at, uint8_t *byte)
{
    return ki_copy_from_user_space(byte, (*at)++, sizeof(*byte));
}

/* *OPCODE becomes the first byte behind the prefixes, *AT what follows it. => false: there is none,
 * it is too long. */
static bool skip_prefixes(uintptr_t *at, uint8_t *opcode, bool *locked)
{
    *locked = false;
    for (uint32_t i = 0; i < INSTRUCTION_BYTES; i++) {
        if (!next_byte(at, opcode))
            return false;
        if (!memchr(prefixes, *opcode, sizeof(prefixes)))
            return true;
        *locked |= *opcode == LOCK;
    }
    return false;
}

bool ki_is_privileged(uintptr_t eip)
{
    uint8_t opcode, modrm = 0;
    bool locked;

    if (!skip_prefixes(&eip, &opcode, &locked))
        return false;
    if (opcode != 0x0F)
        return memchr(one_byte, opcode, sizeof(one_byte)) != NULL;
    if (!next_byte(&eip, &opcode))
        return false;
    for (uint32_t i = 0; i < ARRAY_SIZE(two_bytes); i++)
        if (two_bytes[i].opcode == opcode)
            return two_bytes[i].regs == 0xFF ||
                   (next_byte(&eip, &modrm) && (two_bytes[i].regs >> (modrm >> 3 & 7) & 1));
    return false;
}

bool ki_has_lock_prefix(uintptr_t eip)
{
    uint8_t opcode;
    bool locked;

    return skip_prefixes(&eip, &opcode, &locked) && locked;
}
