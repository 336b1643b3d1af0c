/* Reading an instruction of user mode, for those who have to know what it was. */
#pragma once

#include "lib/types.h"

/* What stands before an opcode. */
struct ki_prefixes {
    bool locked;
    bool operand_size, address_size; /* 16 bits then, where 32 would be */
    bool fs;                         /* the segment of its operand; all others are flat */
};

/* The byte at *AT, which goes on to the next one. => false: it cannot be read. Below APC_LEVEL,
 * interrupts on; so are the others. */
bool ki_next_byte(uintptr_t *at, uint8_t *byte);

/* *OPCODE becomes the first byte behind the prefixes, *AT what follows it. => false: there is none,
 * it is too long. */
bool ki_skip_prefixes(uintptr_t *at, uint8_t *opcode, struct ki_prefixes *prefixes);
