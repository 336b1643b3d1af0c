/*
 * Initialisation that happens once. The word is 0 at first, BUSY while somebody initialises, and
 * then what he left, which has its lowest two bits free, with DONE.
 */
#include "user/ntdll/park.h"

#define BUSY ((void *)1)
#define DONE 2u

void NTAPI RtlRunOnceInitialize(RTL_RUN_ONCE *once)
{
    once->Ptr = NULL;
}

/* => STATUS_PENDING: the caller is the one to initialise; STATUS_SUCCESS: it is done. */
NTSTATUS NTAPI RtlRunOnceBeginInitialize(RTL_RUN_ONCE *once, ULONG flags, void **context)
{
    void *volatile *word = &once->Ptr;

    if (flags & ~(ULONG)RTL_RUN_ONCE_CHECK_ONLY) /* nobody initialises beside another here */
        return STATUS_INVALID_PARAMETER_2;
    for (;;) {
        void *seen = *word;

        if ((uintptr_t)seen & DONE) {
            if (context)
                *context = (void *)((uintptr_t)seen & ~(uintptr_t)3);
            return STATUS_SUCCESS;
        }
        if (flags & RTL_RUN_ONCE_CHECK_ONLY)
            return STATUS_UNSUCCESSFUL;
        if (seen == BUSY)
            rtlp_park(word, BUSY, NULL);
        else if (InterlockedCompareExchangePointer(word, BUSY, NULL) == NULL)
            return STATUS_PENDING;
    }
}

NTSTATUS NTAPI RtlRunOnceComplete(RTL_RUN_ONCE *once, ULONG flags, void *context)
{
    bool failed = flags & RTL_RUN_ONCE_INIT_FAILED;

    if (((uintptr_t)context & 3) || (failed && context))
        return STATUS_INVALID_PARAMETER_3;
    void *next = failed ? NULL : (void *)((uintptr_t)context | DONE);
    if (InterlockedCompareExchangePointer(&once->Ptr, next, BUSY) != BUSY)
        return STATUS_UNSUCCESSFUL;
    rtlp_unpark(&once->Ptr, true);
    return STATUS_SUCCESS;
}
