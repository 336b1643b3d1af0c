/*
 * Names for addresses and addresses for names. The table is sorted by address and lies in the
 * kernel's constants, so a stack trace needs no memory and takes no fault.
 */
#include "kernel/ke/symbols.h"
#include "kernel/ke/dbgprint.h"
#include "lib/string.h"

struct symbol {
    uint32_t address;
    uint32_t name; /* offset in ki_symbol_names */
};

extern const struct symbol ki_symbols[];
extern const char ki_symbol_names[];
extern const uint32_t ki_symbol_count;
extern const char __init_start[], __data_end[];

const char *ke_symbol_name(uintptr_t va, uint32_t *offset)
{
    uint32_t low = 0, high = ki_symbol_count;

    if (va < (uintptr_t)__init_start || va >= (uintptr_t)__data_end)
        return NULL;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (ki_symbols[middle].address <= va)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    *offset = (uint32_t)va - ki_symbols[low - 1].address;
    return ki_symbol_names + ki_symbols[low - 1].name;
}

bool ke_symbol_address(const char *name, uintptr_t *va)
{
    for (uint32_t i = 0; i < ki_symbol_count; i++) {
        if (strcmp(ki_symbol_names + ki_symbols[i].name, name) != 0)
            continue;
        *va = ki_symbols[i].address;
        return true;
    }
    return false;
}

void ke_print_symbol(uintptr_t va)
{
    uint32_t offset;
    const char *name = ke_symbol_name(va, &offset);

    if (name)
        dbg_print(offset ? "%s+0x%x" : "%s", name, offset);
}
