/* The table of instructions that may fault on user space. */
#include "arch/i386/guarded.h"

struct fixup {
    uintptr_t at, go_on;
};

extern const struct fixup __fixups_start[], __fixups_end[];

uint8_t ki_smap;

uintptr_t ki_find_fixup(uintptr_t eip)
{
    uint32_t count = ((uintptr_t)__fixups_end - (uintptr_t)__fixups_start) / sizeof(struct fixup);

    for (uint32_t i = 0; i < count; i++)
        if (__fixups_start[i].at == eip)
            return __fixups_start[i].go_on;
    return 0;
}
