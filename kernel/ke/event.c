/* Events and semaphores. */
#include "kernel/ke/wait.h"
#include "kernel/ke/bugcheck.h"

void ke_initialize_event(struct kevent *event, enum kobject_type type, bool signalled)
{
    ki_initialize_header(&event->header, type, signalled);
}

/* Whoever waits has found the event not signalled: only the change matters. */
static void signal(struct kevent *event, int32_t increment)
{
    event->header.signal_state = 1;
    if (!is_list_empty(&event->header.wait_list_head))
        ki_wait_test(&event->header, increment);
}

bool ke_set_event(struct kevent *event, int32_t increment)
{
    kirql irql = ki_lock_dispatcher_database();
    bool was_signalled = event->header.signal_state != 0;

    if (!was_signalled)
        signal(event, increment);
    ki_unlock_dispatcher_database(irql);
    return was_signalled;
}

bool ke_reset_event(struct kevent *event)
{
    kirql irql = ki_lock_dispatcher_database();
    bool was_signalled = event->header.signal_state != 0;

    event->header.signal_state = 0;
    ki_unlock_dispatcher_database(irql);
    return was_signalled;
}

bool ke_pulse_event(struct kevent *event, int32_t increment)
{
    kirql irql = ki_lock_dispatcher_database();
    bool was_signalled = event->header.signal_state != 0;

    if (!was_signalled)
        signal(event, increment);
    event->header.signal_state = 0;
    ki_unlock_dispatcher_database(irql);
    return was_signalled;
}

bool ke_read_state_event(const struct kevent *event)
{
    return event->header.signal_state > 0;
}

void ke_initialize_semaphore(struct ksemaphore *semaphore, int32_t count, int32_t limit)
{
    if (count < 0 || limit <= 0 || count > limit)
        ke_bug_check_ex(KERNEL_SECURITY_CHECK_FAILURE, FAST_FAIL_INVALID_ARG, (uintptr_t)semaphore,
                        (uint32_t)count, (uint32_t)limit);
    ki_initialize_header(&semaphore->header, SEMAPHORE_OBJECT, count);
    semaphore->limit = limit;
}

ntstatus ke_release_semaphore(struct ksemaphore *semaphore, int32_t increment, int32_t adjustment,
                              int32_t *previous)
{
    kirql irql = ki_lock_dispatcher_database();
    int32_t old = semaphore->header.signal_state;
    bool fits = adjustment > 0 && adjustment <= semaphore->limit - old;

    if (previous)
        *previous = old;
    if (fits) {
        semaphore->header.signal_state = old + adjustment;
        if (!is_list_empty(&semaphore->header.wait_list_head))
            ki_wait_test(&semaphore->header, increment);
    }
    ki_unlock_dispatcher_database(irql);
    return fits ? STATUS_SUCCESS : STATUS_SEMAPHORE_LIMIT_EXCEEDED;
}

int32_t ke_read_state_semaphore(const struct ksemaphore *semaphore)
{
    return semaphore->header.signal_state;
}
