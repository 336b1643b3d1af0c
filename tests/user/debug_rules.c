/*
 * Who debugs whom: which of the processes that come of a debugged one are debugged too, which
 * thread may speak for a debugger, and whether a debugger takes its processes with it.
 */
#include "debugging.h"

/* ---- what the debugged program does -------------------------------------------------------------
 */

/* A debugger itself. Its checks are not the test's lines, but what it says at the end. */
static int debugger_child(void)
{
    struct session session = {0};

    freopen("NUL", "w", stdout);
    CHECK_INT(debug(&session, "quiet", DEBUG_PROCESS), 7);
    CHECK_STR(session.line, BEGIN " p:7");
    return check_failed ? 51 : 52;
}

/* A debugger that ends with its debuggee alive. FATE: what it says is to become of that. */
static int leaving_child(const char *fate)
{
    struct session session = {0};
    PROCESS_INFORMATION info;

    freopen("NUL", "w", stdout);
    if (!start("answer", DEBUG_PROCESS, &info) ||
        (fate && !DebugSetProcessKillOnExit(!strcmp(fate, "kill"))))
        return 1;
    follow(&session, OUTPUT_DEBUG_STRING_EVENT);
    return 54;
}

/* Says that it is there when it is asked. While it is, so is a name. */
static int answer_child(void)
{
    named("debug_rules_alive");
    OutputDebugStringA("alive");
    WaitForSingleObject(named("debug_rules_go"), INFINITE);
    SetEvent(named("debug_rules_answer"));
    return 0;
}

static int child(char **words)
{
    if (!strcmp(words[0], "parent"))
        return (int)run_child(words[1]);
    if (!strcmp(words[0], "grandparent"))
        return (int)run_child("parent quiet");
    if (!strcmp(words[0], "debugger"))
        return debugger_child();
    if (!strcmp(words[0], "leaving"))
        return leaving_child(words[1]);
    if (!strcmp(words[0], "answer"))
        return answer_child();
    return 7;
}

/* ---- what comes of a debugged process -----------------------------------------------------------
 */

static const struct {
    DWORD flags;
    const char *words;
    DWORD code;
    const char *line;
} families[] = {
    {DEBUG_ONLY_THIS_PROCESS, "parent quiet", 8, BEGIN " p:8"},
    {DEBUG_ONLY_THIS_PROCESS, "grandparent", 9, BEGIN " p:9"},
    {DEBUG_PROCESS | DEBUG_ONLY_THIS_PROCESS, "grandparent", 9, BEGIN " p:9"},
    {DEBUG_PROCESS | DEBUG_ONLY_THIS_PROCESS, "parent quiet", 8, BEGIN " p:8"},
    {DEBUG_PROCESS, "parent quiet", 8, BEGIN BEGIN " p:7 p:8"},
    {DEBUG_PROCESS, "grandparent", 9, BEGIN BEGIN BEGIN " p:7 p:8 p:9"},
    /* The inner debugger's is not the outer's. */
    {DEBUG_PROCESS, "debugger", 52, BEGIN " p:34"},
};

static void descended(void)
{
    for (unsigned i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        struct session session = {0};

        CHECK_INT(debug(&session, families[i].words, families[i].flags), families[i].code);
        CHECK_STR(session.line, families[i].line);
    }
}

/* ---- other threads ------------------------------------------------------------------------------
 */

static BOOL go_on(const DEBUG_EVENT *event)
{
    return ContinueDebugEvent(event->dwProcessId, event->dwThreadId, DBG_CONTINUE);
}

static BOOL detach(const DEBUG_EVENT *event)
{
    return DebugActiveProcessStop(event->dwProcessId);
}

static BOOL attach(const DEBUG_EVENT *event)
{
    return DebugActiveProcess(event->dwProcessId);
}

static BOOL wait(const DEBUG_EVENT *event)
{
    DEBUG_EVENT other = *event;

    return WaitForDebugEvent(&other, 0);
}

/* What another thread tries while an event is with the debugging one, in this order: by trying to
 * attach it becomes a debugger, of nothing. */
static const struct {
    BOOL (*attempt)(const DEBUG_EVENT *event);
    DWORD error;
} attempts[] = {
    {wait, ERROR_INVALID_HANDLE},     {go_on, ERROR_INVALID_HANDLE},
    {detach, ERROR_ACCESS_DENIED},    {attach, ERROR_INVALID_PARAMETER},
    {go_on, ERROR_INVALID_PARAMETER}, {detach, ERROR_ACCESS_DENIED},
    {wait, ERROR_SEM_TIMEOUT},
};

static DWORD WINAPI attempt_all(void *event)
{
    for (unsigned i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
        CHECK_INT(attempts[i].attempt(event), FALSE);
        CHECK_INT(GetLastError(), attempts[i].error);
    }
    return 0;
}

static void interfere(struct session *session)
{
    if (session->event.dwDebugEventCode != CREATE_PROCESS_DEBUG_EVENT)
        return;
    HANDLE thread = CreateThread(NULL, 0, attempt_all, &session->event, 0, NULL);

    CHECK_INT(WaitForSingleObject(thread, 20000), WAIT_OBJECT_0);
    CloseHandle(thread);
    CHECK_INT(DebugActiveProcess(session->event.dwProcessId), FALSE); /* it is debugged already */
    CHECK_INT(GetLastError(), ERROR_INVALID_PARAMETER);
}

/* None of it changes what the debugging thread hears. */
static void other_threads(void)
{
    struct session session = {.on_event = interfere};

    CHECK_INT(debug(&session, "quiet", DEBUG_PROCESS), 7);
    CHECK_STR(session.line, BEGIN " p:7");
}

/* ---- the debugger's end -------------------------------------------------------------------------
 */

static BOOL is_alive(void)
{
    HANDLE alive = OpenEventA(SYNCHRONIZE, FALSE, "debug_rules_alive");

    return alive && CloseHandle(alive);
}

static void wait_for_end(void)
{
    for (int i = 0; i < 10000 && is_alive(); i++)
        Sleep(1);
    CHECK_INT(is_alive(), FALSE);
}

/* What becomes of the debuggee: nothing was said, or what the system does by itself. */
static const char *const ended[] = {"leaving", "leaving kill"};

static void end_together(void)
{
    HANDLE go = named("debug_rules_go"), answer = named("debug_rules_answer");

    for (unsigned i = 0; i < sizeof(ended) / sizeof(ended[0]); i++) {
        CHECK_INT(run_child(ended[i]), 54 + 1);
        wait_for_end();
        SetEvent(go);
        CHECK_INT(WaitForSingleObject(answer, 0), WAIT_TIMEOUT);
        ResetEvent(go);
    }
}

static void outlived(void)
{
    CHECK_INT(run_child("leaving live"), 54 + 1);
    CHECK_INT(is_alive(), TRUE);
    SetEvent(named("debug_rules_go"));
    CHECK_INT(WaitForSingleObject(named("debug_rules_answer"), 20000), WAIT_OBJECT_0);
    wait_for_end();
}

int main(int count, char **words)
{
    GetModuleFileNameA(NULL, program, sizeof(program));
    if (count > 1)
        return child(words + 1);
    descended();
    other_threads();
    end_together();
    outlived();
    return check_done();
}
