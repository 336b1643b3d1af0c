/*
 * Saving and loading floating-point state (Intel SDM volume 1, sections 8.1.10 and 10.5). FXSAVE's
 * area holds a bit a register where FNSAVE's holds two: 00 valid, 01 zero, 10 special, 11 empty.
 */
#include "arch/i386/npx.h"
#include "arch/i386/cpu.h"
#include "lib/string.h"

#define CONTROL_WORD 0x027Fu /* all exceptions masked, 53 bits, round to nearest: NT's */
#define MXCSR        0x1F80u
#define TAGS_EMPTY   0xFFFFu
#define REGISTERS    8u

struct float_save {
    uint32_t control_word, status_word, tag_word, error_offset, error_selector, data_offset,
        data_selector;
    uint8_t registers[REGISTERS][10];
    uint32_t cr0_npx_state;
};
_Static_assert(sizeof(struct float_save) == 112, "FLOATING_SAVE_AREA of winnt.h");

struct fx_save {
    uint16_t control_word, status_word;
    uint8_t tags, reserved;
    uint16_t opcode;
    uint32_t error_offset, error_selector, data_offset, data_selector;
    uint32_t mxcsr, mxcsr_mask;
    uint8_t registers[REGISTERS][16];
    uint8_t rest[NPX_STATE_BYTES - 160];
};
_Static_assert(sizeof(struct fx_save) == NPX_STATE_BYTES, "FXSAVE's area");

#define MXCSR_OF_FIRST 0xFFBFu /* what processors take whose FXSAVE does not say it */

static uint32_t mxcsr_mask = MXCSR_OF_FIRST;

void ki_init_npx(void)
{
    struct fx_save fx __attribute__((aligned(16))) = {0};

    if (!ke_has(KF_FXSR))
        return;
    ki_npx_save(&fx);
    if (fx.mxcsr_mask)
        mxcsr_mask = fx.mxcsr_mask;
}

void ki_npx_make_loadable(void *state)
{
    struct fx_save *fx = state;

    if (ke_has(KF_FXSR))
        fx->mxcsr &= mxcsr_mask;
}

void ki_npx_initialize(void *state)
{
    memset(state, 0, NPX_STATE_BYTES);
    if (ke_has(KF_FXSR)) {
        struct fx_save *fx = state;
        fx->control_word = CONTROL_WORD;
        fx->mxcsr = MXCSR;
        return;
    }
    struct float_save *save = state;
    save->control_word = CONTROL_WORD;
    save->tag_word = TAGS_EMPTY;
}

void ki_npx_save(void *state)
{
    if (ke_has(KF_FXSR))
        __asm__ volatile("fxsave (%0)" : : "r"(state) : "memory");
    else
        __asm__ volatile("fnsave (%0)\n\tfrstor (%0)" : : "r"(state) : "memory");
}

void ki_npx_switch(void *save, const void *load)
{
    if (ke_has(KF_FXSR)) {
        if (save)
            __asm__ volatile("fxsave (%0)" : : "r"(save) : "memory");
        __asm__ volatile("fxrstor (%0)" : : "r"(load) : "memory");
        return;
    }
    if (save)
        __asm__ volatile("fnsave (%0)" : : "r"(save) : "memory");
    /* FRSTOR waits: an exception that is pending would be taken here. */
    __asm__ volatile("fnclex\n\tfrstor (%0)" : : "r"(load) : "memory");
}

uint32_t ki_npx_unmasked_exceptions(void)
{
    const uint32_t all = NPX_STACK_FAULT - 1;
    uint16_t status, control;

    __asm__ volatile("fnstsw %0\n\tfnstcw %1" : "=m"(status), "=m"(control));
    return status & ((~(uint32_t)control & all) | NPX_STACK_FAULT);
}

/* The two-bit tag of a register that is not empty, from its value. */
static uint32_t tag_of(const uint8_t *value)
{
    uint32_t exponent = (value[9] & 0x7Fu) << 8 | value[8];
    uint32_t high, low;

    memcpy(&low, value, sizeof(low));
    memcpy(&high, value + 4, sizeof(high));
    if (exponent == 0x7FFF || (exponent && !(high >> 31)))
        return 2;
    if (exponent)
        return 0;
    return high || low ? 2 : 1;
}

/* The place of a register on the stack, which FXSAVE and FNSAVE both keep them by, whereas tags are
 * kept by physical register. */
static uint32_t place(const struct fx_save *fx, uint32_t physical)
{
    uint32_t top = fx->status_word >> 11 & 7;

    return (physical - top) & 7;
}

void ki_npx_to_float_save(const void *state, void *float_save)
{
    struct float_save *save = float_save;
    const struct fx_save *fx = state;

    if (!ke_has(KF_FXSR)) {
        memcpy(save, state, sizeof(*save));
        save->cr0_npx_state = 0;
        return;
    }
    *save = (struct float_save){
        .control_word = fx->control_word | 0xFFFF0000u,
        .status_word = fx->status_word | 0xFFFF0000u,
        .tag_word = UINT32_MAX,
        .error_offset = fx->error_offset,
        .error_selector = (fx->error_selector & 0xFFFF) | (uint32_t)fx->opcode << 16,
        .data_offset = fx->data_offset,
        .data_selector = fx->data_selector | 0xFFFF0000u,
    };
    for (uint32_t tags = fx->tags; tags; tags &= tags - 1) {
        uint32_t i = (uint32_t)__builtin_ctz(tags), at = place(fx, i);
        save->tag_word ^= (3 ^ tag_of(fx->registers[at])) << 2 * i;
        memcpy(save->registers[at], fx->registers[at], sizeof(save->registers[at]));
    }
}

void ki_npx_from_float_save(void *state, const void *float_save)
{
    const struct float_save *save = float_save;
    struct fx_save *fx = state;

    if (!ke_has(KF_FXSR)) {
        memcpy(state, save, sizeof(*save));
        return;
    }
    fx->control_word = (uint16_t)save->control_word;
    fx->status_word = (uint16_t)save->status_word;
    fx->opcode = (uint16_t)(save->error_selector >> 16);
    fx->error_offset = save->error_offset;
    fx->error_selector = save->error_selector & 0xFFFF;
    fx->data_offset = save->data_offset;
    fx->data_selector = save->data_selector & 0xFFFF;
    fx->tags = 0;
    if ((uint16_t)save->tag_word == TAGS_EMPTY)
        return;
    for (uint32_t i = 0; i < REGISTERS; i++) {
        if ((save->tag_word >> 2 * i & 3) == 3)
            continue;
        uint32_t at = place(fx, i);
        fx->tags |= (uint8_t)(1u << i);
        memcpy(fx->registers[at], save->registers[at], sizeof(save->registers[at]));
    }
}
