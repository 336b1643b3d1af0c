/* The record of context switches. */
#include "kernel/ke/switch_trace.h"
#include "arch/i386/clock.h"

bool ki_switch_trace_on;
static struct switch_record ring[SWITCH_RECORDS];
static uint32_t count;

void ke_trace_switches(bool on)
{
    if (on)
        count = 0;
    ki_switch_trace_on = on;
}

uint32_t ke_switch_count(void)
{
    return count;
}

const struct switch_record *ke_get_switch_record(uint32_t n)
{
    return n < count && count - n <= SWITCH_RECORDS ? &ring[n % SWITCH_RECORDS] : NULL;
}

void ki_trace_switch(const struct kthread *from, const struct kthread *to)
{
    ring[count++ % SWITCH_RECORDS] = (struct switch_record){
        .time = ki_query_interrupt_time(),
        .from = from,
        .to = to,
        .from_state = from->state,
        .from_reason = from->wait_reason,
        .from_priority = from->priority,
        .to_priority = to->priority,
    };
}
