/*
 * Waiting, and the objects that exist to be waited for: events, semaphores, mutants. Increments are
 * the boosts that a thread gets whose wait ends: thread.h.
 */
#pragma once

#include "kernel/ke/thread.h"

/*
 * Wait until OBJECT, which begins with a dispatcher_header, is signalled, or until *TIMEOUT (NULL:
 * for ever; 0: do not wait; else as for ke_set_timer).
 * => STATUS_SUCCESS, STATUS_ABANDONED (a mutant whose owner ended), STATUS_TIMEOUT,
 * STATUS_MUTANT_LIMIT_EXCEEDED, and when ALERTABLE STATUS_ALERTED or STATUS_USER_APC; the latter in
 * any wait of user mode whose thread is to end. Below DISPATCH_LEVEL, or at it with timeout 0.
 */
ntstatus ke_wait_for_single_object(void *object, enum kwait_reason reason,
                                   enum kprocessor_mode mode, bool alertable,
                                   const int64_t *timeout);

/*
 * The same for COUNT objects: for all of them at once (none is touched before all can be had), or
 * for any: then the status has the number of the first that could be had added to it. More than
 * THREAD_WAIT_OBJECTS need BLOCKS, COUNT of them, which are not looked at otherwise. At most
 * MAXIMUM_WAIT_OBJECTS, all different when TYPE is WAIT_ALL.
 */
ntstatus ke_wait_for_multiple_objects(uint32_t count, void *const objects[], enum wait_type type,
                                      enum kwait_reason reason, enum kprocessor_mode mode,
                                      bool alertable, const int64_t *timeout,
                                      struct kwait_block *blocks);

/* TYPE: EVENT_NOTIFICATION_OBJECT or EVENT_SYNCHRONIZATION_OBJECT. */
void ke_initialize_event(struct kevent *event, enum kobject_type type, bool signalled);
/* => whether it was signalled. Up to DISPATCH_LEVEL, these three. */
bool ke_set_event(struct kevent *event, int32_t increment);
bool ke_reset_event(struct kevent *event);
/* Let through those who wait now, all or one of them, and leave it not signalled. */
bool ke_pulse_event(struct kevent *event, int32_t increment);
bool ke_read_state_event(const struct kevent *event);

struct ksemaphore {
    struct dispatcher_header header;
    int32_t limit;
};

/* 0 <= COUNT <= LIMIT. */
void ke_initialize_semaphore(struct ksemaphore *semaphore, int32_t count, int32_t limit);
/* Add ADJUSTMENT, above 0. *PREVIOUS (unless NULL) gets the old count. => STATUS_SUCCESS, or
 * STATUS_SEMAPHORE_LIMIT_EXCEEDED with nothing changed. Up to DISPATCH_LEVEL. */
ntstatus ke_release_semaphore(struct ksemaphore *semaphore, int32_t increment, int32_t adjustment,
                              int32_t *previous);
int32_t ke_read_state_semaphore(const struct ksemaphore *semaphore);

/* NT's mutex: owned by a thread, which may take it again as often as it gives it back. */
struct kmutant {
    struct dispatcher_header header;     /* signal_state: 1 free, 0 and below: owned */
    struct list_entry mutant_list_entry; /* L: the owner's mutant_list_head */
    struct kthread *owner_thread;        /* L: or NULL */
    bool abandoned;                      /* L: its last owner ended without giving it back */
    bool apc_disable;                    /* the owner is in a critical region (a mutex) */
};

/* OWNED: by the current thread. */
void ke_initialize_mutant(struct kmutant *mutant, bool owned);
/* A mutant that keeps its owner in a critical region, so that it cannot be terminated; a thread
 * that ends and owns one is bug check 4000008Ah. */
void ke_initialize_mutex(struct kmutant *mutex);
/* => STATUS_SUCCESS with the old state in *PREVIOUS (unless NULL), or STATUS_MUTANT_NOT_OWNED. */
ntstatus ke_release_mutant(struct kmutant *mutant, int32_t increment, int32_t *previous);
/* The mutant's memory goes: nobody owns it any more. Nobody waits for it. */
void ke_delete_mutant(struct kmutant *mutant);
int32_t ke_read_state_mutant(const struct kmutant *mutant);

/* ---- within this floor; dispatcher lock held ---- */

/* Could THREAD have what HEADER begins? */
bool ki_is_signalled(struct dispatcher_header *header, const struct kthread *thread);
/* THREAD takes it. => STATUS_ABANDONED or STATUS_SUCCESS, or STATUS_MUTANT_LIMIT_EXCEEDED. */
ntstatus ki_satisfy(struct dispatcher_header *header, struct kthread *thread);
/* MUTANT, free until now, is THREAD's. */
void ki_own_mutant(struct kmutant *mutant, struct kthread *thread);
/* THREAD ends: what it owns is free, and abandoned. */
void ki_abandon_mutants(struct kthread *thread);
