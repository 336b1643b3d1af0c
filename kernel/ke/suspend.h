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
