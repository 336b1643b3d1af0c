/*
 * Segment, task and interrupt descriptors (Intel SDM volume 3, chapters 3, 6 and 7).
 */
#pragma once

#ifndef __ASSEMBLER__
#include "lib/types.h"
#endif

/* Selectors, at NT's places. */
#define KGDT_R0_CODE 0x08
#define KGDT_R0_DATA 0x10
#define KGDT_R3_CODE 0x1B /* with the requested privilege level 3, as user mode loads them */
#define KGDT_R3_DATA 0x23
#define KGDT_TSS     0x28
#define KGDT_R0_PCR  0x30 /* fs in the kernel: the processor control region */
#define KGDT_R3_TEB  0x3B /* fs in user mode: the thread environment block */
#define KGDT_DF_TSS  0x50

#ifndef __ASSEMBLER__

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

/* The only ordinary task. SYSENTER begins on the word at esp0; what is pushed there before the
 * thread's stack is loaded (a single step's frame) falls into the room below it. */
struct ki_task {
    uint32_t room[16];
    struct ktss tss;
};
extern struct ki_task ki_task;
#define ki_tss ki_task.tss
extern struct ktss ki_double_fault_tss; /* entered through vector 8's task gate */

/* Load the descriptor tables and the task register. Interrupts are off. */
void ki_init_descriptors(void);

/* fs leads to the BYTES at BLOCK from now on. After ki_init_descriptors. */
void ki_set_processor_segment(void *block, uint32_t bytes);

/* The double-fault task runs on the page directory that is current at the call. */
void ki_init_double_fault(void);

/* The block that fs leads to in user mode, for the thread that runs. */
void ki_set_teb_segment(uint32_t base);
#endif
