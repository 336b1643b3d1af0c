/*
 * Timers as objects (ETIMER): around the kernel's timer, the call in a thread that its time may
 * bring about.
 *
 *      ktimer expires -> dpc -> apc, queued to the thread that set the timer -> its routine
 *
 * The timer lock guards who that is. A timer that a thread waits for in this way stays, whether or
 * not it has handles, until it has come, is set anew or cancelled, or the thread ends; and so does
 * one whose APC is queued.
 */
#pragma once

#include "kernel/ps/ps.h"

struct etimer {
    struct ktimer timer; /* first: it is waited for by its header */
    struct kdpc dpc;
    struct kapc apc;
    struct ethread *owner;   /* the timer lock: whom the APC is for; NULL: there is none */
    struct list_entry links; /* the timer lock: the owner's active_timers */
    uint32_t period;         /* the timer lock: milliseconds; 0: once */
};

/* TIMER, whose memory is all zeros, of TYPE: TIMER_NOTIFICATION_OBJECT or
 * TIMER_SYNCHRONIZATION_OBJECT. */
void ex_initialize_timer(struct etimer *timer, enum kobject_type type);
/* The delete method. */
void ex_delete_timer(void *timer);

/* Set TIMER, an object, as ke_set_timer_ex does; when ROUTINE is not NULL the current thread calls
 * it in MODE with CONTEXT and the low and high half of the system time, each time TIMER expires. =>
 * whether it was signalled. PASSIVE_LEVEL. */
bool ex_set_timer(struct etimer *timer, int64_t due, uint32_t period, knormal_routine routine,
                  void *context, enum kprocessor_mode mode);
/* An APC that is queued goes too. => whether it was signalled. PASSIVE_LEVEL. */
bool ex_cancel_timer(struct etimer *timer);

/* The current thread ends: the timers that were to call it are cancelled. PASSIVE_LEVEL.
 * (ExTimerRundown) */
void ex_rundown_timers(void);
