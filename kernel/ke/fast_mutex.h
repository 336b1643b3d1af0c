/*
 * Fast mutexes (FAST_MUTEX): one owner, at APC_LEVEL, so that it is not terminated and runs no APC
 * that could want the mutex too. It may wait and take page faults. Taking one costs a locked
 * instruction when it is free; who has to wait gets it handed over, in order.
 */
#pragma once

#include "kernel/ke/wait.h"

struct fast_mutex {
    volatile uint32_t count; /* 1: free; 0: owned; below, as signed: that many wait as well */
    struct kthread *owner;   /* the owner's */
    uint32_t contention;     /* times it had to be waited for; the owner's */
    kirql old_irql;          /* the owner's, from before */
    struct kevent event;     /* for those who wait */
};

void ex_initialize_fast_mutex(struct fast_mutex *mutex);

/* Up to APC_LEVEL; the level is APC_LEVEL until the mutex is released. Taking it twice is bug check
 * C4h. (ExAcquireFastMutex) */
void ex_acquire_fast_mutex(struct fast_mutex *mutex);
void ex_release_fast_mutex(struct fast_mutex *mutex);

static inline bool ex_is_fast_mutex_owned(const struct fast_mutex *mutex)
{
    return mutex->count != 1;
}

/* What a contract says: the current thread owns MUTEX. Bug check C4h if it does not. */
NORETURN void ki_fast_mutex_not_owned(const struct fast_mutex *mutex);
static inline void ex_assert_fast_mutex_held(const struct fast_mutex *mutex)
{
    if (unlikely(mutex->owner != ke_get_current_thread()))
        ki_fast_mutex_not_owned(mutex);
}
