/*
 * Push locks (EX_PUSH_LOCK): shared by many or exclusive to one, for code below DISPATCH_LEVEL. The
 * holder is in a critical region, so it is not terminated; it may wait and take page faults. Nobody
 * overtakes: who comes while others wait, waits behind them.
 */
#pragma once

#include "kernel/ke/wait.h"

struct ex_push_lock {
    volatile uint32_t value; /* bit 0: exclusive; bit 1: there are waiters; above: how many share */
    struct kthread *owner;   /* of the exclusive lock, for the debugger; the owner's */
    struct list_entry waiters; /* guarded by the push-lock spin lock, as are these: */
    const char *name;
    struct list_entry links; /* all push locks that have a name */
};

/* Give LOCK its NAME, under which `!locks` shows it. */
void ex_initialize_push_lock(struct ex_push_lock *lock, const char *name);
/* Nobody holds it or waits for it: it is not shown any more. */
void ex_delete_push_lock(struct ex_push_lock *lock);

/* Up to APC_LEVEL. Taking it again, either way, is a deadlock; when exclusive, bug check C4h. */
void ex_acquire_push_lock_exclusive(struct ex_push_lock *lock);
void ex_release_push_lock_exclusive(struct ex_push_lock *lock);
void ex_acquire_push_lock_shared(struct ex_push_lock *lock);
void ex_release_push_lock_shared(struct ex_push_lock *lock);

/* Call VISIT for each push lock; the machine is stopped, or the spin lock not needed. */
void ex_visit_push_locks(void (*visit)(const struct ex_push_lock *lock));
uint32_t ex_push_lock_waiters(const struct ex_push_lock *lock);
