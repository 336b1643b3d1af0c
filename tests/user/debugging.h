/*
 * What the tests of debuggers share: this program debugs itself, started again with a word. What
 * the debugger sees becomes a line, an item an event:
 *
 *      P process  T thread  t:code thread's end  p:code process's end  L:name DLL  U  unloaded DLL
 *      B breakpoint  S single step  code! exception, code!! its second chance  O:text  R:type,error
 */
#pragma once

#include "debug_fields.h"

#define LINE_BYTES   1024
#define MOST_THREADS 8

/* A thread that was created: its handle, until it ends. */
struct debuggee {
    DWORD id;
    HANDLE handle;
};

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
    struct debuggee threads[MOST_THREADS];
    unsigned thread_count;
    void *loaded;               /* the last DLL's base */
    unsigned loads;             /* DLLs of the newest process */
    LPTHREAD_START_ROUTINE run; /* what all threads but the first run; NULL: not looked at */
    int count;                  /* the test's */
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

/* TEXT gets the name that the event gives. => FALSE: it gives none. */
static BOOL read_name(const DEBUG_EVENT *event, WCHAR *text, SIZE_T bytes)
{
    WCHAR *name = NULL;

    if (event->u.LoadDll.lpImageName)
        read_memory(event, event->u.LoadDll.lpImageName, &name, sizeof(name));
    if (name)
        read_text(event, name, text, bytes);
    return name != NULL;
}

/* Those that have no name are the ones that every program has, in their order. */
static void add_dll(struct session *session)
{
    static const WCHAR *const always[] = {L"ntdll.dll", L"kernel32.dll", L"msvcrt.dll"};
    WCHAR text[MAX_PATH], *name = text;

    if (read_name(&session->event, text, sizeof(text))) {
        name = wcslwr(wcsrchr(text, '\\') ? wcsrchr(text, '\\') + 1 : text);
        add(session, " L:%ls", name);
    } else {
        wcscpy(text, always[session->loads % (sizeof(always) / sizeof(always[0]))]);
        add(session, " L");
    }
    check_dll(&session->event, name);
    session->loaded = session->event.u.LoadDll.lpBaseOfDll;
    session->loads++;
}

static void note_thread(struct session *session, HANDLE handle)
{
    if (session->thread_count < MOST_THREADS)
        session->threads[session->thread_count++] =
            (struct debuggee){session->event.dwThreadId, handle};
}

static void add_thread(struct session *session)
{
    const CREATE_THREAD_DEBUG_INFO *info = &session->event.u.CreateThread;

    add(session, " T");
    check_thread(&session->event, info->hThread, info->lpThreadLocalBase);
    if (session->run)
        CHECK_INT((DWORD)info->lpStartAddress, (DWORD)session->run);
    note_thread(session, info->hThread);
}

static void add_process(struct session *session)
{
    const CREATE_PROCESS_DEBUG_INFO *info = &session->event.u.CreateProcessInfo;

    add(session, " P");
    session->processes++;
    session->loads = 0;
    check_process(&session->event);
    note_thread(session, info->hThread);
    if (session->process)
        return;
    session->process = info->hProcess;
    session->thread = info->hThread;
    session->process_id = session->event.dwProcessId;
    CHECK((DWORD)info->lpBaseOfImage == (DWORD)GetModuleHandleA(NULL));
}

/* The handle of the event's thread is closed when its end was continued. */
static void check_closed(const struct session *session, BOOL closed)
{
    for (unsigned i = 0; i < session->thread_count; i++)
        if (session->threads[i].id == session->event.dwThreadId)
            CHECK_INT(is_closed(session->threads[i].handle), closed);
}

static DWORD add_exception(struct session *session)
{
    const EXCEPTION_DEBUG_INFO *info = &session->event.u.Exception;
    DWORD code = info->ExceptionRecord.ExceptionCode;

    check_exception(&session->event);
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
    if (code == EXCEPTION_BREAKPOINT)
        check_system_breakpoint(info);
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
        add_thread(session);
        break;
    case EXIT_PROCESS_DEBUG_EVENT:
        add(session, " p:%lX", event->u.ExitProcess.dwExitCode);
        session->processes--;
        break;
    case EXIT_THREAD_DEBUG_EVENT:
        add(session, " t:%lX", event->u.ExitThread.dwExitCode);
        check_closed(session, FALSE);
        break;
    case LOAD_DLL_DEBUG_EVENT:
        add_dll(session);
        break;
    case UNLOAD_DLL_DEBUG_EVENT:
        add(session, " U");
        CHECK_INT((DWORD)event->u.UnloadDll.lpBaseOfDll, (DWORD)session->loaded);
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
        if (code == EXIT_THREAD_DEBUG_EVENT)
            check_closed(session, TRUE);
    } while (session->processes && code != end);
}

static BOOL start(const char *words, DWORD flags, PROCESS_INFORMATION *info)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    char line[MAX_PATH * 2];

    snprintf(line, sizeof(line), "\"%s\" %s", program, words);
    return CreateProcessA(NULL, line, NULL, NULL, FALSE, flags, NULL, NULL, &startup, info);
}

/* => the exit code of a process, which is not needed any more. */
static DWORD take_code(const PROCESS_INFORMATION *info)
{
    DWORD code = 12345;

    GetExitCodeProcess(info->hProcess, &code);
    CloseHandle(info->hProcess);
    CloseHandle(info->hThread);
    return code;
}

/* The same of one that ends by itself. */
static DWORD finish(const PROCESS_INFORMATION *info)
{
    CHECK_INT(WaitForSingleObject(info->hProcess, 20000), WAIT_OBJECT_0);
    return take_code(info);
}

/* Not every test has a use for the following: hence inline. */

/* This program with WORDS, under SESSION, to its end. => its exit code. */
static inline DWORD debug(struct session *session, const char *words, DWORD flags)
{
    PROCESS_INFORMATION info;

    CHECK_INT(start(words, flags, &info), TRUE);
    follow(session, 0);
    return finish(&info);
}

/* This program with WORDS, to its end. => its exit code, and one more. Nothing is checked: debugged
 * programs call it, too, and write no lines of the test's. */
static inline DWORD run_child(const char *words)
{
    PROCESS_INFORMATION info;

    if (!start(words, 0, &info))
        return 1;
    WaitForSingleObject(info.hProcess, INFINITE);
    return take_code(&info) + 1;
}

static inline HANDLE named(const char *name)
{
    return CreateEventA(NULL, TRUE, FALSE, name);
}

/* What every program's line begins with. */
#define BEGIN " P L L:kernel32.dll L:msvcrt.dll B"
