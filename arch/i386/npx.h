/*
 * The floating-point state of user threads: x87, MMX and SSE. The kernel computes in integers;
 * where it uses an SSE register it gives it back. So the registers hold the state of one user
 * thread until another user thread runs.
 */
#pragma once

#include "lib/types.h"

#define NPX_STATE_BYTES 512u /* FXSAVE's; FNSAVE's 108 bytes where there is no FXSAVE */
#define NPX_USED_BYTES  288u /* of these, FXSAVE and FXRSTOR look at, with eight XMM registers */

/* Find out what MXCSR may have (Intel SDM volume 1, section 11.6.6). */
void ki_init_npx(void);
/* STATE loses what would fault when it is loaded: the bits of MXCSR that this processor has not. */
void ki_npx_make_loadable(void *state);

/* STATE, aligned to 16, becomes what a new thread begins with. */
void ki_npx_initialize(void *state);
/* Save the registers to SAVE, unless it is NULL, and load LOAD. */
void ki_npx_switch(void *save, const void *load);
/* Save the registers to STATE; they keep their contents. */
void ki_npx_save(void *state);

/* Exceptions of the x87, as the status word has them. */
#define NPX_INVALID     0x01u
#define NPX_DENORMAL    0x02u
#define NPX_ZERO_DIVIDE 0x04u
#define NPX_OVERFLOW    0x08u
#define NPX_UNDERFLOW   0x10u
#define NPX_PRECISION   0x20u
#define NPX_STACK_FAULT 0x40u /* with NPX_INVALID: of the register stack */

/* => those that are pending in the registers and not masked. */
uint32_t ki_npx_unmasked_exceptions(void);

/* STATE in FNSAVE's form (112 bytes, the last 4 zero) for a CONTEXT, and back. The exponents and
 * fractions of the registers that are in use are copied, empty ones are zero in a CONTEXT and stay
 * what they are in STATE; with FXSAVE the rest is converted. */
void ki_npx_to_float_save(const void *state, void *float_save);
void ki_npx_from_float_save(void *state, const void *float_save);
