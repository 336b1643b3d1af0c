/* The PS/2 keyboard, as far as a debugger's prompt needs it (US layout). */
#pragma once

#include "arch/i386/uart.h"

/* => the next character typed, KI_BREAK for Ctrl-Break, or -1. Key releases are swallowed. */
int ki_keyboard_get(void);

/* Pulse the processor's reset line through the keyboard controller, then fault for good. */
NORETURN void ki_reset_machine(void);
