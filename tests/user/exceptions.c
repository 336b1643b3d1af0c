/*
 * Exceptions: which come, in what order handlers see them, and how a program goes on after them.
 */
#include <windows.h>
#include "crt/check.h"
#include "frames.h"

static char order[16]; /* a letter for each handler that saw the exception */
static EXCEPTION_RECORD seen;

static void saw(char letter)
{
    size_t length = strlen(order);

    if (length + 1 < sizeof(order))
        order[length] = letter;
}

static LONG take(EXCEPTION_RECORD *record, CONTEXT *context)
{
    (void)context;
    seen = *record;
    saw('f');
    return EXCEPTION_EXECUTE_HANDLER;
}

static LONG pass(EXCEPTION_RECORD *record, CONTEXT *context)
{
    (void)record;
    (void)context;
    saw('p');
    return EXCEPTION_CONTINUE_SEARCH;
}

/* The exception that ACTION causes, as a frame sees it. */
static DWORD code_of(void (*action)(void))
{
    memset(order, 0, sizeof(order));
    memset(&seen, 0, sizeof(seen));
    return code_taken(take, action);
}

static char *volatile bad = (char *)0x10;
static volatile int zero;

static void read_bad(void)
{
    zero = *bad;
    zero = 0;
}

static void write_bad(void)
{
    *bad = 1;
}

static void divide(void)
{
    zero = 100 / zero;
}

static void illegal(void)
{
    __asm__ volatile("ud2");
}

static void privileged(void)
{
    __asm__ volatile("hlt");
}

static void breakpoint(void)
{
    __asm__ volatile("int3");
}

static void overflow(void)
{
    __asm__ volatile("movl $0x7FFFFFFF, %%eax; addl $1, %%eax; into" : : : "eax", "cc");
}

static void raise_plain(void)
{
    ULONG_PTR arguments[3] = {11, 22, 33};

    RaiseException(0xE0001234, 0, 3, arguments);
}

static void hardware(void)
{
    CHECK_INT(code_of(read_bad), EXCEPTION_ACCESS_VIOLATION);
    CHECK_INT(seen.NumberParameters, 2);
    CHECK_INT(seen.ExceptionInformation[0], 0);
    CHECK_INT(seen.ExceptionInformation[1], 0x10);
    CHECK_INT(code_of(write_bad), EXCEPTION_ACCESS_VIOLATION);
    CHECK_INT(seen.ExceptionInformation[0], 1);
    CHECK_INT(code_of(divide), EXCEPTION_INT_DIVIDE_BY_ZERO);
    CHECK_INT(code_of(illegal), EXCEPTION_ILLEGAL_INSTRUCTION);
    CHECK_INT(code_of(privileged), EXCEPTION_PRIV_INSTRUCTION);
    CHECK_INT(code_of(breakpoint), EXCEPTION_BREAKPOINT);
    CHECK_INT(*(unsigned char *)seen.ExceptionAddress, 0xCC);
    CHECK_INT(code_of(overflow), EXCEPTION_INT_OVERFLOW);
}

static void raised(void)
{
    CHECK_INT(code_of(raise_plain), 0xE0001234);
    CHECK_INT(seen.NumberParameters, 3);
    CHECK_INT(seen.ExceptionInformation[2], 33);
    CHECK_INT(seen.ExceptionFlags & EXCEPTION_NONCONTINUABLE, 0);
}

/* ---- going on -------------------------------------------------------------------------------- */

static char *page;

static LONG make_readable(EXCEPTION_RECORD *record, CONTEXT *context)
{
    DWORD old;

    (void)context;
    saw('m');
    if (record->ExceptionCode != EXCEPTION_ACCESS_VIOLATION ||
        !VirtualProtect((void *)record->ExceptionInformation[1], 1, PAGE_READWRITE, &old))
        return EXCEPTION_CONTINUE_SEARCH;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static LONG skip_two_bytes(EXCEPTION_RECORD *record, CONTEXT *context)
{
    (void)record;
    context->Eip += 2;
    context->Eax = 77;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static LONG go_on(EXCEPTION_RECORD *record, CONTEXT *context)
{
    (void)context;
    return record->ExceptionCode == 0xE0000001 ? EXCEPTION_CONTINUE_EXECUTION
                                               : EXCEPTION_CONTINUE_SEARCH;
}

static void repairing(void)
{
    struct frame frame;
    int result = 0;

    page = VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_NOACCESS);
    memset(order, 0, sizeof(order));
    if (TRY(&frame, make_readable))
        *(volatile char *)page = 5;
    LEAVE(&frame);
    CHECK_INT(*page, 5);
    CHECK_STR(order, "m");
    if (TRY(&frame, skip_two_bytes))
        __asm__ volatile("xorl %%eax, %%eax; ud2; movl %%eax, %0" : "=r"(result) : : "eax");
    LEAVE(&frame);
    CHECK_INT(result, 77);
    VirtualFree(page, 0, MEM_RELEASE);
}

static void raise_final(void)
{
    struct frame frame;

    if (TRY(&frame, go_on))
        RaiseException(0xE0000001, EXCEPTION_NONCONTINUABLE, 0, NULL);
    LEAVE(&frame);
}

/* ---- order ----------------------------------------------------------------------------------- */

static LONG WINAPI vectored_a(EXCEPTION_POINTERS *pointers)
{
    (void)pointers;
    saw('a');
    return EXCEPTION_CONTINUE_SEARCH;
}

static LONG WINAPI vectored_b(EXCEPTION_POINTERS *pointers)
{
    (void)pointers;
    saw('b');
    return EXCEPTION_CONTINUE_SEARCH;
}

static LONG WINAPI vectored_skip(EXCEPTION_POINTERS *pointers)
{
    saw('s');
    pointers->ContextRecord->Eip += 2;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void inner_passes(void)
{
    struct frame frame;

    if (TRY(&frame, pass))
        illegal();
    LEAVE(&frame);
}

static void vectored(void)
{
    void *a = AddVectoredExceptionHandler(0, vectored_a);
    void *b = AddVectoredExceptionHandler(1, vectored_b);

    CHECK(a && b);
    CHECK_INT(code_of(illegal), EXCEPTION_ILLEGAL_INSTRUCTION);
    CHECK_STR(order, "baf");
    CHECK_INT(code_of(inner_passes), EXCEPTION_ILLEGAL_INSTRUCTION);
    CHECK_STR(order, "bapf");
    CHECK_INT(RemoveVectoredExceptionHandler(b) != 0, 1);
    CHECK_INT(RemoveVectoredExceptionHandler(b), 0);
    void *s = AddVectoredExceptionHandler(0, vectored_skip);
    CHECK_INT(code_of(illegal), 0);
    CHECK_STR(order, "as");
    RemoveVectoredExceptionHandler(s);
    RemoveVectoredExceptionHandler(a);
    CHECK_INT(code_of(illegal), EXCEPTION_ILLEGAL_INSTRUCTION);
    CHECK_STR(order, "f");
}

/* A filter that itself causes an exception: it is nested, and the outer frame takes it. */
static LONG faulting_filter(EXCEPTION_RECORD *record, CONTEXT *context)
{
    (void)context;
    saw('n');
    if (record->ExceptionCode == EXCEPTION_ILLEGAL_INSTRUCTION)
        read_bad();
    return EXCEPTION_CONTINUE_SEARCH;
}

static void cause_nested(void)
{
    struct frame frame;

    if (TRY(&frame, faulting_filter))
        illegal();
    LEAVE(&frame);
}

static int unwound_inside;

static void unwinding(void)
{
    struct frame outer, inner;
    volatile int taken = 0;

    if (TRY(&outer, take)) {
        if (TRY(&inner, pass))
            illegal();
        LEAVE(&inner);
    } else {
        taken = 1;
        unwound_inside = inner.unwound;
    }
    LEAVE(&outer);
    CHECK_INT(taken, 1);
    CHECK_INT(unwound_inside, 1);
}

/* ---- guard pages and the stack --------------------------------------------------------------- */

static void touch_page(void)
{
    *(volatile char *)page = 1;
}

static void guards(void)
{
    MEMORY_BASIC_INFORMATION info;

    page = VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD);
    CHECK_INT(code_of(touch_page), EXCEPTION_GUARD_PAGE);
    CHECK_INT(seen.ExceptionInformation[0], 1);
    CHECK_INT(seen.ExceptionInformation[1] == (ULONG_PTR)page, 1);
    VirtualQuery(page, &info, sizeof(info));
    CHECK_INT(info.Protect, PAGE_READWRITE);
    CHECK_INT(code_of(touch_page), 0);
    VirtualFree(page, 0, MEM_RELEASE);
}

static int depth;

static int dig(volatile char *above)
{
    volatile char space[2000];

    space[0] = *above;
    if (++depth < 0)
        return 0;
    return dig(space) + space[0];
}

static void dig_for_ever(void)
{
    volatile char top = 0;

    dig(&top);
}

static DWORD WINAPI overflow_thread(void *unused)
{
    (void)unused;
    return code_of(dig_for_ever);
}

static void stack(void)
{
    DWORD code = 0;
    HANDLE thread =
        CreateThread(NULL, 0x40000, overflow_thread, NULL, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);

    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    CHECK_INT(code, EXCEPTION_STACK_OVERFLOW);
    CHECK(depth > 90 && depth < 131);
}

/* ---- nobody takes it ------------------------------------------------------------------------- */

static LONG WINAPI last_filter(EXCEPTION_POINTERS *pointers)
{
    saw('u');
    pointers->ContextRecord->Eip += 2;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void unhandled(void)
{
    LPTOP_LEVEL_EXCEPTION_FILTER old = SetUnhandledExceptionFilter(last_filter);

    memset(order, 0, sizeof(order));
    illegal();
    CHECK_STR(order, "u");
    CHECK_INT(SetUnhandledExceptionFilter(old) == last_filter, 1);
}

static void captured(void)
{
    CONTEXT context;
    volatile int rounds = 0;

    RtlCaptureContext(&context);
    rounds++;
    CHECK_INT((char *)(ULONG_PTR)context.Esp >= (char *)&context - 4096, 1);
    CHECK_INT((char *)(ULONG_PTR)context.Eip - (char *)captured < 4096, 1);
}

int main(void)
{
    hardware();
    raised();
    repairing();
    CHECK_INT(code_of(raise_final), EXCEPTION_NONCONTINUABLE_EXCEPTION);
    vectored();
    CHECK_INT(code_of(cause_nested), EXCEPTION_ACCESS_VIOLATION);
    unwinding();
    guards();
    stack();
    unhandled();
    captured();
    return check_done();
}
