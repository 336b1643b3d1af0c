/* Between the process manager's files. */
#pragma once

#include "kernel/ps/ps.h"

void ps_init_threads(void);
void ps_init_first_threads(void *stack_top);
