/*
 * Thread environment blocks: what a thread of user mode finds through fs. A page each, below the
 * process environment block, from the highest down. Offsets are those of winternl.h and of the
 * documentation of the x86 ABI: programs and compilers have them built in.
 */
#include "arch/i386/guarded.h"
#include "kernel/ke/teb.h"
#include "kernel/ke/user_mode.h"
#include "kernel/ps/ps_internal.h"
#include "mm/virtual_memory.h"

#define HIGHEST_TEB (MM_PEB - PAGE_SIZE)

/* The parts of a TEB that the kernel writes. */
struct teb_start {
    uint32_t exception_list; /* fs:[0]; -1: the end of the chain */
    uint32_t stack_base;     /* behind the highest byte */
    uint32_t stack_limit;    /* the lowest byte committed */
    uint32_t sub_system_tib, fiber_data, arbitrary_user_pointer;
    uint32_t self; /* fs:[18h] */
    uint32_t environment_pointer;
    uint32_t unique_process, unique_thread;
    uint32_t active_rpc_handle, thread_local_storage_pointer;
    uint32_t process_environment_block; /* fs:[30h] */
};

/* PROCESS is attached to. What no thread has to be there for; so the page comes now or not at all.
 */
static ntstatus begin_teb(struct eprocess *process, uintptr_t teb)
{
    struct teb_start start = {
        .exception_list = UINT32_MAX,
        .self = (uint32_t)teb,
        .unique_process = process->unique_process_id,
        .process_environment_block = MM_PEB,
    };

    return ki_copy_guarded((void *)teb, &start, sizeof(start));
}

ntstatus ps_create_teb(struct eprocess *process, uintptr_t *teb)
{
    struct kprocess *saved;

    ke_stack_attach_process(&process->pcb, &saved);
    ntstatus status = mm_create_block(&process->vm, HIGHEST_TEB, teb);
    if (NT_SUCCESS(status)) {
        status = begin_teb(process, *teb);
        if (!NT_SUCCESS(status))
            mm_delete_block(&process->vm, *teb);
    }
    ke_unstack_detach_process(saved);
    return status;
}

void ps_delete_teb(struct eprocess *process, uintptr_t teb)
{
    struct kprocess *saved;

    ke_stack_attach_process(&process->pcb, &saved);
    mm_delete_block(&process->vm, teb);
    ke_unstack_detach_process(saved);
}

void ps_finish_teb(struct ethread *thread)
{
    struct kprocess *saved;

    ke_stack_attach_process(&thread->process->pcb, &saved);
    ki_copy_guarded((void *)(thread->tcb.teb + offsetof(struct teb_start, unique_thread)),
                    &thread->tcb.id, sizeof(thread->tcb.id));
    ke_unstack_detach_process(saved);
}

/* Its block may be on its way out: then there is nothing to be done. */
static void zero_cell(struct ethread *thread, void *index)
{
    const uint32_t zero = 0;

    if (thread->tcb.teb)
        ki_copy_guarded((void *)(thread->tcb.teb + TEB_TLS_SLOTS + *(const uint32_t *)index * 4),
                        &zero, sizeof(zero));
}

ntstatus ps_zero_tls_cell(struct eprocess *process, uint32_t index)
{
    if (index >= TEB_TLS_SLOT_COUNT || process != ps_get_current_thread()->process)
        return STATUS_INVALID_PARAMETER;
    ps_visit_threads(process, zero_cell, &index);
    return STATUS_SUCCESS;
}
