/* The kernel's own symbol table, made at link time (tools/ksyms.py). */
#pragma once

#include "lib/types.h"

/* => the name of the symbol at or before VA and, in *OFFSET, how far behind it VA lies; NULL when
 * VA is not in the kernel image. */
const char *ke_symbol_name(uintptr_t va, uint32_t *offset);

/* => true and the address of the symbol NAME in *VA. */
bool ke_symbol_address(const char *name, uintptr_t *va);

/* Print VA as "mm_access_fault+0x2c", or nothing when it has no name. */
void ke_print_symbol(uintptr_t va);
