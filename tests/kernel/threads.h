/* Threads for tests. */
#pragma once

#include "kernel/ps/ps.h"
#include "tests/kernel/ktest.h"

#define MILLISECONDS(n) (-10000ll * (n))
#define TEST_PRIORITY   NORMAL_BASE_PRIORITY

/* A thread that calls ROUTINE(CONTEXT); a test that cannot have one fails, and gets NULL. */
struct ethread *ktest_thread(struct ktest *test, int8_t priority, void (*routine)(void *),
                             void *context);
/* Wait until it has ended, and give it up. => its exit status. */
ntstatus ktest_join(struct ethread *thread);

/* Its state now (enum kthread_state). */
uint8_t ktest_state(const struct ethread *thread);

/* Wait for OBJECT with a timeout in milliseconds, 0: not at all. */
ntstatus ktest_wait(void *object, uint32_t milliseconds);
