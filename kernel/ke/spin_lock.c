/* The ranks' names, and what happens to those who break the rules. */
#include "kernel/ke/spin_lock.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/dbgprint.h"

/* Parameter 1 of bug check C4h: locks taken in an order that can deadlock. */
#define LOCK_HIERARCHY_VIOLATION 0x1001u

const char *const ke_lock_rank_names[LOCK_RANKS] = {
    [LOCK_RANK_WORK_QUEUE] = "work queue",
    [LOCK_RANK_PUSH_LOCK] = "push lock waiters",
    [LOCK_RANK_POOL] = "pool",
    [LOCK_RANK_COMMIT] = "commit charge",
    [LOCK_RANK_PFN] = "PFN",
    [LOCK_RANK_TIMER] = "timer",
    [LOCK_RANK_DISPATCHER] = "dispatcher",
    [LOCK_RANK_TEST_OUTER] = "test outer",
    [LOCK_RANK_TEST_INNER] = "test inner",
};

static uint32_t rank_of(uint32_t bits)
{
    return 31 - (uint32_t)__builtin_clz(bits);
}

void ki_spin_lock_order(const struct kspin_lock *wanted)
{
    uint32_t held = KPCR_READ(held_locks);
    uint32_t inner = rank_of(held), rank = rank_of(wanted->rank_bit);

    dbg_print("\nspin locks: '%s' (rank %u) is wanted while '%s' (rank %u) is held\n",
              ke_lock_rank_names[rank], rank, ke_lock_rank_names[inner], inner);
    if (held & wanted->rank_bit)
        ke_bug_check_ex(SPIN_LOCK_ALREADY_OWNED, (uintptr_t)wanted, rank, inner, held);
    ke_bug_check_ex(DRIVER_VERIFIER_DETECTED_VIOLATION, LOCK_HIERARCHY_VIOLATION, (uintptr_t)wanted,
                    rank, inner);
}

void ki_spin_lock_not_owned(const struct kspin_lock *lock)
{
    uint32_t rank = rank_of(lock->rank_bit);

    dbg_print("\nspin locks: '%s' (rank %u) is given back or needed by a processor that does not "
              "hold it\n",
              ke_lock_rank_names[rank], rank);
    ke_bug_check_ex(SPIN_LOCK_NOT_OWNED, (uintptr_t)lock, rank, KPCR_READ(held_locks), 0);
}

void ki_wait_for_spin_lock(struct kspin_lock *lock)
{
    do {
        while (lock->held) /* read until it looks free: that keeps the bus quiet */
            __asm__ volatile("pause");
    } while (interlocked_exchange(&lock->held, 1));
}
