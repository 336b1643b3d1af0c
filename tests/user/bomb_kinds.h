/* Bombs: the things of which there can be many, and how one of them is made and given back. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include "nt.h"

NTSTATUS NTAPI NtCreateProcess(HANDLE *process, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                               HANDLE parent, BOOLEAN inherit, HANDLE section, HANDLE debug_port,
                               HANDLE exception_port);
ULONG NTAPI RtlNtStatusToDosError(NTSTATUS status);

#define UNIT 0x10000u

static char self[MAX_PATH];

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
