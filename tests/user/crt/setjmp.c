/*
 * setjmp and longjmp: values, registers, depth, and jumping out of exception handlers' frames.
 */
#include "check.h"

#include <setjmp.h>
#include <windows.h>

static jmp_buf buffer;

static void values(void)
{
    static volatile int calls;
    int value;

    calls = 0;
    value = setjmp(buffer);
    calls++;
    if (calls == 1)
        longjmp(buffer, 42);
    if (calls == 2) {
        CHECK_INT(value, 42);
        longjmp(buffer, 0);
    }
    CHECK_INT(value, 1);
    CHECK_INT(calls, 3);
}

static __attribute__((noinline)) void dive(int depth)
{
    volatile char room[64];

    room[0] = (char)depth;
    if (depth == 0)
        longjmp(buffer, 7);
    dive(depth - 1);
    room[1] = room[0];
}

/* Values that the compiler keeps in registers across the call must come back. */
static __attribute__((noinline)) int registers(int a, int b, int c, int d)
{
    if (setjmp(buffer) == 0)
        dive(100);
    return a * 1000 + b * 100 + c * 10 + d;
}

static void nested(void)
{
    jmp_buf inner;
    volatile int order = 0;

    if (setjmp(buffer) == 0) {
        if (setjmp(inner) == 0)
            longjmp(inner, 1);
        order = order * 10 + 1;
        longjmp(buffer, 1);
    }
    order = order * 10 + 2;
    CHECK_INT(order, 12);
}

static volatile int unwound;

static EXCEPTION_DISPOSITION __cdecl handler(struct _EXCEPTION_RECORD *record, void *frame,
                                             struct _CONTEXT *context, void *dispatcher)
{
    (void)frame;
    (void)context;
    (void)dispatcher;
    if (record->ExceptionFlags & 2) /* unwinding */
        unwound++;
    return ExceptionContinueSearch;
}

struct frame {
    void *previous;
    void *handler;
};

/* Registers an exception handler and jumps out: the handler is told, and unlinked. */
static __attribute__((noinline)) void jump_out_of_frame(void)
{
    struct frame frame;

    frame.handler = (void *)handler;
    __asm__ volatile("movl %%fs:0, %0" : "=r"(frame.previous));
    __asm__ volatile("movl %0, %%fs:0" : : "r"(&frame) : "memory");
    longjmp(buffer, 3);
}

static void frames(void)
{
    void *before, *after;
    volatile int value;

    __asm__ volatile("movl %%fs:0, %0" : "=r"(before));
    value = setjmp(buffer);
    if (value == 0)
        jump_out_of_frame();
    __asm__ volatile("movl %%fs:0, %0" : "=r"(after));
    CHECK_INT(value, 3);
    CHECK(before == after);
    CHECK_INT(unwound, 1);
}

int main(void)
{
    values();
    CHECK_INT(registers(1, 2, 3, 4), 1234);
    nested();
    frames();
    return check_done();
}
