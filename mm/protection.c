/*
 * Page protections as programs say them (PAGE_...) and as entries hold them (MM_..., five bits).
 * One base, and at most one modifier, which PAGE_NOACCESS does not take (VirtualAlloc's
 * documentation, "Memory Protection Constants"). Pure.
 */
#include "mm/virtual_memory.h"

static const struct {
    uint32_t win32, code;
} bases[] =
    {
        {PAGE_NOACCESS, MM_NOACCESS},
        {PAGE_READONLY, MM_READONLY},
        {PAGE_READWRITE, MM_READWRITE},
        {PAGE_WRITECOPY, MM_WRITECOPY},
        {PAGE_EXECUTE, MM_EXECUTE},
        {PAGE_EXECUTE_READ, MM_EXECUTE_READ},
        {PAGE_EXECUTE_READWRITE, MM_EXECUTE_READWRITE},
        {PAGE_EXECUTE_WRITECOPY, MM_EXECUTE_WRITECOPY},
},
  modifiers[] = {
      {0, 0},
      {PAGE_GUARD, MM_GUARD_PAGE},
      {PAGE_NOCACHE, MM_NOCACHE},
      {PAGE_WRITECOMBINE, MM_WRITECOMBINE},
};

uint32_t mi_make_protection_mask(uint32_t protect)
{
    for (uint32_t i = 0; i < ARRAY_SIZE(bases); i++)
        for (uint32_t m = 0; m < ARRAY_SIZE(modifiers); m++)
            if (protect == (bases[i].win32 | modifiers[m].win32))
                return m && bases[i].code == MM_NOACCESS ? MI_INVALID_PROTECTION
                                                         : bases[i].code | modifiers[m].code;
    return MI_INVALID_PROTECTION;
}

uint32_t mi_convert_from_protection(uint32_t protection)
{
    for (uint32_t i = 0; i < ARRAY_SIZE(bases); i++)
        for (uint32_t m = 0; m < ARRAY_SIZE(modifiers); m++)
            if (protection == (bases[i].code | modifiers[m].code) &&
                (!m || bases[i].code != MM_NOACCESS))
                return bases[i].win32 | modifiers[m].win32;
    return PAGE_NOACCESS;
}
