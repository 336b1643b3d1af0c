/* Push locks, fast mutexes and system worker threads. */
#include "kernel/ex/push_lock.h"
#include "kernel/ex/worker.h"
#include "kernel/ke/fast_mutex.h"
#include "tests/kernel/threads.h"

#define ABOVE (TEST_PRIORITY + 2)

/* ---- push locks
 * ------------------------------------------------------------------------------------ */

static struct ex_push_lock lock;

struct holder {
    bool exclusive;
    struct kevent let_go;
    bool has_it;
    struct ethread *thread;
};

static void hold(void *context)
{
    struct holder *h = context;

    if (h->exclusive)
        ex_acquire_push_lock_exclusive(&lock);
    else
        ex_acquire_push_lock_shared(&lock);
    h->has_it = true;
    ke_wait_for_single_object(&h->let_go, WR_USER_REQUEST, KERNEL_MODE, false, NULL);
    h->has_it = false;
    if (h->exclusive)
        ex_release_push_lock_exclusive(&lock);
    else
        ex_release_push_lock_shared(&lock);
}

static bool start(struct ktest *test, struct holder *h, bool exclusive)
{
    *h = (struct holder){.exclusive = exclusive};
    ke_initialize_event(&h->let_go, EVENT_NOTIFICATION_OBJECT, false);
    h->thread = ktest_thread(test, ABOVE, hold, h);
    return h->thread != NULL;
}

static void finish(struct holder *h)
{
    ke_set_event(&h->let_go, 0);
    ktest_join(h->thread);
}

KTEST(push_lock, shared_by_many_or_exclusive_to_one)
{
    struct holder a, b, c, d;

    ex_initialize_push_lock(&lock, "test");
    ktest_assert(test, start(test, &a, false) && start(test, &b, false));
    ktest_assert(test, a.has_it && b.has_it);
    ktest_assert(test, start(test, &c, true));
    ktest_assert(test, !c.has_it);
    ktest_assert_eq(test, c.thread->tcb.wait_reason, WR_PUSH_LOCK);
    ktest_assert(test, start(test, &d, false)); /* it must not overtake c */
    ktest_assert(test, !d.has_it);
    ktest_assert_eq(test, ex_push_lock_waiters(&lock), 2);
    finish(&a);
    ktest_assert(test, !c.has_it);
    finish(&b);
    ktest_assert(test, c.has_it && !d.has_it);
    ktest_assert_eq(test, (uintptr_t)lock.owner, (uintptr_t)&c.thread->tcb);
    finish(&c);
    ktest_assert(test, d.has_it);
    finish(&d);
    ktest_assert_eq(test, lock.value, 0);
    ex_delete_push_lock(&lock);
}

KTEST(push_lock, goes_to_all_that_share_at_once)
{
    struct holder owner, shared[3], last;

    ex_initialize_push_lock(&lock, "test");
    ktest_assert(test, start(test, &owner, true));
    for (uint32_t i = 0; i < 3; i++)
        ktest_assert(test, start(test, &shared[i], false));
    ktest_assert(test, start(test, &last, true));
    finish(&owner);
    ktest_assert(test, shared[0].has_it && shared[1].has_it && shared[2].has_it && !last.has_it);
    for (uint32_t i = 0; i < 3; i++)
        finish(&shared[i]);
    ktest_assert(test, last.has_it);
    finish(&last);
    ktest_assert_eq(test, lock.value, 0);
    ex_delete_push_lock(&lock);
}

KTEST(push_lock, holder_is_not_terminated)
{
    struct holder h;

    ex_initialize_push_lock(&lock, "test");
    ktest_assert(test, start(test, &h, true));
    ps_terminate_thread(h.thread, STATUS_UNSUCCESSFUL);
    ktest_assert(test, h.has_it);
    ktest_assert_eq(test, (uint16_t)h.thread->tcb.kernel_apc_disable, 0xFFFF);
    ke_set_event(&h.let_go, 0);
    ktest_assert_eq(test, ktest_join(h.thread), STATUS_UNSUCCESSFUL);
    ktest_assert_eq(test, lock.value, 0);
    ex_delete_push_lock(&lock);
}

#define WRITERS 3u
#define ROUNDS  2000u

static volatile uint32_t guarded, readers_inside, wrong;

static void write_often(void *context)
{
    (void)context;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        ex_acquire_push_lock_exclusive(&lock);
        uint32_t seen = guarded;
        wrong += readers_inside != 0;
        if (i % 16 == 0)
            ke_yield_execution();
        guarded = seen + 1;
        ex_release_push_lock_exclusive(&lock);
        if (i % 5 == 0)
            ke_yield_execution();
    }
}

static void read_often(void *context)
{
    (void)context;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        ex_acquire_push_lock_shared(&lock);
        interlocked_increment(&readers_inside);
        uint32_t seen = guarded;
        if (i % 16 == 0)
            ke_yield_execution();
        wrong += guarded != seen;
        interlocked_decrement(&readers_inside);
        ex_release_push_lock_shared(&lock);
        if (i % 7 == 0)
            ke_yield_execution();
    }
}

KTEST(push_lock, keeps_writers_apart_from_everybody)
{
    struct ethread *threads[2 * WRITERS];

    ex_initialize_push_lock(&lock, "test");
    guarded = readers_inside = wrong = 0;
    for (uint32_t i = 0; i < 2 * WRITERS; i++)
        ktest_assert(test,
                     (threads[i] = ktest_thread(test, 5, i % 2 ? read_often : write_often, NULL)));
    for (uint32_t i = 0; i < 2 * WRITERS; i++)
        ktest_join(threads[i]);
    ktest_assert_eq(test, guarded, WRITERS * ROUNDS);
    ktest_assert_eq(test, wrong, 0);
    ktest_assert_eq(test, lock.value, 0);
    ex_delete_push_lock(&lock);
}

/* ---- fast mutexes
 * ---------------------------------------------------------------------------------- */

static struct fast_mutex mutex;

static void hold_mutex(void *context)
{
    struct holder *h = context;

    ex_acquire_fast_mutex(&mutex);
    h->has_it = true;
    ke_wait_for_single_object(&h->let_go, WR_USER_REQUEST, KERNEL_MODE, false, NULL);
    h->has_it = false;
    ex_release_fast_mutex(&mutex);
}

KTEST(fast_mutex, is_handed_over_in_order)
{
    struct holder h[3];

    ex_initialize_fast_mutex(&mutex);
    for (uint32_t i = 0; i < 3; i++) {
        h[i] = (struct holder){.has_it = false};
        ke_initialize_event(&h[i].let_go, EVENT_NOTIFICATION_OBJECT, false);
        ktest_assert(test, (h[i].thread = ktest_thread(test, ABOVE, hold_mutex, &h[i])));
    }
    for (uint32_t i = 0; i < 3; i++) {
        for (uint32_t j = 0; j < 3; j++)
            ktest_assert_eq(test, h[j].has_it, i == j);
        ktest_assert_eq(test, (uintptr_t)mutex.owner, (uintptr_t)&h[i].thread->tcb);
        ktest_assert_eq(test, h[i].thread->tcb.wait_irql, APC_LEVEL);
        finish(&h[i]);
    }
    ktest_assert_eq(test, mutex.count, 1);
    ktest_assert_eq(test, mutex.contention, 2);
}

/* ---- worker threads
 * -------------------------------------------------------------------------------- */

static struct kevent done;
static uint32_t works, work_priority, work_irql;

static void do_work(void *context)
{
    works++;
    work_priority = (uint32_t)ke_get_current_thread()->base_priority;
    work_irql = ke_get_current_irql();
    (void)context;
    ke_set_event(&done, 0);
}

KTEST(worker, runs_what_was_queued_at_passive_level)
{
    struct work_queue_item item;

    works = 0;
    ke_initialize_event(&done, EVENT_SYNCHRONIZATION_OBJECT, false);
    ex_initialize_work_item(&item, do_work, NULL);
    for (uint32_t queue = 0; queue < WORK_QUEUES; queue++) {
        kirql irql = ke_raise_irql(DISPATCH_LEVEL);
        ktest_assert(test, ex_queue_work_item(&item, queue));
        ktest_assert(test, !ex_queue_work_item(&item, queue)); /* it is queued */
        ke_lower_irql(irql);
        ktest_assert_eq(test, ktest_wait(&done, 60000), STATUS_SUCCESS);
        ktest_assert_eq(test, works, queue + 1);
        ktest_assert_eq(test, work_irql, PASSIVE_LEVEL);
        ktest_assert_eq(test, work_priority, queue == CRITICAL_WORK_QUEUE ? 13 : 12);
        ktest_assert(test, !item.queued);
    }
}
