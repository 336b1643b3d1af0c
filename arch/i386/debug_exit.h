/*
 * QEMU's isa-debug-exit device: a byte written to its port ends QEMU with exit status
 * (byte << 1) | 1. On a machine without it the write goes nowhere and the processor halts.
 */
#pragma once

#include "arch/i386/registers.h"

#define DEBUG_EXIT_PORT     0xF4
#define DEBUG_EXIT_PASSED   0x10 /* QEMU exits with 33 */
#define DEBUG_EXIT_FAILED   0x11 /* 35 */
#define DEBUG_EXIT_BUGCHECK 0x12 /* 37 */

static inline NORETURN void ki_debug_exit(uint8_t verdict)
{
    outb(DEBUG_EXIT_PORT, verdict);
    for (;;)
        __asm__ volatile("cli; hlt");
}
