/*
 * Slim reader/writer locks: a word with all that there is to know.
 *
 *      | readers in it ........................ | somebody waits | a writer is in it |
 */
#include "user/ntdll/park.h"

#define WRITER  1u
#define WAITERS 2u
#define READER  4u /* one of them */

static uintptr_t read_word(const RTL_SRWLOCK *lock)
{
    void *volatile const *word = &lock->Ptr;

    return (uintptr_t)*word;
}

static bool change(RTL_SRWLOCK *lock, uintptr_t from, uintptr_t to)
{
    return InterlockedCompareExchangePointer(&lock->Ptr, (void *)to, (void *)from) == (void *)from;
}

void NTAPI RtlInitializeSRWLock(RTL_SRWLOCK *lock)
{
    lock->Ptr = NULL;
}

/* Wait because WORD is as it is. */
static void wait(RTL_SRWLOCK *lock, uintptr_t word)
{
    if ((word & WAITERS) || change(lock, word, word | WAITERS))
        rtlp_park(&lock->Ptr, (void *)(word | WAITERS), NULL);
}

BOOLEAN NTAPI RtlTryAcquireSRWLockExclusive(RTL_SRWLOCK *lock)
{
    uintptr_t word = read_word(lock);

    return (word & ~WAITERS) == 0 && change(lock, word, word | WRITER);
}

void NTAPI RtlAcquireSRWLockExclusive(RTL_SRWLOCK *lock)
{
    for (;;) {
        uintptr_t word = read_word(lock);

        if (word & ~WAITERS)
            wait(lock, word);
        else if (change(lock, word, word | WRITER))
            return;
    }
}

/* Readers wait behind a writer that waits, or it might wait for ever. */
static bool can_read(uintptr_t word)
{
    return !(word & (WRITER | WAITERS)) || word == WAITERS;
}

BOOLEAN NTAPI RtlTryAcquireSRWLockShared(RTL_SRWLOCK *lock)
{
    uintptr_t word = read_word(lock);

    return can_read(word) && change(lock, word, word + READER);
}

void NTAPI RtlAcquireSRWLockShared(RTL_SRWLOCK *lock)
{
    for (;;) {
        uintptr_t word = read_word(lock);

        if (!can_read(word))
            wait(lock, word);
        else if (change(lock, word, word + READER))
            return;
    }
}

/* BIT goes; when that makes the lock free, all who wait try again. */
static void release(RTL_SRWLOCK *lock, uintptr_t bit)
{
    uintptr_t word, next;

    do {
        word = read_word(lock);
        next = word - bit;
        if (next == WAITERS)
            next = 0;
    } while (!change(lock, word, next));
    if (next == 0 && (word & WAITERS))
        rtlp_unpark(&lock->Ptr, true);
}

void NTAPI RtlReleaseSRWLockExclusive(RTL_SRWLOCK *lock)
{
    release(lock, WRITER);
}

void NTAPI RtlReleaseSRWLockShared(RTL_SRWLOCK *lock)
{
    release(lock, READER);
}
