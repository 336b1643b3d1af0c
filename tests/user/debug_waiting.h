/* A debuggee that runs, with two threads that wait, until it is told to end. */
#pragma once

#include "debugging.h"

#define WORKERS 2

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

static DWORD end_waiting(const PROCESS_INFORMATION *info)
{
    SetEvent(named("debug_go"));
    return finish(info);
}

static void attach(const char *word, PROCESS_INFORMATION *info)
{
    start_waiting(word, info);
    CHECK_INT(DebugActiveProcess(info->dwProcessId), TRUE);
}

/* SESSION hears what there is, to the end of the thread that breaks in. */
static void hear_of_it(struct session *session)
{
    follow(session, EXCEPTION_DEBUG_EVENT);
    follow(session, EXIT_THREAD_DEBUG_EVENT);
}
