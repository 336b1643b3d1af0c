/*
 * Address spaces as the scheduler sees them: a page directory a process, which CR3 holds while one
 * of its threads runs. A thread of a process that has none (the system's) runs in whichever is
 * loaded, as system space is the same in all; so a switch to it and back costs no reload.
 *
 * A thread may look into another process's address space by attaching to it.
 */
#pragma once

#include "kernel/ke/thread.h"

extern uint32_t ki_system_directory; /* CR3 for system space alone */

void ki_load_directory(struct kpcr *pcr, uint32_t directory);

/* The thread that is about to run uses PROCESS's address space. DISPATCH_LEVEL. (KiSwapProcess) */
static inline void ki_swap_process(struct kpcr *pcr, const struct kprocess *process)
{
    if (unlikely(process->directory_table_base))
        ki_load_directory(pcr, process->directory_table_base);
}

/*
 * The current thread uses PROCESS's address space from now on; *SAVED is what
 * ke_unstack_detach_process gets. In between it is in a critical region, and so is not terminated.
 * Nests. Up to APC_LEVEL. (KeStackAttachProcess)
 */
void ke_stack_attach_process(struct kprocess *process, struct kprocess **saved);
void ke_unstack_detach_process(struct kprocess *saved);

/* DIRECTORY is about to be freed, and no thread uses it: leave it if it is still loaded. */
void ke_leave_directory(uint32_t directory);

/* => whose address space the current thread uses. (PsGetCurrentProcess) */
static inline struct kprocess *ke_get_attached_process(void)
{
    return ke_get_current_thread()->apc_state.process;
}
