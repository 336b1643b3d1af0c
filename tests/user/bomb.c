/*
 * Programs that want everything: each bomb makes one kind of thing until Windows refuses. The
 * refusal must be a documented error; what it needs no memory for must still work then; and when
 * all is given back a program must run again.
 *
 *      bomb            every bomb in turn, as a test
 *      bomb NAME       that one; exit code 0, or the error that was not expected
 *      bomb NAME leave the same, but what it made is left to the end of the process
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "nt.h"

NTSTATUS NTAPI NtCreateProcess(HANDLE *process, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                               HANDLE parent, BOOLEAN inherit, HANDLE section, HANDLE debug_port,
                               HANDLE exception_port);
ULONG NTAPI RtlNtStatusToDosError(NTSTATUS status);

#define ROWS(a)   (sizeof(a) / sizeof((a)[0]))
#define UNIT      0x10000u
#define REMEMBERS 0x20000u /* things to be given back; more are left to the end of the process */
#define ENDLESS   10000000u

static char self[MAX_PATH];

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

/* ---- things of which there can be many ------------------------------------------------------- */

/* What there is not enough of in the end. With memory left another program can still be run. */
enum limit {
    MEMORY,
    ADDRESSES, /* of the process, if memory does not come to its end first */
    ENTRIES    /* of the handle table, likewise */
};

struct kind {
    const char *name;
    void *(*make)(unsigned i); /* NULL with an error */
    void (*give_back)(void *thing);
    enum limit limit;
};

#define MOST_HANDLES 524000u /* a table has a few more (kernel/ex/handle_table.h) */

static void close(void *handle)
{
    CloseHandle(handle);
}

static void *make_event(unsigned i)
{
    (void)i;
    return CreateEventA(NULL, TRUE, FALSE, NULL);
}

static void *make_named_event(unsigned i)
{
    char name[200];

    sprintf(name, "%0150u", i);
    return CreateEventA(NULL, TRUE, FALSE, name);
}

static void *make_mutex(unsigned i)
{
    (void)i;
    return CreateMutexA(NULL, TRUE, NULL);
}

static void *make_semaphore(unsigned i)
{
    (void)i;
    return CreateSemaphoreA(NULL, 1, 2, NULL);
}

static void *make_timer(unsigned i)
{
    LARGE_INTEGER due = {.QuadPart = -10000000000ll};
    HANDLE timer = CreateWaitableTimerA(NULL, TRUE, NULL);

    (void)i;
    if (timer)
        SetWaitableTimer(timer, &due, 1000, NULL, NULL, FALSE);
    return timer;
}

static void *make_handle(unsigned i)
{
    HANDLE copy = NULL;

    (void)i;
    DuplicateHandle(GetCurrentProcess(), GetCurrentProcess(), GetCurrentProcess(), &copy, 0, FALSE,
                    DUPLICATE_SAME_ACCESS);
    return copy;
}

static void *make_file(unsigned i)
{
    HANDLE file = CreateFileA(self, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);

    (void)i;
    return file == INVALID_HANDLE_VALUE ? NULL : file;
}

static void *make_section(unsigned i)
{
    (void)i;
    return CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, UNIT, NULL);
}

static HANDLE viewed;

static void *make_view(unsigned i)
{
    (void)i;
    if (!viewed)
        viewed = make_section(0);
    return viewed ? MapViewOfFile(viewed, FILE_MAP_READ, 0, 0, 0) : NULL;
}

static void unmap(void *view)
{
    UnmapViewOfFile(view);
}

/* Pages of it have protections of their own, so that a page table is there for it. */
static void *make_region(unsigned i)
{
    char *at = VirtualAlloc(NULL, UNIT, MEM_RESERVE, PAGE_NOACCESS);

    if (at && i % 64 == 0 && !VirtualAlloc(at + 0x3000, 0x1000, MEM_COMMIT, PAGE_READONLY)) {
        VirtualFree(at, 0, MEM_RELEASE);
        return NULL;
    }
    return at;
}

static void *make_memory(unsigned i)
{
    char *at = VirtualAlloc(NULL, UNIT, MEM_COMMIT, PAGE_READWRITE);

    (void)i;
    for (unsigned page = 0; at && page < UNIT; page += 0x1000)
        at[page] = 1;
    return at;
}

static void release(void *at)
{
    VirtualFree(at, 0, MEM_RELEASE);
}

static void *make_block(unsigned i)
{
    void *block = malloc(100 + i % 3000);

    if (!block)
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    return block;
}

static DWORD WINAPI nothing(void *unused)
{
    (void)unused;
    return 0;
}

static void *make_thread(unsigned i)
{
    (void)i;
    return CreateThread(NULL, 0, nothing, NULL, CREATE_SUSPENDED, NULL);
}

/* Its stack is as large as they come. */
static void *make_large_thread(unsigned i)
{
    (void)i;
    return CreateThread(NULL, 0x8000000, nothing, NULL,
                        CREATE_SUSPENDED | STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
}

static void end_thread(void *thread)
{
    TerminateThread(thread, 0);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}

static HANDLE start(const char *words, DWORD flags)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION info;
    char line[MAX_PATH * 2];

    sprintf(line, "\"%s\" %s", self, words);
    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, flags, NULL, NULL, &startup, &info))
        return NULL;
    CloseHandle(info.hThread);
    return info.hProcess;
}

static void *make_process(unsigned i)
{
    (void)i;
    return start("leaf", CREATE_SUSPENDED);
}

static void *make_clone(unsigned i)
{
    HANDLE process = NULL;
    NTSTATUS status = NtCreateProcess(&process, PROCESS_ALL_ACCESS, NULL, GetCurrentProcess(),
                                      FALSE, NULL, NULL, NULL);

    (void)i;
    if (status < 0)
        SetLastError(RtlNtStatusToDosError(status));
    return process;
}

static void end_process(void *process)
{
    TerminateProcess(process, 0);
    WaitForSingleObject(process, INFINITE);
    CloseHandle(process);
}

static void CALLBACK ignore(ULONG_PTR unused)
{
    (void)unused;
}

static void *make_apc(unsigned i)
{
    return QueueUserAPC(ignore, GetCurrentThread(), i) ? self : NULL;
}

static void run_apcs(void *unused)
{
    (void)unused;
    SleepEx(0, TRUE);
}

static void *make_heap(unsigned i)
{
    (void)i;
    return HeapCreate(0, 0, 0);
}

static void destroy_heap(void *heap)
{
    HeapDestroy(heap);
}

static const struct kind kinds[] = {
    {"event", make_event, close, MEMORY},
    {"named", make_named_event, close, MEMORY},
    {"mutex", make_mutex, close, MEMORY},
    {"semaphore", make_semaphore, close, MEMORY},
    {"timer", make_timer, close, MEMORY},
    {"handle", make_handle, close, ENTRIES},
    {"file", make_file, close, MEMORY},
    {"section", make_section, close, MEMORY},
    {"view", make_view, unmap, ADDRESSES},
    {"region", make_region, release, ADDRESSES},
    {"memory", make_memory, release, MEMORY},
    {"block", make_block, free, MEMORY},
    {"heap", make_heap, destroy_heap, MEMORY},
    {"thread", make_thread, end_thread, MEMORY},
    {"large_thread", make_large_thread, end_thread, ADDRESSES},
    {"process", make_process, end_process, MEMORY},
    {"clone", make_clone, end_process, MEMORY},
    {"apc", make_apc, run_apcs, MEMORY},
};

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
