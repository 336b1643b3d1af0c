/*
 * Structured exceptions of user mode, between the files that make them up.
 *
 *      kernel -> KiUserExceptionDispatcher -+
 *      RtlRaiseException -------------------+-> rtlp_dispatch_exception
 *                                                 vectored handlers, then the frames from fs:[0] on
 *           handled: NtContinue <-----------------+-----> not: NtRaiseException, second chance
 */
#pragma once

#include "user/nt/rtl.h"
#include "user/nt/services.h"

/* A frame on the chain, and what the guard frames of rtlp_execute_handler have behind it. */
struct guard_frame {
    EXCEPTION_REGISTRATION_RECORD frame;
    EXCEPTION_REGISTRATION_RECORD *guarded;
};

#define END_OF_CHAIN ((EXCEPTION_REGISTRATION_RECORD *)-1)
#define UNWIND_FLAGS (EXCEPTION_UNWINDING | EXCEPTION_EXIT_UNWIND)

/* A handler as programs write it. Compilers disagree on who pops the arguments. */
typedef EXCEPTION_DISPOSITION(__cdecl *frame_handler)(EXCEPTION_RECORD *record,
                                                      EXCEPTION_REGISTRATION_RECORD *frame,
                                                      CONTEXT *context, void *dispatcher);

/* => whether a handler dealt with RECORD: then CONTEXT is where to go on. (RtlDispatchException) */
bool rtlp_dispatch_exception(EXCEPTION_RECORD *record, CONTEXT *context);

/* Raise STATUS, from which there is no going on, because of RECORD. */
DECLSPEC_NORETURN void rtlp_raise_because(NTSTATUS status, EXCEPTION_RECORD *record);

/* => whether a frame can be at FRAME: aligned, on this thread's stack, its handler elsewhere. */
bool rtlp_is_valid_frame(const EXCEPTION_REGISTRATION_RECORD *frame);

/* Call the vectored handlers, in order, until one goes on. => whether one did. */
bool rtlp_call_vectored_handlers(EXCEPTION_RECORD *record, CONTEXT *context);
void rtlp_call_continue_handlers(EXCEPTION_RECORD *record, CONTEXT *context);
/* Once, before any other thread. */

/* exception.S */
EXCEPTION_DISPOSITION __cdecl rtlp_execute_handler(EXCEPTION_RECORD *record,
                                                   EXCEPTION_REGISTRATION_RECORD *frame,
                                                   CONTEXT *context, void *dispatcher,
                                                   frame_handler handler, frame_handler guard);
