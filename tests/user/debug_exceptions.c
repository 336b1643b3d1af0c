/*
 * Exceptions of debugged processes: what the debugger hears of them, both chances, what it may do
 * about them, and what becomes of one when the debugger goes.
 */
#include "debugging.h"

#define OUTSIDE    0x10000000u /* where nothing is until somebody puts it there */
#define RAISED     0xE0000001u
#define PARAMETERS 0xE0000002u

/* ---- what the debugged program does -------------------------------------------------------------
 */

static LONG CALLBACK skip_fault(EXCEPTION_POINTERS *pointers)
{
    if (pointers->ExceptionRecord->ExceptionCode != EXCEPTION_ACCESS_VIOLATION)
        return EXCEPTION_CONTINUE_SEARCH;
    pointers->ContextRecord->Eax = OUTSIDE + 8; /* the store below is by eax */
    VirtualAlloc((void *)OUTSIDE, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void touch(void)
{
    __asm__ volatile("movl %0, (%%eax)" : : "i"(0x1234), "a"(OUTSIDE) : "memory");
}

/* There is no room for what handlers get. */
static void touch_without_stack(void)
{
    __asm__ volatile("movl %%esp, %%ebx\n\t"
                     "movl $16, %%esp\n\t"
                     "movl %0, (%%eax)\n\t"
                     "movl %%ebx, %%esp"
                     :
                     : "i"(0x1234), "a"(OUTSIDE)
                     : "ebx", "memory");
}

static int child(const char *word)
{
    static const ULONG_PTR arguments[] = {11, 12};

    if (!strcmp(word, "write")) {
        touch();
        return *(volatile int *)OUTSIDE == 0x1234 ? 21 : 22;
    }
    if (!strcmp(word, "no stack")) {
        touch_without_stack();
        return *(volatile int *)OUTSIDE == 0x1234 ? 21 : 22;
    }
    if (!strcmp(word, "handled")) {
        AddVectoredExceptionHandler(1, skip_fault);
        touch();
        return *(volatile int *)(OUTSIDE + 8) == 0x1234 ? 23 : 24;
    }
    if (!strcmp(word, "read"))
        return *(volatile int *)OUTSIDE;
    if (!strcmp(word, "raise"))
        RaiseException(RAISED, 0, 0, NULL);
    if (!strcmp(word, "parameters"))
        RaiseException(PARAMETERS, EXCEPTION_NONCONTINUABLE, 2, arguments);
    return 32;
}

/* ---- what the debugger does ---------------------------------------------------------------------
 */

static DWORD commit_page(struct session *session)
{
    CHECK(VirtualAllocEx(session->process, (void *)OUTSIDE, 4096, MEM_RESERVE | MEM_COMMIT,
                         PAGE_READWRITE) == (void *)OUTSIDE);
    return DBG_CONTINUE;
}

static DWORD commit_at_second_chance(struct session *session)
{
    return session->event.u.Exception.dwFirstChance ? DBG_EXCEPTION_NOT_HANDLED
                                                    : commit_page(session);
}

/* The thread goes on behind the store, of six bytes. */
static DWORD skip_store(struct session *session)
{
    CONTEXT context = {.ContextFlags = CONTEXT_FULL};

    CHECK_INT(GetThreadContext(session->thread, &context), TRUE);
    CHECK_INT(context.Eax, OUTSIDE);
    context.Eip += 6;
    CHECK_INT(SetThreadContext(session->thread, &context), TRUE);
    VirtualAllocEx(session->process, (void *)OUTSIDE, 4096, MEM_RESERVE | MEM_COMMIT,
                   PAGE_READONLY);
    return DBG_CONTINUE;
}

static DWORD say_handled(struct session *session)
{
    (void)session;
    return DBG_EXCEPTION_HANDLED;
}

static DWORD leave_it(struct session *session)
{
    (void)session;
    return DBG_EXCEPTION_NOT_HANDLED;
}

/* ---- both chances -------------------------------------------------------------------------------
 */

#define TWICE(code) BEGIN " " code "! " code "!! p:" code

/* A program, the exception that it has, what the debugger does about it, and what comes of it. */
static const struct chance {
    const char *word;
    EXCEPTION_RECORD record; /* but for the address */
    DWORD (*act)(struct session *session);
    DWORD code;
    const char *line;
} chances[] = {
#define WRITE_FAULT                                   \
    {                                                 \
        EXCEPTION_ACCESS_VIOLATION, 0, NULL, NULL, 2, \
        {                                             \
            1, OUTSIDE                                \
        }                                             \
    }
#define READ_FAULT                                    \
    {                                                 \
        EXCEPTION_ACCESS_VIOLATION, 0, NULL, NULL, 2, \
        {                                             \
            0, OUTSIDE                                \
        }                                             \
    }
#define NO_MORE                   \
    {                             \
        RAISED, 0, NULL, NULL, 0, \
        {                         \
            0                     \
        }                         \
    }
#define MORE                                                 \
    {                                                        \
        PARAMETERS, EXCEPTION_NONCONTINUABLE, NULL, NULL, 2, \
        {                                                    \
            11, 12                                           \
        }                                                    \
    }
    {"write", WRITE_FAULT, leave_it, 0xC0000005, TWICE("C0000005")},
    {"write", WRITE_FAULT, commit_page, 21, BEGIN " C0000005! p:15"},
    {"write", WRITE_FAULT, commit_at_second_chance, 21, BEGIN " C0000005! C0000005!! p:15"},
    {"write", WRITE_FAULT, skip_store, 22, BEGIN " C0000005! p:16"},
    {"read", READ_FAULT, leave_it, 0xC0000005, TWICE("C0000005")},
    {"read", READ_FAULT, commit_page, 0, BEGIN " C0000005! p:0"},
    {"handled", WRITE_FAULT, leave_it, 23, BEGIN " C0000005! p:17"},
    {"\"no stack\"", WRITE_FAULT, leave_it, 0xC0000005, TWICE("C0000005")},
    {"\"no stack\"", WRITE_FAULT, commit_at_second_chance, 21, BEGIN " C0000005! C0000005!! p:15"},
    {"raise", NO_MORE, leave_it, RAISED, TWICE("E0000001")},
    {"raise", NO_MORE, say_handled, 32, BEGIN " E0000001! p:20"},
    {"parameters", MORE, leave_it, PARAMETERS, TWICE("E0000002")},
};

static const struct chance *chance;

static DWORD take_chance(struct session *session)
{
    const EXCEPTION_RECORD *record = &session->event.u.Exception.ExceptionRecord;

    if (record->ExceptionCode == EXCEPTION_BREAKPOINT)
        return DBG_CONTINUE;
    CHECK_INT(record->ExceptionCode, chance->record.ExceptionCode);
    CHECK_INT(record->ExceptionFlags, chance->record.ExceptionFlags);
    CHECK_INT(record->NumberParameters, chance->record.NumberParameters);
    for (DWORD i = 0; i < chance->record.NumberParameters; i++)
        CHECK_INT(record->ExceptionInformation[i], chance->record.ExceptionInformation[i]);
    CHECK_INT(session->event.u.Exception.dwFirstChance, session->count == 0);
    session->count++;
    return chance->act(session);
}

static void both_chances(void)
{
    for (unsigned i = 0; i < sizeof(chances) / sizeof(chances[0]); i++) {
        struct session session = {.on_exception = take_chance};

        chance = &chances[i];
        CHECK_INT(debug(&session, chance->word, DEBUG_ONLY_THIS_PROCESS), chance->code);
        CHECK_STR(session.line, chance->line);
    }
}

/* ---- the debugger goes --------------------------------------------------------------------------
 */

/* ... with the first chance unanswered: the program's handlers get it, if there are any. */
static const struct {
    const char *word;
    DWORD code;
    const char *line;
} lefts[] = {
    {"handled", 23, BEGIN " C0000005!"},
    {"write", 0xC0000005, BEGIN " C0000005!"},
    {"\"no stack\"", 0xC0000005, BEGIN " C0000005!"},
    {"raise", RAISED, BEGIN " E0000001!"},
};

static void leave(const char *word, DWORD code, const char *line)
{
    struct session session = {0};
    PROCESS_INFORMATION info;
    DWORD ended_with = 12345;

    CHECK_INT(start(word, DEBUG_ONLY_THIS_PROCESS, &info), TRUE);
    follow(&session, EXCEPTION_DEBUG_EVENT);
    CHECK_INT(WaitForDebugEvent(&session.event, 20000), TRUE);
    take_event(&session);
    CHECK_STR(session.line, line);
    CHECK_INT(DebugActiveProcessStop(info.dwProcessId), TRUE);
    CHECK_INT(ContinueDebugEvent(info.dwProcessId, info.dwThreadId, DBG_CONTINUE), FALSE);
    CHECK_INT(GetLastError(), ERROR_INVALID_PARAMETER);
    CHECK_INT(WaitForSingleObject(info.hProcess, 20000), WAIT_OBJECT_0);
    GetExitCodeProcess(info.hProcess, &ended_with);
    CHECK_INT(ended_with, code);
    CloseHandle(info.hProcess);
    CloseHandle(info.hThread);
}

static void leaving(void)
{
    for (unsigned i = 0; i < sizeof(lefts) / sizeof(lefts[0]); i++)
        leave(lefts[i].word, lefts[i].code, lefts[i].line);
}

int main(int count, char **words)
{
    GetModuleFileNameA(NULL, program, sizeof(program));
    if (count > 1)
        return child(words[1]);
    both_chances();
    leaving();
    return check_done();
}
