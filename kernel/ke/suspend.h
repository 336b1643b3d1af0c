/*
 * Suspending threads: a suspended one waits, in a normal kernel APC, for as many resumes as there
 * were suspends. So it stops where it holds nothing that others need, as with termination.
 */
#pragma once

#include "kernel/ke/thread.h"

#define MAXIMUM_SUSPEND_COUNT 127

/* Set up THREAD's part of it. */
void ki_initialize_suspend(struct kthread *thread);

/* THREAD stops, or stays stopped. *PREVIOUS gets the count there was. =>
 * STATUS_SUSPEND_COUNT_EXCEEDED, STATUS_THREAD_IS_TERMINATING. Up to APC_LEVEL; the current thread
 * stops before this returns. (KeSuspendThread) */
ntstatus ke_suspend_thread(struct kthread *thread, uint32_t *previous);
/* => the count there was; with 1 it goes on. Up to DISPATCH_LEVEL. (KeResumeThread) */
uint32_t ke_resume_thread(struct kthread *thread);
/* It goes on, however often it was suspended, and is not suspended any more: it is to end.
 * (KeForceResumeThread) */
void ke_force_resume_thread(struct kthread *thread);

/*
 * All other threads of the current process stop, those that are made later too, until the thaw.
 * This one goes on, even if others freeze it meanwhile: it stops for them after its thaw. In
 * between it is in a critical region. Once a thread. Up to APC_LEVEL. (KeFreezeAllThreads)
 */
void ke_freeze_all_threads(void);
void ke_thaw_all_threads(void);
