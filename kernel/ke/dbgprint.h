/* The kernel's log: COM1 and the text screen. */
#pragma once

#include "lib/types.h"

/* Find the serial port and write there, unless SERIAL is false (`serial=off`). */
void ki_init_console(bool serial);

/* Format (lib/format.h) and write to every console. Any IRQL, any state of the kernel. */
int dbg_print(const char *format, ...) PRINTF_LIKE(1, 2);
void dbg_put(char c);
