/* Running one program, for the launcher: the boot word `run`. */
#pragma once

#include "lib/status.h"
#include "lib/unicode.h"

/* Who loads PATH, runs it with COMMAND_LINE to its end, and says how it ended. => why it could not
 * be run. PASSIVE_LEVEL. */
typedef ntstatus (*ki_program_runner)(const struct unicode_string *path,
                                      const struct unicode_string *command_line,
                                      ntstatus *exit_status);
extern ki_program_runner ki_run_program;

/* Say PROGRAM BEGIN: the consoles are there, and input may be sent to them. */
void ki_announce_run(void);

/*
 * Run what the boot module `command` says, and end the machine with the line
 *      PROGRAM EXIT 0x........
 * on the kernel's console, after all that the program wrote; of a program that could not be run it
 * has the reason. PASSIVE_LEVEL.
 */
NORETURN void ki_run(void);
