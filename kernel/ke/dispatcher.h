/*
 * Dispatcher objects: what a thread can wait for. Each begins with a dispatcher_header, whose
 * signal state says whether a wait is over at once, and whose list holds those who wait:
 *
 *      object                  wait block (one a thread and object)             thread
 *      header.wait_list_head <-> wait_list_entry   thread ---------------------> wait_block_list
 *                                next_wait_block ----> the same thread's next block, round to the
 * first
 *
 * One lock, the dispatcher lock, guards the states and lists of all objects and all threads (fields
 * marked L). It is handed over at a context switch: the thread that is switched away takes it, the
 * one that goes on gives it back.
 */
#pragma once

#include "kernel/ke/spin_lock.h"
#include "lib/list.h"
#include "lib/status.h"

enum kobject_type {
    EVENT_NOTIFICATION_OBJECT,    /* stays signalled until it is reset */
    EVENT_SYNCHRONIZATION_OBJECT, /* lets one waiter through and resets itself */
    MUTANT_OBJECT,
    PROCESS_OBJECT,
    SEMAPHORE_OBJECT,
    THREAD_OBJECT,
    TIMER_NOTIFICATION_OBJECT,
    TIMER_SYNCHRONIZATION_OBJECT,
    KOBJECT_TYPES
};
extern const char *const ke_object_type_names[KOBJECT_TYPES];

struct dispatcher_header {
    uint8_t type;                     /* enum kobject_type */
    int32_t signal_state;             /* L: above 0: signalled */
    struct list_entry wait_list_head; /* L: struct kwait_block */
};

struct kevent {
    struct dispatcher_header header;
};

enum wait_type {
    WAIT_ALL,
    WAIT_ANY
};

struct kwait_block {
    struct list_entry wait_list_entry; /* L */
    struct kthread *thread;
    struct dispatcher_header *object;
    struct kwait_block *next_wait_block;
    uint32_t wait_key; /* the status that this object's signal gives */
    uint8_t wait_type; /* enum wait_type */
};

extern struct kspin_lock ki_dispatcher_lock;

/* => the IRQL to give to ki_unlock_dispatcher_database. */
static inline kirql ki_lock_dispatcher_database(void)
{
    return ke_acquire_spin_lock(&ki_dispatcher_lock);
}

/* Give the lock back and lower to IRQL. If a better thread has become ready it runs first: now, or
 * when the level falls below DISPATCH_LEVEL. (KiExitDispatcher) */
void ki_unlock_dispatcher_database(kirql irql);

static inline void ki_initialize_header(struct dispatcher_header *header, enum kobject_type type,
                                        int32_t signal_state)
{
    header->type = (uint8_t)type;
    header->signal_state = signal_state;
    initialize_list_head(&header->wait_list_head);
}

/* HEADER was signalled: let through whom it suffices for, and boost their priority by INCREMENT. */
void ki_wait_test(struct dispatcher_header *header, int32_t increment);
/* The wait of THREAD is over with STATUS. */
void ki_unwait_thread(struct kthread *thread, ntstatus status, int32_t increment);
