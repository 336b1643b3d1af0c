/*
 * Thread environment blocks: what a thread of user mode finds through fs. A page each, below the
 * process environment block, from the highest down. Offsets are those of winternl.h and of the
 * documentation of the x86 ABI: programs and compilers have them built in.
 */
#include "arch/i386/guarded.h"
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

ntstatus ps_create_teb(struct eprocess *process, uintptr_t *teb)
{
    struct kprocess *saved;
    ntstatus status;

    ke_stack_attach_process(&process->pcb, &saved);
    status = mm_create_block(&process->vm, HIGHEST_TEB, teb);
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

void ps_initialize_teb(struct ethread *thread)
{
    struct kprocess *saved;
    struct teb_start start = {
        .exception_list = UINT32_MAX,
        .self = (uint32_t)thread->tcb.teb,
        .unique_process = thread->process->unique_process_id,
        .unique_thread = thread->tcb.id,
        .process_environment_block = MM_PEB,
    };

    ke_stack_attach_process(&thread->process->pcb, &saved);
    ki_copy_guarded((void *)thread->tcb.teb, &start, sizeof(start));
    ke_unstack_detach_process(saved);
}
