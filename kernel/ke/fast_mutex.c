/* Fast mutexes. */
#include "kernel/ke/fast_mutex.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/dbgprint.h"

/* Parameter 1 of bug check C4h: a lock is taken by the thread that owns it; one is needed and not
 * owned (TokOS's own). */
#define SELF_DEADLOCK 0x1000u
#define NOT_OWNED     0x1002u

void ex_initialize_fast_mutex(struct fast_mutex *mutex)
{
    *mutex = (struct fast_mutex){.count = 1};
    ke_initialize_event(&mutex->event, EVENT_SYNCHRONIZATION_OBJECT, false);
}

static __attribute__((noinline)) void wait(struct fast_mutex *mutex, struct kthread *thread)
{
    if (mutex->owner == thread) {
        dbg_print("\nfast mutex %p is taken again by its owner, thread %p\n", mutex, thread);
        ke_bug_check_ex(DRIVER_VERIFIER_DETECTED_VIOLATION, SELF_DEADLOCK, (uintptr_t)mutex,
                        (uintptr_t)thread, 0);
    }
    ke_wait_for_single_object(&mutex->event, WR_RESOURCE, KERNEL_MODE, false, NULL);
    mutex->contention++; /* it is ours now: the last owner handed it over */
}

void ex_acquire_fast_mutex(struct fast_mutex *mutex)
{
    struct kthread *thread = ke_get_current_thread();

    ke_assert_irql_at_most(APC_LEVEL);
    kirql old = ke_raise_irql(APC_LEVEL);
    if (unlikely(interlocked_decrement(&mutex->count) != 0))
        wait(mutex, thread);
    mutex->owner = thread;
    mutex->old_irql = old;
}

void ki_fast_mutex_not_owned(const struct fast_mutex *mutex)
{
    const struct kthread *thread = ke_get_current_thread();

    dbg_print("\nfast mutex %p is needed by thread %p, which does not own it\n", mutex, thread);
    ke_bug_check_ex(DRIVER_VERIFIER_DETECTED_VIOLATION, NOT_OWNED, (uintptr_t)mutex,
                    (uintptr_t)thread, (uintptr_t)mutex->owner);
}

void ex_release_fast_mutex(struct fast_mutex *mutex)
{
    kirql old = mutex->old_irql;

    mutex->owner = NULL;
    if (unlikely((int32_t)interlocked_increment(&mutex->count) <= 0))
        ke_set_event(&mutex->event, IO_NO_INCREMENT);
    ke_lower_irql(old);
}
