/*
 * Threads (KTHREAD) and the part of a process that the kernel's lowest floor needs (KPROCESS).
 *
 *   INITIALIZED -> READY -> STANDBY -> RUNNING -> TERMINATED
 *                    ^         |        |   |
 *                    +---------+--------+   v          STANDBY: chosen to run next
 *                    +------------------ WAITING
 *
 * A thread is READY on its priority's list, STANDBY as its processor's next_thread, RUNNING as its
 * current_thread, WAITING on the lists of what it waits for. Fields marked L are guarded by the
 * dispatcher lock; O are written by the thread itself only.
 */
#pragma once

#include "kernel/ke/apc.h"
#include "kernel/ke/dispatcher.h"
#include "kernel/ke/exceptions.h"
#include "kernel/ke/timer.h"

#define LOW_PRIORITY          0 /* the zero-page thread's */
#define NORMAL_BASE_PRIORITY  8
#define LOW_REALTIME_PRIORITY 16 /* from here on priorities neither rise nor decay */
#define HIGH_PRIORITY         31
#define IDLE_PRIORITY         (-1) /* below all others: the idle thread's */

/* How much a wait's end raises a priority above its base. */
#define IO_NO_INCREMENT     0
#define EVENT_INCREMENT     1
#define SEMAPHORE_INCREMENT 1
#define MUTANT_INCREMENT    1
#define IO_DISK_INCREMENT   1

/* Quantum units: a tick of the clock costs 3, a wait 1. */
#define THREAD_QUANTUM          6
#define CLOCK_QUANTUM_DECREMENT 3
#define WAIT_QUANTUM_DECREMENT  1

enum kthread_state {
    THREAD_INITIALIZED,
    THREAD_READY,
    THREAD_RUNNING,
    THREAD_STANDBY,
    THREAD_TERMINATED,
    THREAD_WAITING,
    THREAD_STATES
};
extern const char *const ke_thread_state_names[THREAD_STATES];

/* Why a thread waits (KWAIT_REASON). */
enum kwait_reason {
    WR_EXECUTIVE,
    WR_FREE_PAGE,
    WR_PAGE_IN,
    WR_POOL_ALLOCATION,
    WR_DELAY_EXECUTION,
    WR_SUSPENDED,
    WR_USER_REQUEST,
    WR_QUEUE,
    WR_PUSH_LOCK,
    WR_RESOURCE,
    WR_REASONS
};
extern const char *const ke_wait_reason_names[WR_REASONS];

#define THREAD_WAIT_OBJECTS  3 /* as many need no wait blocks from the caller */
#define MAXIMUM_WAIT_OBJECTS 64
#define TIMER_WAIT_BLOCK     THREAD_WAIT_OBJECTS

/* How long threads ran, in units of 100 ns. */
struct ktimes {
    uint64_t kernel, user;
};

struct kprocess {
    struct dispatcher_header header;    /* signalled when its last thread has ended */
    struct list_entry thread_list_head; /* L: struct kthread */
    uint32_t directory_table_base;      /* what CR3 gets; 0: its threads use system space only */
    struct mm_address_space *address_space; /* NULL: none */
    uintptr_t user_exception_dispatcher;    /* where user mode takes exceptions, APCs and new */
    uintptr_t user_apc_dispatcher;          /* threads; 0: nowhere. Set before its first thread */
    uint32_t id;                            /* unique among the living */
    int8_t base_priority;                   /* of new threads */
    int8_t thread_quantum;
    struct ktimes times;   /* of all its threads; the clock interrupt's */
    uint32_t freeze_count; /* L: of its threads that have frozen the others */
    bool debugged;         /* *ki_forward_exception is asked about its exceptions; the debug
                              system's */
};

struct kthread {
    struct dispatcher_header header; /* signalled when it has ended */
    uintptr_t kernel_stack;          /* esp, while it does not run */
    void *stack_top;                 /* behind the highest byte of its kernel stack */
    void *initial_stack;             /* what a trap from user mode begins below */
    void *npx_state;                 /* NULL: it never goes to user mode; else its floating-point
                                        state while the registers do not hold it */
    uintptr_t teb;                   /* in user space; 0: none. Its own */
    bool uses_user_space;            /* its apc_state.process has a page directory; its own */
    uint8_t previous_mode;           /* who called the service that runs; its own */
    struct kprocess *process;
    uint32_t id;                         /* unique among the living */
    struct list_entry thread_list_entry; /* L: process->thread_list_head */

    uint8_t state;        /* L: enum kthread_state */
    int8_t priority;      /* L */
    int8_t base_priority; /* L: what priority decays to */
    int8_t quantum;       /* units left; the clock interrupt's, else L */
    int8_t quantum_reset; /* L */
    bool preempted;       /* L: it did not use its quantum up: to the head of its list */
    bool disable_boost;   /* L */
    struct list_entry ready_list_entry; /* L: while READY */

    bool alertable;                      /* L: these describe the wait, while WAITING */
    uint8_t wait_mode;                   /* L: enum kprocessor_mode */
    uint8_t wait_reason;                 /* L: enum kwait_reason */
    kirql wait_irql;                     /* L: the level the wait was called at */
    ntstatus wait_status;                /* L: how it ended */
    struct kwait_block *wait_block_list; /* L */
    struct kwait_block wait_block[THREAD_WAIT_OBJECTS + 1]; /* the last for the timer */
    struct ktimer timer;                /* of the wait's timeout, and of delays */
    struct list_entry mutant_list_head; /* L: the mutants it owns */

    struct kapc_state apc_state;
    bool alerted[2];            /* L: by mode */
    int16_t kernel_apc_disable; /* O: below 0 in critical regions: no normal kernel APCs */

    uint8_t suspend_count;   /* L */
    uint8_t freezes;         /* L: of its process's freeze_count, those that are its own */
    bool never_suspended;    /* L: it is to end */
    struct kevent resumed;   /* signalled unless it is suspended, or frozen */
    struct kapc suspend_apc; /* what it waits in */

    uint32_t dr[6];    /* DR0 to 3, 6 and 7, as user mode has them; its own */
    bool debug_active; /* they have a breakpoint; its own */

    void (*start_routine)(void *context);
    void *start_context;
    uint32_t context_switches; /* L: times it was switched to */
    struct ktimes times;       /* the clock interrupt's */
};

/* What ki_swap_context leaves at kernel_stack of a thread that does not run. */
struct kswitch_frame {
    uint32_t edi, esi, ebx, ebp, eip;
};

/*
 * Make THREAD of PROCESS, with the kernel stack that ends at STACK_TOP, which will call
 * ROUTINE(CONTEXT) at PASSIVE_LEVEL; if that returns, *ki_thread_returned is called. It is
 * INITIALIZED and does not run before ke_start_thread, and is not found among PROCESS's threads
 * before ki_insert_thread. Up to DISPATCH_LEVEL.
 */
void ke_initialize_thread(struct kthread *thread, struct kprocess *process, void *stack_top,
                          void (*routine)(void *context), void *context);
/* THREAD, complete, becomes one of its process's. The dispatcher lock is held. */
void ki_insert_thread(struct kthread *thread);
/* THREAD, which does not run yet, will go to user mode, where fs leads to TEB. */
void ke_make_user_thread(struct kthread *thread, uintptr_t teb);
void ke_start_thread(struct kthread *thread);

/* Where a thread goes whose routine returns: to the process manager's end of a thread. */
extern void (*ki_thread_returned)(void);

void ke_initialize_process(struct kprocess *process, int8_t base_priority);

/*
 * End the current thread: what it owns is abandoned, those who wait for it go on, boosted by
 * INCREMENT, and *ki_thread_over is called with it, at DISPATCH_LEVEL with the dispatcher lock
 * held, to have its stack deleted by another thread. PASSIVE_LEVEL, no APC may be delivered any
 * more.
 */
NORETURN void ke_terminate_thread(int32_t increment);
extern void (*ki_thread_over)(struct kthread *thread);
/* PROCESS, which has no threads, is over: those who wait for it go on, boosted by INCREMENT. Up to
 * DISPATCH_LEVEL. (KeSetProcess) */
void ke_set_process(struct kprocess *process, int32_t increment);

/* Set the priority (0 to 31) of THREAD, its base and its current one, with a fresh quantum. => the
 * old base priority. Up to DISPATCH_LEVEL. (KeSetBasePriorityThread, with an absolute value) */
int8_t ke_set_base_priority_thread(struct kthread *thread, int8_t priority);

/* Let another thread of at least the current one's priority run, if one is ready. => whether one
 * was. Below DISPATCH_LEVEL. (NtYieldExecution's part) */
bool ke_yield_execution(void);

/* Wait until DUE (see ke_set_timer); 0: only let others run. => STATUS_SUCCESS, or STATUS_ALERTED
 * or STATUS_USER_APC when ALERTABLE. Below DISPATCH_LEVEL. */
ntstatus ke_delay_execution_thread(enum kprocessor_mode mode, bool alertable, int64_t due);

/* While in a critical region a thread receives no normal kernel APC, and so is not terminated. They
 * nest. Below DISPATCH_LEVEL. */
void ke_enter_critical_region(void);
void ke_leave_critical_region(void);

/* => TIMES, of a thread or process, at one moment. */
struct ktimes ke_query_times(const struct ktimes *times);

static inline struct kprocess *ke_get_current_process(void)
{
    return ke_get_current_thread()->process;
}
