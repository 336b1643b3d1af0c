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

/* When a timer is due again that was due at DUE; what it has missed meanwhile it does not make up
 * for. */
static uint64_t next_due(uint64_t due, uint32_t period, uint64_t now)
{
    uint64_t units = (uint64_t)period * UNITS_A_MILLISECOND;

    return due + units > now ? due + units : now + units;
}

static void expire(struct ktimer *timer, uint64_t now)
{
    ki_remove_timer(timer);
    if (timer->period)
        ki_insert_timer(timer, next_due(timer->due_time, timer->period, now));
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
        expire(timer, now);
    ki_set_next_timer();
    ki_unlock_dispatcher_database(irql);
}
