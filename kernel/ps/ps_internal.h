/* Between the process manager's files. */
#pragma once

#include "kernel/ps/ps.h"

/* An object made before there are types; it gets TYPE, which is not there yet, with
 * ps_init_objects. */
void *ps_make_first_object(uint32_t bytes, struct object_type **type);

void ps_init_threads(void);
void ps_init_first_threads(void *stack_top);
