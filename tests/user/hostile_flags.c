/*
 * The flags and the floating-point state that a program would like to have: by POPF and IRET, by
 * contexts, and at the moment of a system call. What is not user mode's to set stays what it is,
 * and what is, does nothing to the kernel.
 */
#include "hostile.h"

#define CARRY     0x00000001u
#define ALWAYS    0x00000002u
#define TRAP      0x00000100u
#define INTERRUPT 0x00000200u
#define DIRECTION 0x00000400u
#define IOPL      0x00003000u
#define NESTED    0x00004000u
#define RESUME    0x00010000u
#define VIRTUAL   0x00020000u
#define ALIGNMENT 0x00040000u
#define PENDING   0x00180000u /* virtual interrupts */

#define NEVER    (IOPL | VIRTUAL | PENDING | RESUME) /* to be seen in user mode */
#define HARMLESS (~(TRAP | NESTED))

#define MXCSR_USUAL       0x1F80u /* exceptions are masked */
#define FXSAVE_MXCSR      24      /* places in FXSAVE's area */
#define FXSAVE_MXCSR_MASK 28

static ULONG pop_flags(ULONG flags)
{
    ULONG now;

    __asm__ volatile("pushfl; pushl %1; popfl; pushfl; popl %0; popfl"
                     : "=&r"(now)
                     : "r"(flags)
                     : "memory", "cc");
    return now;
}

static ULONG return_with_flags(ULONG flags)
{
    ULONG now;

    __asm__ volatile("pushfl; pushl %1; pushl %%cs; pushl $1f; iret\n"
                     "1: pushfl; popl %0; popfl"
                     : "=&r"(now)
                     : "r"(flags)
                     : "memory", "cc");
    return now;
}

static int are_good(ULONG flags)
{
    return (flags & (NEVER | INTERRUPT | ALWAYS)) == (INTERRUPT | ALWAYS);
}

static void by_instructions(void)
{
    for (unsigned bit = 0; bit < 32; bit++) {
        ULONG flag = (1u << bit) & HARMLESS;
        wrong += !are_good(pop_flags(flag)) || !are_good(pop_flags(HARMLESS & ~flag));
        if (flag == VIRTUAL)
            continue; /* by IRET: see virtual_8086 */
        wrong += !are_good(return_with_flags(flag)) ||
                 !are_good(return_with_flags(HARMLESS & ~flag & ~VIRTUAL));
    }
    check_all("popf and iret set no flag of the kernel's");
}

/* ---- by contexts --------------------------------------------------------------------------------
 */

typedef NTSTATUS(NTAPI *continue_service)(CONTEXT *context, ULONG test_alert);

static continue_service nt_continue;
static volatile ULONG flags_there;

/* NtContinue to here with FLAGS. => those that there were. */
static ULONG continue_with(ULONG flags)
{
    static CONTEXT context;
    static volatile int there;

    there = 0;
    RtlCaptureContext(&context);
    __asm__ volatile("pushfl; popl %0; pushl $0x202; popfl" : "=m"(flags_there) : : "cc");
    if (there)
        return flags_there;
    there = 1;
    context.EFlags = flags;
    nt_continue(&context, FALSE);
    return 0;
}

static void by_contexts(void)
{
    HANDLE thread =
        CreateThread(NULL, 0, (LPTHREAD_START_ROUTINE)(void *)Sleep, NULL, CREATE_SUSPENDED, NULL);
    CONTEXT context = {.ContextFlags = CONTEXT_FULL};

    GetThreadContext(thread, &context);
    for (unsigned bit = 0; bit < 32; bit++) {
        ULONG flag = (1u << bit) & ~TRAP;
        wrong += !are_good(continue_with(flag)) || !are_good(continue_with(~flag & ~TRAP));
        context.EFlags = flag | TRAP;
        wrong += !SetThreadContext(thread, &context) || !GetThreadContext(thread, &context) ||
                 !are_good(context.EFlags & ~RESUME); /* a debugger's: it is the next step's */
    }
    check_all("nor do contexts");
    context.EFlags = INTERRUPT;
    SetThreadContext(thread, &context);
    ResumeThread(thread);
    CHECK_INT(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
    CloseHandle(thread);
}

/* ---- in the kernel ------------------------------------------------------------------------------
 */

/* INT 2Eh and the way that ntdll takes, with FLAGS: NtTokosNull is service 0. */
static ULONG call_with_flags(ULONG flags, int through_ntdll)
{
    NTSTATUS(NTAPI * null)(void) = (void *)tokos_service("NtTokosNull");
    ULONG now;
    NTSTATUS status = -1;

    if (through_ntdll)
        __asm__ volatile("pushfl; pushl %2; popfl; call *%3; pushfl; popl %0; popfl"
                         : "=&b"(now), "=&a"(status)
                         : "S"(flags), "D"(null)
                         : "ecx", "edx", "memory", "cc");
    else
        __asm__ volatile(
            "pushfl; xorl %%eax, %%eax; pushl %2; popfl; int $0x2E; pushfl; popl %0; popfl"
            : "=&b"(now), "=&a"(status)
            : "S"(flags)
            : "ecx", "edx", "memory", "cc");
    wrong += status != STATUS_SUCCESS;
    return now;
}

static void in_services(void)
{
    const ULONG kept = CARRY | DIRECTION | NESTED | ALIGNMENT;

    for (unsigned bit = 0; bit < 32; bit++) {
        ULONG flag = (1u << bit) & ~TRAP;
        for (int way = 0; way < 2; way++) {
            ULONG now = call_with_flags(flag, way);
            wrong += !are_good(now) || (now & kept) != (flag & kept);
            now = call_with_flags(~TRAP & ~flag, way);
            wrong += !are_good(now);
        }
    }
    check_all("a service with any flag set, which the program has again afterwards");
}

static void illegal_with(ULONG_PTR flags)
{
    __asm__ volatile("pushl %0; popfl; ud2" : : "r"(flags) : "memory", "cc");
}

static ULONG handler_flags;

static LONG look_at_flags(EXCEPTION_RECORD *record, CONTEXT *context)
{
    __asm__ volatile("pushfl; popl %0" : "=m"(handler_flags));
    return catch_any(record, context);
}

static void in_exceptions(void)
{
    for (unsigned bit = 0; bit < 32; bit++) {
        struct frame frame;
        ULONG flag = (1u << bit) & ~TRAP;
        if (TRY(&frame, look_at_flags))
            illegal_with(flag);
        LEAVE(&frame);
        expect(caught.ExceptionCode == (DWORD)STATUS_ILLEGAL_INSTRUCTION, "flags");
        wrong += (handler_flags & DIRECTION) || !are_good(caught_context.EFlags & ~RESUME);
        __asm__ volatile("pushl $0x202; popfl" : : : "memory", "cc");
    }
    check_all("an exception with any flag set: its handler's direction is forward");
}

static void return_from_nested_task(ULONG_PTR unused)
{
    (void)unused;
    __asm__ volatile("pushl $0x4202; popfl; pushfl; pushl %%cs; pushl $1f; iret\n"
                     "1: addl $0, %%esp"
                     :
                     :
                     : "memory", "cc");
}

/* The task that IRET would go back to is no task. */
static void nested_task(void)
{
    exception_of(return_from_nested_task, 0);
    __asm__ volatile("pushl $0x202; popfl" : : : "memory", "cc");
    expect(violated(0, NOT_KNOWN), "iret with NT");
    check_all("iret from a nested task");
}

/* ---- steps --------------------------------------------------------------------------------------
 */

static DWORD step_ends;
static int steps;

static LONG CALLBACK on_step(EXCEPTION_POINTERS *pointers)
{
    if (pointers->ExceptionRecord->ExceptionCode != (DWORD)EXCEPTION_SINGLE_STEP)
        return EXCEPTION_CONTINUE_SEARCH;
    steps++;
    if (pointers->ContextRecord->Eip < step_ends) /* a call of a service is over one later */
        pointers->ContextRecord->EFlags |= TRAP;
    return EXCEPTION_CONTINUE_EXECUTION;
}

/* A step over CODE: TF is set in the flags that are popped before it. */
#define STEP_OVER(code)                                                          \
    ({                                                                           \
        steps = 0;                                                               \
        __asm__ volatile("movl $1f, %0; pushl $0x302; popfl\n\t" code "\n1: nop" \
                         : "=m"(step_ends)                                       \
                         :                                                       \
                         : "eax", "ecx", "edx", "memory", "cc");                 \
        steps;                                                                   \
    })

static void stepping(void)
{
    void *handler = AddVectoredExceptionHandler(TRUE, on_step);

    CHECK_INT(STEP_OVER("nop"), 1);
    CHECK_INT(STEP_OVER("xorl %%eax, %%eax; int $0x2E"), 2);
    CHECK(STEP_OVER("pushl %%ss; popl %%ss; nop; nop") >= 3);
    CHECK(STEP_OVER("pushl %%ss; popl %%ss; xorl %%eax, %%eax; int $0x2E") >= 3);
    CHECK(STEP_OVER("movl %%ss, %%eax; movl %%eax, %%ss; nop; nop") >= 3);
    CHECK(STEP_OVER("xorl %%eax, %%eax; pushl %%ss; popl %%ss; int $0x2E; nop") >= 3);
    CHECK(STEP_OVER("pushfl; popfl; nop") >= 2);
    CHECK(STEP_OVER("pushfl; pushl %%cs; pushl $2f; iret; 2: nop") >= 4);
    RemoveVectoredExceptionHandler(handler);
}

/* ---- floating-point state -----------------------------------------------------------------------
 */

static void continue_with_floats(ULONG parts, UCHAR fill)
{
    static CONTEXT context;
    static volatile int there;

    there = 0;
    RtlCaptureContext(&context);
    if (there) {
        __asm__ volatile("fninit");
        return;
    }
    there = 1;
    memset(&context.FloatSave, fill, sizeof(context.FloatSave));
    memset(context.ExtendedRegisters, fill, sizeof(context.ExtendedRegisters));
    context.ContextFlags = CONTEXT_FULL | parts;
    nt_continue(&context, FALSE);
}

static UCHAR fx_state[512] __attribute__((aligned(16)));

/* The bits of MXCSR that this processor has (Intel SDM volume 1, section 11.6.6). */
static ULONG mxcsr_mask(void)
{
    ULONG mask;

    __asm__ volatile("fxsave %0" : "=m"(fx_state));
    memcpy(&mask, fx_state + FXSAVE_MXCSR_MASK, sizeof(mask));
    return mask ? mask : 0xFFBF;
}

/* NtContinue to here with MXCSR, and the rest as mxcsr_mask found it. => what it is then. */
static ULONG continue_with_mxcsr(ULONG mxcsr)
{
    static CONTEXT context;
    static volatile int there;
    const ULONG usual = MXCSR_USUAL;
    ULONG now;

    there = 0;
    RtlCaptureContext(&context);
    if (there) {
        __asm__ volatile("stmxcsr %0; ldmxcsr %1" : "=m"(now) : "m"(usual));
        return now;
    }
    there = 1;
    memcpy(context.ExtendedRegisters, fx_state, sizeof(fx_state));
    memcpy(context.ExtendedRegisters + FXSAVE_MXCSR, &mxcsr, sizeof(mxcsr));
    context.ContextFlags = CONTEXT_FULL | CONTEXT_EXTENDED_REGISTERS;
    nt_continue(&context, FALSE);
    return 0;
}

/* It keeps what can be loaded. All exceptions stay masked, or one would be pending. */
static void mxcsr(void)
{
    ULONG mask = mxcsr_mask();

    for (unsigned bit = 0; bit < 32; bit++) {
        ULONG tried = MXCSR_USUAL | 1u << bit;
        wrong += continue_with_mxcsr(tried) != (tried & mask);
    }
    check_all("MXCSR loses the bits that the processor has not, and no others");
}

/* Whatever the bits are, the kernel loads what can be loaded; and saves it again when other threads
 * run. */
static void floats(void)
{
    static const UCHAR fills[] = {0xFF, 0x00, 0x55, 0x80, 0x7F};

    for (unsigned i = 0; i < COUNT(fills); i++) {
        continue_with_floats(CONTEXT_FLOATING_POINT, fills[i]);
        continue_with_floats(CONTEXT_EXTENDED_REGISTERS, fills[i]);
        continue_with_floats(CONTEXT_FLOATING_POINT | CONTEXT_EXTENDED_REGISTERS, fills[i]);
        Sleep(1);
    }
    CHECK(1 && "any floating-point state");
}

/* A pending exception that nobody waited for, while other threads run and contexts are made. */
static void pending_float(void)
{
    static const USHORT unmasked = 0x0360;
    CONTEXT context = {.ContextFlags = CONTEXT_FULL | CONTEXT_FLOATING_POINT};
    USHORT status;

    __asm__ volatile("fninit; fldcw %0; fldz; fldz; fdivrp" : : "m"(unmasked));
    Sleep(1);
    CHECK(GetThreadContext(GetCurrentThread(), &context));
    Sleep(1);
    __asm__ volatile("fnstsw %0; fninit" : "=m"(status));
    CHECK_INT(status & 1, 1);
    CHECK_INT(context.FloatSave.StatusWord & 1, 1);
}

int main(void)
{
    nt_continue = (continue_service)(void *)tokos_service("NtContinue");
    by_instructions();
    by_contexts();
    in_services();
    in_exceptions();
    nested_task();
    stepping();
    mxcsr();
    floats();
    pending_float();
    return check_done();
}
