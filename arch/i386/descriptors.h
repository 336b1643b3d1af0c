/*
 * Segment, task and interrupt descriptors (Intel SDM volume 3, chapters 3, 6 and 7).
 */
#pragma once

#include "lib/types.h"

/* Selectors, at NT's places. */
#define KGDT_R0_CODE 0x08
#define KGDT_R0_DATA 0x10
#define KGDT_TSS     0x28
#define KGDT_R0_PCR  0x30 /* fs in the kernel: the processor control region */
#define KGDT_DF_TSS  0x50

/* The 32-bit task-state segment (SDM volume 3, figure 7-2). */
struct ktss {
    uint32_t back_link;
    uint32_t esp0, ss0, esp1, ss1, esp2, ss2;
    uint32_t cr3, eip, eflags;
    uint32_t eax, ecx, edx, ebx, esp, ebp, esi, edi;
    uint32_t es, cs, ss, ds, fs, gs, ldt;
    uint16_t trap, io_map_base;
};
_Static_assert(sizeof(struct ktss) == 104, "the processor's task-state segment");

extern struct ktss ki_tss;              /* the only ordinary task */
extern struct ktss ki_double_fault_tss; /* entered through vector 8's task gate */

/* Load the descriptor tables and the task register. Interrupts are off. */
void ki_init_descriptors(void);

/* fs leads to the BYTES at BLOCK from now on. After ki_init_descriptors. */
void ki_set_processor_segment(void *block, uint32_t bytes);

/* The double-fault task runs on the page directory that is current at the call. */
void ki_init_double_fault(void);
