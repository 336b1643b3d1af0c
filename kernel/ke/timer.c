/* Timers. Those on their way are in a heap by their time; the clock is set to the first. */
#include "kernel/ke/timer.h"
#include "arch/i386/clock.h"
#include "arch/i386/registers.h"
#include "kernel/ke/scheduler.h"
#include "kernel/ke/wait.h"

#define UNITS_A_MILLISECOND 10000u

static struct pairing_heap heap; /* guarded by the dispatcher lock */
static uint64_t boot_time;       /* system time when interrupt time was 0 */

uint64_t ke_query_interrupt_time(void)
{
    return ki_query_interrupt_time();
}

uint64_t ke_query_system_time(void)
{
    return boot_time + ki_query_interrupt_time();
}

void ke_initialize_timer_ex(struct ktimer *timer, enum kobject_type type)
{
    *timer = (struct ktimer){.inserted = false};
    ki_initialize_header(&timer->header, type, 0);
}

uint64_t ki_due_time(int64_t due)
{
    if (due < 0)
        return ki_query_interrupt_time() + (uint64_t)-due;
    return (uint64_t)due > boot_time ? (uint64_t)due - boot_time : 0;
}

/* The first timer may have become another one. */
static void set_next_timer(void)
{
    uint32_t flags = save_and_disable_interrupts();

    ke_get_pcr()->next_timer = heap.root ? heap.root->key : UINT64_MAX;
    ki_set_deadline();
    restore_interrupts(flags);
}

void ki_insert_timer(struct ktimer *timer, uint64_t due_time)
{
    timer->due_time = due_time;
    timer->inserted = true;
    pairing_insert(&heap, &timer->node, due_time);
    if (heap.root == &timer->node)
        set_next_timer();
}

void ki_remove_timer(struct ktimer *timer)
{
    timer->inserted = false;
    pairing_remove(&heap, &timer->node); /* the clock may come for it yet, and find nothing due */
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
    uint64_t now = ki_query_interrupt_time();

    while (heap.root && heap.root->key <= now)
        expire(CONTAINER_OF(heap.root, struct ktimer, node));
    set_next_timer();
    ki_unlock_dispatcher_database(irql);
}

void ki_visit_timers(void (*visit)(struct ktimer *timer, void *context), void *context)
{
    for (struct pairing_node *at = heap.root; at; at = pairing_next(at))
        visit(CONTAINER_OF(at, struct ktimer, node), context);
}
