/* The running kernel: what it does once everything is up. */
#pragma once

#include "boot/boot_info.h"
#include "kernel/options.h"

extern struct ki_options ki_options;
extern char ki_command_line[BOOT_STRING]; /* cut into words; ki_options points into it */

/* Entered once, on the first kernel stack, interrupts off. */
NORETURN void ki_main(void);
