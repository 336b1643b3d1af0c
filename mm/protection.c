/*
 * Page protections as programs say them (PAGE_...) and as entries hold them (MM_..., five bits).
 * One base, and at most one modifier, which PAGE_NOACCESS does not take (VirtualAlloc's
 * documentation, "Memory Protection Constants"). Pure.
 */
#include "mm/virtual_memory.h"

/* By the number of the base's bit: PAGE_NOACCESS is bit 0. */
static const uint8_t bases[8] = {MM_NOACCESS,          MM_READONLY,         MM_READWRITE,
                                 MM_WRITECOPY,         MM_EXECUTE,          MM_EXECUTE_READ,
                                 MM_EXECUTE_READWRITE, MM_EXECUTE_WRITECOPY};

/* By the bits above the base's: PAGE_GUARD, PAGE_NOCACHE, PAGE_WRITECOMBINE. */
static const uint8_t modifiers[5] = {0, MM_GUARD_PAGE, MM_NOCACHE, MI_INVALID_PROTECTION,
                                     MM_WRITECOMBINE};

#define ROW(modifier)                                                                             \
    PAGE_NOACCESS, PAGE_READONLY | (modifier), PAGE_EXECUTE | (modifier),                         \
        PAGE_EXECUTE_READ | (modifier), PAGE_READWRITE | (modifier), PAGE_WRITECOPY | (modifier), \
        PAGE_EXECUTE_READWRITE | (modifier), PAGE_EXECUTE_WRITECOPY | (modifier)

/* By the five bits. */
static const uint16_t win32[32] = {ROW(0), ROW(PAGE_NOCACHE), ROW(PAGE_GUARD),
                                   ROW(PAGE_WRITECOMBINE)};

uint32_t mi_make_protection_mask(uint32_t protect)
{
    uint32_t base = protect & 0xFF, above = protect >> 8;

    if (!base || (base & (base - 1)) || above >= ARRAY_SIZE(modifiers))
        return MI_INVALID_PROTECTION;
    if (modifiers[above] == MI_INVALID_PROTECTION || (above && base == PAGE_NOACCESS))
        return MI_INVALID_PROTECTION;
    return bases[__builtin_ctz(base)] | modifiers[above];
}

uint32_t mi_convert_from_protection(uint32_t protection)
{
    return win32[protection & 31];
}
