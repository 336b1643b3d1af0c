/*
 * The functions of ours that the handler calls in place of the real ones (watch.c): each calls the
 * real one, and notes what was asked and answered.
 */
#include "user/tokos/launch_internal.h"
#include "lib/string.h"

struct name {
    DWORD value;
    const char *text;
};

static const struct name protections[] = {
    {PAGE_NOACCESS, "PAGE_NOACCESS"},
    {PAGE_READONLY, "PAGE_READONLY"},
    {PAGE_READWRITE, "PAGE_READWRITE"},
    {PAGE_WRITECOPY, "PAGE_WRITECOPY"},
    {PAGE_EXECUTE, "PAGE_EXECUTE"},
    {PAGE_EXECUTE_READ, "PAGE_EXECUTE_READ"},
    {PAGE_EXECUTE_READWRITE, "PAGE_EXECUTE_READWRITE"},
    {PAGE_EXECUTE_WRITECOPY, "PAGE_EXECUTE_WRITECOPY"},
};

static const struct name allocations[] = {
    {MEM_COMMIT, "MEM_COMMIT"},
    {MEM_RESERVE, "MEM_RESERVE"},
    {MEM_COMMIT | MEM_RESERVE, "MEM_COMMIT|MEM_RESERVE"},
    {MEM_DECOMMIT, "MEM_DECOMMIT"},
    {MEM_RELEASE, "MEM_RELEASE"},
};

static struct word word_for(const struct name *names, unsigned count, DWORD value)
{
    struct word word;

    for (unsigned i = 0; i < count; i++)
        if (names[i].value == value) {
            strlcpy(word.text, names[i].text, sizeof(word.text));
            return word;
        }
    snformat(word.text, sizeof(word.text), "%lx", value);
    return word;
}

struct word launch_protection_word(DWORD value)
{
    return word_for(protections, COUNT_OF(protections), value);
}

/* The last error is the handler's, and stays. */
static DWORD id_of(HANDLE process)
{
    DWORD error = GetLastError(), id = GetProcessId(process);

    SetLastError(error);
    return id;
}

static bool is_program(HANDLE process)
{
    return id_of(process) == launch_the_one.program.dwProcessId;
}

static const char *owner(HANDLE process)
{
    if (is_program(process))
        return "program";
    return id_of(process) == GetCurrentProcessId() ? "this process" : "?";
}

/* What a call was, but for its text. */
struct note {
    enum call_kind kind;
    bool worked;
    HANDLE process;
    uintptr_t from, bytes;
    DWORD protection;
};

/* Notes a call of the handler's, whose last error stays. */
static void PRINTF_LIKE(2, 3) note(struct note about, const char *format, ...)
{
    struct launch *l = &launch_the_one;
    DWORD error = GetLastError();
    va_list arguments;

    if (GetCurrentThreadId() != l->handler_thread_id)
        return;
    if (l->call_count < CALLS_KEPT) {
        struct call *call = &l->calls[l->call_count];

        va_start(arguments, format);
        int length = vsnformat(call->text, sizeof(call->text), format, arguments);
        va_end(arguments);
        if (!about.worked && length < (int)sizeof(call->text))
            snformat(call->text + length, sizeof(call->text) - length, ": error %lu", error);
        call->kind = about.kind;
        call->worked = about.worked && is_program(about.process);
        call->from = about.from;
        call->bytes = about.bytes;
        call->protection = (uint16_t)about.protection;
    }
    l->call_count++;
    SetLastError(error);
}

static struct place place(const void *address)
{
    return launch_place(&launch_the_one, (uintptr_t)address);
}

static LPVOID note_allocation(const char *name, HANDLE process, LPVOID at, SIZE_T bytes, DWORD type,
                              DWORD protection, LPVOID got)
{
    struct word how = word_for(allocations, COUNT_OF(allocations), type);

    note((struct note){CALL_ALLOCATES, got, process, (uintptr_t)got, bytes, protection},
         "%s(%s, %s, %lx, %s, %s) = %s", name, owner(process), place(at).text, bytes, how.text,
         launch_protection_word(protection).text, place(got).text);
    return got;
}

static LPVOID WINAPI watch_alloc_ex(HANDLE process, LPVOID at, SIZE_T bytes, DWORD type,
                                    DWORD protection)
{
    LPVOID got = VirtualAllocEx(process, at, bytes, type, protection);

    return note_allocation("VirtualAllocEx", process, at, bytes, type, protection, got);
}

static LPVOID WINAPI watch_alloc(LPVOID at, SIZE_T bytes, DWORD type, DWORD protection)
{
    LPVOID got = VirtualAlloc(at, bytes, type, protection);

    return note_allocation("VirtualAlloc", CURRENT_PROCESS, at, bytes, type, protection, got);
}

static BOOL WINAPI watch_free_ex(HANDLE process, LPVOID at, SIZE_T bytes, DWORD type)
{
    BOOL done = VirtualFreeEx(process, at, bytes, type);
    struct word how = word_for(allocations, COUNT_OF(allocations), type);

    note((struct note){.kind = CALL_OTHER, .worked = done, .process = process},
         "VirtualFreeEx(%s, %s, %lx, %s)", owner(process), place(at).text, bytes, how.text);
    return done;
}

static BOOL WINAPI watch_protect_ex(HANDLE process, LPVOID at, SIZE_T bytes, DWORD protection,
                                    PDWORD old)
{
    BOOL done = VirtualProtectEx(process, at, bytes, protection, old);

    note((struct note){.kind = CALL_OTHER, .worked = done, .process = process},
         "VirtualProtectEx(%s, %s, %lx, %s)", owner(process), place(at).text, bytes,
         launch_protection_word(protection).text);
    return done;
}

static BOOL WINAPI watch_write(HANDLE process, LPVOID at, LPCVOID from, SIZE_T bytes, SIZE_T *count)
{
    BOOL done = WriteProcessMemory(process, at, from, bytes, count);

    note((struct note){CALL_WRITES, done, process, (uintptr_t)at, bytes, 0},
         "WriteProcessMemory(%s, %s, ..., %lx)", owner(process), place(at).text, bytes);
    return done;
}

static BOOL WINAPI watch_flush(HANDLE process, LPCVOID at, SIZE_T bytes)
{
    BOOL done = FlushInstructionCache(process, at, bytes);

    note((struct note){CALL_FLUSHES, done, process, (uintptr_t)at, at ? bytes : UINTPTR_MAX, 0},
         "FlushInstructionCache(%s, %s, %lx)", owner(process), place(at).text, bytes);
    return done;
}

static BOOL WINAPI watch_set_context(HANDLE thread, const CONTEXT *context)
{
    BOOL done = SetThreadContext(thread, context);

    note((struct note){.kind = CALL_OTHER, .worked = done, .process = NULL},
         "SetThreadContext(...)");
    return done;
}

static DWORD WINAPI watch_suspend(HANDLE thread)
{
    DWORD count = SuspendThread(thread);

    note((struct note){.kind = CALL_OTHER, .worked = count != UINT32_MAX, .process = NULL},
         "SuspendThread(...)");
    return count;
}

static DWORD WINAPI watch_resume(HANDLE thread)
{
    DWORD count = ResumeThread(thread);

    note((struct note){.kind = CALL_OTHER, .worked = count != UINT32_MAX, .process = NULL},
         "ResumeThread(...)");
    return count;
}

static BOOL WINAPI watch_terminate(HANDLE process, UINT code)
{
    BOOL done = TerminateProcess(process, code);

    note((struct note){.kind = CALL_ENDS, .worked = done, .process = process},
         "TerminateProcess(%s, %u)", owner(process), code);
    return done;
}

/* A function that is asked for by its name is watched as well. */
static FARPROC WINAPI watch_get_address(HMODULE module, LPCSTR name)
{
    FARPROC real = GetProcAddress(module, name);
    FARPROC ours = launch_our_function(real);

    return ours ? ours : real;
}

struct watched launch_watched[] = {
    {"VirtualAllocEx", (FARPROC)(void *)watch_alloc_ex, NULL},
    {"VirtualAlloc", (FARPROC)(void *)watch_alloc, NULL},
    {"VirtualFreeEx", (FARPROC)(void *)watch_free_ex, NULL},
    {"VirtualProtectEx", (FARPROC)(void *)watch_protect_ex, NULL},
    {"WriteProcessMemory", (FARPROC)(void *)watch_write, NULL},
    {"FlushInstructionCache", (FARPROC)(void *)watch_flush, NULL},
    {"SetThreadContext", (FARPROC)(void *)watch_set_context, NULL},
    {"SuspendThread", (FARPROC)(void *)watch_suspend, NULL},
    {"ResumeThread", (FARPROC)(void *)watch_resume, NULL},
    {"TerminateProcess", (FARPROC)(void *)watch_terminate, NULL},
    {"GetProcAddress", (FARPROC)(void *)watch_get_address, NULL},
};

const unsigned launch_watched_count = COUNT_OF(launch_watched);
