/* The caller's memory. */
#include "kernel/nt/user_memory.h"
#include "arch/i386/guarded.h"
#include "kernel/ke/user_mode.h"
#include "lib/string.h"

bool nt_probe(uintptr_t address, uint32_t bytes)
{
    return bytes == 0 ||
           (address <= ki_highest_user_address && ki_highest_user_address - address >= bytes - 1);
}

ntstatus rtl_copy_from_user(void *to, const void *from, uint32_t bytes)
{
    if (unlikely(ke_get_previous_mode() == KERNEL_MODE)) {
        memcpy(to, from, bytes);
        return STATUS_SUCCESS;
    }
    if (unlikely(!nt_probe((uintptr_t)from, bytes)))
        return STATUS_ACCESS_VIOLATION;
    return ki_copy_guarded(to, from, bytes);
}

ntstatus rtl_copy_to_user(void *to, const void *from, uint32_t bytes)
{
    if (unlikely(ke_get_previous_mode() == KERNEL_MODE)) {
        memcpy(to, from, bytes);
        return STATUS_SUCCESS;
    }
    if (unlikely(!nt_probe((uintptr_t)to, bytes)))
        return STATUS_ACCESS_VIOLATION;
    return ki_copy_guarded(to, from, bytes);
}

static bool is_user_word(const uint32_t *at)
{
    return (uintptr_t)at < ki_highest_user_address - 2; /* the highest address is odd */
}

ntstatus rtl_read_user_word(uint32_t *to, const uint32_t *from)
{
    if (unlikely(ke_get_previous_mode() == KERNEL_MODE)) {
        *to = *from;
        return STATUS_SUCCESS;
    }
    return likely(is_user_word(from)) ? ki_read_user_word(from, to) : STATUS_ACCESS_VIOLATION;
}

ntstatus rtl_write_user_word(uint32_t *to, uint32_t value)
{
    if (unlikely(ke_get_previous_mode() == KERNEL_MODE)) {
        *to = value;
        return STATUS_SUCCESS;
    }
    return likely(is_user_word(to)) ? ki_write_user_word(to, value) : STATUS_ACCESS_VIOLATION;
}

/* ---- before the result of a service is made ----------------------------------------------------
 */

ntstatus rtl_probe_user(void *at, void *value, uint32_t bytes)
{
    ntstatus status = rtl_copy_from_user(value, at, bytes);

    return NT_SUCCESS(status) ? rtl_copy_to_user(at, value, bytes) : status;
}

ntstatus rtl_probe_user_word(uint32_t *at, uint32_t *value)
{
    if (unlikely(ke_get_previous_mode() == KERNEL_MODE)) {
        *value = *at;
        return STATUS_SUCCESS;
    }
    if (unlikely(!is_user_word(at)))
        return STATUS_ACCESS_VIOLATION;
    ntstatus status = ki_read_user_word(at, value);
    return likely(NT_SUCCESS(status)) ? ki_write_user_word(at, *value) : status;
}

ntstatus rtl_probe_user_buffer(void *at, uint32_t bytes)
{
    uint32_t step = PAGE_SIZE - ((uint32_t)(uintptr_t)at & (PAGE_SIZE - 1)); /* to the next page */
    ntstatus status = STATUS_SUCCESS;
    uint8_t byte;

    if (ke_get_previous_mode() == USER_MODE && !nt_probe((uintptr_t)at, bytes))
        return STATUS_ACCESS_VIOLATION;
    for (uint32_t done = 0; done < bytes && NT_SUCCESS(status); done += step, step = PAGE_SIZE)
        status = rtl_probe_user((uint8_t *)at + done, &byte, sizeof(byte));
    return status;
}
