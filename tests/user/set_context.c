/*
 * Contexts that are set while their thread is in a service. All that they say counts, but eax: the
 * service's status comes there when the service ends, as on NT.
 */
#include "nt.h"
#include "crt/check.h"

#define IN_EAX   0x1234u
#define IN_ECX   0x600D0001u
#define IN_EDX   0x600D0002u
#define SPOILT   0xBAD
#define DR_START 0x00400000u

typedef NTSTATUS(NTAPI *set_context_service)(HANDLE thread, const CONTEXT *context);
typedef NTSTATUS(NTAPI *signal_and_wait_service)(HANDLE signal, HANDLE wait, BOOLEAN alertable,
                                                 LARGE_INTEGER *timeout);

static set_context_service set_context;
static signal_and_wait_service signal_and_wait;
static HANDLE is_there, may_go;

/* Where contexts lead to: the thread's exit code is its eax, if the other registers are right. */
static void __attribute__((regparm(3), noreturn)) landed(DWORD eax, DWORD edx, DWORD ecx)
{
    ExitThread(ecx == IN_ECX && edx == IN_EDX ? eax : SPOILT);
}

static void lead_to_landed(CONTEXT *context)
{
    context->Eip = (DWORD)(ULONG_PTR)landed;
    context->Eax = IN_EAX;
    context->Ecx = IN_ECX;
    context->Edx = IN_EDX;
}

static DWORD code_of(HANDLE thread)
{
    DWORD code = ~0u;

    CHECK_INT(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    return code;
}

/* ---- another thread's ---------------------------------------------------------------------------
 */

static DWORD WINAPI wait(void *unused)
{
    (void)unused;
    return (DWORD)signal_and_wait(is_there, may_go, FALSE, NULL);
}

/* => a thread that is in the service. */
static HANDLE waiting_thread(void)
{
    HANDLE thread = CreateThread(NULL, 0, wait, NULL, 0, NULL);

    CHECK_INT(WaitForSingleObject(is_there, INFINITE), WAIT_OBJECT_0);
    return thread;
}

/* => what the service returns to a thread of which PARTS are got and set meanwhile. */
static DWORD status_after(DWORD parts)
{
    HANDLE thread = waiting_thread();
    CONTEXT context = {.ContextFlags = parts};

    CHECK(GetThreadContext(thread, &context));
    CHECK(SetThreadContext(thread, &context));
    SetEvent(may_go);
    return code_of(thread);
}

static void of_a_waiting_thread(void)
{
    CHECK_INT(status_after(CONTEXT_DEBUG_REGISTERS), STATUS_SUCCESS);
    CHECK_INT(status_after(CONTEXT_FULL), STATUS_SUCCESS);
    CHECK_INT(status_after(CONTEXT_ALL), STATUS_SUCCESS);
}

/* The wait goes on, and the thread elsewhere behind it. */
static void leads_a_waiting_thread_elsewhere(void)
{
    HANDLE thread = waiting_thread();
    CONTEXT context = {.ContextFlags = CONTEXT_FULL};

    CHECK(GetThreadContext(thread, &context));
    lead_to_landed(&context);
    CHECK(SetThreadContext(thread, &context));
    CHECK_INT(WaitForSingleObject(thread, 10), WAIT_TIMEOUT);
    SetEvent(may_go);
    CHECK_INT(code_of(thread), STATUS_SUCCESS);
}

/* ---- one's own ----------------------------------------------------------------------------------
 */

static void of_oneself(void)
{
    CONTEXT context = {.ContextFlags = CONTEXT_DEBUG_REGISTERS, .Dr0 = DR_START};

    CHECK_INT(set_context(GetCurrentThread(), &context), STATUS_SUCCESS);
    context.Dr0 = 0;
    CHECK(GetThreadContext(GetCurrentThread(), &context));
    CHECK_INT(context.Dr0, DR_START);
}

static DWORD WINAPI go_elsewhere(void *unused)
{
    CONTEXT context = {.ContextFlags = CONTEXT_FULL};

    (void)unused;
    GetThreadContext(GetCurrentThread(), &context);
    lead_to_landed(&context);
    set_context(GetCurrentThread(), &context);
    return SPOILT;
}

static void leads_oneself_elsewhere(void)
{
    CHECK_INT(code_of(CreateThread(NULL, 0, go_elsewhere, NULL, 0, NULL)), STATUS_SUCCESS);
}

/* ---- a thread that is in no service -------------------------------------------------------------
 */

static volatile LONG spinning;

static DWORD WINAPI spin(void *unused)
{
    (void)unused;
    spinning = 1;
    while (spinning)
        ;
    return SPOILT;
}

/* It has no status to come, so eax counts. */
static void of_a_running_thread(void)
{
    HANDLE thread = CreateThread(NULL, 0, spin, NULL, 0, NULL);
    CONTEXT context = {.ContextFlags = CONTEXT_FULL};

    while (!spinning)
        Sleep(1);
    CHECK(GetThreadContext(thread, &context));
    lead_to_landed(&context);
    CHECK(SetThreadContext(thread, &context));
    CHECK_INT(code_of(thread), IN_EAX);
}

int main(void)
{
    set_context = (set_context_service)(void *)tokos_service("NtSetContextThread");
    signal_and_wait =
        (signal_and_wait_service)(void *)tokos_service("NtSignalAndWaitForSingleObject");
    is_there = CreateEventA(NULL, FALSE, FALSE, NULL);
    may_go = CreateEventA(NULL, FALSE, FALSE, NULL);
    of_a_waiting_thread();
    leads_a_waiting_thread_elsewhere();
    of_oneself();
    leads_oneself_elsewhere();
    of_a_running_thread();
    return check_done();
}
