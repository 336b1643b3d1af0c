/*
 * The functions of ours that the handler calls in place of the real ones (watch.c): each calls the
 * real one, and notes what was asked and answered.
 */
#include "user/tokos/launch_internal.h"
#include "lib/string.h"

/* Both: 0 if the handle does not tell. The last error is the handler's, and stays. */
static DWORD id_of(HANDLE process)
{
    DWORD error = GetLastError(), id = GetProcessId(process);

    SetLastError(error);
    return id;
}

static DWORD id_of_owner(HANDLE thread)
{
    DWORD error = GetLastError(), id = GetProcessIdOfThread(thread);

    SetLastError(error);
    return id;
}

/* => the name of the process ID. */
static const char *owner(DWORD id)
{
    if (id == launch_the_one.program.dwProcessId)
        return "program";
    return id == GetCurrentProcessId() ? "this process" : "?";
}

/* What a call was, but for its text. */
struct note {
    enum call_kind kind;
    bool worked;
    DWORD process; /* the id of the one that it was about; 0: not known */
    uintptr_t from, bytes;
    DWORD protection;
};

static void PRINTF_LIKE(3, 0)
    keep(const struct note *about, DWORD error, const char *format, va_list arguments)
{
    struct launch *l = &launch_the_one;
    struct call *call = &l->calls[l->call_count];
    int length = vsnformat(call->text, sizeof(call->text), format, arguments);

    if (!about->worked && length < (int)sizeof(call->text))
        snformat(call->text + length, sizeof(call->text) - length, ": error %lu", error);
    call->kind = about->kind;
    call->worked = about->worked && about->process == l->program.dwProcessId;
    call->from = about->from;
    call->bytes = about->bytes;
    call->protection = (uint16_t)about->protection;
}

/* Notes a call of the handler's, whose last error stays. */
static void PRINTF_LIKE(2, 3) note(struct note about, const char *format, ...)
{
    struct launch *l = &launch_the_one;
    DWORD error = GetLastError();
    va_list arguments;

    if (!launch_is_handler(l))
        return;
    va_start(arguments, format);
    if (l->call_count < CALLS_KEPT)
        keep(&about, error, format, arguments);
    va_end(arguments);
    l->call_count++;
    SetLastError(error);
}

/* Something was DONE to the process ID that may end it, by whatever thread. */
static void note_misdeed(bool done, DWORD id, const char *what)
{
    struct launch *l = &launch_the_one;

    if (done && (!id || id == l->program.dwProcessId))
        l->misdeed = what;
}

static struct place place(const void *address)
{
    return launch_place(&launch_the_one, (uintptr_t)address);
}

static LPVOID note_allocation(const char *name, HANDLE process, LPVOID at, SIZE_T bytes, DWORD type,
                              DWORD protection, LPVOID got)
{
    struct word how = launch_allocation_word(type);

    DWORD id = id_of(process);

    note((struct note){CALL_ALLOCATES, got, id, (uintptr_t)got, bytes, protection},
         "%s(%s, %s, %lx, %s, %s) = %s", name, owner(id), place(at).text, bytes, how.text,
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
    struct word how = launch_allocation_word(type);

    note((struct note){.kind = CALL_OTHER, .worked = done, .process = id_of(process)},
         "VirtualFreeEx(%s, %s, %lx, %s)", owner(id_of(process)), place(at).text, bytes, how.text);
    return done;
}

static BOOL WINAPI watch_protect_ex(HANDLE process, LPVOID at, SIZE_T bytes, DWORD protection,
                                    PDWORD old)
{
    BOOL done = VirtualProtectEx(process, at, bytes, protection, old);

    note((struct note){.kind = CALL_OTHER, .worked = done, .process = id_of(process)},
         "VirtualProtectEx(%s, %s, %lx, %s)", owner(id_of(process)), place(at).text, bytes,
         launch_protection_word(protection).text);
    return done;
}

static BOOL WINAPI watch_write(HANDLE process, LPVOID at, LPCVOID from, SIZE_T bytes, SIZE_T *count)
{
    BOOL done = WriteProcessMemory(process, at, from, bytes, count);

    note((struct note){CALL_WRITES, done, id_of(process), (uintptr_t)at, bytes, 0},
         "WriteProcessMemory(%s, %s, ..., %lx)", owner(id_of(process)), place(at).text, bytes);
    return done;
}

static BOOL WINAPI watch_flush(HANDLE process, LPCVOID at, SIZE_T bytes)
{
    BOOL done = FlushInstructionCache(process, at, bytes);

    note((struct note){CALL_FLUSHES, done, id_of(process), (uintptr_t)at, at ? bytes : UINTPTR_MAX,
                       0},
         "FlushInstructionCache(%s, %s, %lx)", owner(id_of(process)), place(at).text, bytes);
    return done;
}

static BOOL WINAPI watch_set_context(HANDLE thread, const CONTEXT *context)
{
    BOOL done = SetThreadContext(thread, context);

    note((struct note){.kind = CALL_OTHER, .worked = done}, "SetThreadContext(...)");
    return done;
}

static DWORD WINAPI watch_suspend(HANDLE thread)
{
    DWORD count = SuspendThread(thread);

    note((struct note){.kind = CALL_OTHER, .worked = count != UINT32_MAX}, "SuspendThread(...)");
    return count;
}

static DWORD WINAPI watch_resume(HANDLE thread)
{
    DWORD count = ResumeThread(thread);

    note((struct note){.kind = CALL_OTHER, .worked = count != UINT32_MAX}, "ResumeThread(...)");
    return count;
}

static BOOL WINAPI watch_terminate(HANDLE process, UINT code)
{
    DWORD id = id_of(process);
    bool leaves = id == GetCurrentProcessId() && launch_is_handler(&launch_the_one);
    BOOL done = leaves || TerminateProcess(process, code);

    note((struct note){.worked = done, .process = id}, "TerminateProcess(%s, %u)", owner(id), code);
    note_misdeed(done, id, "ended the program");
    if (leaves)
        launch_leave(&launch_the_one);
    return done;
}

static BOOL WINAPI watch_terminate_thread(HANDLE thread, DWORD code)
{
    DWORD id = id_of_owner(thread);
    BOOL done = TerminateThread(thread, code);

    note((struct note){.worked = done, .process = id}, "TerminateThread(of %s, %lu)", owner(id),
         code);
    note_misdeed(done, id, "ended the program");
    return done;
}

static HANDLE WINAPI watch_remote_thread(HANDLE process, LPSECURITY_ATTRIBUTES security,
                                         SIZE_T stack, LPTHREAD_START_ROUTINE start,
                                         LPVOID parameter, DWORD flags, LPDWORD thread)
{
    HANDLE made = CreateRemoteThread(process, security, stack, start, parameter, flags, thread);
    DWORD id = id_of(process);

    note((struct note){.worked = made, .process = id}, "CreateRemoteThread(%s, ..., %s, ...)",
         owner(id), place((const void *)(uintptr_t)start).text);
    note_misdeed(made, id, "started a thread in the program");
    return made;
}

static DWORD WINAPI watch_queue(PAPCFUNC function, HANDLE thread, ULONG_PTR data)
{
    DWORD done = QueueUserAPC(function, thread, data), id = id_of_owner(thread);

    note((struct note){.worked = done, .process = id}, "QueueUserAPC(%s, of %s, %lx)",
         place((const void *)(uintptr_t)function).text, owner(id), (unsigned long)data);
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
    {"TerminateThread", (FARPROC)(void *)watch_terminate_thread, NULL},
    {"CreateRemoteThread", (FARPROC)(void *)watch_remote_thread, NULL},
    {"QueueUserAPC", (FARPROC)(void *)watch_queue, NULL},
    {"GetProcAddress", (FARPROC)(void *)watch_get_address, NULL},
};

const unsigned launch_watched_count = COUNT_OF(launch_watched);
