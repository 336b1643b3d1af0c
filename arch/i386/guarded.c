/* The table of instructions that may fault on user space. */
#include "arch/i386/guarded.h"

struct fixup {
    uintptr_t at, go_on;
};

extern const struct fixup __fixups_start[], __fixups_end[];

uint8_t ki_smap;

uintptr_t ki_find_fixup(uintptr_t eip)
{
    for (const struct fixup *fixup = __fixups_start; fixup < __fixups_end; fixup++)
        if (fixup->at == eip)
            return fixup->go_on;
    return 0;
}
