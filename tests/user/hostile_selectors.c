/*
 * Selectors: all that the descriptor table could have, with each requested privilege level, and
 * those of a local table, into each segment register and as the target of each far transfer. Then
 * the same by contexts: NtContinue and NtSetContextThread have to make something of any selector
 * that user mode can have.
 */
#include "hostile.h"

#define LOW_SELECTORS 0x100u  /* the table ends before */
#define STEP          0x1003u /* through those behind it: all privilege levels, both tables */

#define CODE 0x1B
#define DATA 0x23
#define TEB  0x3B

/* What is left of a load that succeeded is undone at once. */
#define LOAD(name, code)                                  \
    static void name(ULONG_PTR value)                     \
    {                                                     \
        __asm__ volatile(code : : "a"(value) : "memory"); \
    }

LOAD(load_ds, "movl %%eax, %%ds; pushl $0x23; popl %%ds")
LOAD(load_es, "movl %%eax, %%es; pushl $0x23; popl %%es")
LOAD(load_fs, "movl %%eax, %%fs; pushl $0x3B; popl %%fs")
LOAD(load_gs, "movl %%eax, %%gs; pushl $0; popl %%gs")
LOAD(load_ss, "movl %%eax, %%ss; movl $0x23, %%eax; movl %%eax, %%ss")

static void pop_ds(ULONG_PTR value)
{
    __asm__ volatile("pushl %0; popl %%ds; pushl $0x23; popl %%ds" : : "r"(value) : "memory");
}

/* Far transfers to the next instruction: those that succeed are in the program's code again. */
static void far_jump(ULONG_PTR value)
{
    ULONG target[2] = {0, (ULONG)value};

    __asm__ volatile("movl $1f, (%0); ljmp *(%0); 1:" : : "r"(target) : "memory");
}

static void far_call(ULONG_PTR value)
{
    ULONG target[2] = {0, (ULONG)value};

    __asm__ volatile("movl $1f, (%0); lcall *(%0); 1: addl $8, %%esp" : : "r"(target) : "memory");
}

static void far_return(ULONG_PTR value)
{
    __asm__ volatile("movl %%esp, %%esi; pushl %0; pushl $1f; lret; 1: movl %%esi, %%esp"
                     :
                     : "r"(value)
                     : "esi", "memory");
}

static void interrupt_return(ULONG_PTR value)
{
    __asm__ volatile("movl %%esp, %%esi; pushfl; pushl %0; pushl $1f; iret; 1: movl %%esi, %%esp"
                     :
                     : "r"(value)
                     : "esi", "memory", "cc");
}

enum {
    AS_DATA,  /* null, code that can be read, data */
    AS_STACK, /* data that can be written, exactly ring 3's */
    AS_TARGET,
    AS_RETURN
};

static const struct {
    const char *name;
    void (*act)(ULONG_PTR);
    int how;
} ways[] = {
    {"mov ds", load_ds, AS_DATA},          {"mov es", load_es, AS_DATA},
    {"mov fs", load_fs, AS_DATA},          {"mov gs", load_gs, AS_DATA},
    {"pop ds", pop_ds, AS_DATA},           {"mov ss", load_ss, AS_STACK},
    {"far jump", far_jump, AS_TARGET},     {"far call", far_call, AS_TARGET},
    {"far return", far_return, AS_RETURN}, {"iret", interrupt_return, AS_RETURN},
};

/* May SELECTOR be used so? */
static int is_good(ULONG value, int how)
{
    ULONG any_level = value | 3;

    if (how == AS_DATA)
        return value < 4 || any_level == CODE || any_level == DATA || any_level == TEB;
    if (how == AS_STACK)
        return value == DATA || value == TEB;
    return how == AS_TARGET ? any_level == CODE : value == CODE;
}

static void try_selector(unsigned way, ULONG value)
{
    DWORD status = exception_of(ways[way].act, value);

    if (is_good(value, ways[way].how)) {
        expect(status == 0, ways[way].name);
    } else {
        expect(violated(0, NOT_KNOWN), ways[way].name);
        if (!violated(0, NOT_KNOWN))
            printf("# selector %04lX\n", value);
    }
}

static void instructions(void)
{
    for (unsigned way = 0; way < COUNT(ways); way++) {
        for (ULONG value = 0; value < LOW_SELECTORS; value++)
            try_selector(way, value);
        for (ULONG value = LOW_SELECTORS; value < 0x10000; value += STEP)
            try_selector(way, value);
        check_all(ways[way].name);
    }
}

/* The TEB's segment is one that a program may have as its stack; its exceptions and services work,
 * and it has its own one in its handlers. */
static void stack_in_the_teb(ULONG_PTR segment)
{
    __asm__ volatile("movl %0, %%ss; ud2" : : "r"(segment));
}

static USHORT stack_of_the_handler;

static LONG look_at_stack(EXCEPTION_RECORD *record, CONTEXT *context)
{
    __asm__ volatile("movw %%ss, %0" : "=m"(stack_of_the_handler));
    catch_any(record, context);
    return EXCEPTION_EXECUTE_HANDLER;
}

static void strange_stack(void)
{
    struct frame frame;

    if (TRY(&frame, look_at_stack))
        stack_in_the_teb(TEB);
    LEAVE(&frame);
    CHECK_INT((NTSTATUS)caught.ExceptionCode, STATUS_ILLEGAL_INSTRUCTION);
    CHECK_INT(caught_context.SegSs, TEB);
    CHECK_INT(stack_of_the_handler, DATA);
}

/* ---- in services --------------------------------------------------------------------------------
 */

/* Service 0 by INT 2Eh and by SYSENTER with all segment registers being VALUE. The kernel must have
 * its own at once. */
static NTSTATUS interrupt_with(ULONG value)
{
    NTSTATUS status;

    __asm__ volatile("movl %1, %%ds; movl %1, %%es; movl %1, %%fs; movl %1, %%gs\n\t"
                     "xorl %%eax, %%eax; int $0x2E\n\t"
                     "pushl $0x23; popl %%ds; pushl $0x23; popl %%es; pushl $0x3B; popl %%fs\n\t"
                     "pushl $0; popl %%gs"
                     : "=&a"(status)
                     : "b"(value)
                     : "ecx", "edx", "memory");
    return status;
}

static NTSTATUS fast_call_with(ULONG value)
{
    NTSTATUS status;

    __asm__ volatile("pushl $1f\n\t"
                     "movl %%esp, %%edx\n\t"
                     "movl %1, %%ds; movl %1, %%es; movl %1, %%fs; movl %1, %%gs\n\t"
                     "xorl %%eax, %%eax; sysenter\n"
                     "1: pushl $0x23; popl %%ds; pushl $0x23; popl %%es; pushl $0x3B; popl %%fs\n\t"
                     "pushl $0; popl %%gs"
                     : "=&a"(status)
                     : "b"(value)
                     : "ecx", "edx", "memory");
    return status;
}

static void in_services(void)
{
    static const USHORT values[] = {0, 1, 2, 3, CODE - 3, CODE, DATA - 3, DATA, TEB - 3, TEB};

    for (unsigned i = 0; i < COUNT(values); i++)
        wrong += interrupt_with(values[i]) != STATUS_SUCCESS ||
                 fast_call_with(values[i]) != STATUS_SUCCESS;
    check_all("services with any segment registers");
}

/* ---- by contexts --------------------------------------------------------------------------------
 */

typedef NTSTATUS(NTAPI *continue_service)(CONTEXT *context, ULONG test_alert);

static continue_service nt_continue;
static CONTEXT back;
static volatile int returned;
static USHORT found[6]; /* cs, ss, ds, es, fs, gs there */

/* Where a context with strange selectors goes on: nothing may be touched before they are right. */
__attribute__((naked)) static void arrived(void)
{
    __asm__ volatile("pushl %%ds; popl %%eax\n\t"
                     "movl $0x23, %%ecx; movl %%ecx, %%ds\n\t"
                     "movw %%cs, %0\n\t"
                     "movw %%ax, %1\n\t"
                     "movw %%ss, %2\n\t"
                     "movw %%es, %3\n\t"
                     "movw %%fs, %4\n\t"
                     "movw %%gs, %5\n\t"
                     "movl %%ecx, %%es\n\t"
                     "movl $0x3B, %%ecx; movl %%ecx, %%fs\n\t"
                     "xorl %%ecx, %%ecx; movl %%ecx, %%gs\n\t"
                     "movl $1, %6\n\t"
                     "pushl $0; pushl %7; call *%8"
                     :
                     : "m"(found[0]), "m"(found[2]), "m"(found[1]), "m"(found[3]), "m"(found[4]),
                       "m"(found[5]), "m"(returned), "i"(&back), "m"(nt_continue));
}

/* Go to arrived() with CHANGED's selectors, and come back. */
static void go(CONTEXT *changed)
{
    volatile int there = 0;

    returned = 0;
    RtlCaptureContext(&back);
    if (there)
        return;
    there = 1;
    back.ContextFlags = CONTEXT_FULL;
    *changed = (CONTEXT){.ContextFlags = CONTEXT_FULL,
                         .SegCs = changed->SegCs,
                         .SegSs = changed->SegSs,
                         .SegDs = changed->SegDs,
                         .SegEs = changed->SegEs,
                         .SegFs = changed->SegFs,
                         .SegGs = changed->SegGs,
                         .EFlags = changed->EFlags,
                         .Eip = (DWORD)(ULONG_PTR)arrived,
                         .Esp = back.Esp - 0x1000};
    nt_continue(changed, FALSE);
}

static int is_user_data(USHORT value, USHORT otherwise)
{
    return value == otherwise || value == 0 || value == CODE || value == DATA || value == TEB;
}

static void continued(void)
{
    CONTEXT context;

    for (ULONG value = 0; value < 0x10000; value += value < LOW_SELECTORS ? 1 : STEP) {
        memset(&context, 0, sizeof(context));
        context.SegCs = context.SegSs = context.SegDs = context.SegEs = context.SegFs =
            context.SegGs = value | 0xABCD0000;
        go(&context);
        if (!returned || found[0] != CODE || found[1] != DATA || !is_user_data(found[2], DATA) ||
            !is_user_data(found[3], DATA) || !is_user_data(found[4], TEB) ||
            !is_user_data(found[5], 0)) {
            wrong++;
            printf("# %04lX: cs %x ss %x ds %x es %x fs %x gs %x\n", value, found[0], found[1],
                   found[2], found[3], found[4], found[5]);
        }
    }
    check_all("NtContinue with any selectors goes on with such as user mode can have");
}

static void set_of_a_thread(void)
{
    HANDLE thread =
        CreateThread(NULL, 0, (LPTHREAD_START_ROUTINE)(void *)Sleep, NULL, CREATE_SUSPENDED, NULL);
    CONTEXT context = {.ContextFlags = CONTEXT_FULL}, now;

    GetThreadContext(thread, &context);
    for (ULONG value = 0; value < 0x10000; value += value < LOW_SELECTORS ? 1 : STEP) {
        context.ContextFlags = CONTEXT_FULL;
        context.SegCs = context.SegSs = context.SegDs = context.SegEs = context.SegFs =
            context.SegGs = value;
        now.ContextFlags = CONTEXT_FULL;
        wrong += !SetThreadContext(thread, &context) || !GetThreadContext(thread, &now);
        wrong += now.SegCs != CODE || now.SegSs != DATA || !is_user_data((USHORT)now.SegDs, DATA) ||
                 !is_user_data((USHORT)now.SegFs, TEB) || now.Eip != context.Eip;
    }
    check_all("NtSetContextThread the same");
    context.SegCs = CODE, context.SegSs = context.SegDs = context.SegEs = DATA;
    context.SegFs = TEB, context.SegGs = 0;
    SetThreadContext(thread, &context);
    ResumeThread(thread);
    CHECK_INT(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
    CloseHandle(thread);
}

int main(void)
{
    nt_continue = (continue_service)(void *)tokos_service("NtContinue");
    instructions();
    strange_stack();
    in_services();
    continued();
    set_of_a_thread();
    return check_done();
}
