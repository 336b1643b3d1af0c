/*
 * Push locks. One word tells all that matters to those who need not wait:
 *
 *      0                      free
 *      EXCLUSIVE              one owner
 *      n * SHARE              n sharers
 *      ... | WAITERS          and somebody waits: whoever comes waits too, whoever gives the lock
 *                             back passes it on
 *
 * Without waiters taking and giving back is one locked instruction. Waiters stand in a queue, each
 * with an event on its own stack; the lock is handed to the first, and when that one shares, to all
 * that share behind it up to the next that does not.
 */
#include "kernel/ex/push_lock.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/dbgprint.h"

#define EXCLUSIVE     1u
#define WAITERS       2u
#define SHARE         4u
#define SELF_DEADLOCK 0x1000u /* parameter 1 of bug check C4h */

struct waiter {
    struct list_entry links; /* the lock's queue */
    bool exclusive;
    struct kevent granted;
};

static struct kspin_lock queue_lock = KSPIN_LOCK_OF_RANK(LOCK_RANK_PUSH_LOCK);
static struct list_entry all = {&all, &all}; /* guarded by queue_lock */

void ex_initialize_push_lock(struct ex_push_lock *lock, const char *name)
{
    *lock = (struct ex_push_lock){.name = name};
    initialize_list_head(&lock->waiters);
    kirql irql = ke_acquire_spin_lock(&queue_lock);
    insert_tail_list(&all, &lock->links);
    ke_release_spin_lock(&queue_lock, irql);
}

void ex_delete_push_lock(struct ex_push_lock *lock)
{
    kirql irql = ke_acquire_spin_lock(&queue_lock);

    remove_entry_list(&lock->links);
    ke_release_spin_lock(&queue_lock, irql);
}

/* ---- the slow ways ----------------------------------------------------------------------------
 */

static inline uint32_t grant_of(bool exclusive)
{
    return exclusive ? EXCLUSIVE : SHARE;
}

/* Could it be had now? A sharer is kept out by an owner or by waiters, an owner by anything. */
static inline bool is_free(uint32_t value, bool exclusive)
{
    return exclusive ? value == 0 : !(value & (EXCLUSIVE | WAITERS));
}

/* Take LOCK or mark it as waited for; queue_lock held. => whether it was taken. */
static bool take_or_mark(struct ex_push_lock *lock, bool exclusive)
{
    for (;;) {
        uint32_t value = lock->value;
        bool taken = is_free(value, exclusive);
        uint32_t wanted = taken ? value + grant_of(exclusive) : value | WAITERS;
        if (interlocked_compare_exchange(&lock->value, wanted, value) == value)
            return taken;
    }
}

static __attribute__((noinline)) void wait_for_lock(struct ex_push_lock *lock, bool exclusive)
{
    struct waiter waiter = {.exclusive = exclusive};

    if (lock->owner == ke_get_current_thread()) {
        dbg_print("\npush lock '%s' (%p) is taken again by its owner\n", lock->name, lock);
        ke_bug_check_ex(DRIVER_VERIFIER_DETECTED_VIOLATION, SELF_DEADLOCK, (uintptr_t)lock,
                        (uintptr_t)lock->owner, 0);
    }
    ke_initialize_event(&waiter.granted, EVENT_NOTIFICATION_OBJECT, false);
    kirql irql = ke_acquire_spin_lock(&queue_lock);
    bool taken = take_or_mark(lock, exclusive);
    if (!taken)
        insert_tail_list(&lock->waiters, &waiter.links);
    ke_release_spin_lock(&queue_lock, irql);
    if (!taken)
        ke_wait_for_single_object(&waiter.granted, WR_PUSH_LOCK, KERNEL_MODE, false, NULL);
}

/* The lock is free but for WAITERS: hand it to the first, or to the first few that share.
 * queue_lock held. What is granted is put on the list TO WAKE; the word is ours alone now, because
 * nobody else changes it while WAITERS is set and nobody holds it. */
static void pass_on(struct ex_push_lock *lock, struct list_entry *to_wake)
{
    uint32_t value = 0;

    while (!is_list_empty(&lock->waiters)) {
        struct waiter *first = CONTAINER_OF(lock->waiters.flink, struct waiter, links);
        if (value && first->exclusive)
            break;
        remove_entry_list(&first->links);
        insert_tail_list(to_wake, &first->links);
        value += grant_of(first->exclusive);
        if (first->exclusive)
            break;
    }
    if (!is_list_empty(&lock->waiters))
        value |= WAITERS;
    lock->value = value;
}

static __attribute__((noinline)) void release_to_waiters(struct ex_push_lock *lock, uint32_t grant)
{
    struct list_entry to_wake;
    kirql irql = ke_acquire_spin_lock(&queue_lock);

    initialize_list_head(&to_wake);
    if (interlocked_exchange_add(&lock->value, 0u - grant) - grant == WAITERS)
        pass_on(lock, &to_wake);
    while (!is_list_empty(&to_wake)) {
        struct waiter *next = CONTAINER_OF(remove_head_list(&to_wake), struct waiter, links);
        ke_set_event(&next->granted, IO_NO_INCREMENT); /* its stack may be gone after this */
    }
    ke_release_spin_lock(&queue_lock, irql);
}

/* ---- the quick ways ---------------------------------------------------------------------------
 */

static inline void acquire(struct ex_push_lock *lock, bool exclusive)
{
    ke_assert_irql_at_most(APC_LEVEL);
    ke_enter_critical_region();
    uint32_t value = exclusive ? 0 : lock->value;
    if (unlikely(!is_free(value, exclusive) ||
                 interlocked_compare_exchange(&lock->value, value + grant_of(exclusive), value) !=
                     value))
        wait_for_lock(lock, exclusive);
}

static inline void release(struct ex_push_lock *lock, uint32_t grant)
{
    uint32_t value = lock->value;

    if (unlikely(value & WAITERS ||
                 interlocked_compare_exchange(&lock->value, value - grant, value) != value))
        release_to_waiters(lock, grant);
    ke_leave_critical_region();
}

void ex_acquire_push_lock_exclusive(struct ex_push_lock *lock)
{
    acquire(lock, true);
    lock->owner = ke_get_current_thread();
}

void ex_release_push_lock_exclusive(struct ex_push_lock *lock)
{
    lock->owner = NULL;
    release(lock, EXCLUSIVE);
}

void ex_acquire_push_lock_shared(struct ex_push_lock *lock)
{
    acquire(lock, false);
}

void ex_release_push_lock_shared(struct ex_push_lock *lock)
{
    release(lock, SHARE);
}

/* ---- for the debugger -------------------------------------------------------------------------
 */

void ex_visit_push_locks(void (*visit)(const struct ex_push_lock *lock))
{
    for (const struct list_entry *at = all.flink; at != &all; at = at->flink)
        visit(CONTAINER_OF(at, struct ex_push_lock, links));
}

uint32_t ex_push_lock_waiters(const struct ex_push_lock *lock)
{
    uint32_t count = 0;

    for (const struct list_entry *at = lock->waiters.flink; at != &lock->waiters; at = at->flink)
        count++;
    return count;
}
