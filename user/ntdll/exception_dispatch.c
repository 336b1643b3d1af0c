/*
 * Finding who handles an exception: the vectored handlers, then the frames that functions have put
 * on the thread's chain, innermost first.
 */
#include "user/ntdll/exception.h"

bool rtlp_is_valid_frame(const EXCEPTION_REGISTRATION_RECORD *frame)
{
    const struct teb *teb = current_teb();
    uintptr_t at = (uintptr_t)frame, low = (uintptr_t)teb->stack_limit,
              high = (uintptr_t)teb->stack_base;

    if (at < low || at > high - sizeof(*frame) || (at & 3))
        return false;
    return (uintptr_t)frame->Handler < low || (uintptr_t)frame->Handler >= high;
}

/* The guard while a handler looks at an exception: tells that another one came up in it. */
static EXCEPTION_DISPOSITION __cdecl nested_guard(EXCEPTION_RECORD *record,
                                                  EXCEPTION_REGISTRATION_RECORD *frame,
                                                  CONTEXT *context, void *dispatcher)
{
    (void)context;
    if (record->ExceptionFlags & UNWIND_FLAGS)
        return ExceptionContinueSearch;
    *(EXCEPTION_REGISTRATION_RECORD **)dispatcher = ((struct guard_frame *)frame)->guarded;
    return ExceptionNestedException;
}

/* The outermost frame at which another exception is being looked at: frames up to it belong to the
 * handler that caused this one. */
static void note_nested(EXCEPTION_RECORD *record, EXCEPTION_REGISTRATION_RECORD *found,
                        EXCEPTION_REGISTRATION_RECORD **nested)
{
    record->ExceptionFlags |= EXCEPTION_NESTED_CALL;
    if (found > *nested)
        *nested = found;
}

static bool dispatch_to_frames(EXCEPTION_RECORD *record, CONTEXT *context)
{
    EXCEPTION_REGISTRATION_RECORD *frame = current_teb()->exception_list, *nested = NULL, *found;

    for (; frame != END_OF_CHAIN; frame = frame->Next) {
        if (!rtlp_is_valid_frame(frame)) {
            record->ExceptionFlags |= EXCEPTION_STACK_INVALID;
            return false;
        }
        EXCEPTION_DISPOSITION answer = rtlp_execute_handler(
            record, frame, context, &found, (frame_handler)(void *)frame->Handler, nested_guard);
        if (frame == nested) {
            record->ExceptionFlags &= ~(ULONG)EXCEPTION_NESTED_CALL;
            nested = NULL;
        }
        switch (answer) {
        case ExceptionContinueExecution:
            if (record->ExceptionFlags & EXCEPTION_NONCONTINUABLE)
                rtlp_raise_because(STATUS_NONCONTINUABLE_EXCEPTION, record);
            return true;
        case ExceptionContinueSearch:
            break;
        case ExceptionNestedException:
            note_nested(record, found, &nested);
            break;
        default:
            rtlp_raise_because(STATUS_INVALID_DISPOSITION, record);
        }
    }
    return false;
}

bool rtlp_dispatch_exception(EXCEPTION_RECORD *record, CONTEXT *context)
{
    bool handled =
        rtlp_call_vectored_handlers(record, context) || dispatch_to_frames(record, context);

    if (handled)
        rtlp_call_continue_handlers(record, context);
    return handled;
}
