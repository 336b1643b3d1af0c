/*
 * Thread local storage by index: 64 slots in the TEB, 1024 more in a block that a thread gets when
 * it first needs one.
 */
#include "user/kernel32/base.h"

#define WORD_BITS 32u

static ULONG *bit_word(DWORD index)
{
    struct peb *peb = current_peb();

    if (index < TLS_SLOTS)
        return &peb->tls_bitmap_bits[index / WORD_BITS];
    return &peb->tls_expansion_bitmap_bits[(index - TLS_SLOTS) / WORD_BITS];
}

static bool is_taken(DWORD index)
{
    return index < TLS_SLOTS + TLS_EXPANSION_SLOTS && (*bit_word(index) >> index % WORD_BITS & 1);
}

/* => where the current thread has INDEX's value; NULL: it has no block for it. */
static void **slot_of(DWORD index)
{
    struct teb *teb = current_teb();

    if (index < TLS_SLOTS)
        return &teb->tls_slots[index];
    return teb->tls_expansion_slots ? &teb->tls_expansion_slots[index - TLS_SLOTS] : NULL;
}

DWORD WINAPI TlsAlloc(void)
{
    DWORD index = 0;

    RtlAcquirePebLock();
    while (index < TLS_SLOTS + TLS_EXPANSION_SLOTS && is_taken(index))
        index++;
    if (index < TLS_SLOTS + TLS_EXPANSION_SLOTS)
        *bit_word(index) |= 1u << index % WORD_BITS;
    else
        index = TLS_OUT_OF_INDEXES;
    RtlReleasePebLock();
    if (index == TLS_OUT_OF_INDEXES) {
        base_fail(ERROR_NO_MORE_ITEMS);
        return index;
    }
    void **slot = slot_of(index);
    if (slot)
        *slot = NULL;
    return index;
}

/* The value goes in all threads, by the kernel, so that the next owner of the index finds NULL. */
BOOL WINAPI TlsFree(DWORD index)
{
    RtlAcquirePebLock();
    bool taken = is_taken(index);
    if (taken) {
        NtSetInformationThread(CURRENT_THREAD, ThreadZeroTlsCell, &index, sizeof(index));
        *bit_word(index) &= ~(1u << index % WORD_BITS);
    }
    RtlReleasePebLock();
    return taken || base_fail(ERROR_INVALID_PARAMETER);
}

void *WINAPI TlsGetValue(DWORD index)
{
    struct teb *teb = current_teb();

    if (index >= TLS_SLOTS + TLS_EXPANSION_SLOTS) {
        base_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    teb->last_error_value = ERROR_SUCCESS;
    if (index < TLS_SLOTS)
        return teb->tls_slots[index];
    void **slot = slot_of(index);
    return slot ? *slot : NULL;
}

BOOL WINAPI TlsSetValue(DWORD index, void *value)
{
    struct teb *teb = current_teb();

    if (index >= TLS_SLOTS + TLS_EXPANSION_SLOTS)
        return base_fail(ERROR_INVALID_PARAMETER);
    if (index >= TLS_SLOTS && !teb->tls_expansion_slots) {
        teb->tls_expansion_slots =
            RtlAllocateHeap(teb->peb->process_heap, HEAP_ZERO_MEMORY,
                            TLS_EXPANSION_SLOTS * sizeof(*teb->tls_expansion_slots));
        if (!teb->tls_expansion_slots)
            return base_fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    *slot_of(index) = value;
    return TRUE;
}

void base_free_thread_tls(void)
{
    struct teb *teb = current_teb();

    if (teb->tls_expansion_slots)
        base_free(teb->tls_expansion_slots);
    teb->tls_expansion_slots = NULL;
}
