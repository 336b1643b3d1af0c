/*
 * What the instruction is that raised an exception in user mode, where the exception's code depends
 * on it. It is read as the processor reads it: byte by byte, no further than it is long, as the
 * next page may be nobody's. The program may change it meanwhile; then it is told what it is now.
 */
#include "kernel/ke/user_instruction.h"
#include "kernel/ke/user_mode.h"
#include "lib/string.h"

#define INSTRUCTION_BYTES 15u /* at most, with prefixes (Intel SDM volume 2, section 2.3.11) */
#define LOCK              0xF0
#define OPERAND_SIZE      0x66
#define ADDRESS_SIZE      0x67
#define SEGMENT_FS        0x64

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

static const uint8_t prefixes[] = {0x26,         0x2E,         0x36, 0x3E, SEGMENT_FS, 0x65,
                                   OPERAND_SIZE, ADDRESS_SIZE, LOCK, 0xF2, 0xF3};

bool ki_next_byte(uintptr_t *at, uint8_t *byte)
{
    return ki_copy_from_user_space(byte, (*at)++, sizeof(*byte));
}

bool ki_skip_prefixes(uintptr_t *at, uint8_t *opcode, struct ki_prefixes *found)
{
    *found = (struct ki_prefixes){.locked = false};
    for (uint32_t i = 0; i < INSTRUCTION_BYTES; i++) {
        if (!ki_next_byte(at, opcode))
            return false;
        if (!memchr(prefixes, *opcode, sizeof(prefixes)))
            return true;
        found->locked |= *opcode == LOCK;
        found->operand_size |= *opcode == OPERAND_SIZE;
        found->address_size |= *opcode == ADDRESS_SIZE;
        found->fs |= *opcode == SEGMENT_FS;
    }
    return false;
}

bool ki_is_privileged(uintptr_t eip)
{
    struct ki_prefixes found;
    uint8_t opcode, modrm = 0;

    if (!ki_skip_prefixes(&eip, &opcode, &found))
        return false;
    if (opcode != 0x0F)
        return memchr(one_byte, opcode, sizeof(one_byte)) != NULL;
    if (!ki_next_byte(&eip, &opcode))
        return false;
    for (uint32_t i = 0; i < ARRAY_SIZE(two_bytes); i++)
        if (two_bytes[i].opcode == opcode)
            return two_bytes[i].regs == 0xFF ||
                   (ki_next_byte(&eip, &modrm) && (two_bytes[i].regs >> (modrm >> 3 & 7) & 1));
    return false;
}

bool ki_has_lock_prefix(uintptr_t eip)
{
    struct ki_prefixes found;
    uint8_t opcode;

    return ki_skip_prefixes(&eip, &opcode, &found) && found.locked;
}
