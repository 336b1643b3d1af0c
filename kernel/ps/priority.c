/*
 * Priorities as programs set them: a process's class gives its threads their base, a thread's own
 * increment is added to it, and an extreme one leads to the end of the class's range.
 */
#include "kernel/ke/scheduler.h"
#include "kernel/ps/ps_internal.h"

#define LOWEST_DYNAMIC  1
#define HIGHEST_DYNAMIC 15
#define LOWEST_REALTIME 16

static const int8_t class_base[PRIORITY_CLASSES] = {
    [PRIORITY_CLASS_UNKNOWN] = NORMAL_BASE_PRIORITY,
    [PRIORITY_CLASS_IDLE] = 4,
    [PRIORITY_CLASS_NORMAL] = NORMAL_BASE_PRIORITY,
    [PRIORITY_CLASS_HIGH] = 13,
    [PRIORITY_CLASS_REALTIME] = 24,
    [PRIORITY_CLASS_BELOW_NORMAL] = 6,
    [PRIORITY_CLASS_ABOVE_NORMAL] = 10,
};

static int8_t clamp(int32_t value, int32_t low, int32_t high)
{
    return (int8_t)(value < low ? low : value > high ? high : value);
}

/* A thread with INCREMENT in a process whose base is BASE. */
static int8_t priority_of(int32_t base, int32_t increment)
{
    increment = clamp(increment, -HIGH_PRIORITY, HIGH_PRIORITY);
    if (base >= LOWEST_REALTIME)
        return clamp(base + increment, LOWEST_REALTIME, HIGH_PRIORITY);
    return clamp(base + increment, LOWEST_DYNAMIC, HIGHEST_DYNAMIC);
}

void ps_set_thread_increment(struct ethread *thread, int32_t increment)
{
    ke_set_base_priority_thread(&thread->tcb,
                                priority_of(thread->process->pcb.base_priority, increment));
}

/* THREAD's process had the base priority BEFORE: it keeps its distance to it. */
static void move_base(struct ethread *thread, void *before)
{
    int32_t increment = thread->tcb.base_priority - *(const int32_t *)before;

    ps_set_thread_increment(thread, increment);
}

void ps_set_process_base(struct eprocess *process, int8_t base)
{
    int32_t before = process->pcb.base_priority;

    process->pcb.base_priority = base;
    ps_visit_threads(process, move_base, &before);
}

ntstatus ps_set_priority_class(struct eprocess *process, uint32_t class)
{
    if (class == PRIORITY_CLASS_UNKNOWN || class >= PRIORITY_CLASSES)
        return STATUS_INVALID_PARAMETER;
    process->priority_class = (uint8_t) class;
    ps_set_process_base(process, class_base[class]);
    return STATUS_SUCCESS;
}
