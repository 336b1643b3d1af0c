/*
 * The bits of a hardware page-table entry and page-directory entry, 32-bit paging without PAE
 * (Intel SDM volume 3, section 4.3, figures 4-4 and table 4-4 to 4-6). Bits 9 to 11 are free for
 * software; TokOS uses them as NT does (mm/pte.h). The U is a capital because clang's assembler
 * knows no other.
 */
#pragma once

#define HW_VALID         0x001U
#define HW_WRITE         0x002U
#define HW_OWNER         0x004U /* user mode may use it */
#define HW_WRITE_THROUGH 0x008U
#define HW_CACHE_DISABLE 0x010U
#define HW_ACCESSED      0x020U
#define HW_DIRTY         0x040U
#define HW_LARGE         0x080U /* PDE: maps 4 MB itself */
#define HW_GLOBAL        0x100U

/* Page-fault error code (SDM volume 3, figure 4-12). */
#define PF_PRESENT  0x01U /* 0: page not present, 1: protection violation */
#define PF_WRITE    0x02U
#define PF_USER     0x04U
#define PF_RESERVED 0x08U /* a reserved bit was set in an entry */
#define PF_FETCH    0x10U /* instruction fetch (with no-execute) */
