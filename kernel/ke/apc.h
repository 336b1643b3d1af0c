/*
 * Asynchronous procedure calls: a function that a given thread is made to call. Three kinds:
 *
 *      special kernel   at APC_LEVEL, as soon as the thread runs below it
 *      normal kernel    its kernel routine at APC_LEVEL, then its normal routine at PASSIVE_LEVEL;
 *                       one at a time, and not in critical regions
 *      user             when the thread returns to user mode, and has asked for it by an alertable
 *                       wait of user mode (or was made to: user_apc_pending)
 *
 * Which APC may interrupt which wait:
 *
 *                       wait in a            alertable, mode USER   not alertable    mode KERNEL
 *      special kernel   whatever it is       runs, the wait goes on (if called below APC_LEVEL)
 *      normal kernel    critical region: no  runs, the wait goes on (if called below APC_LEVEL)
 *      user                                  STATUS_USER_APC        no               no
 *      user, forced                          STATUS_USER_APC        STATUS_USER_APC  no
 */
#pragma once

#include "kernel/ke/exceptions.h"
#include "kernel/ke/irql.h"

struct kapc;
struct kprocess;

/* At APC_LEVEL. May change what the normal routine will be, or clear it; may free the APC. */
typedef void (*kkernel_routine)(struct kapc *apc, void (**normal)(void *, void *, void *),
                                void **context, void **argument1, void **argument2);
typedef void (*knormal_routine)(void *context, void *argument1, void *argument2);
/* Called instead, at APC_LEVEL, when the thread ends before the APC was delivered. */
typedef void (*krundown_routine)(struct kapc *apc);

struct kapc {
    struct list_entry links; /* the thread's list; guarded by the dispatcher lock */
    struct kthread *thread;
    kkernel_routine kernel_routine;
    krundown_routine rundown_routine; /* or NULL */
    knormal_routine normal_routine;   /* NULL: a special APC */
    void *normal_context;
    void *argument1, *argument2;
    uint8_t mode;  /* enum kprocessor_mode */
    bool inserted; /* guarded by the dispatcher lock */
};

/* A thread's APCs; guarded by the dispatcher lock. */
struct kapc_state {
    struct kprocess *process;           /* in whose address space it runs; written by itself, at
                                           DISPATCH_LEVEL */
    struct list_entry apc_list_head[2]; /* by mode; special ones first */
    bool kernel_apc_in_progress;        /* a normal routine is running */
    bool kernel_apc_pending;            /* some kernel APC may be deliverable */
    bool user_apc_pending;              /* deliver user APCs on the way to user mode */
    bool ended;                         /* the thread takes no more */
};

/* NORMAL is NULL for a special kernel APC; then MODE is KERNEL_MODE. */
void ke_initialize_apc(struct kapc *apc, struct kthread *thread, kkernel_routine kernel,
                       krundown_routine rundown, knormal_routine normal, enum kprocessor_mode mode,
                       void *context);

/* Have the APC's thread call it; a wait that it ends is boosted by INCREMENT. => false when it is
 * queued already or the thread takes no more. Up to DISPATCH_LEVEL. */
bool ke_insert_queue_apc(struct kapc *apc, void *argument1, void *argument2, int32_t increment);
/* The same with nothing to say, with the dispatcher lock held. (KiInsertQueueApc) */
void ki_insert_queue_apc(struct kapc *apc);
/* The same for a user APC that is not to be put off: it goes before all others, is delivered as
 * soon as its thread is on the way to user mode, and ends a wait of user mode, alertable or not. */
bool ke_force_user_apc(struct kapc *apc, void *argument1, void *argument2, int32_t increment);
/* => whether it was queued. Up to DISPATCH_LEVEL. */
bool ke_remove_queue_apc(struct kapc *apc);

/* Wake THREAD from an alertable wait of MODE, or from its next one. => whether it had been alerted
 * already. (KeAlertThread) */
bool ke_alert_thread(struct kthread *thread, enum kprocessor_mode mode);
/* => whether the current thread had been alerted for MODE, which is over; for USER_MODE, user APCs
 * that are queued will be delivered. (KeTestAlertThread) */
bool ke_test_alert_thread(enum kprocessor_mode mode);

/* Deliver the current thread's kernel APCs and, when MODE is USER_MODE, one user APC, which
 * *ki_initialize_user_apc lets FRAME return to. APC_LEVEL. (KiDeliverApc) */
void ki_deliver_apc(enum kprocessor_mode mode, struct ktrap_frame *frame);
extern void (*ki_initialize_user_apc)(struct ktrap_frame *frame, knormal_routine routine,
                                      void *context, void *argument1, void *argument2);

/* The thread is ending: take its APCs away and run down each. Below APC_LEVEL. */
void ke_rundown_apc_queues(void);

/* Call VISIT for each queued APC of THREAD and MODE; dispatcher lock held, or the machine stopped.
 */
void ki_visit_apcs(struct kthread *thread, enum kprocessor_mode mode,
                   void (*visit)(const struct kapc *apc));
