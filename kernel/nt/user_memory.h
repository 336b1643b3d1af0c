/*
 * Reading and writing what a caller of a service points to. A caller in user mode may point
 * anywhere: the range must lie in user space whole, and its faults that cannot be resolved come
 * back as a status. The kernel's own calls of services point to memory of the kernel, which is
 * right.
 */
#pragma once

#include "kernel/ke/thread.h"
#include "lib/status.h"

/* => who called the service that runs. (KeGetPreviousMode) */
static inline enum kprocessor_mode ke_get_previous_mode(void)
{
    return (enum kprocessor_mode)ke_get_current_thread()->previous_mode;
}

/* Does BYTES at ADDRESS lie in user space? (ProbeForRead) */
bool nt_probe(uintptr_t address, uint32_t bytes);

/* Copy BYTES from / to the caller's memory. => STATUS_ACCESS_VIOLATION,
 * STATUS_GUARD_PAGE_VIOLATION, STATUS_IN_PAGE_ERROR, ... (RtlCopyFromUser, RtlCopyToUser) */
ntstatus rtl_copy_from_user(void *to, const void *from, uint32_t bytes);
ntstatus rtl_copy_to_user(void *to, const void *from, uint32_t bytes);

/* The same for a word, which most of what callers point to is. */
ntstatus rtl_read_user_word(uint32_t *to, const uint32_t *from);
ntstatus rtl_write_user_word(uint32_t *to, uint32_t value);

/* The BYTES at AT, which become VALUE, can be written too: they are, with what was there. So a
 * result that cannot be told is known before anything is done for it. (ProbeForWrite) */
ntstatus rtl_probe_user(void *at, void *value, uint32_t bytes);
ntstatus rtl_probe_user_word(uint32_t *at, uint32_t *value);
/* The same of a buffer: one byte a page. */
ntstatus rtl_probe_user_buffer(void *at, uint32_t bytes);
