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
    if (ke_get_previous_mode() == KERNEL_MODE) {
        memcpy(to, from, bytes);
        return STATUS_SUCCESS;
    }
    return nt_probe((uintptr_t)from, bytes) ? ki_copy_guarded(to, from, bytes)
                                            : STATUS_ACCESS_VIOLATION;
}

ntstatus rtl_copy_to_user(void *to, const void *from, uint32_t bytes)
{
    if (ke_get_previous_mode() == KERNEL_MODE) {
        memcpy(to, from, bytes);
        return STATUS_SUCCESS;
    }
    return nt_probe((uintptr_t)to, bytes) ? ki_copy_guarded(to, from, bytes)
                                          : STATUS_ACCESS_VIOLATION;
}
