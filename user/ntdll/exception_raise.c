/*
 * Where exceptions come from: the kernel's, and those that programs raise themselves.
 */
#include "user/ntdll/exception.h"

/* Go on as the handlers said, or tell the kernel that there was none: that ends the process. */
static DECLSPEC_NORETURN void deliver(EXCEPTION_RECORD *record, CONTEXT *context)
{
    NTSTATUS status = rtlp_dispatch_exception(record, context)
                          ? NtContinue(context, FALSE)
                          : NtRaiseException(record, context, FALSE);

    rtlp_raise_because(status, record);
}

void NTAPI rtlp_user_exception(EXCEPTION_RECORD *record, CONTEXT *context)
{
    deliver(record, context);
}

/* CONTEXT: the raiser's, behind its call. A debugger hears of it first, by way of the kernel, which
 * then has it handled as one of the processor's. */
void NTAPI rtlp_raise_exception(EXCEPTION_RECORD *record, CONTEXT *context)
{
    record->ExceptionAddress = (void *)(uintptr_t)context->Eip;
    if (current_peb()->being_debugged)
        rtlp_raise_because(NtRaiseException(record, context, TRUE), record);
    deliver(record, context);
}

void rtlp_raise_because(NTSTATUS status, EXCEPTION_RECORD *because)
{
    EXCEPTION_RECORD record = {
        .ExceptionCode = (DWORD)status,
        .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
        .ExceptionRecord = because,
    };

    RtlRaiseException(&record);
    __builtin_unreachable(); /* its handlers cannot go on here */
}

void NTAPI RtlRaiseStatus(NTSTATUS status)
{
    rtlp_raise_because(status, NULL);
}
