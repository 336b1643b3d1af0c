/* Running one program, for the launcher: the boot word `run`. */
#pragma once

#include "lib/types.h"

/* Say PROGRAM BEGIN: the consoles are there, and input may be sent to them. */
void ki_announce_run(void);

/*
 * Run what the boot module `command` says, and end the machine with the line
 *      PROGRAM EXIT 0x........
 * on the kernel's console, after all that the program wrote; of a program that could not be run it
 * has the reason. PASSIVE_LEVEL.
 */
NORETURN void ki_run(void);
