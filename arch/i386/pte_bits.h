/*
 * The bits of a hardware page-table entry and page-directory entry, 32-bit paging without PAE
 * (Intel SDM volume 3, section 4.3, figures 4-4 and table 4-4 to 4-6). Bits 9 to 11 are free for
 * software; TokOS uses them as NT does (mm/pte.h).
 */
#pragma once

#define HW_VALID         0x001u
#define HW_WRITE         0x002u
#define HW_OWNER         0x004u /* user mode may use it */
#define HW_WRITE_THROUGH 0x008u
#define HW_CACHE_DISABLE 0x010u
#define HW_ACCESSED      0x020u
#define HW_DIRTY         0x040u
#define HW_LARGE         0x080u /* PDE: maps 4 MB itself */
#define HW_GLOBAL        0x100u

/* Page-fault error code (SDM volume 3, figure 4-12). */
#define PF_PRESENT  0x01u /* 0: page not present, 1: protection violation */
#define PF_WRITE    0x02u
#define PF_USER     0x04u
#define PF_RESERVED 0x08u /* a reserved bit was set in an entry */
#define PF_FETCH    0x10u /* instruction fetch (with no-execute) */
