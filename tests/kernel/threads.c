/* Threads for tests. */
#include "tests/kernel/threads.h"

struct ethread *ktest_thread(struct ktest *test, int8_t priority, void (*routine)(void *),
                             void *context)
{
    struct ethread *thread = NULL;

    if (!NT_SUCCESS(ps_create_system_thread(&thread, priority, routine, context)))
        ktest_fail(test, __FILE__, __LINE__, "a thread could not be created");
    return thread;
}

ntstatus ktest_join(struct ethread *thread)
{
    ntstatus status = ps_wait_for_thread(thread);

    ob_dereference_object(thread);
    return status;
}

uint8_t ktest_state(const struct ethread *thread)
{
    return *(const volatile uint8_t *)&thread->tcb.state;
}

ntstatus ktest_wait(void *object, uint32_t milliseconds)
{
    int64_t timeout = MILLISECONDS(milliseconds);

    return ke_wait_for_single_object(object, WR_USER_REQUEST, KERNEL_MODE, false, &timeout);
}
