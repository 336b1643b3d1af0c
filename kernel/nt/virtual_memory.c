/*
 * The memory services: the caller's arguments are read, the process is found and attached to, the
 * memory manager does the work, and the results are written.
 */
#include "mm/virtual_memory.h"
#include "arch/i386/registers.h"
#include "kernel/nt/reference.h"
#include "kernel/nt/request.h"
#include "kernel/nt/user_memory.h"

#define MEMORY_BASIC_INFORMATION_CLASS 0u
#define MAP_PROCESS                    1u /* keep it in the working set */
#define MAP_SYSTEM                     2u /* keep it in memory */

/* The process that a service is for, while it is. */
struct target {
    struct eprocess *process;
    struct mm_address_space *space;
    struct kprocess *saved;
};

static ntstatus enter(handle_t handle, uint32_t access, struct target *target)
{
    if (likely(handle == NT_CURRENT_PROCESS)) { /* it is here, and stays */
        target->process = NULL;
        target->space = ke_get_attached_process()->address_space;
        return target->space ? STATUS_SUCCESS : STATUS_PROCESS_IS_TERMINATING;
    }
    ntstatus status = nt_reference_process(handle, access, &target->process);

    if (!NT_SUCCESS(status))
        return status;
    if (!nt_has_address_space(target->process)) {
        ob_dereference_object(target->process);
        return STATUS_PROCESS_IS_TERMINATING;
    }
    target->space = target->process->pcb.address_space;
    ke_stack_attach_process(&target->process->pcb, &target->saved);
    return STATUS_SUCCESS;
}

static void leave(struct target *target)
{
    if (likely(!target->process))
        return;
    ke_unstack_detach_process(target->saved);
    ob_dereference_object(target->process);
}

/* The range that a caller gives and gets back: both places must be writable before anything is
 * done. */
static ntstatus read_range(uintptr_t *base_at, uint32_t *size_at, uintptr_t *base, uint32_t *size)
{
    ntstatus status = rtl_probe_user_word((uint32_t *)base_at, (uint32_t *)base);

    return NT_SUCCESS(status) ? rtl_probe_user_word(size_at, size) : status;
}

/* It is done, and cannot be undone: a caller that has made the places go meanwhile, maybe by this
 * very call, does without. */
static void write_range(uintptr_t *base_at, uint32_t *size_at, uintptr_t base, uint32_t size)
{
    (void)rtl_write_user_word((uint32_t *)base_at, (uint32_t)base);
    (void)rtl_write_user_word(size_at, size);
}

ntstatus nt_allocate_virtual_memory(handle_t process, uintptr_t *base_at, uint32_t zero_bits,
                                    uint32_t *size_at, uint32_t type, uint32_t protect)
{
    struct target target;
    uintptr_t base;
    uint32_t size;
    ntstatus status = read_range(base_at, size_at, &base, &size);

    if (NT_SUCCESS(status))
        status = enter(process, PROCESS_VM_OPERATION, &target);
    if (!NT_SUCCESS(status))
        return status;
    status = mm_allocate_virtual_memory(target.space, &base, zero_bits, &size, type, protect);
    leave(&target);
    if (NT_SUCCESS(status))
        write_range(base_at, size_at, base, size);
    return status;
}

ntstatus nt_free_virtual_memory(handle_t process, uintptr_t *base_at, uint32_t *size_at,
                                uint32_t type)
{
    struct target target;
    uintptr_t base;
    uint32_t size;

    if (type != MEM_DECOMMIT && type != MEM_RELEASE) /* before the pointers are looked at */
        return STATUS_INVALID_PARAMETER_4;
    ntstatus status = read_range(base_at, size_at, &base, &size);
    if (NT_SUCCESS(status))
        status = enter(process, PROCESS_VM_OPERATION, &target);
    if (!NT_SUCCESS(status))
        return status;
    status = mm_free_virtual_memory(target.space, &base, &size, type);
    leave(&target);
    if (NT_SUCCESS(status))
        write_range(base_at, size_at, base, size);
    return status;
}

ntstatus nt_protect_virtual_memory(handle_t process, uintptr_t *base_at, uint32_t *size_at,
                                   uint32_t protect, uint32_t *old_protect)
{
    struct target target;
    uintptr_t base;
    uint32_t size, old, protection = mi_make_protection_mask(protect);

    if (protection == MI_INVALID_PROTECTION)
        return STATUS_INVALID_PAGE_PROTECTION;
    ntstatus status = read_range(base_at, size_at, &base, &size);
    if (NT_SUCCESS(status))
        status = rtl_probe_user_word(old_protect, &old);
    if (NT_SUCCESS(status))
        status = enter(process, PROCESS_VM_OPERATION, &target);
    if (!NT_SUCCESS(status))
        return status;
    status = mi_protect_virtual_memory(target.space, &base, &size, protection, &old);
    leave(&target);
    if (NT_SUCCESS(status)) {
        write_range(base_at, size_at, base, size);
        (void)rtl_write_user_word(old_protect, old);
    }
    return status;
}

ntstatus nt_query_virtual_memory(handle_t process, uintptr_t address, uint32_t information_class,
                                 void *buffer, uint32_t length, uint32_t *returned)
{
    struct memory_basic_information info;
    struct target target;
    uint32_t bytes = sizeof(info);

    if (information_class != MEMORY_BASIC_INFORMATION_CLASS)
        return STATUS_INVALID_INFO_CLASS;
    if (length < sizeof(info))
        return STATUS_INFO_LENGTH_MISMATCH;
    ntstatus status = enter(process, PROCESS_QUERY_INFORMATION, &target);
    if (!NT_SUCCESS(status))
        return status;
    status = mm_query_virtual_memory(target.space, address, &info);
    leave(&target);
    if (NT_SUCCESS(status))
        status = rtl_copy_to_user(buffer, &info, sizeof(info));
    return NT_SUCCESS(status) && returned ? rtl_copy_to_user(returned, &bytes, sizeof(bytes))
                                          : status;
}

typedef ntstatus (*range_service)(struct mm_address_space *space, uintptr_t *base, uint32_t *size);

static ntstatus apply(handle_t process, uintptr_t *base_at, uint32_t *size_at, uint32_t map,
                      range_service service)
{
    struct target target;
    uintptr_t base;
    uint32_t size;

    if (!map || (map & ~(MAP_PROCESS | MAP_SYSTEM)))
        return STATUS_INVALID_PARAMETER;
    if (map & MAP_SYSTEM) /* nobody holds SeLockMemoryPrivilege */
        return STATUS_PRIVILEGE_NOT_HELD;
    ntstatus status = read_range(base_at, size_at, &base, &size);
    if (NT_SUCCESS(status))
        status = enter(process, PROCESS_VM_OPERATION, &target);
    if (!NT_SUCCESS(status))
        return status;
    status = service(target.space, &base, &size);
    leave(&target);
    if (NT_SUCCESS(status))
        write_range(base_at, size_at, base, size);
    return status;
}

ntstatus nt_lock_virtual_memory(handle_t process, uintptr_t *base, uint32_t *size, uint32_t map)
{
    return apply(process, base, size, map, mm_lock_virtual_memory);
}

ntstatus nt_unlock_virtual_memory(handle_t process, uintptr_t *base, uint32_t *size, uint32_t map)
{
    return apply(process, base, size, map, mm_unlock_virtual_memory);
}

ntstatus nt_flush_virtual_memory(handle_t process, uintptr_t *base_at, uint32_t *size_at,
                                 struct io_status_block *block)
{
    const struct io_status_block done = {.status = STATUS_SUCCESS};
    struct target target;
    uintptr_t base;
    uint32_t size;
    ntstatus status = nt_probe_status_block(block);

    if (NT_SUCCESS(status))
        status = read_range(base_at, size_at, &base, &size);
    if (NT_SUCCESS(status))
        status = enter(process, PROCESS_VM_OPERATION, &target);
    if (!NT_SUCCESS(status))
        return status;
    status = mm_flush_virtual_memory(target.space, &base, &size);
    leave(&target);
    if (NT_SUCCESS(status)) {
        write_range(base_at, size_at, base, size);
        (void)rtl_copy_to_user(block, &done, sizeof(done));
    }
    return status;
}

ntstatus nt_flush_instruction_cache(handle_t process, uintptr_t base, uint32_t bytes)
{
    struct eprocess *target;
    ntstatus status = nt_reference_process(process, PROCESS_VM_WRITE, &target);

    /* The caches of an x86 processor follow what is written by themselves. What it has fetched
     * ahead does too, but only for writes at the address that was fetched from; a serialising
     * instruction does for all (SDM volume 3, "Self-Modifying Code"). So the range does not matter,
     * and there is none for which it could not be done; and with one processor it is done for all
     * threads. */
    (void)base, (void)bytes;
    if (!NT_SUCCESS(status))
        return status;
    ki_serialize();
    ob_dereference_object(target);
    return STATUS_SUCCESS;
}

/* Each processor that runs a thread of this process would be interrupted, which drains its write
 * buffer. There is one processor, and it is here: its own buffer is all there is. */
ntstatus nt_flush_process_write_buffers(void)
{
    ki_memory_barrier();
    return STATUS_SUCCESS;
}

ntstatus nt_reset_write_watch(handle_t process, uintptr_t base, uint32_t size)
{
    struct target target;
    ntstatus status = enter(process, PROCESS_VM_OPERATION, &target);

    if (!NT_SUCCESS(status))
        return status;
    status = mm_reset_write_watch(target.space, base, size);
    leave(&target);
    return status;
}
