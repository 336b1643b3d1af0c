/* Timers: set, cancelled, and what happens when their time has come. */
#include "kernel/ke/timer.h"
#include "kernel/ke/scheduler.h"
#include "kernel/ke/wait.h"

#define UNITS_A_MILLISECOND 10000u

void ke_initialize_timer_ex(struct ktimer *timer, enum kobject_type type)
{
    *timer = (struct ktimer){.inserted = false};
    ki_initialize_header(&timer->header, type, 0);
}

bool ke_set_timer_ex(struct ktimer *timer, int64_t due, uint32_t period, struct kdpc *dpc)
{
    kirql irql = ki_lock_dispatcher_database();
    bool was_inserted = timer->inserted;

    if (was_inserted)
        ki_remove_timer(timer);
    timer->header.signal_state = 0;
    timer->dpc = dpc;
    timer->period = period;
    ki_insert_timer(timer, ki_due_time(due));
    ki_unlock_dispatcher_database(irql);
    return was_inserted;
}

bool ke_cancel_timer(struct ktimer *timer)
{
    kirql irql = ki_lock_dispatcher_database();
    bool was_inserted = timer->inserted;

    if (was_inserted)
        ki_remove_timer(timer);
    ki_unlock_dispatcher_database(irql);
    return was_inserted;
}

bool ke_read_state_timer(const struct ktimer *timer)
{
    return timer->header.signal_state > 0;
}

static void expire(struct ktimer *timer)
{
    ki_remove_timer(timer);
    if (timer->period)
        ki_insert_timer(timer, timer->due_time + (uint64_t)timer->period * UNITS_A_MILLISECOND);
    timer->header.signal_state = 1;
    if (timer->dpc)
        ke_insert_queue_dpc(timer->dpc, NULL, NULL);
    ki_wait_test(&timer->header, IO_NO_INCREMENT);
}

void ki_expire_timers(void)
{
    kirql irql = ki_lock_dispatcher_database();
    uint64_t now = ke_query_interrupt_time();
    struct ktimer *timer;

    while ((timer = ki_first_due_timer(now)) != NULL)
        expire(timer);
    ki_set_next_timer();
    ki_unlock_dispatcher_database(irql);
}
