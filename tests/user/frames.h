/*
 * Structured exceptions without a compiler's help: a frame on the thread's chain, made by hand.
 *
 *      struct frame frame;
 *      if (TRY(&frame, filter)) { ... } else { ... the filter said EXCEPTION_EXECUTE_HANDLER ... }
 *      LEAVE(&frame);
 */
#pragma once

#include <windows.h>

typedef LONG (*frame_filter)(EXCEPTION_RECORD *record, CONTEXT *context);

struct frame {
    EXCEPTION_REGISTRATION_RECORD registration; /* first */
    frame_filter filter;
    DWORD code;      /* of the exception that was taken */
    int unwound;     /* how often its handler was told to unwind */
    void *buffer[5]; /* __builtin_setjmp's */
};

static inline EXCEPTION_REGISTRATION_RECORD *chain_get(void)
{
    EXCEPTION_REGISTRATION_RECORD *first;

    __asm__ volatile("movl %%fs:0, %0" : "=r"(first));
    return first;
}

static inline void chain_set(EXCEPTION_REGISTRATION_RECORD *first)
{
    __asm__ volatile("movl %0, %%fs:0" : : "r"(first) : "memory");
}

static EXCEPTION_DISPOSITION __cdecl frame_handler(EXCEPTION_RECORD *record, void *establisher,
                                                   CONTEXT *context, void *dispatcher)
{
    struct frame *frame = establisher;

    (void)dispatcher;
    if (record->ExceptionFlags & (EXCEPTION_UNWINDING | EXCEPTION_EXIT_UNWIND)) {
        frame->unwound++;
        return ExceptionContinueSearch;
    }
    LONG answer = frame->filter(record, context);
    if (answer == EXCEPTION_CONTINUE_EXECUTION)
        return ExceptionContinueExecution;
    if (answer == EXCEPTION_CONTINUE_SEARCH)
        return ExceptionContinueSearch;
    frame->code = record->ExceptionCode;
    RtlUnwind(frame, NULL, record, NULL);
    chain_set(frame->registration.Next);
    __builtin_longjmp(frame->buffer, 1);
}

#define TRY(frame, function)                                                    \
    ((frame)->filter = (function), (frame)->code = 0, (frame)->unwound = 0,     \
     (frame)->registration.Next = chain_get(),                                  \
     (frame)->registration.Handler = (PEXCEPTION_ROUTINE)(void *)frame_handler, \
     chain_set(&(frame)->registration), !__builtin_setjmp((frame)->buffer))

#define LEAVE(frame) chain_set((frame)->registration.Next)

/* => the code of the exception that ACTION causes and FILTER takes; 0: none. */
static inline DWORD code_taken(frame_filter filter, void (*action)(void))
{
    struct frame frame;
    volatile DWORD code = 0;

    if (TRY(&frame, filter))
        action();
    else
        code = frame.code;
    LEAVE(&frame);
    return code;
}
