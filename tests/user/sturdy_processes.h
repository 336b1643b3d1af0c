/*
 * The parts with another process: a child, a child that is debugged, one that a debugger comes to,
 * and a clone. What another process would do is waited for only if it is sure to come: a child that
 * stands still for its debugger, who cannot go on, is ended and not waited for.
 */
#pragma once

#include "sturdy.h"

#define PATIENCE 20000 /* ms: longer than any event takes */

NTSTATUS NTAPI NtCreateProcess(HANDLE *process, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                               HANDLE parent, BOOLEAN inherit, HANDLE section, HANDLE debug_port,
                               HANDLE exception_port);

/* This program with the part "leaf". */
static BOOL start_leaf(DWORD flags, PROCESS_INFORMATION *info)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    char line[MAX_PATH + 16];

    sprintf(line, "\"%s\" leaf", self);
    BOOL made = CreateProcessA(NULL, line, NULL, NULL, TRUE, flags, NULL, NULL, &startup, info);
    if (!made && GetLastError() == ERROR_FILE_NOT_FOUND)
        ExitProcess(0xE0000002); /* no lack makes a file that is there one that is not */
    return have(made, "CreateProcess");
}

static void forget(const PROCESS_INFORMATION *info)
{
    CloseHandle(info->hThread);
    CloseHandle(info->hProcess);
}

static void wait_for_end(const PROCESS_INFORMATION *info, DWORD expected)
{
    DWORD code = 0;

    WaitForSingleObject(info->hProcess, INFINITE);
    if (have(GetExitCodeProcess(info->hProcess, &code), "GetExitCodeProcess") && code != expected) {
        refused = 1;
        fprintf(stderr, "the child: exit code %08lx\n", code);
    }
}

static void part_leaf(void)
{
}

static void part_child(void)
{
    PROCESS_INFORMATION info;

    if (!start_leaf(0, &info))
        return;
    wait_for_end(&info, 0);
    forget(&info);
}

/* ---- debuggers ----------------------------------------------------------------------------------
 */

/* Events come without what could not be had. */
static void take_file(HANDLE file)
{
    if (have(file != NULL, "an event's file"))
        CloseHandle(file);
}

/* The breakpoint at the beginning is the debugger's; what else comes is the child's own. */
static DWORD answer_to(const DEBUG_EVENT *event)
{
    DWORD code = event->u.Exception.ExceptionRecord.ExceptionCode;

    return event->dwDebugEventCode == EXCEPTION_DEBUG_EVENT && code != (DWORD)EXCEPTION_BREAKPOINT
               ? (DWORD)DBG_EXCEPTION_NOT_HANDLED
               : (DWORD)DBG_CONTINUE;
}

/* An event of the child is taken and continued. => its code, or 0. That none comes is nothing that
 * a refusal excuses: no run that is in order ends with this exit code. */
static DWORD take_event(void)
{
    DEBUG_EVENT event;

    if (!WaitForDebugEvent(&event, PATIENCE)) {
        if (GetLastError() == ERROR_SEM_TIMEOUT)
            ExitProcess(WAIT_TIMEOUT);
        have(FALSE, "WaitForDebugEvent");
        return 0;
    }
    if (event.dwDebugEventCode == CREATE_PROCESS_DEBUG_EVENT) {
        have(event.u.CreateProcessInfo.hProcess && event.u.CreateProcessInfo.hThread,
             "an event's handles");
        take_file(event.u.CreateProcessInfo.hFile);
    } else if (event.dwDebugEventCode == LOAD_DLL_DEBUG_EVENT) {
        take_file(event.u.LoadDll.hFile);
    }
    if (!have(ContinueDebugEvent(event.dwProcessId, event.dwThreadId, answer_to(&event)),
              "ContinueDebugEvent"))
        return 0;
    return event.dwDebugEventCode;
}

/* From the child's first event to its last. */
static void part_debug(void)
{
    PROCESS_INFORMATION info;
    DWORD code;

    if (!start_leaf(DEBUG_ONLY_THIS_PROCESS, &info))
        return;
    do
        code = take_event();
    while (code && code != EXIT_PROCESS_DEBUG_EVENT);
    if (code)
        wait_for_end(&info, 0);
    else
        TerminateProcess(info.hProcess, 1);
    forget(&info);
}

/* A debugger comes to a child that has not begun, hears of it, and goes again. */
static void part_attach(void)
{
    PROCESS_INFORMATION info;

    if (!start_leaf(CREATE_SUSPENDED, &info))
        return;
    BOOL attached = have(DebugActiveProcess(info.dwProcessId), "DebugActiveProcess");
    if (attached)
        have(take_event() == CREATE_PROCESS_DEBUG_EVENT, "the process's event");
    BOOL alone =
        !attached || have(DebugActiveProcessStop(info.dwProcessId), "DebugActiveProcessStop");
    have(ResumeThread(info.hThread) == 1, "ResumeThread");
    if (alone)
        wait_for_end(&info, 0);
    else
        TerminateProcess(info.hProcess, 1);
    forget(&info);
}

/* ---- clones -------------------------------------------------------------------------------------
 */

static volatile LONG own = 1;

static DWORD WINAPI in_clone(void *argument)
{
    own++;
    return (DWORD)(size_t)argument + (DWORD)own;
}

/* What is private is copied on both sides. */
static void run_clone(HANDLE process)
{
    PROCESS_INFORMATION info = {.hProcess = process};

    info.hThread = CreateRemoteThread(process, NULL, 0, in_clone, (void *)40, 0, NULL);
    if (!have(info.hThread != NULL, "CreateRemoteThread")) {
        TerminateProcess(process, 1);
        return;
    }
    wait_for_end(&info, 42);
    have(own == 1, "the clone's own variable");
    CloseHandle(info.hThread);
}

static void part_clone(void)
{
    HANDLE process;
    NTSTATUS status =
        NtCreateProcess(&process, PROCESS_ALL_ACCESS, NULL, THIS_PROCESS, FALSE, NULL, NULL, NULL);

    SetLastError((DWORD)status);
    if (!have(NT_SUCCESS(status), "NtCreateProcess"))
        return;
    run_clone(process);
    CloseHandle(process);
}
