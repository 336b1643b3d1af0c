/*
 * Floating-point registers in exceptions and contexts: what a handler sees, that it may change it,
 * and that nothing is lost on the way there and back.
 */
#include <windows.h>
#include "crt/check.h"

#define FXSAVE_MXCSR      24 /* places in the FXSAVE area (SDM volume 1, 10.5.1) */
#define FXSAVE_MXCSR_MASK 28
#define FXSAVE_ST0        32
#define FXSAVE_XMM0       160

#define USUAL_MXCSR          0x1F80u
#define DENORMALS_ARE_ZEROES 0x0040u

static CONTEXT seen;
static LONG (*handler)(CONTEXT *context);

static LONG CALLBACK vectored(EXCEPTION_POINTERS *pointers)
{
    if (pointers->ExceptionRecord->ExceptionCode != STATUS_BREAKPOINT)
        return EXCEPTION_CONTINUE_SEARCH;
    seen = *pointers->ContextRecord;
    pointers->ContextRecord->Eip++; /* behind the int3 */
    return handler(pointers->ContextRecord);
}

static double value_of(const BYTE *extended)
{
    double value;

    __asm__ volatile("fldt %1\n\tfstpl %0" : "=m"(value) : "m"(*(const BYTE(*)[10])extended));
    return value;
}

static LONG spoil(CONTEXT *context)
{
    (void)context;
    __asm__ volatile("fninit\n\tfldz\n\tpcmpeqd %%xmm0, %%xmm0\n\tfstp %%st(0)" : : : "memory");
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void registers_survive_a_handler(void)
{
    DWORD in[4] = {1, 2, 3, 4}, out[4];
    double first, second;

    handler = spoil;
    __asm__ volatile("fninit\n\tfldpi\n\tfld1\n\tmovups %2, %%xmm0\n\tint3\n\t"
                     "movups %%xmm0, %3\n\tfstpl %0\n\tfstpl %1"
                     : "=m"(first), "=m"(second)
                     : "m"(in), "m"(out)
                     : "memory");
    CHECK(first == 1.0 && second > 3.14159 && second < 3.1416);
    CHECK(!memcmp(in, out, sizeof(in)));
    CHECK_INT(seen.ContextFlags, CONTEXT_ALL);
    CHECK_INT(seen.FloatSave.StatusWord >> 11 & 7, 6); /* two are in use */
    CHECK_INT(seen.FloatSave.TagWord & 0xFFFF, 0x0FFF);
    CHECK(value_of(seen.FloatSave.RegisterArea) == 1.0);
    CHECK(value_of(seen.FloatSave.RegisterArea + 10) == second);
    CHECK(value_of(seen.ExtendedRegisters + FXSAVE_ST0) == 1.0);
    CHECK(!memcmp(seen.ExtendedRegisters + FXSAVE_XMM0, in, sizeof(in)));
}

static LONG change(CONTEXT *context)
{
    context->FloatSave.RegisterArea[7] = 0xC0; /* 1.0 becomes 1.5 */
    context->ExtendedRegisters[FXSAVE_XMM0] = 99;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void handlers_change_registers(void)
{
    DWORD in[4] = {1, 2, 3, 4}, out[4];
    double first;

    handler = change;
    __asm__ volatile("fninit\n\tfld1\n\tmovups %1, %%xmm0\n\tint3\n\tmovups %%xmm0, %2\n\tfstpl %0"
                     : "=m"(first)
                     : "m"(in), "m"(out)
                     : "memory");
    CHECK(first == 1.5);
    CHECK(out[0] == 99 && out[1] == 2);
}

/* The bits of MXCSR that this processor has (SDM volume 1, 11.6.6). */
static DWORD mxcsr_mask(void)
{
    static BYTE area[512] __attribute__((aligned(16)));
    DWORD mask;

    __asm__ volatile("fxsave %0" : "=m"(area));
    memcpy(&mask, area + FXSAVE_MXCSR_MASK, sizeof(mask));
    return mask ? mask : 0xFFBF;
}

static LONG leave(CONTEXT *context)
{
    (void)context;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void all_of_mxcsr_survives(void)
{
    const DWORD usual = USUAL_MXCSR, in = (usual | DENORMALS_ARE_ZEROES) & mxcsr_mask();
    DWORD out;

    handler = leave;
    __asm__ volatile("ldmxcsr %1\n\tint3\n\tstmxcsr %0\n\tldmxcsr %2"
                     : "=m"(out)
                     : "m"(in), "m"(usual)
                     : "memory");
    CHECK_INT(out, in);
}

/* MXCSR with bits that no processor has would fault in the kernel when it is loaded. */
static LONG claim(CONTEXT *context)
{
    memset(context->ExtendedRegisters + FXSAVE_MXCSR, 0xFF, 4);
    context->FloatSave.TagWord = 0xFFFFFFFF;
    context->SegDs = context->SegEs = 0x10; /* the kernel's */
    context->EFlags |= 0x3000;              /* may use ports */
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void what_a_context_must_not_say_is_dropped(void)
{
    DWORD mxcsr, flags, data;

    handler = claim;
    __asm__ volatile("fninit\n\tint3\n\tstmxcsr %0\n\tpushfl\n\tpopl %1\n\tmovl %%ds, %2"
                     : "=m"(mxcsr), "=r"(flags), "=r"(data)
                     :
                     : "memory");
    CHECK_INT(mxcsr, mxcsr_mask());
    CHECK_INT(flags & 0x3000, 0);
    CHECK_INT(data & 0xFFFF, 0x23);
    mxcsr = USUAL_MXCSR;
    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
}

/* ---- another thread's -------------------------------------------------------------------------
 */

static volatile LONG ready, go_on;
static double others;

static DWORD WINAPI thread(void *unused)
{
    (void)unused;
    __asm__ volatile("fninit\n\tfldpi" : : : "memory");
    ready = 1;
    while (!go_on)
        ;
    __asm__ volatile("fstpl %0" : "=m"(others));
    return 0;
}

static void contexts_of_threads_have_them(void)
{
    CONTEXT context = {.ContextFlags = CONTEXT_FLOATING_POINT};
    HANDLE handle = CreateThread(NULL, 0, thread, NULL, 0, NULL);

    while (!ready)
        Sleep(1);
    CHECK_INT(SuspendThread(handle), 0);
    CHECK(GetThreadContext(handle, &context));
    CHECK_INT(context.FloatSave.TagWord & 0xFFFF, 0x3FFF);
    CHECK(value_of(context.FloatSave.RegisterArea) > 3.14);
    memset(context.FloatSave.RegisterArea, 0, 10);
    context.FloatSave.TagWord = 0xFFFF7FFF; /* a zero */
    CHECK(SetThreadContext(handle, &context));
    go_on = 1;
    CHECK_INT(ResumeThread(handle), 1);
    CHECK_INT(WaitForSingleObject(handle, INFINITE), WAIT_OBJECT_0);
    CHECK(others == 0.0);
    CloseHandle(handle);
}

int main(void)
{
    AddVectoredExceptionHandler(1, vectored);
    registers_survive_a_handler();
    handlers_change_registers();
    all_of_mxcsr_survives();
    what_a_context_must_not_say_is_dropped();
    contexts_of_threads_have_them();
    return check_done();
}
