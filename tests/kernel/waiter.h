/* Threads that wait for objects, for the tests of what they wait for. */
#pragma once

#include "tests/kernel/threads.h"

/* Above the test's own priority: such a thread runs up to its wait, and on from it, at once. */
#define ABOVE (TEST_PRIORITY + 2)

/* What a waiter waits for, and how it ended. */
struct waiter {
    uint32_t count;
    void *objects[5];
    enum wait_type type;
    enum kprocessor_mode mode;
    bool alertable;
    const int64_t *timeout;
    struct kwait_block blocks[5];
    ntstatus status; /* STATUS_PENDING while it waits */
    struct ethread *thread;
};

/* Start W's thread; its status tells how the wait goes. => false, and the test has failed. */
bool ktest_start_waiter(struct ktest *test, struct waiter *w);

/* How many wait blocks are on the object's list. */
uint32_t ktest_waiters_on(const struct dispatcher_header *header);
