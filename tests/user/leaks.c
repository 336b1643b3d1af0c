/*
 * What is made and let go leaves nothing behind in the kernel: each kind of thing is made a few
 * times first, and then very often; the counters of the kernel must be what they were. A block of
 * pool that is lost each time would be pages by then.
 */
#include <windows.h>
#include "crt/check.h"
#include "user/tokos/tokos.h"

#define WARM_UP 8
#define ROUNDS  150

typedef LONG(NTAPI *query_counters_service)(struct tokos_counters *out);

static query_counters_service query_counters;
static char program[MAX_PATH];

static PROCESS_INFORMATION start(const char *words, DWORD flags)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION info = {0};
    char line[MAX_PATH * 2];

    sprintf(line, "\"%s\" %s", program, words);
    CreateProcessA(NULL, line, NULL, NULL, TRUE, flags, NULL, NULL, &startup, &info);
    return info;
}

static void close(PROCESS_INFORMATION *info)
{
    WaitForSingleObject(info->hProcess, INFINITE);
    CloseHandle(info->hThread);
    CloseHandle(info->hProcess);
}

static void process_that_runs(void)
{
    PROCESS_INFORMATION info = start("run", 0);

    close(&info);
}

static void process_that_faults(void)
{
    PROCESS_INFORMATION info = start("fault", 0);

    close(&info);
}

/* Ended before it began, with a second thread that has never run and one that will not. */
static void process_that_is_ended(void)
{
    PROCESS_INFORMATION info = start("run", CREATE_SUSPENDED);
    HANDLE thread =
        CreateRemoteThread(info.hProcess, NULL, 0, (LPTHREAD_START_ROUTINE)(void *)start, NULL,
                           CREATE_SUSPENDED, NULL);

    SuspendThread(info.hThread);
    TerminateProcess(info.hProcess, 3);
    close(&info);
    CloseHandle(thread);
}

/* Its handles are closed first; it goes when it ends. */
static void process_without_handles(void)
{
    PROCESS_INFORMATION info = start("run", 0);
    HANDLE process;

    DuplicateHandle(GetCurrentProcess(), info.hProcess, GetCurrentProcess(), &process, SYNCHRONIZE,
                    FALSE, 0);
    CloseHandle(info.hThread);
    CloseHandle(info.hProcess);
    WaitForSingleObject(process, INFINITE);
    CloseHandle(process);
}

static DWORD WINAPI use_stack(void *unused)
{
    volatile char room[0x6000];

    (void)unused;
    for (unsigned i = 0; i < sizeof(room); i += 0x1000)
        room[i] = 1;
    return 0;
}

/* Takes all events until the process's end, and closes what comes with them. */
static void debug(void)
{
    DEBUG_EVENT event;

    do {
        WaitForDebugEvent(&event, INFINITE);
        if (event.dwDebugEventCode == CREATE_PROCESS_DEBUG_EVENT)
            CloseHandle(event.u.CreateProcessInfo.hFile);
        else if (event.dwDebugEventCode == LOAD_DLL_DEBUG_EVENT)
            CloseHandle(event.u.LoadDll.hFile);
        BOOL fault = event.dwDebugEventCode == EXCEPTION_DEBUG_EVENT &&
                     event.u.Exception.ExceptionRecord.ExceptionCode != EXCEPTION_BREAKPOINT;
        ContinueDebugEvent(event.dwProcessId, event.dwThreadId,
                           fault ? DBG_EXCEPTION_NOT_HANDLED : DBG_CONTINUE);
    } while (event.dwDebugEventCode != EXIT_PROCESS_DEBUG_EVENT);
}

static void process_that_is_debugged(void)
{
    PROCESS_INFORMATION info = start("fault", DEBUG_PROCESS);

    debug();
    close(&info);
}

/* Debugged and let go twice, the second time with events that nobody took, and ended. It is wholly
 * there before that: what its debugger is told is the same each time. */
static void process_that_is_attached_to(void)
{
    HANDLE ready = CreateEventA(NULL, FALSE, FALSE, "leaks_ready");
    PROCESS_INFORMATION info = start("wait", 0);
    DEBUG_EVENT event;

    WaitForSingleObject(ready, INFINITE);
    CloseHandle(ready);
    DebugActiveProcess(info.dwProcessId);
    WaitForDebugEvent(&event, INFINITE);
    CloseHandle(event.u.CreateProcessInfo.hFile);
    DebugActiveProcessStop(info.dwProcessId);
    DebugActiveProcess(info.dwProcessId);
    DebugActiveProcessStop(info.dwProcessId);
    TerminateProcess(info.hProcess, 4);
    close(&info);
}

static void thread_that_runs(void)
{
    HANDLE thread = CreateThread(NULL, 0, use_stack, NULL, 0, NULL);

    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}

static void thread_that_is_changed(void)
{
    HANDLE thread = CreateThread(NULL, 0, use_stack, NULL, CREATE_SUSPENDED, NULL);
    CONTEXT context = {.ContextFlags = CONTEXT_FULL};

    GetThreadContext(thread, &context);
    SetThreadContext(thread, &context);
    SuspendThread(thread);
    ResumeThread(thread);
    ResumeThread(thread);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}

static void section_with_views(void)
{
    HANDLE mapping =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x40000, NULL);
    char *view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
    char *copy = MapViewOfFile(mapping, FILE_MAP_COPY, 0, 0, 0);

    CloseHandle(mapping);
    view[0x3000] = copy[0x3000] = copy[0x9000] = 1;
    VirtualLock(view, 0x4000);
    UnmapViewOfFile(view);
    UnmapViewOfFile(copy);
}

static void library(void)
{
    FreeLibrary(LoadLibraryA("loader_dll.dll"));
}

static void memory(void)
{
    char *p = VirtualAlloc(NULL, 0x500000, MEM_RESERVE, PAGE_READWRITE);

    VirtualAlloc(p + 0x3000, 0x400000, MEM_COMMIT, PAGE_READWRITE);
    for (unsigned i = 0x3000; i < 0x400000; i += 0x40000)
        p[i] = 1;
    VirtualFree(p + 0x100000, 0x80000, MEM_DECOMMIT);
    VirtualFree(p, 0, MEM_RELEASE);
}

/* What ends goes a little later; so a look at the counters may have to be repeated. */
static struct tokos_counters settled(const struct tokos_counters *expected)
{
    static struct tokos_counters now;

    for (int tries = 0; tries < 40; tries++) {
        query_counters(&now);
        if (expected && now.committed_pages == expected->committed_pages &&
            now.free_system_ptes == expected->free_system_ptes)
            break;
        Sleep(expected ? 10 : 2);
    }
    return now;
}

static void check_rounds(const char *name, void (*round)(void))
{
    for (int i = 0; i < WARM_UP; i++)
        round();
    struct tokos_counters before = settled(NULL);
    for (int i = 0; i < ROUNDS; i++)
        round();
    struct tokos_counters after = settled(&before);
    check_int_(name, (int)(after.committed_pages - before.committed_pages), 0);
    check_int_("system PTEs", (int)(before.free_system_ptes - after.free_system_ptes), 0);
    check_int_("nonpaged pool", (int)(after.nonpaged_pool_pages - before.nonpaged_pool_pages), 0);
    check_int_("paged pool", (int)(after.paged_pool_pages - before.paged_pool_pages), 0);
    check_int_("frames",
               (int)(before.available_pages + before.modified_pages - after.available_pages -
                     after.modified_pages),
               0);
}

int main(int count, char **words)
{
    if (count > 1) {
        if (!strcmp(words[1], "fault"))
            *(volatile int *)4 = 1;
        if (!strcmp(words[1], "wait")) {
            SetEvent(OpenEventA(EVENT_MODIFY_STATE, FALSE, "leaks_ready"));
            Sleep(INFINITE);
        }
        return 0;
    }
    GetModuleFileNameA(NULL, program, sizeof(program));
    query_counters = (query_counters_service)(void *)GetProcAddress(GetModuleHandleA("ntdll.dll"),
                                                                    "NtTokosQueryCounters");
    check_rounds("memory", memory);
    check_rounds("section with views", section_with_views);
    check_rounds("library", library);
    check_rounds("thread that runs", thread_that_runs);
    check_rounds("thread that is changed", thread_that_is_changed);
    check_rounds("process that runs", process_that_runs);
    check_rounds("process that faults", process_that_faults);
    check_rounds("process that is ended", process_that_is_ended);
    check_rounds("process without handles", process_without_handles);
    check_rounds("process that is debugged", process_that_is_debugged);
    check_rounds("process that is attached to", process_that_is_attached_to);
    return check_done();
}
