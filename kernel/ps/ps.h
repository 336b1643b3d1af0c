/*
 * Processes and threads as the executive knows them (EPROCESS, ETHREAD): around the scheduler's
 * kthread and kprocess, their identity, their end and what they leave behind.
 */
#pragma once

#include "kernel/ke/context.h"
#include "kernel/ke/thread.h"
#include "kernel/ke/wait.h"
#include "kernel/ob/ob.h"
#include "mm/address_space.h"
#include "mm/image_headers.h"

#define PS_IDLE_PROCESS_ID   0u
#define PS_SYSTEM_PROCESS_ID 4u
#define PS_IMAGE_NAME        16u

/* As Win32 numbers them. */
enum ps_priority_class {
    PRIORITY_CLASS_UNKNOWN,
    PRIORITY_CLASS_IDLE,
    PRIORITY_CLASS_NORMAL,
    PRIORITY_CLASS_HIGH,
    PRIORITY_CLASS_REALTIME,
    PRIORITY_CLASS_BELOW_NORMAL,
    PRIORITY_CLASS_ABOVE_NORMAL,
    PRIORITY_CLASSES
};

/* In system time; the dispatcher lock. */
struct ps_lifetime {
    uint64_t created;
    uint64_t ended; /* 0: not yet */
};

/* What ProcessTimes and ThreadTimes say (KERNEL_USER_TIMES). */
struct ps_times {
    struct ps_lifetime life;
    struct ktimes run;
};

struct debug_object;

/* What the debug system knows of a process; its lock guards all of it (kernel/dbgk/dbgk.h). */
struct ps_debug_state {
    struct debug_object *port; /* who hears of it, referenced; NULL: nobody */
    struct list_entry links;   /* the port's processes */
    bool created;              /* its debugger heard that it is there */
    bool no_inherit;           /* nobody hears of the processes that it makes */
};

struct eprocess {
    struct kprocess pcb; /* first: a process is waited for by its header */
    uint32_t unique_process_id;
    uint32_t inherited_from_unique_process_id; /* who created it; 0: the system */
    char image_file_name[PS_IMAGE_NAME];
    struct handle_table *object_table; /* NULL: the system's, or gone; the dispatcher lock, but
                                          for its own threads: it stays while they are there */
    uint32_t object_table_users;       /* the process itself, and those who work on it from
                                          elsewhere; the dispatcher lock */
    struct list_entry links;           /* ps_active_processes, or nothing; the dispatcher lock */
    struct mm_address_space vm;        /* pcb.address_space leads to it, where there is one */
    uint32_t active_threads;           /* not ended yet; the dispatcher lock, as the next three */
    uint32_t exiting_threads;          /* of those, the ones that have begun to */
    bool exiting;                      /* takes no more threads */
    ntstatus exit_status;              /* STATUS_PENDING until it ends */
    struct mi_image_layout image;      /* of its program; zeros: it has none */
    uintptr_t image_base;              /* where that is */
    uint8_t priority_class;            /* enum ps_priority_class; the dispatcher lock */
    bool reads_clocks;                 /* it counts for ps_start_shared_clock */
    struct ps_lifetime life;
    struct ps_debug_state debug;
};

struct ethread {
    struct kthread tcb; /* first: a thread is waited for by its header */
    struct eprocess *process;
    ntstatus exit_status;            /* STATUS_PENDING until it has ended */
    bool terminating;                /* it was told to end; the dispatcher lock */
    bool debug_created;              /* its debugger heard that it is there; the debug lock */
    uintptr_t win32_start_address;   /* where its program's part begins; 0: not known */
    struct kapc exit_apc;            /* what tells it */
    struct list_entry reaper_link;   /* the dispatcher lock */
    struct list_entry active_timers; /* that call it (struct etimer); the timer lock */
    struct ps_lifetime life;
};

/* What the debug system is told, at PASSIVE_LEVEL, with no lock held. */
struct ps_debug_hooks {
    /* By a thread of user mode, before its first instruction there. It waits for the debugger. */
    void (*thread_started)(struct ethread *thread);
    /* By one that begins to end, and says so by ps_begin_thread_exit. It waits for the debugger. */
    void (*thread_exits)(struct ethread *thread);
    /* PROCESS was told to end, maybe not for the first time. */
    void (*process_ends)(struct eprocess *process);
    /* Nobody refers to PROCESS any more. */
    void (*process_deleted)(struct eprocess *process);
};
void ps_set_debug_hooks(const struct ps_debug_hooks *hooks); /* which stay; once */

extern struct eprocess *ps_initial_system_process, *ps_idle_process;
extern struct object_type *ps_process_type, *ps_thread_type;
extern struct list_entry ps_active_processes;

/* The running code becomes the first system thread, whose stack ends at STACK_TOP. Interrupts off;
 * once. */
void ps_init_system(void *stack_top);
/* Processes and threads become objects, of types that have names. After ob_init_system; once. */
void ps_init_objects(void);

/*
 * A thread of the system process that calls ROUTINE(CONTEXT) at PASSIVE_LEVEL with PRIORITY.
 * *THREAD gets a reference. Fails with
 * STATUS_INSUFFICIENT_RESOURCES. PASSIVE_LEVEL. (PsCreateSystemThread)
 */
ntstatus ps_create_system_thread(struct ethread **thread, int8_t priority,
                                 void (*routine)(void *context), void *context);

/*
 * A process NAME, with no threads yet, and a handle table with what PARENT's (NULL: none) lets
 * inherit, and an address space with nothing in it. *PROCESS gets a reference. It is signalled when
 * its last thread has ended. Fails with STATUS_INSUFFICIENT_RESOURCES, STATUS_COMMITMENT_LIMIT or
 * STATUS_NO_MEMORY. PASSIVE_LEVEL. (PspCreateProcess)
 */
ntstatus ps_create_process(struct eprocess **process, const char *name, struct eprocess *parent);

/* The same with user space up to HIGHEST, its last byte; and nobody finds the process by its id
 * before ps_insert_process: it may still be filled, by one who has it to himself. */
ntstatus ps_create_sized_process(struct eprocess **process, const char *name,
                                 struct eprocess *parent, uintptr_t highest);
void ps_insert_process(struct eprocess *process);

/* ps_create_system_thread, in PROCESS. (PspCreateThread) */
ntstatus ps_create_thread(struct ethread **thread, struct eprocess *process, int8_t priority,
                          void (*routine)(void *context), void *context);

/*
 * A thread of PROCESS that begins in user mode as CONTEXT says (eip, esp and the integer
 * registers). It does not run before ps_start_thread. *THREAD gets a reference. Fails with
 * STATUS_INSUFFICIENT_RESOURCES, STATUS_COMMITMENT_LIMIT, STATUS_NO_MEMORY, or
 * STATUS_PROCESS_IS_TERMINATING. PASSIVE_LEVEL. (PspCreateThread)
 */
ntstatus ps_create_user_thread(struct ethread **thread, struct eprocess *process,
                               struct context *context);
void ps_start_thread(struct ethread *thread);

/* What CONTEXT's flags ask for of THREAD, of user mode, or have it go on so. It need not be
 * suspended, but goes on meanwhile if it is not. A service that it is in goes on to its end, and
 * its status is in eax then. => STATUS_INVALID_HANDLE for a system thread, STATUS_UNSUCCESSFUL for
 * one that has ended. PASSIVE_LEVEL. */
ntstatus ps_get_context_thread(struct ethread *thread, struct context *context);
ntstatus ps_set_context_thread(struct ethread *thread, struct context *context);

/* THREAD's priority, relative to its process's / the base of all of PROCESS's threads / its class.
 * PASSIVE_LEVEL. */
void ps_set_thread_increment(struct ethread *thread, int32_t increment);
void ps_set_process_base(struct eprocess *process, int8_t base);
ntstatus ps_set_priority_class(struct eprocess *process, uint32_t priority_class);

/* Slot INDEX of thread-local storage becomes zero in all threads of PROCESS, the current one. =>
 * STATUS_INVALID_PARAMETER for one that there is not. PASSIVE_LEVEL. */
ntstatus ps_zero_tls_cell(struct eprocess *process, uint32_t index);

/* How long it lives and has run. Up to DISPATCH_LEVEL. */
struct ps_times ps_query_thread_times(const struct ethread *thread);
struct ps_times ps_query_process_times(const struct eprocess *process);

/* => the process or thread with that id, referenced, or NULL. */
struct eprocess *ps_lookup_process(uint32_t id);
struct ethread *ps_lookup_thread(uint32_t id);

/* Make PROCESS end with STATUS: each of its threads does. The last one closes its handles and frees
 * its memory. Called in one of its threads it does not return. (PspTerminateProcess)
 * => STATUS_PROCESS_IS_TERMINATING when it was told before. PASSIVE_LEVEL. */
ntstatus ps_terminate_process(struct eprocess *process, ntstatus status);

/* Make all threads of the current process but the current one end with STATUS. PASSIVE_LEVEL. */
ntstatus ps_terminate_other_threads(ntstatus status);

/* The current thread, of PROCESS, begins to end: once. => whether all others do, or have ended;
 * then there will not be more. Up to DISPATCH_LEVEL. */
bool ps_begin_thread_exit(struct eprocess *process);

/* Call VISIT(thread, CONTEXT) for each thread of PROCESS, in the order of their ids; those that
 * come meanwhile may be missed, those that end stay as long. No lock is held. Up to APC_LEVEL. */
void ps_visit_threads(struct eprocess *process,
                      void (*visit)(struct ethread *thread, void *context), void *context);

/* End the current thread with STATUS. PASSIVE_LEVEL. (PsTerminateSystemThread) */
NORETURN void ps_terminate_system_thread(ntstatus status);

/*
 * Make THREAD end with STATUS. A user thread does on its way to user mode, so it leaves nothing
 * behind that a service was about to give back; a wait of user mode is over at once. A system
 * thread is ended by a normal kernel APC: at once if it waits or runs at PASSIVE_LEVEL outside
 * critical regions, else as soon as it does, and so not in the middle of a page fault, nor with a
 * push lock. Returns at once.
 * => STATUS_THREAD_IS_TERMINATING when it was told before or has ended. Up to APC_LEVEL.
 */
ntstatus ps_terminate_thread(struct ethread *thread, ntstatus status);

/* Wait until THREAD has ended. => its exit status. */
ntstatus ps_wait_for_thread(struct ethread *thread);

/* => PROCESS's handle table, for another process's thread to work on: it stays, with what is put
 * into it, until ps_dereference_handle_table. NULL: the process has ended. For the system's it is
 * the kernel's table. Up to DISPATCH_LEVEL / PASSIVE_LEVEL. */
struct handle_table *ps_reference_handle_table(struct eprocess *process);
void ps_dereference_handle_table(struct eprocess *process, struct handle_table *table);

static inline struct ethread *ps_get_current_thread(void)
{
    return CONTAINER_OF(ke_get_current_thread(), struct ethread, tcb);
}
