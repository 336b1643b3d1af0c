/*
 * The processor control region (KPCR): what one processor knows about itself. Code reaches its own
 * through fs (arch/i386/fs.h); another processor's only by its address.
 *
 * Only its own processor writes here. A field marked D is written at DISPATCH_LEVEL or above, where
 * no other thread can run; one marked I with interrupts off as well, because interrupt service
 * routines use it.
 */
#pragma once

#include "arch/i386/fs.h"
#include "lib/list.h"

typedef uint8_t kirql;

struct kthread;

#define MAXIMUM_PRIORITY 32

struct kpcr {
    struct kpcr *self;
    uint32_t number;                /* of the processor */
    kirql irql;                     /* the current level */
    kirql pending_irql;             /* I: the highest level in irr; 0: none */
    bool dpc_routine_active;        /* D: dispatch_interrupt is running DPCs */
    bool quantum_end;               /* I: the running thread's quantum is used up */
    bool timers_due;                /* I: a timer has expired */
    uint32_t irr;                   /* I: bit n: something waits for the level to fall below n */
    uint32_t held_locks;            /* D: bit r: the spin lock of rank r is held here */
    struct kthread *current_thread; /* D */
    struct kthread *next_thread;    /* D: chosen to run next (standby), or NULL */
    struct kthread *idle_thread;
    uint32_t directory_table_base;                  /* D: what CR3 holds */
    uint32_t ready_summary;                         /* D: bit p: ready_list[p] is not empty */
    struct list_entry ready_list[MAXIMUM_PRIORITY]; /* D: by priority; the dispatcher lock */
    struct list_entry dpc_list;                     /* I: struct kdpc */
    uint64_t next_timer;          /* I: when the first timer is due; UINT64_MAX: never */
    uint64_t next_tick;           /* I: when the running thread is charged; UINT64_MAX: never */
    uint64_t clock_deadline;      /* I: what the clock is set to */
    struct kthread *npx_thread;   /* D: whose floating-point state the registers hold, or NULL */
    bool debug_active;            /* D: the processor watches for a thread's breakpoints */
    struct pool_processor *pool;  /* the memory manager's: kept pool blocks */
    uint32_t context_switches;    /* D */
    uint32_t interrupts;          /* I */
    uint32_t deferred_interrupts; /* I: came while the level was too high */
    uint32_t dpcs;                /* I: run so far */
    uint32_t ticks;               /* I: quantum charges to running threads */
    uint64_t charged;             /* I: up to when running threads were charged time */
};

extern struct kpcr ki_initial_pcr; /* the boot processor's */

/* A field of this processor's own. */
#define KPCR_READ(field) FS_READ(__typeof__(ki_initial_pcr.field), offsetof(struct kpcr, field))
#define KPCR_WRITE(field, value) \
    FS_WRITE(__typeof__(ki_initial_pcr.field), offsetof(struct kpcr, field), value)

static inline struct kpcr *ke_get_pcr(void)
{
    return KPCR_READ(self);
}

static inline struct kthread *ke_get_current_thread(void)
{
    return KPCR_READ(current_thread);
}

/* Make fs lead to the boot processor's block. Before anything asks for the IRQL. */
void ki_init_pcr(void);
