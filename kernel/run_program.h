/* Running one program of the volume: what `tools/tokos run` boots for. */
#pragma once

#include "lib/status.h"
#include "lib/unicode.h"

/*
 * Run the program at PATH, an object name such as \??\C:\hello.exe, with COMMAND_LINE, its standard
 * handles those of the consoles, and wait until it has ended. *EXIT_STATUS is its exit code.
 * => why it could not be started: then nothing has run. PASSIVE_LEVEL.
 */
ntstatus ki_run_program(const struct unicode_string *path,
                        const struct unicode_string *command_line, ntstatus *exit_status);
