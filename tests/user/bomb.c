/*
 * Programs that want everything: each bomb makes one kind of thing until Windows refuses. The
 * refusal must be a documented error; what it needs no memory for must still work then; and when
 * all is given back a program must run again.
 *
 *      bomb            every bomb in turn, as a test
 *      bomb NAME       that one; exit code 0, or the error that was not expected
 *      bomb NAME leave the same, but what it made is left to the end of the process
 */
#include <string.h>
#include "bomb_kinds.h"

#define ROWS(a)   (sizeof(a) / sizeof((a)[0]))
#define REMEMBERS 0x20000u /* things to be given back; more are left to the end of the process */
#define ENDLESS   10000000u

/* What a service says that has no memory, or no room, for what is asked: Win32's names for
 * STATUS_NO_MEMORY, _INSUFFICIENT_RESOURCES, _COMMITMENT_LIMIT. */
static const DWORD documented[] = {ERROR_NOT_ENOUGH_MEMORY, ERROR_NO_SYSTEM_RESOURCES,
                                   ERROR_COMMITMENT_LIMIT};

static DWORD judged(DWORD error)
{
    for (size_t i = 0; i < ROWS(documented); i++)
        if (error == documented[i])
            return 0;
    return error ? error : ERROR_INVALID_FUNCTION;
}

/* ---- what must work with nothing left ---------------------------------------------------------
 */

static DWORD check_that_all_goes_on(void)
{
    MEMORY_BASIC_INFORMATION info;
    LARGE_INTEGER time;

    Sleep(1);
    if (!VirtualQuery(self, &info, sizeof(info)) || !QueryPerformanceCounter(&time))
        return GetLastError();
    return WaitForSingleObject(GetCurrentProcess(), 0) == WAIT_TIMEOUT ? 0 : ERROR_INVALID_HANDLE;
}

/* With all given back a program runs. */
static DWORD check_that_a_program_runs(void)
{
    HANDLE process = start("leaf", 0);
    DWORD code;

    if (!process)
        return GetLastError();
    WaitForSingleObject(process, INFINITE);
    GetExitCodeProcess(process, &code);
    CloseHandle(process);
    return code;
}

/* This process can start nobody; one that it started before, and that waits for its word, can. */
static HANDLE go, helper;

static void start_helper(void)
{
    go = CreateEventA(NULL, TRUE, FALSE, "bomb helper");
    helper = go ? start("helper", 0) : NULL;
}

static DWORD check_that_another_runs(void)
{
    DWORD code = ERROR_INVALID_FUNCTION;

    SetEvent(go);
    WaitForSingleObject(helper, INFINITE);
    GetExitCodeProcess(helper, &code);
    printf("# another program: %lu\n", code);
    return code;
}

static void end_helper(void)
{
    if (helper)
        end_process(helper);
    if (go)
        CloseHandle(go);
}

/* The helper's part. */
static int wait_and_start(void)
{
    HANDLE word = OpenEventA(SYNCHRONIZE, FALSE, "bomb helper");

    if (!word)
        return ERROR_INVALID_HANDLE;
    WaitForSingleObject(word, INFINITE);
    return (int)check_that_a_program_runs();
}

/* Is it only this process that can have no more? */
static BOOL others_can(const struct kind *kind, unsigned count, DWORD error)
{
    return (kind->limit == ADDRESSES && error == ERROR_NOT_ENOUGH_MEMORY) ||
           (kind->limit == ENTRIES && count >= MOST_HANDLES);
}

/* => 0, or the error that should not be. */
static DWORD explode(const struct kind *kind, BOOL leave)
{
    void **made = VirtualAlloc(NULL, REMEMBERS * sizeof(*made), MEM_COMMIT, PAGE_READWRITE), *thing;
    unsigned count = 0;

    if (!made)
        return GetLastError();
    memset(made, 1, REMEMBERS * sizeof(*made));
    if (kind->limit != MEMORY)
        start_helper();
    SetLastError(0);
    while (count < ENDLESS && (thing = kind->make(count)) != NULL) {
        if (count < REMEMBERS)
            made[count] = thing;
        count++;
    }
    DWORD error = judged(GetLastError()), last = GetLastError();
    printf("# %s: %u, then error %lu\n", kind->name, count, last);
    DWORD stuck = check_that_all_goes_on();
    if (!stuck && others_can(kind, count, last))
        stuck = check_that_another_runs();
    end_helper();
    if (leave && kind->make != make_process) /* suspended ones stay though nobody has a handle */
        return error ? error : stuck;
    for (unsigned i = 0; i < count && i < REMEMBERS; i++)
        kind->give_back(made[i]);
    VirtualFree(made, 0, MEM_RELEASE);
    if (!error)
        error = stuck;
    if (error || count > REMEMBERS || kind->limit == ENTRIES)
        return error; /* a handle table does not shrink: it goes with the process */
    return check_that_a_program_runs();
}

/* ---- stacks -----------------------------------------------------------------------------------
 */

static int endless(volatile int *depth)
{
    volatile char room[500];

    room[0] = (char)++*depth;
    return *depth ? endless(depth) + room[0] : 0;
}

static DWORD WINAPI overflow(void *unused)
{
    volatile int depth = 0;

    (void)unused;
    return (DWORD)endless(&depth);
}

/* In one thread, or in many: the process ends with the exception that a stack has at its end. */
static DWORD explode_stacks(void)
{
    const char *const words[] = {"overflow", "overflows"};

    for (size_t i = 0; i < ROWS(words); i++) {
        HANDLE process = start(words[i], 0);
        DWORD code = 0;
        if (!process)
            return GetLastError();
        WaitForSingleObject(process, INFINITE);
        GetExitCodeProcess(process, &code);
        CloseHandle(process);
        printf("# %s: %08lx\n", words[i], code);
        if (code != (DWORD)EXCEPTION_STACK_OVERFLOW)
            return code ? code : ERROR_INVALID_FUNCTION;
    }
    return 0;
}

static void overflow_in_many(void)
{
    unsigned made = 0;

    while (made < 20 && CreateThread(NULL, 0, overflow, NULL, 0, NULL))
        made++;
    if (made)
        Sleep(INFINITE);
}

/* ---- a fork bomb ------------------------------------------------------------------------------
 */

#define FAMILY "bomb family"

struct family {
    volatile LONG over;  /* somebody could not have a child */
    volatile LONG error; /* for that reason */
    volatile LONG members;
};

/* Each process has children until none of the family can have one more. */
static void fork_on(void)
{
    HANDLE mapping = OpenFileMappingA(FILE_MAP_WRITE, FALSE, FAMILY);
    struct family *family = mapping ? MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0) : NULL;

    if (!family)
        return; /* it was born into a full world */
    InterlockedIncrement(&family->members);
    while (!family->over) {
        HANDLE child = start("fork_on", 0);
        if (!child) {
            family->error = (LONG)GetLastError();
            family->over = 1;
        } else {
            CloseHandle(child);
            Sleep(1); /* the others have children too */
        }
    }
}

static DWORD explode_forks(void)
{
    HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0,
                                        sizeof(struct family), FAMILY);
    struct family *family = mapping ? MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0) : NULL;

    if (!family)
        return GetLastError();
    fork_on();
    DWORD error = judged((DWORD)family->error), last = (DWORD)family->error;
    for (int tries = 0; tries < 1000 && check_that_a_program_runs(); tries++)
        Sleep(10); /* the others are about to end */
    printf("# fork: %ld, then error %lu\n", family->members, last);
    return error ? error : check_that_a_program_runs();
}

/* -----------------------------------------------------------------------------------------------
 */

static const struct {
    const char *name;
    DWORD (*run)(void);
} others[] = {
    {"stack", explode_stacks},
    {"fork", explode_forks},
};

/* Bomb number I of both tables. */
static DWORD run(size_t i, BOOL leave)
{
    return i < ROWS(kinds) ? explode(&kinds[i], leave) : others[i - ROWS(kinds)].run();
}

static const char *name_of(size_t i)
{
    return i < ROWS(kinds) ? kinds[i].name : others[i - ROWS(kinds)].name;
}

#define BOMBS (ROWS(kinds) + ROWS(others))

/* Each in a process of its own. => what is wrong, or 0. */
static DWORD run_apart(size_t i, const char *how)
{
    char words[40];
    DWORD code, error;

    sprintf(words, "%s%s", name_of(i), how);
    HANDLE process = start(words, 0);
    if (!process)
        return GetLastError();
    WaitForSingleObject(process, INFINITE);
    GetExitCodeProcess(process, &code);
    CloseHandle(process);
    error = check_that_a_program_runs();
    return code ? code : error;
}

static int run_all(void)
{
    DWORD worst = 0;

    printf("1..%u\n", (unsigned)(2 * BOMBS));
    for (size_t i = 0; i < 2 * BOMBS; i++) {
        const char *how = i % 2 ? " leave" : "";
        DWORD error = run_apart(i / 2, how);
        if (error)
            printf("# error %lu (%08lx)\n", error, error);
        printf("%sok %u %s%s\n", error ? "not " : "", (unsigned)i + 1, name_of(i / 2), how);
        worst = error ? error : worst;
    }
    return (int)worst;
}

int main(int count, char **words)
{
    GetModuleFileNameA(NULL, self, sizeof(self));
    if (count == 1)
        return run_all();
    if (!strcmp(words[1], "fork_on"))
        fork_on();
    if (!strcmp(words[1], "overflow"))
        overflow(NULL);
    if (!strcmp(words[1], "overflows"))
        overflow_in_many();
    if (!strcmp(words[1], "helper"))
        return wait_and_start();
    for (size_t i = 0; i < BOMBS; i++)
        if (!strcmp(words[1], name_of(i)))
            return (int)run(i, count > 2);
    return strcmp(words[1], "leaf") && strcmp(words[1], "fork_on") ? ERROR_INVALID_PARAMETER : 0;
}
