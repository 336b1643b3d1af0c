/*
 * A process's handle table, which goes with its last thread; but not while another process works on
 * it.
 */
#include "kernel/ps/ps.h"

struct handle_table *ps_reference_handle_table(struct eprocess *process)
{
    if (process == ps_initial_system_process)
        return ob_kernel_handle_table;
    kirql irql = ki_lock_dispatcher_database();
    struct handle_table *table = process->object_table;

    process->object_table_users += table != NULL;
    ki_unlock_dispatcher_database(irql);
    return table;
}

void ps_dereference_handle_table(struct eprocess *process, struct handle_table *table)
{
    ke_assert_irql_at_most(PASSIVE_LEVEL);
    if (table == ob_kernel_handle_table)
        return;
    kirql irql = ki_lock_dispatcher_database();
    bool last = --process->object_table_users == 0;

    ki_unlock_dispatcher_database(irql);
    if (last)
        ob_kill_process_table(table);
}
