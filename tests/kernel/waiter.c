/* Threads that wait for objects. */
#include "tests/kernel/waiter.h"

uint32_t ktest_waiters_on(const struct dispatcher_header *header)
{
    uint32_t count = 0;

    for (const struct list_entry *at = header->wait_list_head.flink; at != &header->wait_list_head;
         at = at->flink)
        count++;
    return count;
}

static void wait(void *context)
{
    struct waiter *w = context;

    w->status = STATUS_PENDING;
    w->status = ke_wait_for_multiple_objects(w->count, w->objects, w->type, WR_USER_REQUEST,
                                             w->mode, w->alertable, w->timeout, w->blocks);
}

bool ktest_start_waiter(struct ktest *test, struct waiter *w)
{
    w->thread = ktest_thread(test, ABOVE, wait, w);
    return w->thread != NULL;
}
