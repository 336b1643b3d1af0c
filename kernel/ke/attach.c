/* Which page directory is loaded, and attaching to another process's. */
#include "kernel/ke/attach.h"
#include "arch/i386/registers.h"

uint32_t ki_system_directory;

void ki_load_directory(struct kpcr *pcr, uint32_t directory)
{
    if (directory == pcr->directory_table_base)
        return;
    pcr->directory_table_base = directory;
    write_cr3(directory);
}

static struct kprocess *swap(struct kprocess *process)
{
    struct kthread *thread = ke_get_current_thread();
    struct kprocess *before = thread->apc_state.process;
    kirql irql = ke_raise_irql_unchecked(DISPATCH_LEVEL); /* no switch in between */

    thread->apc_state.process = process;
    thread->uses_user_space = process->directory_table_base != 0;
    ki_swap_process(ke_get_pcr(), process);
    ke_lower_irql(irql);
    return before;
}

void ke_stack_attach_process(struct kprocess *process, struct kprocess **saved)
{
    ke_assert_irql_at_most(APC_LEVEL);
    ke_enter_critical_region();
    *saved = swap(process);
}

void ke_unstack_detach_process(struct kprocess *saved)
{
    ke_assert_irql_at_most(APC_LEVEL);
    swap(saved);
    ke_leave_critical_region();
}

void ke_leave_directory(uint32_t directory)
{
    struct kpcr *pcr = ke_get_pcr();
    kirql irql = ke_raise_irql_unchecked(DISPATCH_LEVEL);

    if (pcr->directory_table_base == directory)
        ki_load_directory(pcr, ki_system_directory);
    ke_lower_irql(irql);
}
