/*
 * The first process of a batch: it gives each life its start, ends what does not go on or is left,
 * and says at the end what came of the batch.
 */
#include "tests/user/fuzz/fuzz.h"

#define LOOK_AGAIN     (-50000ll) /* 5 ms */
#define LOOKS_AT_MOST  5u         /* without a call in between */
#define LOOKS_AT_FIRST 100u
#define LIVES_AT_MOST  20u /* the same */
#define GRANULARITY    0x10000u

/* ---- the view that all lives have ---------------------------------------------------------------
 */

static bool reserve(uint32_t base)
{
    uint32_t size = GRANULARITY;

    return (int32_t)FUZZ_CALL(NtAllocateVirtualMemory, -1u, (uint32_t)&base, 0, (uint32_t)&size,
                              MEM_RESERVE, PAGE_NOACCESS) >= 0;
}

static bool make_state(void)
{
    const LARGE_INTEGER bytes = {.QuadPart = PAGE_BYTES};
    uint32_t section, base = STATE, size = 0;

    if ((int32_t)FUZZ_CALL(NtCreateSection, (uint32_t)&section, SECTION_ALL_ACCESS, 0,
                           (uint32_t)&bytes, PAGE_READWRITE, SEC_COMMIT, 0) < 0)
        return false;
    uint32_t status = FUZZ_CALL(NtMapViewOfSection, section, -1u, (uint32_t)&base, 0, 0, 0,
                                (uint32_t)&size, VIEW_SHARE, 0, PAGE_READWRITE);
    FUZZ_CALL(NtClose, section);
    /* What writes too far must not come by. */
    return (int32_t)status >= 0 && reserve(STATE - GRANULARITY) && reserve(STATE + GRANULARITY);
}

/* ---- lives --------------------------------------------------------------------------------------
 */

static uint32_t last_id; /* of the process that was made last */

static uint32_t id_of(uint32_t process)
{
    struct nt_process_basic_information info = {0};

    FUZZ_CALL(NtQueryInformationProcess, process, 0, (uint32_t)&info, sizeof(info), 0);
    return info.unique_process_id;
}

static void end(uint32_t process)
{
    const int64_t second = -10000000;

    FUZZ_CALL(NtTerminateProcess, process, 0);
    FUZZ_CALL(NtWaitForSingleObject, process, 0, (uint32_t)&second);
    FUZZ_CALL(NtClose, process);
}

/* All that lives have made and left has an id between those of two clones. */
static void end_processes_between(uint32_t from, uint32_t to)
{
    static const OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes)};

    for (uint32_t id = from + 4; id < to; id += 4) {
        const uint32_t client[2] = {id, 0};
        uint32_t process;
        if ((int32_t)FUZZ_CALL(NtOpenProcess, (uint32_t)&process, MAXIMUM_ALLOWED,
                               (uint32_t)&attributes, (uint32_t)client) >= 0)
            end(process);
    }
}

/* => a clone, when all others have been ended. 0: there is none to be had. */
static uint32_t clone(void)
{
    uint32_t process, id;

    if ((int32_t)FUZZ_CALL(NtCreateProcess, (uint32_t)&process, PROCESS_ALL_ACCESS, 0, -1u, 0, 0, 0,
                           0) < 0)
        return 0;
    id = id_of(process);
    end_processes_between(last_id, id);
    last_id = id;
    return process;
}

/* Until it has ended, or makes no call any more. The first may take a while. */
static void watch(uint32_t process)
{
    const int64_t interval = LOOK_AGAIN;
    uint32_t first = state->calls, calls = first, looks = 0, most = LOOKS_AT_FIRST;

    while (FUZZ_CALL(NtWaitForSingleObject, process, 0, (uint32_t)&interval) == STATUS_TIMEOUT &&
           looks < most) {
        looks = state->calls == calls ? looks + 1 : 0;
        calls = state->calls;
        most = calls == first ? LOOKS_AT_FIRST : LOOKS_AT_MOST;
    }
    state->killed += looks >= most;
}

static void live(void)
{
    uint32_t process = clone();
    HANDLE thread;

    state->lives++;
    if (!process)
        return;
    if (RtlCreateUserThread((HANDLE)process, NULL, FALSE, 0, 0x20000, 0x8000, (void *)fuzz_work,
                            NULL, &thread, NULL) >= 0) {
        FUZZ_CALL(NtClose, (uint32_t)thread);
        watch(process);
    }
    end(process);
}

/* => whether all calls were made. */
static bool live_on(void)
{
    uint32_t useless = 0;

    while (state->calls < state->calls_wanted && useless < LIVES_AT_MOST) {
        uint32_t calls = state->calls;
        live();
        useless = state->calls == calls ? useless + 1 : 0;
    }
    uint32_t last = clone();
    if (last)
        end(last);
    return last && useless < LIVES_AT_MOST;
}

/* ---- words and report ---------------------------------------------------------------------------
 */

static void report(void)
{
    char text[FUZZ_TEXT];
    uint32_t hash = state->hash;

    for (uint32_t i = 0; i < RACERS; i++)
        fuzz_add_to_hash(&hash, state->race_hash[i]);
    sprintf(text, "seed %u: %u calls, %u succeeded, %u wrong, %u lives, %u killed, hash %08x",
            state->seed, state->calls, state->succeeded, state->wrong, state->lives, state->killed,
            hash);
    fuzz_say(text);
    fuzz_say_call("last call");
}

/* The number behind the next blank of *TEXT. */
static uint32_t next_number(const WCHAR **text, const WCHAR *end)
{
    uint32_t number = 0;

    while (*text < end && **text != ' ')
        (*text)++;
    while (*text < end && **text == ' ')
        (*text)++;
    while (*text < end && **text >= '0' && **text <= '9')
        number = number * 10 + *(*text)++ - '0';
    return number;
}

/* Above those whom it looks after. */
static void raise_priority(void)
{
    const uint8_t high[2] = {0, 3};
    const uint32_t highest = 15;

    FUZZ_CALL(NtSetInformationProcess, -1u, 18, (uint32_t)high, sizeof(high));
    FUZZ_CALL(NtSetInformationThread, -2u, 3, (uint32_t)&highest, sizeof(highest));
}

static uint32_t highest_user_address(void)
{
    struct system_basic_information info = {0};

    FUZZ_CALL(NtQuerySystemInformation, 0, (uint32_t)&info, sizeof(info), 0);
    return (uint32_t)info.maximum_user_mode_address;
}

void start(void)
{
    const UNICODE_STRING *line = &current_peb()->process_parameters->command_line;
    const WCHAR *at = line->Buffer, *line_end = at + line->Length / 2;

    if (!make_state())
        FUZZ_CALL(NtTerminateProcess, -1u, 2);
    state->seed = next_number(&at, line_end);
    state->calls_wanted = next_number(&at, line_end);
    state->random = state->seed * 2654435761u | 1;
    state->first_process = (uint32_t)current_teb()->client_id.process;
    state->first_thread = (uint32_t)current_teb()->client_id.thread;
    state->highest_user_address = highest_user_address();
    last_id = state->first_thread;
    RtlAddVectoredExceptionHandler(1, fuzz_exception);
    raise_priority();
    bool whole = live_on();
    report();
    FUZZ_CALL(NtTerminateProcess, -1u, !whole ? 3 : state->wrong ? 1 : 0);
}
