/*
 * A program that steps through itself, as a debugger would: the trap flag is set, and each trap's
 * handler sets it again. System calls are single steps, however they are made.
 */
#include <windows.h>
#include "crt/check.h"

#define TRAP_FLAG 0x100

static DWORD last; /* where stepping ends */
static int steps, reached;

static LONG CALLBACK on_step(EXCEPTION_POINTERS *pointers)
{
    if (pointers->ExceptionRecord->ExceptionCode != EXCEPTION_SINGLE_STEP)
        return EXCEPTION_CONTINUE_SEARCH;
    steps++;
    reached = pointers->ContextRecord->Eip == last;
    if (!reached)
        pointers->ContextRecord->EFlags |= TRAP_FLAG;
    return EXCEPTION_CONTINUE_EXECUTION;
}

/* Step through a call of FUNCTION, which has no arguments, up to its end. => what it returned. */
static DWORD step_through(DWORD (*function)(void))
{
    DWORD result;

    steps = reached = 0;
    __asm__ volatile("movl $1f, %1\n\t"
                     "pushfl\n\t"
                     "orl $0x100, (%%esp)\n\t"
                     "popfl\n\t"
                     "call *%2\n"
                     "1: nop\n\t"
                     : "=a"(result), "=m"(last)
                     : "b"(function)
                     : "ecx", "edx", "memory", "cc");
    return result;
}

static DWORD nothing(void)
{
    __asm__ volatile("nop; nop; nop");
    return 5;
}

static DWORD tick_frequency(void)
{
    LARGE_INTEGER frequency;

    return QueryPerformanceFrequency(&frequency) ? frequency.LowPart : 0; /* a system call */
}

static DWORD close_nothing(void)
{
    return CloseHandle(NULL) ? 0 : GetLastError();
}

static DWORD memory(void)
{
    void *p = VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

    return p && VirtualFree(p, 0, MEM_RELEASE);
}

/* A context that is set is gone on from, flags and all. */
static DWORD own_context(void)
{
    CONTEXT context = {.ContextFlags = CONTEXT_CONTROL};

    return GetThreadContext(GetCurrentThread(), &context);
}

int main(void)
{
    LARGE_INTEGER frequency;
    void *handler = AddVectoredExceptionHandler(TRUE, on_step);

    QueryPerformanceFrequency(&frequency);
    CHECK_INT(step_through(nothing), 5);
    CHECK(reached && steps >= 5);
    CHECK_INT(step_through(tick_frequency), frequency.LowPart);
    CHECK(reached && steps > 10);
    CHECK_INT(step_through(close_nothing), ERROR_INVALID_HANDLE);
    CHECK(reached && steps > 10);
    CHECK_INT(step_through(memory), TRUE);
    CHECK(reached && steps > 20);
    CHECK_INT(step_through(own_context), TRUE);
    CHECK(reached);
    RemoveVectoredExceptionHandler(handler);
    return check_done();
}
