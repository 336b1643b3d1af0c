/*
 * Reading and writing another process's memory (MmCopyVirtualMemory): by way of a buffer of the
 * kernel, as only one of the two address spaces is there at a time. It stops at the first page that
 * cannot be read or written; what was copied until then is said.
 */
#include "arch/i386/guarded.h"
#include "kernel/nt/reference.h"
#include "kernel/nt/user_memory.h"
#include "mm/pool.h"
#include "mm/virtual_memory.h"

#define TAG 'ypoC'

/* From / to ADDRESS in PROCESS's user space, which was probed. */
static ntstatus copy_there(struct eprocess *process, void *buffer, uintptr_t address,
                           uint32_t bytes, bool write)
{
    struct kprocess *saved;
    void *there = (void *)address;

    ke_stack_attach_process(&process->pcb, &saved);
    ntstatus status =
        write ? ki_copy_guarded(there, buffer, bytes) : ki_copy_guarded(buffer, there, bytes);
    ke_unstack_detach_process(saved);
    return status;
}

/* One piece, which does not cross a page of either side. */
static ntstatus copy_piece(struct eprocess *process, uintptr_t address, char *caller, char *buffer,
                           uint32_t bytes, bool write)
{
    ntstatus status = STATUS_SUCCESS;

    if (write)
        status = rtl_copy_from_user(buffer, caller, bytes);
    if (NT_SUCCESS(status))
        status = copy_there(process, buffer, address, bytes, write);
    if (NT_SUCCESS(status) && !write)
        status = rtl_copy_to_user(caller, buffer, bytes);
    return status;
}

static uint32_t to_end_of_page(uintptr_t address)
{
    return PAGE_SIZE - ((uint32_t)address & (PAGE_SIZE - 1));
}

static ntstatus copy(struct eprocess *process, uintptr_t address, char *caller, uint32_t bytes,
                     bool write, uint32_t *done)
{
    char *buffer = ex_allocate_pool_with_tag(PAGED_POOL, PAGE_SIZE, TAG);
    ntstatus status = buffer ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;

    while (NT_SUCCESS(status) && *done < bytes) {
        uint32_t piece = bytes - *done;
        if (piece > to_end_of_page(address + *done))
            piece = to_end_of_page(address + *done);
        if (piece > to_end_of_page((uintptr_t)caller + *done))
            piece = to_end_of_page((uintptr_t)caller + *done);
        status = copy_piece(process, address + *done, caller + *done, buffer, piece, write);
        if (NT_SUCCESS(status))
            *done += piece;
    }
    if (buffer)
        ex_free_pool_with_tag(buffer, TAG);
    return NT_SUCCESS(status) || status == STATUS_INSUFFICIENT_RESOURCES ? status
                                                                         : STATUS_PARTIAL_COPY;
}

static ntstatus copy_virtual_memory(handle_t handle, uintptr_t address, char *caller,
                                    uint32_t bytes, uint32_t *done_at, bool write)
{
    struct eprocess *process;
    uint32_t done = 0, before;

    if (!nt_probe(address, bytes) ||
        (ke_get_previous_mode() == USER_MODE && !nt_probe((uintptr_t)caller, bytes)))
        return STATUS_ACCESS_VIOLATION;
    ntstatus status = done_at ? rtl_probe_user_word(done_at, &before) : STATUS_SUCCESS;
    if (NT_SUCCESS(status))
        status = nt_reference_process(handle, write ? PROCESS_VM_WRITE : PROCESS_VM_READ, &process);
    if (!NT_SUCCESS(status))
        return status;
    if (!nt_has_address_space(process))
        status = STATUS_PROCESS_IS_TERMINATING;
    else
        status = copy(process, address, caller, bytes, write, &done);
    ob_dereference_object(process);
    if (done_at)
        (void)rtl_write_user_word(done_at, done);
    return status;
}

ntstatus nt_read_virtual_memory(handle_t process, uintptr_t address, void *buffer, uint32_t bytes,
                                uint32_t *done)
{
    return copy_virtual_memory(process, address, buffer, bytes, done, false);
}

ntstatus nt_write_virtual_memory(handle_t process, uintptr_t address, const void *buffer,
                                 uint32_t bytes, uint32_t *done)
{
    return copy_virtual_memory(process, address, (char *)(uintptr_t)buffer, bytes, done, true);
}
