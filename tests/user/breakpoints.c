/*
 * The processor's breakpoints: on writing, on any access and on execution, in a thread's own
 * context, in one that a handler goes on with, and in a debugged process.
 */
#include "debugging.h"

#define WRITES      1u
#define ACCESSES    3u
#define WATCH(kind) (1u | (kind) << 16 | 3u << 18) /* breakpoint 0: four bytes */
#define EXECUTE     1u
#define RESUME      0x10000u /* EFLAGS: the breakpoint at this instruction is over */

static volatile DWORD watched[2];
static int hits;
static DWORD causes;

__declspec(noinline) static int called(int a)
{
    return a + 1;
}

static LONG CALLBACK count_hit(EXCEPTION_POINTERS *pointers)
{
    CONTEXT *context = pointers->ContextRecord;

    if (pointers->ExceptionRecord->ExceptionCode != EXCEPTION_SINGLE_STEP)
        return EXCEPTION_CONTINUE_SEARCH;
    hits++;
    causes |= context->Dr6;
    if (context->Eip == (DWORD)called)
        context->EFlags |= RESUME;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static BOOL set(HANDLE thread, const volatile void *address, DWORD control)
{
    CONTEXT context = {
        .ContextFlags = CONTEXT_DEBUG_REGISTERS, .Dr0 = (DWORD)address, .Dr7 = control};

    hits = 0;
    causes = 0;
    return SetThreadContext(thread, &context);
}

static CONTEXT registers_of(HANDLE thread)
{
    CONTEXT context = {.ContextFlags = CONTEXT_DEBUG_REGISTERS};

    CHECK_INT(GetThreadContext(thread, &context), TRUE);
    return context;
}

static void data(void)
{
    DWORD read;

    CHECK_INT(set(GetCurrentThread(), watched, WATCH(WRITES)), TRUE);
    watched[0] = 1;
    CHECK_INT(hits, 1);
    CHECK_INT(causes, 1);
    read = watched[0];
    watched[1] = 1;
    CHECK_INT(hits, 1);
    CHECK_INT(set(GetCurrentThread(), watched, WATCH(ACCESSES)), TRUE);
    read += watched[0];
    CHECK_INT(read, 2);
    CHECK_INT(hits, 1);
    Sleep(1); /* other threads run, and this one again */
    watched[0] = 2;
    CHECK_INT(hits, 2);
    CHECK_INT(registers_of(GetCurrentThread()).Dr0, (DWORD)watched);
    CHECK_INT(set(GetCurrentThread(), NULL, 0), TRUE);
    watched[0] = 3;
    CHECK_INT(hits, 0);
}

static void execution(void)
{
    CHECK_INT(set(GetCurrentThread(), (void *)called, EXECUTE), TRUE);
    CHECK_INT(called(1), 2);
    CHECK_INT(called(2), 3);
    CHECK_INT(hits, 2);
    CHECK_INT(set(GetCurrentThread(), NULL, 0), TRUE);
}

static DWORD WINAPI write_watched(void *parameter)
{
    (void)parameter;
    watched[0]++;
    return 0;
}

/* They are the thread's, and nobody else's. */
static void threads(void)
{
    HANDLE thread = CreateThread(NULL, 0, write_watched, NULL, CREATE_SUSPENDED, NULL);

    CHECK_INT(set(GetCurrentThread(), watched, WATCH(WRITES)), TRUE);
    ResumeThread(thread);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    CHECK_INT(hits, 0);
    CHECK_INT(set(GetCurrentThread(), NULL, 0), TRUE);
    thread = CreateThread(NULL, 0, write_watched, NULL, CREATE_SUSPENDED, NULL);
    CHECK_INT(set(thread, watched, WATCH(WRITES)), TRUE);
    watched[0]++;
    CHECK_INT(hits, 0);
    ResumeThread(thread);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    CHECK_INT(hits, 1);
}

/* System space is not watched, nor are ports; what a service writes is not reported. */
static void limits(void)
{
    FILETIME time;

    CHECK_INT(set(GetCurrentThread(), (void *)0x80000000, WATCH(ACCESSES)), TRUE);
    CHECK_INT(registers_of(GetCurrentThread()).Dr0, 0);
    CHECK_INT(registers_of(GetCurrentThread()).Dr7 & 0xFF, 0);
    CHECK_INT(set(GetCurrentThread(), (void *)0x3F8, WATCH(2u)), TRUE);
    CHECK_INT(registers_of(GetCurrentThread()).Dr7 & 0xFF, 0);
    CHECK_INT(set(GetCurrentThread(), watched, 0xFFFFFFFF), TRUE);
    CHECK_INT(registers_of(GetCurrentThread()).Dr7, 0xFFFF0155);
    CHECK_INT(set(GetCurrentThread(), &time, WATCH(WRITES)), TRUE);
    CHECK_INT(ReadProcessMemory(GetCurrentProcess(), (void *)watched, &time, sizeof(time), NULL),
              TRUE);
    CHECK_INT(hits, 0);
    CHECK_INT(set(GetCurrentThread(), NULL, 0), TRUE);
}

/* ---- in a debugged process ----------------------------------------------------------------------
 */

static DWORD watch(struct session *session)
{
    if (session->count++ == 0)
        CHECK_INT(set(session->thread, watched, WATCH(WRITES)), TRUE);
    else
        CHECK_INT(registers_of(session->thread).Dr6 & 0xF, 1);
    return DBG_CONTINUE;
}

static void debugged(void)
{
    struct session session = {.on_exception = watch};

    CHECK_INT(debug(&session, "write", DEBUG_PROCESS), 2);
    CHECK_STR(session.line, BEGIN " S S p:2");
}

int main(int count, char **words)
{
    (void)words;
    if (count > 1) {
        write_watched(NULL);
        write_watched(NULL);
        return (int)watched[0];
    }
    GetModuleFileNameA(NULL, program, sizeof(program));
    AddVectoredExceptionHandler(1, count_hit);
    data();
    execution();
    threads();
    limits();
    debugged();
    return check_done();
}
