/*
 * The kernel debugger: a prompt on the serial line and the keyboard, with the machine stopped.
 */
#pragma once

#include "arch/i386/trap.h"

/* Take breakpoints, break-in keys and, when INTERACTIVE, bugchecks. */
void kd_init(bool interactive);

/* Stop here and say WHY. Returns on `g`. */
void kd_break_in(const char *why);

/* Shown by commands and by the tour. */
void kd_show_layout(void);
void kd_show_pte(uintptr_t va);
