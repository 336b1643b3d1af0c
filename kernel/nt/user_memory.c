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
    return bytes == sizeof(uint32_t) ? ki_read_user_word(from, to)
                                     : ki_copy_guarded(to, from, bytes);
}

ntstatus rtl_copy_to_user(void *to, const void *from, uint32_t bytes)
{
    if (unlikely(ke_get_previous_mode() == KERNEL_MODE)) {
        memcpy(to, from, bytes);
        return STATUS_SUCCESS;
    }
    if (unlikely(!nt_probe((uintptr_t)to, bytes)))
        return STATUS_ACCESS_VIOLATION;
    return bytes == sizeof(uint32_t) ? ki_write_user_word(to, *(const uint32_t *)from)
                                     : ki_copy_guarded(to, from, bytes);
}
