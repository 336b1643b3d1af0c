/* Running one program of the volume: what `tools/tokos run` boots for. */
#pragma once

#include "lib/status.h"
#include "lib/unicode.h"

#define KI_STANDARD_HANDLES 3u

struct ki_program {
    struct unicode_string path; /* an object name, such as \??\C:\hello.exe */
    struct unicode_string command_line;
    const uint16_t
        *standard[KI_STANDARD_HANDLES]; /* the devices that input, output and error are */
};

/* The three that are the program's consoles. */
#define KI_CONSOLES                                                              \
    {                                                                            \
        u"\\Device\\ConsoleIn", u"\\Device\\ConsoleOut", u"\\Device\\ConsoleErr" \
    }

/*
 * Run PROGRAM, and wait until it has ended. *EXIT_STATUS is its exit code.
 * => why it could not be started: then nothing has run. PASSIVE_LEVEL.
 */
ntstatus ki_run_program(const struct ki_program *program, ntstatus *exit_status);
