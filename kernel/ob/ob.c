/* The object manager's start, and its counts. */
#include "kernel/ob/ob_internal.h"
#include "kernel/ke/bugcheck.h"

static struct handle_table *kernel_table(void)
{
    return ob_kernel_handle_table;
}

void ob_query_counters(struct ob_counters *out)
{
    *out = ob_totals;
}

void ob_init_system(void)
{
    ob_kernel_handle_table = ex_create_handle_table();
    if (!ob_current_handle_table)
        ob_current_handle_table = kernel_table;
    ob_init_types();
    if (!ob_kernel_handle_table || !ob_type_type)
        ke_bug_check_ex(PHASE0_INITIALIZATION_FAILED, 2, 3, 0, 0);
    ob_init_directories();
    ob_init_symbolic_links();
}
