/*
 * What the tests of debuggers share: this program debugs itself, started again with a word. What
 * the debugger sees becomes a line, an item an event:
 *
 *      P process  T thread  t:code thread's end  p:code process's end  L:name DLL  U  unloaded DLL
 *      B breakpoint  S single step  code! exception, code!! its second chance  O:text  R:type,error
 */
#pragma once

#include <windows.h>
#include "crt/check.h"

#define LINE_BYTES 1024

struct session {
    char line[LINE_BYTES];
    HANDLE process, thread; /* the first process's, of its event of creation */
    DWORD process_id;
    DEBUG_EVENT event;
    unsigned processes; /* that live */
    /* Looks at the event, an exception. => how to go on. NULL: breakpoints are continued, all else
     * is not handled. */
    DWORD (*on_exception)(struct session *session);
    void (*on_event)(struct session *session); /* all others; may be NULL */
    int count;                                 /* the test's */
    DWORD address;
};

static char program[MAX_PATH];

static void add(struct session *session, const char *format, ...)
{
    size_t length = strlen(session->line);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(session->line + length, LINE_BYTES - length, format, arguments);
    va_end(arguments);
}

static HANDLE process_of(const DEBUG_EVENT *event)
{
    return OpenProcess(PROCESS_ALL_ACCESS, FALSE, event->dwProcessId);
}

/* TEXT gets up to BYTES of the string at AT in the event's process. */
static void read_text(const DEBUG_EVENT *event, const void *at, void *text, SIZE_T bytes)
{
    HANDLE process = process_of(event);
    SIZE_T done;

    memset(text, 0, bytes);
    for (SIZE_T i = 0; i + 2 < bytes; i += 2)
        if (!ReadProcessMemory(process, (const char *)at + i, (char *)text + i, 2, &done))
            break;
    CloseHandle(process);
}

static void add_dll(struct session *session)
{
    const LOAD_DLL_DEBUG_INFO *info = &session->event.u.LoadDll;
    WCHAR *name = NULL, text[MAX_PATH];
    BYTE magic[2] = {0};
    DWORD done;

    CHECK_INT(ReadFile(info->hFile, magic, sizeof(magic), &done, NULL), TRUE);
    CHECK_INT(magic[0] | magic[1] << 8, IMAGE_DOS_SIGNATURE);
    CloseHandle(info->hFile);
    if (info->lpImageName) {
        HANDLE process = process_of(&session->event);

        ReadProcessMemory(process, info->lpImageName, &name, sizeof(name), NULL);
        CloseHandle(process);
    }
    if (!name) {
        add(session, " L");
        return;
    }
    CHECK_INT(info->fUnicode, TRUE);
    read_text(&session->event, name, text, sizeof(text));
    add(session, " L:%ls", wcslwr(wcsrchr(text, '\\') ? wcsrchr(text, '\\') + 1 : text));
}

static void add_process(struct session *session)
{
    const CREATE_PROCESS_DEBUG_INFO *info = &session->event.u.CreateProcessInfo;

    add(session, " P");
    session->processes++;
    CHECK_INT(GetProcessId(info->hProcess), session->event.dwProcessId);
    CHECK(GetFileSize(info->hFile, NULL) > 0x1000);
    CHECK(info->lpThreadLocalBase != NULL);
    CloseHandle(info->hFile);
    if (session->process)
        return;
    session->process = info->hProcess;
    session->thread = info->hThread;
    session->process_id = session->event.dwProcessId;
    CHECK((DWORD)info->lpBaseOfImage == (DWORD)GetModuleHandleA(NULL));
}

static DWORD add_exception(struct session *session)
{
    const EXCEPTION_DEBUG_INFO *info = &session->event.u.Exception;
    DWORD code = info->ExceptionRecord.ExceptionCode;

    if (code == EXCEPTION_BREAKPOINT)
        add(session, " B");
    else if (code == EXCEPTION_SINGLE_STEP)
        add(session, " S");
    else
        add(session, " %08lX", code);
    add(session, code == EXCEPTION_BREAKPOINT || code == EXCEPTION_SINGLE_STEP ? ""
                 : info->dwFirstChance                                         ? "!"
                                                                               : "!!");
    if (session->on_exception)
        return session->on_exception(session);
    return code == EXCEPTION_BREAKPOINT ? DBG_CONTINUE : DBG_EXCEPTION_NOT_HANDLED;
}

static void add_text(struct session *session)
{
    const OUTPUT_DEBUG_STRING_INFO *info = &session->event.u.DebugString;
    char text[128];

    read_text(&session->event, info->lpDebugStringData, text, sizeof(text));
    CHECK_INT(info->fUnicode, 0);
    CHECK_INT(info->nDebugStringLength, strlen(text) + 1);
    add(session, " O:%s", text);
}

/* Writes the event down. => how to go on. */
static DWORD take_event(struct session *session)
{
    const DEBUG_EVENT *event = &session->event;

    switch (event->dwDebugEventCode) {
    case EXCEPTION_DEBUG_EVENT:
        return add_exception(session);
    case CREATE_PROCESS_DEBUG_EVENT:
        add_process(session);
        break;
    case CREATE_THREAD_DEBUG_EVENT:
        add(session, " T");
        break;
    case EXIT_PROCESS_DEBUG_EVENT:
        add(session, " p:%lX", event->u.ExitProcess.dwExitCode);
        session->processes--;
        break;
    case EXIT_THREAD_DEBUG_EVENT:
        add(session, " t:%lX", event->u.ExitThread.dwExitCode);
        break;
    case LOAD_DLL_DEBUG_EVENT:
        add_dll(session);
        break;
    case UNLOAD_DLL_DEBUG_EVENT:
        add(session, " U");
        break;
    case OUTPUT_DEBUG_STRING_EVENT:
        add_text(session);
        break;
    case RIP_EVENT:
        add(session, " R:%lX,%lX", event->u.RipInfo.dwType, event->u.RipInfo.dwError);
        break;
    default:
        add(session, " ?%lu", event->dwDebugEventCode);
    }
    if (session->on_event)
        session->on_event(session);
    return DBG_CONTINUE;
}

/* Takes events until END (an event code) was continued, or the last process has ended. */
static void follow(struct session *session, DWORD end)
{
    DEBUG_EVENT *event = &session->event;
    DWORD answer, code;

    do {
        if (!WaitForDebugEvent(event, 20000)) {
            add(session, " (no event: error %lu)", GetLastError());
            return;
        }
        code = event->dwDebugEventCode;
        answer = take_event(session);
        CHECK_INT(ContinueDebugEvent(event->dwProcessId, event->dwThreadId, answer), TRUE);
    } while (session->processes && code != end);
}

static BOOL start(const char *words, DWORD flags, PROCESS_INFORMATION *info)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    char line[MAX_PATH * 2];

    snprintf(line, sizeof(line), "\"%s\" %s", program, words);
    return CreateProcessA(NULL, line, NULL, NULL, FALSE, flags, NULL, NULL, &startup, info);
}

/* This program with WORDS, under SESSION, to its end. => its exit code. */
static DWORD debug(struct session *session, const char *words, DWORD flags)
{
    PROCESS_INFORMATION info;
    DWORD code = 12345;

    CHECK_INT(start(words, flags, &info), TRUE);
    follow(session, 0);
    CHECK_INT(WaitForSingleObject(info.hProcess, 20000), WAIT_OBJECT_0);
    GetExitCodeProcess(info.hProcess, &code);
    CloseHandle(info.hProcess);
    CloseHandle(info.hThread);
    return code;
}

/* What every program's line begins with. */
#define BEGIN " P L L:kernel32.dll L:msvcrt.dll B"
