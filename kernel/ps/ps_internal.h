/* Between the process manager's files. */
#pragma once

#include "kernel/ps/ps.h"

/* An object made before there are types; it gets TYPE, which is not there yet, with
 * ps_init_objects. */
void *ps_make_first_object(uint32_t bytes, struct object_type **type);

/* The delete method of threads: the thread's reference to its process goes. */
void ps_delete_thread(void *object);
/* => an id for a new process or thread. */
uint32_t ps_new_id(void);

void ps_init_threads(void);
void ps_init_first_threads(void *stack_top);
