/*
 * Threads: their beginning and end, suspension, contexts, priorities, and storage of their own.
 */
#include <stddef.h>
#include <windows.h>
#include "crt/check.h"

static DWORD WINAPI return_it(void *value)
{
    return (DWORD)(ULONG_PTR)value;
}

static DWORD WINAPI exit_it(void *value)
{
    ExitThread((DWORD)(ULONG_PTR)value);
}

static DWORD WINAPI wait_for_it(void *event)
{
    WaitForSingleObject(event, INFINITE);
    return 1;
}

static DWORD code_of(HANDLE thread)
{
    DWORD code = 12345;

    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    return code;
}

static void ends(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    DWORD code, id = 0;

    CHECK_INT(code_of(CreateThread(NULL, 0, return_it, (void *)77, 0, NULL)), 77);
    CHECK_INT(code_of(CreateThread(NULL, 0, exit_it, (void *)78, 0, NULL)), 78);
    HANDLE thread = CreateThread(NULL, 0, wait_for_it, event, 0, &id);
    CHECK(id != 0 && id != GetCurrentThreadId());
    CHECK_INT(GetThreadId(thread), id);
    CHECK_INT(GetExitCodeThread(thread, &code), TRUE);
    CHECK_INT(code, STILL_ACTIVE);
    HANDLE other = OpenThread(THREAD_QUERY_INFORMATION | SYNCHRONIZE, FALSE, id);
    CHECK(other != NULL);
    SetEvent(event);
    CHECK_INT(code_of(other), 1);
    CloseHandle(thread);
    ResetEvent(event);
    thread = CreateThread(NULL, 0, wait_for_it, event, 0, NULL);
    CHECK_INT(TerminateThread(thread, 99), TRUE);
    CHECK_INT(code_of(thread), 99);
    CloseHandle(event);
}

static void suspension(void)
{
    HANDLE thread = CreateThread(NULL, 0, return_it, (void *)5, CREATE_SUSPENDED, NULL);
    CONTEXT context = {.ContextFlags = CONTEXT_FULL};

    CHECK_INT(WaitForSingleObject(thread, 10), WAIT_TIMEOUT);
    CHECK_INT(GetThreadContext(thread, &context), TRUE);
    CHECK(context.Eip != 0 && context.Esp != 0);
    CHECK_INT(SuspendThread(thread), 1);
    CHECK_INT(ResumeThread(thread), 2);
    CHECK_INT(WaitForSingleObject(thread, 10), WAIT_TIMEOUT);
    CHECK_INT(ResumeThread(thread), 1);
    CHECK_INT(code_of(thread), 5);
}

static volatile LONG spinning, spun_to;

static DWORD WINAPI spin(void *unused)
{
    (void)unused;
    spinning = 1;
    while (!spun_to)
        ;
    return (DWORD)spun_to;
}

static DWORD WINAPI elsewhere(void)
{
    ExitThread(321);
}

/* A running thread is stopped, and goes on where we say. */
static void contexts(void)
{
    HANDLE thread = CreateThread(NULL, 0, spin, NULL, 0, NULL);
    CONTEXT context = {.ContextFlags = CONTEXT_CONTROL | CONTEXT_INTEGER};

    while (!spinning)
        Sleep(1);
    CHECK_INT(SuspendThread(thread), 0);
    CHECK_INT(GetThreadContext(thread, &context), TRUE);
    CHECK(context.Eip - (DWORD)(ULONG_PTR)spin < 200);
    context.Eip = (DWORD)(ULONG_PTR)elsewhere;
    CHECK_INT(SetThreadContext(thread, &context), TRUE);
    CHECK_INT(ResumeThread(thread), 1);
    CHECK_INT(code_of(thread), 321);
}

/* Where a part of a thread's state begins, in what it is asked for by, and where the next begins.
 */
static const struct {
    DWORD flag, from, to;
} parts[] = {
    {CONTEXT_DEBUG_REGISTERS, offsetof(CONTEXT, Dr0), offsetof(CONTEXT, FloatSave)},
    {CONTEXT_FLOATING_POINT, offsetof(CONTEXT, FloatSave), offsetof(CONTEXT, SegGs)},
    {CONTEXT_SEGMENTS, offsetof(CONTEXT, SegGs), offsetof(CONTEXT, Edi)},
    {CONTEXT_INTEGER, offsetof(CONTEXT, Edi), offsetof(CONTEXT, Ebp)},
    {CONTEXT_CONTROL, offsetof(CONTEXT, Ebp), offsetof(CONTEXT, ExtendedRegisters)},
    {CONTEXT_EXTENDED_REGISTERS, offsetof(CONTEXT, ExtendedRegisters), sizeof(CONTEXT)},
};

/* => how many bytes of those are not as they were filled. */
static int changed(const BYTE *context, DWORD from, DWORD to)
{
    int changes = 0;

    for (DWORD i = from; i < to; i++)
        changes += context[i] != 0x5A;
    return changes;
}

/* What is not asked for stays as it is. */
static void parts_of_contexts(void)
{
    HANDLE thread = CreateThread(NULL, 0, return_it, (void *)6, CREATE_SUSPENDED, NULL);
    CONTEXT context;
    BYTE *bytes = (BYTE *)&context;

    for (unsigned i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        memset(&context, 0x5A, sizeof(context));
        context.ContextFlags = parts[i].flag;
        CHECK_INT(GetThreadContext(thread, &context), TRUE);
        CHECK_INT(context.ContextFlags, parts[i].flag);
        CHECK_INT(changed(bytes, offsetof(CONTEXT, Dr0), parts[i].from), 0);
        CHECK(changed(bytes, parts[i].from, parts[i].to) > 8);
        CHECK_INT(changed(bytes, parts[i].to, sizeof(context)), 0);
    }
    memset(&context, 0x5A, sizeof(context));
    context.ContextFlags = CONTEXT_i386; /* nothing */
    CHECK_INT(GetThreadContext(thread, &context), TRUE);
    CHECK_INT(changed(bytes, offsetof(CONTEXT, Dr0), sizeof(context)), 0);
    ResumeThread(thread);
    CHECK_INT(code_of(thread), 6);
}

static void priorities(void)
{
    HANDLE thread = GetCurrentThread();

    CHECK_INT(GetThreadPriority(thread), THREAD_PRIORITY_NORMAL);
    CHECK_INT(SetThreadPriority(thread, THREAD_PRIORITY_ABOVE_NORMAL), TRUE);
    CHECK_INT(GetThreadPriority(thread), THREAD_PRIORITY_ABOVE_NORMAL);
    SetThreadPriority(thread, THREAD_PRIORITY_NORMAL);
}

static DWORD WINAPI stack_size(void *unused)
{
    MEMORY_BASIC_INFORMATION info;
    char *base, *limit;

    (void)unused;
    VirtualQuery(&unused, &info, sizeof(info));
    base = info.AllocationBase;
    limit = info.BaseAddress;
    VirtualQuery(limit, &info, sizeof(info));
    return (DWORD)((char *)info.BaseAddress + info.RegionSize - base);
}

static void stacks(void)
{
    HANDLE thread =
        CreateThread(NULL, 0x80000, stack_size, NULL, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);

    CHECK_INT(code_of(thread), 0x80000);
    thread = CreateThread(NULL, 0x500000, stack_size, NULL, 0, NULL);
    CHECK(code_of(thread) >= 0x500000);
}

/* More of them than there would be room for, if a thread left its stack behind. */
static void many(void)
{
    int made = 0;

    for (; made < 1200; made++) {
        HANDLE thread = CreateThread(NULL, 0, return_it, NULL, 0, NULL);

        if (!thread)
            break;
        WaitForSingleObject(thread, INFINITE);
        CloseHandle(thread);
    }
    CHECK_INT(made, 1200);
}

/* ---- storage --------------------------------------------------------------------------------- */

static DWORD indices[1000];
static __thread int compiled = 41;

static DWORD WINAPI use_tls(void *unused)
{
    DWORD wrong = 0;

    (void)unused;
    wrong += compiled++ != 41;
    for (int i = 0; i < 1000; i++)
        wrong += TlsGetValue(indices[i]) != NULL;
    for (int i = 0; i < 1000; i++)
        TlsSetValue(indices[i], (void *)(ULONG_PTR)(i + 7));
    for (int i = 0; i < 1000; i++)
        wrong += TlsGetValue(indices[i]) != (void *)(ULONG_PTR)(i + 7);
    return wrong;
}

static void tls(void)
{
    int failed = 0;

    for (int i = 0; i < 1000; i++) {
        indices[i] = TlsAlloc();
        failed += indices[i] == TLS_OUT_OF_INDEXES || !TlsSetValue(indices[i], "mine");
    }
    CHECK_INT(failed, 0);
    CHECK_INT(code_of(CreateThread(NULL, 0, use_tls, NULL, 0, NULL)), 0);
    CHECK_STR(TlsGetValue(indices[999]), "mine");
    CHECK_INT(compiled, 41);
    for (int i = 0; i < 1000; i++)
        failed += !TlsFree(indices[i]);
    CHECK_INT(failed, 0);
    CHECK_INT(TlsFree(indices[5]), FALSE);
    SetLastError(1);
    DWORD index = TlsAlloc();
    CHECK(TlsGetValue(index) == NULL);
    CHECK_INT(GetLastError(), ERROR_SUCCESS);
    TlsFree(index);
}

static int ended_values;

static void WINAPI end_value(void *value)
{
    ended_values += (int)(ULONG_PTR)value;
}

static DWORD WINAPI use_fls(void *index)
{
    FlsSetValue((DWORD)(ULONG_PTR)index, (void *)10);
    return 0;
}

static void fls(void)
{
    DWORD index = FlsAlloc(end_value);

    CHECK(index != FLS_OUT_OF_INDEXES);
    CHECK(FlsGetValue(index) == NULL);
    code_of(CreateThread(NULL, 0, use_fls, (void *)(ULONG_PTR)index, 0, NULL));
    CHECK_INT(ended_values, 10);
    FlsSetValue(index, (void *)5);
    CHECK_INT(FlsFree(index), TRUE);
    CHECK_INT(ended_values, 15);
}

int main(void)
{
    ends();
    suspension();
    contexts();
    parts_of_contexts();
    priorities();
    stacks();
    many();
    tls();
    fls();
    return check_done();
}
