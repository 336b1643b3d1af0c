/* A life: up to LIFE calls, in a process that may be ruined by any of them. */
#include "tests/user/fuzz/fuzz.h"

#define INVALID_SERVICE 0xC000001Cu
#define HASH_BEGIN      2166136261u /* FNV-1a, 32 bits */
#define HASH_FACTOR     16777619u

static HANDLE worker; /* its thread's id */

uint32_t fuzz_next(volatile uint32_t *random)
{
    uint32_t x = *random; /* xorshift32 (Marsaglia, 2003) */

    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *random = x;
}

uint32_t fuzz_random(void)
{
    return fuzz_next(&state->random);
}

uint32_t fuzz_below(uint32_t limit)
{
    return (fuzz_random() >> 4) % limit;
}

void fuzz_add_to_hash(volatile uint32_t *hash, uint32_t value)
{
    *hash = ((*hash ? *hash : HASH_BEGIN) ^ value) * HASH_FACTOR;
}

/* ---- one call -----------------------------------------------------------------------------------
 */

/* The processor knows SYSENTER if the kernel says that it is to be used: mov %esp, %edx; sysenter
 */
static bool has_sysenter(void)
{
    const uint8_t *code = *(const uint8_t *const *)0x7FFE0300;

    return code[0] == 0x8B && code[2] == 0x0F && code[3] == 0x34;
}

/* Nearly the number of a service. */
static uint32_t wrong_number(void)
{
    const uint32_t numbers[] = {FUZZ_SERVICES,
                                FUZZ_SERVICES + fuzz_below(64),
                                0x1000 + fuzz_below(FUZZ_SERVICES),
                                0x2000 + fuzz_below(FUZZ_SERVICES),
                                0x80000000 + fuzz_below(FUZZ_SERVICES),
                                -1u - fuzz_below(FUZZ_SERVICES),
                                fuzz_below(FUZZ_SERVICES) << 16 | 0xFFF0,
                                FUZZ_SERVICES + (fuzz_random() >> 1)};

    return FUZZ_PICK(numbers);
}

/* WORDS, passed as a program does, or from where they can be read only in part or not at all. */
static uint32_t call(uint32_t number, uint32_t *words)
{
    if (fuzz_one_in(64)) {
        uint32_t at = fuzz_address();
        if (at - ARENA < ARENA_PAGES * PAGE_BYTES)
            fuzz_copy((void *)at, words, FUZZ_ARGUMENTS * 4);
        return fuzz_worker_interrupt(number, (void *)at);
    }
    if (has_sysenter() && fuzz_one_in(2))
        return fuzz_worker_sysenter(number, words);
    return fuzz_worker_interrupt(number, words);
}

/* Kinds whose pointer, if there is one, the service must have looked behind when it succeeds. */
static bool must_be_readable(enum fuzz_kind kind)
{
    switch (kind) {
    case IO_BASE:
    case IO_SIZE:
    case OUT_WORD:
    case OUT_QUAD:
    case OPTIONAL_WORD:
    case STATUS_BLOCK:
    case TIMEOUT:
    case OFFSET:
    case SECTION_SIZE:
    case ATTRIBUTES:
    case NAME:
    case NAME_BUFFER:
    case A_CONTEXT:
    case OWN_CONTEXT:
    case RECORD:
    case STACK:
    case CLIENT:
    case OUT_CLIENT:
        return true;
    default:
        return kind >= OUT_PROCESS && kind <= OUT_ANY;
    }
}

/* STATUS cannot be: success, though a pointer leads behind user space, where no program has memory,
 * or from a service that is none. */
static bool is_wrong(const struct fuzz_service *service, const uint32_t *words, uint32_t status)
{
    if (!service)
        return status != INVALID_SERVICE && status != (uint32_t)STATUS_GUARD_PAGE_VIOLATION;
    for (uint32_t i = 0; (int32_t)status >= 0 && i < service->words; i++)
        if (must_be_readable(service->kinds[i]) && words[i] > state->highest_user_address)
            return true;
    return false;
}

static void learn(const struct fuzz_service *service, const uint32_t *words)
{
    for (uint32_t i = 0; i < service->words; i++)
        if (service->kinds[i] >= OUT_PROCESS && service->kinds[i] <= OUT_ANY &&
            words[i] == (uint32_t)fuzz_scratch(i))
            fuzz_learn_handle((enum fuzz_type)(service->kinds[i] - OUT_PROCESS),
                              *(uint32_t *)fuzz_scratch(i));
}

static void make_call(void)
{
    uint32_t number = fuzz_one_in(64) ? wrong_number() : fuzz_below(FUZZ_SERVICES);
    const struct fuzz_service *service = number < FUZZ_SERVICES ? &fuzz_services[number] : NULL;
    uint32_t words[FUZZ_ARGUMENTS] = {0};

    for (uint32_t i = 0; service && i < service->words; i++)
        words[i] = fuzz_argument(service->kinds[i], i);
    state->number = number;
    for (uint32_t i = 0; i < FUZZ_ARGUMENTS; i++)
        state->arguments[i] = words[i];
    state->calls++;
    uint32_t status = call(number, words);
    fuzz_add_to_hash(&state->hash, status);
    state->succeeded += (int32_t)status >= 0;
    if (is_wrong(service, words, status)) {
        state->wrong++;
        fuzz_say_call("must have failed");
    }
    if (service && (int32_t)status >= 0)
        learn(service, words);
}

/* ---- the life -----------------------------------------------------------------------------------
 */

void NTAPI fuzz_work(void *unused)
{
    (void)unused;
    worker = current_teb()->client_id.thread;
    fuzz_make_racers();
    fuzz_find_own_memory();
    fuzz_make_handles();
    fuzz_make_memory();
    fuzz_release_racers();
    for (uint32_t i = 0; i < LIFE && state->calls < state->calls_wanted; i++) {
        if (i % 32 == 31)
            fuzz_repair_memory();
        make_call();
    }
    FUZZ_CALL(NtTerminateProcess, -1u, 0);
}

/* A thread that services made, in a process of the worker's. */
void NTAPI fuzz_short_life(void)
{
    for (uint32_t i = 0; i < 20; i++)
        FUZZ_CALL(NtYieldExecution, 0);
    FUZZ_CALL(NtTerminateThread, -2u, 0);
}

/* Whatever a call did: the worker goes on behind it, and so does who copies; others end. */
LONG NTAPI fuzz_exception(EXCEPTION_POINTERS *pointers)
{
    CONTEXT *context = pointers->ContextRecord;

    if (context->Eip >= (uint32_t)fuzz_copy && context->Eip < (uint32_t)fuzz_copy_end)
        context->Eip = (uint32_t)fuzz_copy_end;
    else if (current_teb()->client_id.thread == worker)
        context->Eip = (uint32_t)fuzz_resume;
    else
        FUZZ_CALL(NtTerminateThread, -2u, 0);
    context->Eax = pointers->ExceptionRecord->ExceptionCode;
    context->SegDs = context->SegEs = 0x23;
    context->EFlags = 0x202;
    return EXCEPTION_CONTINUE_EXECUTION;
}
