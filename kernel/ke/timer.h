/*
 * Timers: dispatcher objects that are signalled when their time has come, and may queue a DPC and
 * begin again. Times are in units of 100 ns: below 0 from now, else system time.
 */
#pragma once

#include "kernel/ke/dispatcher.h"
#include "kernel/ke/dpc.h"
#include "lib/pairing_heap.h"

struct ktimer {
    struct dispatcher_header header;
    bool inserted;            /* L: on its way; then: */
    struct pairing_node node; /* L */
    uint64_t due_time;        /* L: in interrupt time */
    uint32_t period;          /* L: milliseconds; 0: once */
    struct kdpc *dpc;         /* L: queued when it expires, or NULL */
};

/* TYPE: TIMER_NOTIFICATION_OBJECT or TIMER_SYNCHRONIZATION_OBJECT. */
void ke_initialize_timer_ex(struct ktimer *timer, enum kobject_type type);

/* Not signalled from now until DUE, and then every PERIOD milliseconds (0: never again). => whether
 * it was on its way already, with another time. Up to DISPATCH_LEVEL. */
bool ke_set_timer_ex(struct ktimer *timer, int64_t due, uint32_t period, struct kdpc *dpc);
static inline bool ke_set_timer(struct ktimer *timer, int64_t due, struct kdpc *dpc)
{
    return ke_set_timer_ex(timer, due, 0, dpc);
}
/* => whether it was on its way. A DPC that it queued before stays queued. */
bool ke_cancel_timer(struct ktimer *timer);
bool ke_read_state_timer(const struct ktimer *timer);

/* 100 ns since the clock was started, and since 1601: what the CMOS clock said at boot, and what
 * has passed since. Any IRQL. */
uint64_t ke_query_interrupt_time(void);
uint64_t ke_query_system_time(void);

/* Ask the CMOS clock. When the clock runs, before anybody asks for system time; once. */
void ki_init_system_time(void);

/* ---- within this floor; dispatcher lock held ---- */

/* => DUE as interrupt time. */
uint64_t ki_due_time(int64_t due);
void ki_insert_timer(struct ktimer *timer, uint64_t due_time);
void ki_remove_timer(struct ktimer *timer);
/* => the first timer if it is due at NOW, else NULL. */
struct ktimer *ki_first_due_timer(uint64_t now);
/* The first timer may have become another one: set the clock. */
void ki_set_next_timer(void);
/* Some timer is due: signal all that are. DISPATCH_LEVEL, lock not held. */
void ki_expire_timers(void);
/* Call VISIT for each timer that is on its way, in no order. */
void ki_visit_timers(void (*visit)(struct ktimer *timer, void *context), void *context);
