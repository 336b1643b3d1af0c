/*
 * The protection table and the encodings of invalid entries that take more than a field. Pure: the
 * same code is tested on the host.
 */
#include "mm/pte.h"

#define RO (HW_VALID | HW_ACCESSED)
#define RW (HW_VALID | HW_ACCESSED | HW_WRITE)
#define NC HW_CACHE_DISABLE

/* Without no-execute a page that may be read may be executed. Copy-on-write pages are mapped
 * read-only; the fault that a write then takes is what makes the copy (bit 9). */
#define CW (HW_VALID | HW_ACCESSED | 0x200u)

const uint16_t mi_protection_bits[16] = {
    [MM_ZERO_ACCESS] = 0,
    [MM_READONLY] = RO,
    [MM_EXECUTE] = RO,
    [MM_EXECUTE_READ] = RO,
    [MM_READWRITE] = RW,
    [MM_WRITECOPY] = CW,
    [MM_EXECUTE_READWRITE] = RW,
    [MM_EXECUTE_WRITECOPY] = CW,
    [MM_NOCACHE | MM_ZERO_ACCESS] = 0,
    [MM_NOCACHE | MM_READONLY] = RO | NC,
    [MM_NOCACHE | MM_EXECUTE] = RO | NC,
    [MM_NOCACHE | MM_EXECUTE_READ] = RO | NC,
    [MM_NOCACHE | MM_READWRITE] = RW | NC,
    [MM_NOCACHE | MM_WRITECOPY] = CW | NC,
    [MM_NOCACHE | MM_EXECUTE_READWRITE] = RW | NC,
    [MM_NOCACHE | MM_EXECUTE_WRITECOPY] = CW | NC,
};

const char *const mi_pte_kind_names[MI_PTE_KIND_COUNT] = {
    [MI_PTE_ZERO] = "zero",
    [MI_PTE_VALID] = "valid",
    [MI_PTE_DEMAND_ZERO] = "demand-zero",
    [MI_PTE_TRANSITION] = "transition",
    [MI_PTE_SUBSECTION] = "subsection",
    [MI_PTE_PAGE_FILE] = "page-file",
    [MI_PTE_DECOMMITTED] = "decommitted",
    [MI_PTE_FREE] = "free",
};

struct mmpte mi_make_subsection_pte(uintptr_t offset_in_pool, uint32_t protection)
{
    uint32_t unit = (uint32_t)(offset_in_pool >> 3);

    return (struct mmpte){.subsect = {.subsection_low = unit & 15,
                                      .protection = protection & 31,
                                      .prototype = 1,
                                      .subsection_high = (unit >> 4) & 0xFFFFF,
                                      .which_pool = 1}};
}

uintptr_t mi_subsection_pte_offset(struct mmpte pte)
{
    return (uintptr_t)(pte.subsect.subsection_high << 4 | pte.subsect.subsection_low) << 3;
}
