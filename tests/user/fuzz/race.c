/* The racers: they take away what the worker passes, while it passes it. */
#include "tests/user/fuzz/fuzz.h"

#define MOST_CALLS 1500u

static uint32_t randoms[RACERS];
static HANDLE racers[RACERS];

static uint32_t below(uint32_t *random, uint32_t limit)
{
    return fuzz_next(random) % limit;
}

/* Some pages of the arena. */
static void choose_pages(uint32_t *random, uint32_t *base, uint32_t *size)
{
    *base = ARENA + below(random, ARENA_PAGES) * PAGE_BYTES;
    *size = (1 + below(random, 4)) * PAGE_BYTES;
}

static uint32_t decommit(uint32_t *random)
{
    uint32_t base, size;

    choose_pages(random, &base, &size);
    return FUZZ_CALL(NtFreeVirtualMemory, -1u, (uint32_t)&base, (uint32_t)&size, MEM_DECOMMIT);
}

static uint32_t commit(uint32_t *random)
{
    uint32_t base, size;

    choose_pages(random, &base, &size);
    return FUZZ_CALL(NtAllocateVirtualMemory, -1u, (uint32_t)&base, 0, (uint32_t)&size, MEM_COMMIT,
                     PAGE_READWRITE);
}

static uint32_t protect(uint32_t *random)
{
    static const uint32_t protections[] = {PAGE_READWRITE, PAGE_READONLY, PAGE_NOACCESS,
                                           PAGE_READWRITE | PAGE_GUARD, PAGE_EXECUTE_READ};
    uint32_t base, size, old;

    choose_pages(random, &base, &size);
    return FUZZ_CALL(NtProtectVirtualMemory, -1u, (uint32_t)&base, (uint32_t)&size,
                     protections[below(random, COUNT_OF(protections))], (uint32_t)&old);
}

static uint32_t lock(uint32_t *random)
{
    uint32_t base, size;

    choose_pages(random, &base, &size);
    return below(random, 2)
               ? FUZZ_CALL(NtLockVirtualMemory, -1u, (uint32_t)&base, (uint32_t)&size, 1)
               : FUZZ_CALL(NtUnlockVirtualMemory, -1u, (uint32_t)&base, (uint32_t)&size, 1);
}

/* All of it, and anew. */
static uint32_t free_all(uint32_t *random)
{
    uint32_t base = ARENA, size = 0;

    FUZZ_CALL(NtFreeVirtualMemory, -1u, (uint32_t)&base, (uint32_t)&size, MEM_RELEASE);
    size = ARENA_PAGES * PAGE_BYTES;
    return FUZZ_CALL(NtAllocateVirtualMemory, -1u, (uint32_t)&base, 0, (uint32_t)&size,
                     MEM_RESERVE | (below(random, 2) ? MEM_COMMIT : 0), PAGE_READWRITE);
}

static uint32_t unmap(uint32_t *random)
{
    (void)random;
    return FUZZ_CALL(NtUnmapViewOfSection, -1u, VIEW);
}

static uint32_t map(uint32_t *random)
{
    uint32_t base = VIEW, size = 0, section = fuzz_known_handle(fuzz_next(random) << 8 | 2);

    return FUZZ_CALL(NtMapViewOfSection, section, -1u, (uint32_t)&base, 0, 0, 0, (uint32_t)&size,
                     1 + below(random, 2), 0, below(random, 3) ? PAGE_READWRITE : PAGE_WRITECOPY);
}

static uint32_t close(uint32_t *random)
{
    return FUZZ_CALL(NtClose, fuzz_known_handle(fuzz_next(random)));
}

static uint32_t set_event(uint32_t *random)
{
    return FUZZ_CALL(NtSetEvent, fuzz_known_handle(fuzz_next(random) << 8 | TYPE_EVENT));
}

/* Nobody changes what is passed more quickly than by writing there. */
static uint32_t scribble(uint32_t *random)
{
    uint32_t words[16];

    for (uint32_t i = 0; i < COUNT_OF(words); i++)
        words[i] = fuzz_next(random) >> below(random, 32);
    return fuzz_copy((void *)(ARENA + below(random, ARENA_PAGES * PAGE_BYTES)), words,
                     sizeof(words));
}

static uint32_t scribble_scratch(uint32_t *random)
{
    uint32_t value = fuzz_next(random) >> below(random, 32);

    return fuzz_copy((char *)fuzz_scratch(below(random, FUZZ_ARGUMENTS)) + below(random, 64),
                     &value, sizeof(value));
}

static void NTAPI race(void *number)
{
    static uint32_t (*const tricks[])(uint32_t *) = {
        decommit, commit,   commit, protect, protect,   lock,     free_all,        unmap,
        map,      scribble, close,  map,     set_event, scribble, scribble_scratch};
    uint32_t n = (uint32_t)number, *random = &randoms[n];

    for (uint32_t i = 0; i < MOST_CALLS; i++) {
        int64_t interval = -1 - (int64_t)below(random, 500); /* up to 50 microseconds */
        fuzz_add_to_hash(&state->race_hash[n], tricks[below(random, COUNT_OF(tricks))](random));
        state->race_calls[n]++;
        FUZZ_CALL(NtDelayExecution, 0, (uint32_t)&interval);
    }
    FUZZ_CALL(NtTerminateThread, -2u, 0);
}

void fuzz_make_racers(void)
{
    for (uint32_t i = 0; i < RACERS; i++) {
        randoms[i] = fuzz_random() | 1;
        RtlCreateUserThread(CURRENT_PROCESS, NULL, TRUE, 0, 0x10000, 0x4000, (void *)race,
                            (void *)i, &racers[i], NULL);
    }
}

void fuzz_release_racers(void)
{
    for (uint32_t i = 0; i < RACERS; i++) {
        FUZZ_CALL(NtResumeThread, (uint32_t)racers[i], 0);
        FUZZ_CALL(NtClose, (uint32_t)racers[i]);
    }
}
