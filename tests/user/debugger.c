/*
 * Debugging a process from its beginning: every kind of event, breakpoints and steps, and what a
 * debugger does to a process that stands still.
 */
#include "debugging.h"

/* ---- what the debugged program does -------------------------------------------------------------
 */

static volatile LONG counter;

__declspec(dllexport) __declspec(noinline) int stepping(int a)
{
    __asm__ volatile("nop\n\tnop\n\tnop");
    return a + 1;
}

static DWORD WINAPI return_parameter(void *parameter)
{
    return (DWORD)parameter;
}

static DWORD WINAPI count_on(void *parameter)
{
    (void)parameter;
    while (InterlockedIncrement(&counter))
        ;
    return 0;
}

static void say_address(const void *address)
{
    char text[20];

    sprintf(text, "%p", address);
    OutputDebugStringA(text);
}

static void load_child(void)
{
    HMODULE dll = LoadLibraryA("loader_dependency.dll");

    say_address(dll);
    FreeLibrary(dll);
}

static int child(const char *word)
{
    if (!strcmp(word, "thread")) {
        HANDLE thread = CreateThread(NULL, 0, return_parameter, (void *)5, 0, NULL);

        WaitForSingleObject(thread, INFINITE);
    } else if (!strcmp(word, "load")) {
        load_child();
    } else if (!strcmp(word, "output")) {
        OutputDebugStringA("narrow");
        OutputDebugStringW(L"wide");
        OutputDebugStringA("");
    } else if (!strcmp(word, "rip")) {
        ULONG_PTR arguments[] = {3, ERROR_INVALID_HANDLE};

        RaiseException(DBG_RIPEXCEPTION, 0, 2, arguments);
    } else if (!strcmp(word, "break")) {
        DebugBreak();
    } else if (!strcmp(word, "step")) {
        return stepping(30);
    } else if (!strcmp(word, "asked")) {
        BOOL present = FALSE;

        CheckRemoteDebuggerPresent(GetCurrentProcess(), &present);
        return IsDebuggerPresent() + 2 * present;
    } else if (!strcmp(word, "count")) {
        CreateThread(NULL, 0, count_on, NULL, 0, NULL);
        while (!counter)
            Sleep(1);
        OutputDebugStringA("counting");
        return 31;
    }
    return 7;
}

/* ---- events -------------------------------------------------------------------------------------
 */

static void expect(const char *word, DWORD code, const char *line)
{
    struct session session = {0};

    CHECK_INT(debug(&session, word, DEBUG_ONLY_THIS_PROCESS), code);
    CHECK_STR(session.line, line);
}

/* What the DLL's event said is what the program says, which leaves the line. */
static void compare_address(struct session *session)
{
    char *said = strstr(session->line, " O:");

    if (!said)
        return;
    CHECK_INT((DWORD)session->loaded, strtoul(said + 3, NULL, 16));
    *said = 0;
}

static void threads_and_dlls(void)
{
    struct session thread = {.run = return_parameter}, load = {.on_event = compare_address};

    CHECK_INT(debug(&thread, "thread", DEBUG_ONLY_THIS_PROCESS), 7);
    CHECK_STR(thread.line, BEGIN " T t:5 p:7");
    CHECK_INT(debug(&load, "load", DEBUG_ONLY_THIS_PROCESS), 7);
    CHECK_STR(load.line, BEGIN " L:loader_dependency.dll U p:7");
}

static void events(void)
{
    expect("quiet", 7, BEGIN " p:7");
    expect("output", 7, BEGIN " O:narrow O:wide O: p:7");
    expect("rip", 7, BEGIN " R:3,6 p:7");
    expect("break", 7, BEGIN " B p:7");
    expect("asked", 3, BEGIN " p:3");
    threads_and_dlls();
}

/* ---- breakpoints and steps ----------------------------------------------------------------------
 */

static const BYTE int3 = 0xCC;
static BYTE replaced;

static void set_trap(HANDLE thread, int eip_by)
{
    CONTEXT context = {.ContextFlags = CONTEXT_CONTROL};

    CHECK_INT(GetThreadContext(thread, &context), TRUE);
    context.Eip += (DWORD)eip_by;
    context.EFlags |= 0x100;
    CHECK_INT(SetThreadContext(thread, &context), TRUE);
}

/* At the first breakpoint one is put at stepping(); when it comes the byte is put back and four
 * instructions are stepped over. */
static DWORD step(struct session *session)
{
    DWORD address = (DWORD)session->event.u.Exception.ExceptionRecord.ExceptionAddress;
    SIZE_T done;

    switch (session->count++) {
    case 0:
        ReadProcessMemory(session->process, (void *)stepping, &replaced, 1, &done);
        CHECK_INT(WriteProcessMemory(session->process, (void *)stepping, &int3, 1, &done), TRUE);
        CHECK_INT(FlushInstructionCache(session->process, (void *)stepping, 1), TRUE);
        break;
    case 1:
        CHECK_INT(address, (DWORD)stepping);
        WriteProcessMemory(session->process, (void *)stepping, &replaced, 1, &done);
        set_trap(session->thread, -1);
        session->address = address;
        break;
    default:
        CHECK(address > session->address && address - session->address <= 6);
        session->address = address;
        if (session->count < 6)
            set_trap(session->thread, 0);
    }
    return DBG_CONTINUE;
}

static void steps(void)
{
    struct session session = {.on_exception = step};

    CHECK_INT(debug(&session, "step", DEBUG_ONLY_THIS_PROCESS), 31);
    CHECK_STR(session.line, BEGIN " B S S S S p:1F");
}

/* ---- a process that stands still ----------------------------------------------------------------
 */

static LONG counter_of(struct session *session)
{
    LONG value = -1;

    ReadProcessMemory(session->process, (void *)&counter, &value, sizeof(value), NULL);
    return value;
}

static void stand_still(struct session *session)
{
    if (session->event.dwDebugEventCode != OUTPUT_DEBUG_STRING_EVENT)
        return;
    LONG before = counter_of(session);
    Sleep(30);
    CHECK(before > 0);
    CHECK_INT(counter_of(session), before);
}

/* Killed with an event outstanding: it ends when that is continued. */
static void kill(struct session *session)
{
    if (session->event.dwDebugEventCode != OUTPUT_DEBUG_STRING_EVENT)
        return;
    CHECK_INT(TerminateProcess(session->process, 99), TRUE);
    CHECK_INT(WaitForSingleObject(session->process, 20), WAIT_TIMEOUT);
}

static void while_stopped(void)
{
    struct session session = {.on_event = stand_still, .run = count_on};

    CHECK_INT(debug(&session, "count", DEBUG_PROCESS), 31);
    CHECK_STR(session.line, BEGIN " T O:counting t:1F p:1F");
    struct session killed = {.on_event = kill};
    CHECK_INT(debug(&killed, "output", DEBUG_PROCESS), 99);
    CHECK_STR(killed.line, BEGIN " O:narrow p:63");
}

/* ---- what is refused ----------------------------------------------------------------------------
 */

static DWORD WINAPI never_debugged(void *parameter)
{
    DEBUG_EVENT event;

    (void)parameter;
    CHECK_INT(WaitForDebugEvent(&event, 0), FALSE);
    CHECK_INT(GetLastError(), ERROR_INVALID_HANDLE);
    CHECK_INT(ContinueDebugEvent(1, 2, DBG_CONTINUE), FALSE);
    CHECK_INT(GetLastError(), ERROR_INVALID_HANDLE);
    CHECK_INT(DebugSetProcessKillOnExit(TRUE), FALSE);
    return 0;
}

static void refused(void)
{
    HANDLE thread = CreateThread(NULL, 0, never_debugged, NULL, 0, NULL);
    DEBUG_EVENT event;
    DWORD flags;

    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    CHECK_INT(WaitForDebugEvent(&event, 0), FALSE);
    CHECK_INT(GetLastError(), ERROR_SEM_TIMEOUT);
    CHECK_INT(WaitForDebugEvent(&event, 20), FALSE);
    CHECK_INT(GetLastError(), ERROR_SEM_TIMEOUT);
    CHECK_INT(ContinueDebugEvent(1, 2, DBG_CONTINUE), FALSE);
    CHECK_INT(GetLastError(), ERROR_INVALID_PARAMETER);

    struct session session = {0};
    PROCESS_INFORMATION info;
    CHECK_INT(start("quiet", DEBUG_PROCESS, &info), TRUE);
    follow(&session, CREATE_PROCESS_DEBUG_EVENT);
    CHECK_INT(WaitForDebugEvent(&session.event, 20000), TRUE); /* ntdll */
    CHECK_INT(WaitForDebugEvent(&event, 20), FALSE);           /* one at a time */
    CHECK_INT(ContinueDebugEvent(info.dwProcessId, info.dwThreadId, 12345), FALSE);
    CHECK_INT(GetLastError(), ERROR_INVALID_PARAMETER);
    CHECK_INT(ContinueDebugEvent(info.dwProcessId, info.dwThreadId + 4, DBG_CONTINUE), FALSE);
    CHECK_INT(ContinueDebugEvent(info.dwProcessId, info.dwThreadId, DBG_CONTINUE), TRUE);
    follow(&session, 0);
    CHECK_INT(GetHandleInformation(session.process, &flags), FALSE); /* closed with its end */
    CHECK_INT(GetHandleInformation(session.thread, &flags), FALSE);
    CloseHandle(info.hProcess);
    CloseHandle(info.hThread);
}

int main(int count, char **words)
{
    GetModuleFileNameA(NULL, program, sizeof(program));
    if (count > 1)
        return child(words[1]);
    events();
    steps();
    while_stopped();
    refused();
    return check_done();
}
