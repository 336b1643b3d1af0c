/*
 * Exceptions that programs raise, and those that nobody takes.
 */
#include "user/kernel32/base.h"

static LPTOP_LEVEL_EXCEPTION_FILTER program_filter;
static UINT error_mode;

void WINAPI RaiseException(DWORD code, DWORD flags, DWORD count, const ULONG_PTR *arguments)
{
    EXCEPTION_RECORD record = {
        .ExceptionCode = code & 0xEFFFFFFF, /* the bit that is the system's */
        .ExceptionFlags = flags & EXCEPTION_NONCONTINUABLE,
    };

    if (arguments) {
        if (count > EXCEPTION_MAXIMUM_PARAMETERS)
            count = EXCEPTION_MAXIMUM_PARAMETERS;
        record.NumberParameters = count;
        memcpy(record.ExceptionInformation, arguments, count * sizeof(*arguments));
    }
    RtlRaiseException(&record);
}

LPTOP_LEVEL_EXCEPTION_FILTER WINAPI SetUnhandledExceptionFilter(LPTOP_LEVEL_EXCEPTION_FILTER filter)
{
    return (LPTOP_LEVEL_EXCEPTION_FILTER)InterlockedExchangePointer((void **)&program_filter,
                                                                    (void *)filter);
}

/* The program's filter has its say; without one, or if it does not care, the process ends with the
 * exception's code. A debugger comes instead of the filter: it gets its second chance. */
LONG WINAPI UnhandledExceptionFilter(EXCEPTION_POINTERS *pointers)
{
    LPTOP_LEVEL_EXCEPTION_FILTER filter = program_filter;
    BOOL debugged = FALSE;

    CheckRemoteDebuggerPresent(CURRENT_PROCESS, &debugged);
    if (debugged)
        return EXCEPTION_CONTINUE_SEARCH;
    if (filter) {
        LONG answer = filter(pointers);

        if (answer == EXCEPTION_EXECUTE_HANDLER || answer == EXCEPTION_CONTINUE_EXECUTION)
            return answer;
    }
    return EXCEPTION_EXECUTE_HANDLER;
}

UINT WINAPI SetErrorMode(UINT mode)
{
    return (UINT)InterlockedExchange((volatile LONG *)&error_mode, (LONG)mode);
}

UINT WINAPI GetErrorMode(void)
{
    return error_mode;
}
