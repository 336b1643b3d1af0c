/*
 * What a disk would do: the thread that needs the page waits for an event; an interrupt, here the
 * clock's, comes later, and its DPC sets it.
 */
#include "kernel/io/slow_pager.h"
#include "mm/page_read.h"

static uint32_t delay_ms;

static void done(struct kdpc *dpc, void *context, void *argument1, void *argument2)
{
    (void)dpc, (void)argument1, (void)argument2;
    ke_set_event(context, IO_DISK_INCREMENT);
}

static void delay(void)
{
    struct kevent event;
    struct ktimer timer;
    struct kdpc dpc;

    ke_initialize_event(&event, EVENT_NOTIFICATION_OBJECT, false);
    ke_initialize_dpc(&dpc, done, &event);
    ke_initialize_timer_ex(&timer, TIMER_NOTIFICATION_OBJECT);
    ke_set_timer(&timer, -10000ll * delay_ms, &dpc);
    ke_wait_for_single_object(&event, WR_PAGE_IN, KERNEL_MODE, false, NULL);
}

void io_set_slow_pager(uint32_t milliseconds)
{
    delay_ms = milliseconds;
    mi_pager_delay = milliseconds ? delay : NULL;
}
