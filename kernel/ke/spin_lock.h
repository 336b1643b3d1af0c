/*
 * Spin locks (KSPIN_LOCK). A holder is at DISPATCH_LEVEL, so nothing else runs on its processor but
 * interrupt service routines, which take no spin lock; another processor waits by spinning.
 *
 * Each lock has a rank from the table below, and a processor may take a lock only while all it
 * holds are of lower rank. Then no two can wait for each other. The rule is checked at each
 * acquisition, whether or not anybody else wants the lock: what could deadlock one day stops at
 * once, and both locks are named.
 */
#pragma once

#include "kernel/ke/irql.h"
#include "lib/atomic.h"

/* Outermost first. */
enum ke_lock_rank {
    LOCK_RANK_WORK_QUEUE, /* kernel/ex/worker.c */
    LOCK_RANK_PUSH_LOCK,  /* the waiters of all push locks, kernel/ex/push_lock.c */
    LOCK_RANK_POOL,       /* one pool's blocks and pages */
    LOCK_RANK_COMMIT,     /* the commit charge */
    LOCK_RANK_PFN,        /* the PFN database, page tables, system PTEs */
    LOCK_RANK_TIMER,      /* whom timers call, kernel/ex/timer.c */
    LOCK_RANK_DISPATCHER, /* threads and everything they can wait for */
    LOCK_RANK_TEST_OUTER, /* the self-tests' own */
    LOCK_RANK_TEST_INNER,
    LOCK_RANKS
};
extern const char *const ke_lock_rank_names[LOCK_RANKS];

struct kspin_lock {
    volatile uint32_t held; /* 1: by a processor */
    uint32_t rank_bit;
};

#define KSPIN_LOCK_OF_RANK(rank) \
    {                            \
        0, 1u << (rank)          \
    }

/* Bugchecks that name the lock wanted and the one held. */
NORETURN void ki_spin_lock_order(const struct kspin_lock *wanted);
NORETURN void ki_spin_lock_not_owned(const struct kspin_lock *lock);
void ki_wait_for_spin_lock(struct kspin_lock *lock);

/* At DISPATCH_LEVEL. */
static inline void ke_acquire_spin_lock_at_dpc_level(struct kspin_lock *lock)
{
    uint32_t held = KPCR_READ(held_locks);

    if (unlikely(held >= lock->rank_bit))
        ki_spin_lock_order(lock);
    KPCR_WRITE(held_locks, held | lock->rank_bit);
    if (unlikely(interlocked_exchange(&lock->held, 1)))
        ki_wait_for_spin_lock(lock);
}

static inline void ke_release_spin_lock_from_dpc_level(struct kspin_lock *lock)
{
    uint32_t held = KPCR_READ(held_locks);

    if (unlikely(!(held & lock->rank_bit)))
        ki_spin_lock_not_owned(lock);
    lock->held = 0; /* stores are not reordered with older stores (SDM volume 3, 8.2.2) */
    KPCR_WRITE(held_locks, held ^ lock->rank_bit);
}

/* ke_acquire_spin_lock without ke_irql_raise_hook: see ke_raise_irql_unchecked. */
static inline kirql ke_acquire_spin_lock_unchecked(struct kspin_lock *lock)
{
    kirql old = KPCR_READ(irql);

    if (unlikely(old > DISPATCH_LEVEL))
        ki_unexpected_irql(DISPATCH_LEVEL);
    KPCR_WRITE(irql, DISPATCH_LEVEL);
    ke_acquire_spin_lock_at_dpc_level(lock);
    return old;
}

/* Raise to DISPATCH_LEVEL, from there or below, and take LOCK. => the old level. */
static inline kirql ke_acquire_spin_lock(struct kspin_lock *lock)
{
    kirql old = KPCR_READ(irql);

    if (unlikely(old > DISPATCH_LEVEL))
        ki_unexpected_irql(DISPATCH_LEVEL);
    KPCR_WRITE(irql, DISPATCH_LEVEL);
    if (unlikely(ke_irql_raise_hook) && old < DISPATCH_LEVEL)
        ke_irql_raise_hook(); /* which takes locks of its own */
    ke_acquire_spin_lock_at_dpc_level(lock);
    return old;
}

/* Give LOCK back and lower to OLD. */
static inline void ke_release_spin_lock(struct kspin_lock *lock, kirql old)
{
    ke_release_spin_lock_from_dpc_level(lock);
    KPCR_WRITE(irql, old); /* which cannot be above: who holds a lock is at DISPATCH_LEVEL */
    if (unlikely(KPCR_READ(pending_irql) > old))
        ki_deliver_pending(old);
}

/* Does this processor hold LOCK, or another of its rank? */
static inline bool ke_holds_spin_lock(const struct kspin_lock *lock)
{
    return (KPCR_READ(held_locks) & lock->rank_bit) != 0;
}

/* What a contract says about LOCK; bug check 10h. */
static inline void ke_assert_spin_lock_held(const struct kspin_lock *lock)
{
    if (unlikely(!ke_holds_spin_lock(lock)))
        ki_spin_lock_not_owned(lock);
}
