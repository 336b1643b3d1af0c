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

/* *TIME, of somebody's lifetime, is now. Up to DISPATCH_LEVEL. */
void ps_stamp(uint64_t *time);

void ps_init_threads(void);
void ps_init_first_threads(void *stack_top);
void ps_init_exit(void);

/* End the current thread. PASSIVE_LEVEL. (PspExitThread) */
NORETURN void ps_exit_thread(ntstatus status);
/* THREAD, the current one, has done all else: its process loses it, and what the process has if it
 * was the last. PASSIVE_LEVEL. */
void ps_leave_process(struct ethread *thread);
extern const struct ps_debug_hooks *ps_debug_hooks;
/* PROCESS has no threads and never will: its page directory goes. PASSIVE_LEVEL. */
void ps_delete_address_space(struct eprocess *process);

/* A TEB in PROCESS, whose threads may run, with its page there; what it says of its thread; its
 * end. PASSIVE_LEVEL. */
ntstatus ps_create_teb(struct eprocess *process, uintptr_t *teb);
void ps_finish_teb(struct ethread *thread);
void ps_delete_teb(struct eprocess *process, uintptr_t teb);
