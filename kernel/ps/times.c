/* How long processes and threads live and run. */
#include "kernel/ke/dispatcher.h"
#include "kernel/ke/scheduler.h"
#include "kernel/ps/ps_internal.h"

void ps_stamp(uint64_t *time)
{
    uint64_t now = ke_query_system_time();
    kirql irql = ki_lock_dispatcher_database();

    *time = now;
    ki_unlock_dispatcher_database(irql);
}

static struct ps_times times_of(const struct ps_lifetime *lifetime, const struct ktimes *run)
{
    kirql irql = ki_lock_dispatcher_database();
    struct ps_lifetime life = *lifetime;

    ki_unlock_dispatcher_database(irql);
    return (struct ps_times){.life = life, .run = ke_query_times(run)};
}

struct ps_times ps_query_thread_times(const struct ethread *thread)
{
    return times_of(&thread->life, &thread->tcb.times);
}

struct ps_times ps_query_process_times(const struct eprocess *process)
{
    return times_of(&process->life, &process->pcb.times);
}
