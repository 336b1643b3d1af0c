/* The processes there are from the start: the idle loop's, and the system's, whose threads all run
 * in the kernel. */
#include "kernel/ps/ps_internal.h"
#include "lib/string.h"
#include "kernel/ke/scheduler.h"

struct eprocess ps_initial_system_process, ps_idle_process;
struct list_entry ps_active_processes;

static void initialize(struct eprocess *process, uint32_t id, const char *name, int8_t priority)
{
    ke_initialize_process(&process->pcb, priority);
    process->unique_process_id = id;
    strlcpy(process->image_file_name, name, sizeof(process->image_file_name));
    insert_tail_list(&ps_active_processes, &process->links);
}

void ps_init_system(void *stack_top)
{
    initialize_list_head(&ps_active_processes);
    initialize(&ps_idle_process, PS_IDLE_PROCESS_ID, "Idle", LOW_PRIORITY);
    initialize(&ps_initial_system_process, PS_SYSTEM_PROCESS_ID, "System", NORMAL_BASE_PRIORITY);
    ki_init_dispatch();
    ps_init_threads();
    ps_init_first_threads(stack_top);
}
