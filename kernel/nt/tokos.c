/* The services that are TokOS's own: its memory manager laid open (user/tokos/tokos.h). */
#include "kernel/nt/reference.h"
#include "kernel/nt/user_memory.h"
#include "mm/pool.h"
#include "mm/query_page.h"

#define TAG 'ikoT'

ntstatus nt_tokos_null(void)
{
    return STATUS_SUCCESS;
}

ntstatus nt_tokos_query_page(handle_t handle, uintptr_t va, struct tokos_page *page_at)
{
    struct tokos_page page;
    struct eprocess *process;
    struct kprocess *saved;
    ntstatus status = nt_reference_process(handle, PROCESS_QUERY_INFORMATION, &process);

    if (!NT_SUCCESS(status))
        return status;
    status = STATUS_PROCESS_IS_TERMINATING;
    if (nt_has_address_space(process)) {
        ke_stack_attach_process(&process->pcb, &saved);
        status = mm_query_page(&process->vm, va, &page);
        ke_unstack_detach_process(saved);
    }
    ob_dereference_object(process);
    return NT_SUCCESS(status) ? rtl_copy_to_user(page_at, &page, sizeof(page)) : status;
}

ntstatus nt_tokos_query_counters(struct tokos_counters *counters_at)
{
    struct tokos_counters *counters = ex_allocate_pool_with_tag(PAGED_POOL, sizeof(*counters), TAG);

    if (!counters)
        return STATUS_INSUFFICIENT_RESOURCES;
    mm_query_tokos_counters(ps_get_current_thread()->process->pcb.address_space, counters);
    ntstatus status = rtl_copy_to_user(counters_at, counters, sizeof(*counters));
    ex_free_pool_with_tag(counters, TAG);
    return status;
}
