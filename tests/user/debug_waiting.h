/* A debuggee that runs, with two threads that wait, until it is told to end. */
#pragma once

#include "debugging.h"

#define WORKERS 2

static HANDLE named(const char *name)
{
    return CreateEventA(NULL, TRUE, FALSE, name);
}

static void reset(const char *name)
{
    HANDLE event = named(name);

    ResetEvent(event);
    CloseHandle(event);
}

static DWORD WINAPI wait_for(void *event)
{
    WaitForSingleObject(event, INFINITE);
    return 3;
}

/* Says that it is ready, and ends when it is told to. */
static int wait_child(void)
{
    HANDLE go = named("debug_go"), threads[WORKERS];

    for (int i = 0; i < WORKERS; i++)
        threads[i] = CreateThread(NULL, 0, wait_for, go, 0, NULL);
    SetEvent(named("debug_ready"));
    WaitForMultipleObjects(WORKERS, threads, TRUE, INFINITE);
    return 40 + IsDebuggerPresent();
}

/* This program with WORD, which says when it is ready. */
static void start_waiting(const char *word, PROCESS_INFORMATION *info)
{
    reset("debug_go");
    reset("debug_ready");
    CHECK_INT(start(word, 0, info), TRUE);
    CHECK_INT(WaitForSingleObject(named("debug_ready"), 20000), WAIT_OBJECT_0);
}

static DWORD end_waiting(PROCESS_INFORMATION *info)
{
    DWORD code = 12345;

    SetEvent(named("debug_go"));
    CHECK_INT(WaitForSingleObject(info->hProcess, 20000), WAIT_OBJECT_0);
    GetExitCodeProcess(info->hProcess, &code);
    CloseHandle(info->hProcess);
    CloseHandle(info->hThread);
    return code;
}
