/*
 * The numbered locks. They are all made at the start: a lock made when first needed would need a
 * lock itself.
 */
#include "crt.h"

static CRITICAL_SECTION locks[CRT_LOCK_COUNT];

void crt_locks_start(void)
{
    for (int i = 0; i < CRT_LOCK_COUNT; i++)
        InitializeCriticalSection(&locks[i]);
}

void __cdecl _lock(int number)
{
    EnterCriticalSection(&locks[number]);
}

void __cdecl _unlock(int number)
{
    LeaveCriticalSection(&locks[number]);
}

bool crt_try_lock(int number)
{
    return TryEnterCriticalSection(&locks[number]);
}
