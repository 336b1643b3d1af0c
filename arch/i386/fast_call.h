/* System calls by SYSENTER. */
#pragma once

#include "lib/types.h"

/* Where user mode goes on after a system call by SYSENTER: an address of every process. */
extern uintptr_t ki_fast_call_return;

/* Let user mode enter by SYSENTER, if the processor has it. */
void ki_init_fast_call(void);
void ki_fast_call_entry(void);
