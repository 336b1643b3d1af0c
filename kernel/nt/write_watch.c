/* NtGetWriteWatch: the addresses come out by way of a buffer, a piece of the range at a time. */
#include "kernel/nt/reference.h"
#include "kernel/nt/user_memory.h"
#include "mm/virtual_memory.h"

#define PIECE                  64u
#define WRITE_WATCH_FLAG_RESET 1u

/* What is found goes to the caller, after the FOUND before it. Attached only while it looks. */
static ntstatus next_piece(struct eprocess *process, bool reset, uintptr_t *base, uintptr_t end,
                           uint32_t *addresses, uint32_t *found, uint32_t room)
{
    uint32_t piece[PIECE], count = room - *found < PIECE ? room - *found : PIECE;
    struct kprocess *saved;

    ke_stack_attach_process(&process->pcb, &saved);
    ntstatus status =
        mm_get_write_watch(&process->vm, *base, (uint32_t)(end - *base + 1), reset, piece, &count);
    ke_unstack_detach_process(saved);
    if (!NT_SUCCESS(status))
        return status;
    *base = count == PIECE ? piece[PIECE - 1] + PAGE_SIZE : end + 1;
    status = rtl_copy_to_user(addresses + *found, piece, count * sizeof(piece[0]));
    *found += count;
    return status;
}

static ntstatus get(struct eprocess *process, bool reset, uintptr_t base, uint32_t size,
                    uint32_t *addresses, uint32_t *count)
{
    uintptr_t end = base + size - 1;
    uint32_t found = 0;
    ntstatus status;

    if (!nt_has_address_space(process))
        return STATUS_PROCESS_IS_TERMINATING;
    if (!size || end < base)
        return nt_probe(base, 1) ? STATUS_INVALID_PARAMETER_3 : STATUS_INVALID_PARAMETER_2;
    do
        status = next_piece(process, reset, &base, end, addresses, &found, *count);
    while (NT_SUCCESS(status) && base <= end && found < *count);
    *count = found;
    return status;
}

/* There is room for COUNT addresses, or for as many as a range of SIZE bytes has pages. */
static ntstatus probe_room(uint32_t *addresses, uint32_t count, uint32_t size)
{
    uint32_t pages = (size >> PAGE_SHIFT) + 2;

    count = count < pages ? count : pages;
    return rtl_probe_user_buffer(addresses, count * (uint32_t)sizeof(*addresses));
}

ntstatus nt_get_write_watch(handle_t handle, uint32_t flags, uintptr_t base, uint32_t size,
                            uint32_t *addresses, uint32_t *count_at, uint32_t *granularity)
{
    struct eprocess *process;
    uint32_t count, before;

    if (flags & ~WRITE_WATCH_FLAG_RESET)
        return STATUS_INVALID_PARAMETER_2;
    ntstatus status = rtl_probe_user_word(count_at, &count);
    if (NT_SUCCESS(status))
        status = rtl_probe_user_word(granularity, &before);
    if (NT_SUCCESS(status)) /* what was reset cannot be asked again */
        status = probe_room(addresses, count, size);
    if (!NT_SUCCESS(status))
        return status;
    if (!count)
        return STATUS_INVALID_PARAMETER_5;
    status = nt_reference_process(handle, PROCESS_VM_OPERATION, &process);
    if (!NT_SUCCESS(status))
        return status;
    status = get(process, flags & WRITE_WATCH_FLAG_RESET, base, size, addresses, &count);
    ob_dereference_object(process);
    if (NT_SUCCESS(status)) {
        (void)rtl_write_user_word(count_at, count);
        (void)rtl_write_user_word(granularity, PAGE_SIZE);
    }
    return status;
}
