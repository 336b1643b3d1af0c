/*
 * The debug system (Dbgk): how a process in user mode debugs another.
 *
 *      process --port--> debug object <--handle-- debugger
 *                             |
 *                             +-- events, the oldest first: what became of the processes
 *
 * A thread that something happens to freezes the other threads of its process, puts an event into
 * the object, and waits. The debugger takes the event, looks at the process and changes it as it
 * likes, and continues the event with a status; then the thread goes on. Of each process there is
 * one event with the debugger at most. Events that tell what is already so when a debugger attaches
 * have no thread waiting: the thread each is about is suspended until it is continued.
 *
 * One lock guards all of it, the debug lock, a fast mutex: debug objects, events, and each
 * process's and thread's debug state. Nobody waits for a debugger with it held. It comes before the
 * address-space locks and the dispatcher lock.
 *
 * Rejected: a list of events for each process. The debugger takes what came first, whosever it is.
 */
#pragma once

#include "kernel/ke/context.h"
#include "kernel/ke/fast_mutex.h"
#include "kernel/ps/ps.h"
#include "mm/mm.h"

/* Rights to debug objects. */
#define DEBUG_READ_EVENT        0x1u
#define DEBUG_PROCESS_ASSIGN    0x2u
#define DEBUG_SET_INFORMATION   0x4u
#define DEBUG_QUERY_INFORMATION 0x8u
#define DEBUG_ALL_ACCESS        0x1F000Fu

#define DEBUG_KILL_ON_CLOSE 0x1u

/* What debuggers are told (DBG_STATE, of DBGUI_WAIT_STATE_CHANGE). */
enum dbg_state {
    DBG_IDLE,
    DBG_REPLY_PENDING,
    DBG_CREATE_THREAD_STATE_CHANGE,
    DBG_CREATE_PROCESS_STATE_CHANGE,
    DBG_EXIT_THREAD_STATE_CHANGE,
    DBG_EXIT_PROCESS_STATE_CHANGE,
    DBG_EXCEPTION_STATE_CHANGE,
    DBG_BREAKPOINT_STATE_CHANGE,
    DBG_SINGLE_STEP_STATE_CHANGE,
    DBG_LOAD_DLL_STATE_CHANGE,
    DBG_UNLOAD_DLL_STATE_CHANGE,
};

/* An image in a process: the program itself, or a DLL. */
struct dbgk_image {
    struct mm_page_source *file; /* referenced; NULL: none is left of it */
    uint32_t base;
    uint32_t symbols_offset, symbols; /* its COFF symbols: where in the file, how many */
    uint32_t name_pointer;            /* of a DLL: where a pointer to its name is, in the process */
};

/* What an event says besides its kind. */
union dbgk_information {
    struct {
        struct exception_record record;
        bool first_chance;
    } exception;
    struct {
        struct dbgk_image image; /* of the program */
        uint32_t start_address;  /* of the thread */
    } created;                   /* a process, or (without the image) a thread */
    ntstatus exit_status;        /* a process's, or a thread's */
    struct dbgk_image image;     /* that was loaded, or (its base alone) unloaded */
};

struct debug_event {
    struct list_entry links; /* the object's events; the debug lock, as the rest */
    struct eprocess *process;
    struct ethread *thread;
    enum dbg_state state;
    bool read;               /* the debugger has it */
    bool reported;           /* nobody waits: it is in pool, with references */
    bool suspended;          /* ... and its thread was suspended for it */
    ntstatus answer;         /* what it was continued with */
    struct kevent continued; /* for the thread that waits */
    union dbgk_information about;
};

struct debug_object {
    struct kevent
        events_present; /* first: waited for by its header; set: there may be one to take */
    struct list_entry events;
    struct list_entry processes; /* whose port it is: struct ps_debug_state */
    uint32_t flags;              /* DEBUG_KILL_ON_CLOSE */
    bool inactive;               /* its last handle was closed */
};

extern struct object_type *dbgk_debug_object_type;
extern struct fast_mutex dbgk_lock;

/* The type, and what the lower floors ask of the debug system. After ps_init_objects; once. */
void dbgk_init(void);

/* A new debug object in *OUT, with one reference. FLAGS: DEBUG_KILL_ON_CLOSE or 0. Fails with
 * STATUS_INSUFFICIENT_RESOURCES. PASSIVE_LEVEL. */
ntstatus dbgk_create_debug_object(uint32_t flags, struct debug_object **out);
void dbgk_set_flags(struct debug_object *object, uint32_t flags);

/* ---- which process has which debugger -----------------------------------------------------------
 */

/* PROCESS, new, is debugged by OBJECT, unless somebody has attached to it already. (Part of
 * PspCreateProcess) */
void dbgk_assign_new_process(struct eprocess *process, struct debug_object *object);
/* ... or by PARENT's debugger, if it has one and lets it inherit. (DbgkCopyProcessDebugPort) */
void dbgk_copy_process_debug_port(struct eprocess *process, struct eprocess *parent);

/*
 * PROCESS, which runs, is debugged by OBJECT from now on, which is told what there is: the process,
 * its threads, its DLLs. Its threads are suspended until that was continued.
 * => STATUS_PORT_ALREADY_SET, STATUS_PROCESS_IS_TERMINATING, STATUS_DEBUGGER_INACTIVE,
 * STATUS_INSUFFICIENT_RESOURCES. PASSIVE_LEVEL. (DbgkpSetProcessDebugObject)
 */
ntstatus dbgk_attach(struct eprocess *process, struct debug_object *object);
/* Its threads go on, with what the debugger has not answered unanswered. => STATUS_PORT_NOT_SET:
 * OBJECT is not PROCESS's. PASSIVE_LEVEL. (DbgkClearProcessDebugObject) */
ntstatus dbgk_detach(struct eprocess *process, struct debug_object *object);

/* ---- what happens in a debugged process ---------------------------------------------------------
 */

/* The current process has mapped the image of FILE at BASE / is about to unmap what is at ADDRESS.
 * Called by a service of user mode; cheap when nobody debugs. PASSIVE_LEVEL. */
void dbgk_map_view_of_section(struct mm_page_source *file, uintptr_t base);
void dbgk_unmap_view_of_section(uintptr_t address);

/* ---- the debugger's side ------------------------------------------------------------------------
 */

/* The oldest event of OBJECT that may be had becomes the debugger's: *TAKEN is a copy of it, with
 * references to process, thread and file; dbgk_release_taken gives them back. => false: there is
 * none. PASSIVE_LEVEL. */
bool dbgk_take_event(struct debug_object *object, struct debug_event *taken);
void dbgk_release_taken(struct debug_event *taken);
/* TAKEN could not be told: it is to be had again. dbgk_release_taken comes after it. */
void dbgk_untake_event(struct debug_object *object, const struct debug_event *taken);
/* The event that the debugger has of that thread is over, with ANSWER. =>
 * STATUS_INVALID_PARAMETER: there is none. PASSIVE_LEVEL. (NtDebugContinue's part) */
ntstatus dbgk_continue(struct debug_object *object, uint32_t process, uint32_t thread,
                       ntstatus answer);

/* ---- between its files --------------------------------------------------------------------------
 */

void dbgk_init_objects(void);
/* PROCESS, which nobody refers to any more, leaves its port. PASSIVE_LEVEL. */
void dbgk_forget_process(struct eprocess *process);

/* The PEB of PROCESS says whether it is debugged. Up to APC_LEVEL. (DbgkpMarkProcessPeb) */
void dbgk_mark_process_peb(struct eprocess *process);

/* What there is at BASE in the process that is attached to; FILE's reference becomes its. Up to
 * APC_LEVEL. */
struct dbgk_image dbgk_describe_image(struct mm_page_source *file, uintptr_t base);
/* => the image that EVENT is about, with its file, or NULL. */
struct dbgk_image *dbgk_image_of(struct debug_event *event);

/* The debug lock is held for the rest, but for the last. */

/* OBJECT is PROCESS's port (NULL: it has none any more). Its PEB is not told. */
void dbgk_set_port(struct eprocess *process, struct debug_object *object);
/* EVENT, at the end of OBJECT's. */
void dbgk_queue_event(struct debug_object *object, struct debug_event *event);
/* The events of PROCESS (NULL: all) go from OBJECT to LIST. */
void dbgk_remove_events(struct debug_object *object, const struct eprocess *process,
                        struct list_entry *list);
/* ... and are over with ANSWER. No lock is held. PASSIVE_LEVEL. */
void dbgk_finish_events(struct list_entry *list, ntstatus answer);

#define DBGK_TAG 'kgbD'
