/*
 * Leaving frames on the way to the one whose handler took an exception: each handler is told, then
 * its frame goes off the chain.
 */
#include "user/ntdll/exception.h"

/* The guard while a handler unwinds: another unwinding takes over from that frame. */
static EXCEPTION_DISPOSITION __cdecl collided_guard(EXCEPTION_RECORD *record,
                                                    EXCEPTION_REGISTRATION_RECORD *frame,
                                                    CONTEXT *context, void *dispatcher)
{
    (void)context;
    if (!(record->ExceptionFlags & UNWIND_FLAGS))
        return ExceptionContinueSearch;
    *(EXCEPTION_REGISTRATION_RECORD **)dispatcher = ((struct guard_frame *)frame)->guarded;
    return ExceptionCollidedUnwind;
}

static void leave_frames(EXCEPTION_REGISTRATION_RECORD *target, EXCEPTION_RECORD *record,
                         CONTEXT *context)
{
    struct teb *teb = current_teb();
    EXCEPTION_REGISTRATION_RECORD *frame = teb->exception_list, *found = NULL;

    while (frame != target && frame != END_OF_CHAIN) {
        if (target && frame > target)
            rtlp_raise_because(STATUS_INVALID_UNWIND_TARGET, record);
        if (!rtlp_is_valid_frame(frame))
            rtlp_raise_because(STATUS_BAD_STACK, record);
        switch (rtlp_execute_handler(record, frame, context, &found,
                                     (frame_handler)(void *)frame->Handler, collided_guard)) {
        case ExceptionContinueSearch:
            break;
        case ExceptionCollidedUnwind:
            frame = found;
            break;
        default:
            rtlp_raise_because(STATUS_INVALID_DISPOSITION, record);
        }
        frame = frame->Next;
        teb->exception_list = frame;
    }
}

/* TARGET: the frame that stays; NULL: none. RECORD: NULL: not because of an exception. CONTEXT: the
 * caller's of RtlUnwind. */
void NTAPI rtlp_unwind(EXCEPTION_REGISTRATION_RECORD *target, EXCEPTION_RECORD *record,
                       CONTEXT *context)
{
    EXCEPTION_RECORD own = {
        .ExceptionCode = (DWORD)STATUS_UNWIND,
        .ExceptionAddress = (void *)(uintptr_t)context->Eip,
    };

    if (!record)
        record = &own;
    record->ExceptionFlags |= target ? EXCEPTION_UNWINDING : UNWIND_FLAGS;
    leave_frames(target, record, context);
    if (target && current_teb()->exception_list != target)
        NtRaiseException(record, context, FALSE); /* it was not on the chain */
}
