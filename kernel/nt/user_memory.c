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
