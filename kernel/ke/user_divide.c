/*
 * Why a division failed. The processor has one exception for both reasons, the divisor 0 and a
 * quotient that has no room (INT_MIN / -1); NT tells them apart (EXCEPTION_RECORD's documentation),
 * so the divisor is looked up: the operand of DIV and IDIV, opcodes F6h (of 8 bits) and F7h (of 16
 * or 32) with 6 or 7 in the ModR/M byte, Intel SDM volume 2, section 2.1.5. AAM's is always 0. What
 * has 16-bit addresses is not looked at: no program has memory there.
 */
#include "arch/i386/descriptors.h"
#include "kernel/ke/thread.h"
#include "kernel/ke/user_instruction.h"
#include "kernel/ke/user_mode.h"

/* Their numbers where they say something else than a register. */
#define ESP 4u
#define EBP 5u

static uint32_t value_of(const struct ktrap_frame *frame, uint32_t number)
{
    const uint32_t values[] = {frame->eax, frame->ecx, frame->edx, frame->ebx,
                               frame->esp, frame->ebp, frame->esi, frame->edi};

    return values[number & 7];
}

/* A displacement of BYTES at *AT, which goes on behind it; one of 1 byte has a sign. */
static bool add_displacement(uintptr_t *at, uint32_t bytes, uint32_t *address)
{
    uint32_t value = 0;

    if (!bytes)
        return true;
    if (!ki_copy_from_user_space(&value, *at, bytes))
        return false;
    *at += bytes;
    *address += bytes == 1 ? (uint32_t)(int8_t)value : value;
    return true;
}

/* The address that MODRM and what is behind it at AT say. */
static bool address_of(const struct ktrap_frame *frame, uint8_t modrm, uintptr_t at,
                       uint32_t *address)
{
    uint32_t mode = modrm >> 6, base = modrm & 7;
    uint8_t sib;

    *address = 0;
    if (base == ESP) { /* a scale, an index and a base follow */
        if (!ki_next_byte(&at, &sib))
            return false;
        base = sib & 7;
        if ((sib >> 3 & 7) != ESP)
            *address = value_of(frame, sib >> 3 & 7) << (sib >> 6);
    }
    if (base == EBP && mode == 0)
        return add_displacement(&at, 4, address);
    *address += value_of(frame, base);
    return add_displacement(&at, mode == 2 ? 4 : mode, address);
}

/* The operand of BYTES that MODRM, which AT is behind, says. => false: it cannot be read. */
static bool read_operand(struct ktrap_frame *frame, const struct ki_prefixes *prefixes,
                         uint8_t modrm, uintptr_t at, uint32_t bytes, uint32_t *operand)
{
    uint32_t address;

    if (modrm >> 6 == 3) {
        bool is_high = bytes == 1 && (modrm & 4); /* ah, ch, dh, bh */
        *operand = value_of(frame, is_high ? modrm & 3 : modrm & 7) >> (is_high ? 8 : 0);
        return true;
    }
    if (prefixes->address_size || !address_of(frame, modrm, at, &address))
        return false;
    if (prefixes->fs && ki_user_frame(frame)->fs == KGDT_R3_TEB)
        address += ke_get_current_thread()->teb;
    return ki_copy_from_user_space(operand, address, bytes);
}

bool ki_divides_by_zero(struct ktrap_frame *frame)
{
    struct ki_prefixes prefixes;
    uint32_t operand = 0, bytes = 4;
    uintptr_t at = frame->eip;
    uint8_t opcode, modrm;

    if (!ki_skip_prefixes(&at, &opcode, &prefixes) || (opcode & 0xFE) != 0xF6 ||
        !ki_next_byte(&at, &modrm))
        return true;
    if (opcode == 0xF6)
        bytes = 1;
    else if (prefixes.operand_size)
        bytes = 2;
    return !read_operand(frame, &prefixes, modrm, at, bytes, &operand) ||
           !(operand << (32 - 8 * bytes));
}
