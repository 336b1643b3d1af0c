/*
 * The timers that are on their way, in a heap by their time, and the times themselves. The clock is
 * set to the first.
 */
#include "arch/i386/clock.h"
#include "arch/i386/cmos.h"
#include "arch/i386/registers.h"
#include "kernel/ke/scheduler.h"

static struct pairing_heap heap; /* guarded by the dispatcher lock */
static uint64_t boot_time;       /* system time when interrupt time was 0 */

void ki_init_system_time(void)
{
    uint64_t now = ki_read_cmos_time();

    if (now)
        boot_time = now - ki_query_interrupt_time();
}

uint64_t ke_query_interrupt_time(void)
{
    return ki_query_interrupt_time();
}

uint64_t ke_query_system_time(void)
{
    return boot_time + ki_query_interrupt_time();
}

uint64_t ki_due_time(int64_t due)
{
    if (due < 0)
        return ki_query_interrupt_time() + (0 - (uint64_t)due);
    return (uint64_t)due > boot_time ? (uint64_t)due - boot_time : 0;
}

/* The first timer may have become another one. */
void ki_set_next_timer(void)
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
        ki_set_next_timer();
}

void ki_remove_timer(struct ktimer *timer)
{
    timer->inserted = false;
    pairing_remove(&heap, &timer->node); /* the clock may come for it yet, and find nothing due */
}

struct ktimer *ki_first_due_timer(uint64_t now)
{
    return heap.root && heap.root->key <= now ? CONTAINER_OF(heap.root, struct ktimer, node) : NULL;
}

void ki_visit_timers(void (*visit)(struct ktimer *timer, void *context), void *context)
{
    for (struct pairing_node *at = heap.root; at; at = pairing_next(at))
        visit(CONTAINER_OF(at, struct ktimer, node), context);
}
