/*
 * More handlers for the first experiment: those that do not come to their end, and those that end
 * what is not theirs.
 */
#pragma once

#include "lab1_wrong.h"

static int loops_for_ever(struct tokos_fault *fault, void *parameter)
{
    (void)parameter;
    VirtualAllocEx(fault->process, page_of(fault->address), PAGE, MEM_COMMIT, PAGE_READWRITE);
    for (volatile int on = TRUE; on;)
        ;
    return TRUE;
}

static int waits_for_ever(struct tokos_fault *fault, void *parameter)
{
    (void)fault;
    (void)parameter;
    Sleep(INFINITE);
    return TRUE;
}

static int ends_its_thread(struct tokos_fault *fault, void *parameter)
{
    (void)fault;
    (void)parameter;
    ExitThread(1);
}

static int suspends_the_thread(struct tokos_fault *fault, void *parameter)
{
    SuspendThread(fault->thread);
    return right(fault, parameter);
}

static int ends_the_program(struct tokos_fault *fault, void *parameter)
{
    (void)parameter;
    return TerminateProcess(fault->process, 5);
}

/* The page is there, so all looks right but for the end. */
static int ends_the_thread(struct tokos_fault *fault, void *parameter)
{
    return right(fault, parameter) && TerminateThread(fault->thread, 0);
}

/* By a handle that does not tell whose it is. */
static int ends_by_another_handle(struct tokos_fault *fault, void *parameter)
{
    HANDLE process = OpenProcess(PROCESS_TERMINATE, FALSE, GetProcessId(fault->process));
    int done = right(fault, parameter) && TerminateProcess(process, 0);

    return CloseHandle(process) && done;
}

/* kernel32 is where it is here. */
static int ends_from_within(struct tokos_fault *fault, void *parameter)
{
    HANDLE thread = CreateRemoteThread(fault->process, NULL, 0,
                                       (LPTHREAD_START_ROUTINE)(void *)ExitProcess, NULL, 0, NULL);

    return right(fault, parameter) && CloseHandle(thread);
}

static int exits(struct tokos_fault *fault, void *parameter)
{
    (void)fault;
    (void)parameter;
    exit(3);
}

static int terminates(struct tokos_fault *fault, void *parameter)
{
    (void)fault;
    (void)parameter;
    return TerminateProcess(GetCurrentProcess(), 0);
}

/* It is ended while it has the stream's lock, perhaps. */
static int prints_for_ever(struct tokos_fault *fault, void *parameter)
{
    (void)parameter;
    while (printf("%u", (unsigned)fault->number) > 0)
        ;
    return TRUE;
}
