/*
 * Page faults: the causes, the counters and the records.
 */
#pragma once

#include "kernel/ke/irql.h"
#include "lib/status.h"
#include "mm/pte.h"

struct ktrap_frame;

enum mm_fault_kind {
    MM_FAULT_NONE,
    MM_FAULT_DEMAND_ZERO,   /* a page of zeros was made */
    MM_FAULT_DEMAND_PAGE,   /* a page was read from its file */
    MM_FAULT_TRANSITION,    /* the page was still in memory */
    MM_FAULT_COLLIDED,      /* another thread was reading it already: waited for that read */
    MM_FAULT_LARGE,         /* a 4 MB page of zeros was made */
    MM_FAULT_LARGE_SPLIT,   /* no 4 MB together: the entry got a page table instead */
    MM_FAULT_DISMISSED,     /* the PTE allows the access; the TLB did not know it yet */
    MM_FAULT_PDE_COPIED,    /* a page table of system space that this directory did not know */
    MM_FAULT_SHARED,        /* a page of a section that other PTEs map already */
    MM_FAULT_COPY_ON_WRITE, /* a shared page was written: the process got a copy */
    MM_FAULT_MADE_WRITABLE, /* the same, but nobody shared it any more: no copy was needed */
    MM_FAULT_GUARD_PAGE,    /* a guard page, which it is no more */
    MM_FAULT_STACK_GROWTH,  /* the guard page of the thread's stack, which got one page more */
    MM_FAULT_NO_ACCESS,     /* the page's protection allows no access, or not this one */
    MM_FAULT_READ_ONLY,     /* write to a read-only page */
    MM_FAULT_NOT_BACKED,    /* nothing is there */
    MM_FAULT_RAISED_IRQL,   /* not valid, at DISPATCH_LEVEL or above */
    MM_FAULT_USER_ADDRESS,  /* an address of user space, where nothing is committed */
    MM_FAULT_IN_PAGE_ERROR, /* the file could not be read */
    MM_FAULT_NO_MEMORY,     /* no frame was left */
    MM_FAULT_KINDS
};

extern const char *const mm_fault_kind_names[MM_FAULT_KINDS];

/* How many faults of each kind were handled since boot. Written in the fault path only. */
extern uint32_t mm_fault_counts[MM_FAULT_KINDS];

/* What a resolver is told, and what it answers with its return value. */
struct mi_fault {
    uintptr_t va;
    uint32_t error_code;
    struct mmpte *pte;       /* the PTE that maps va, or the PDE for a large page */
    struct mmpte before;     /* its contents when the fault was taken */
    enum mm_fault_kind kind; /* set by the resolver */
};

/* One fault, as the ring buffer keeps it. */
struct mm_fault_record {
    uint32_t sequence;
    uint32_t process; /* ids of those who faulted */
    uint32_t thread;
    uint32_t eip;
    uint64_t time; /* ke_time_stamp at entry */
    uint32_t cost; /* time stamps spent, entry to exit; instructions under -icount */
    uint32_t va;
    uint32_t error_code;
    uint32_t io_bytes;
    struct mmpte before, after;
    pfn_t frame; /* the frame mapped at the end, or PFN_NONE */
    enum mm_fault_kind kind;
};

#define MM_FAULT_RECORDS 256u /* a power of two */

/* What is done with each fault beyond counting it: any of these bits. */
#define MM_TRACE_RECORD 1u /* keep a record in the ring */
#define MM_TRACE_PRINT  2u /* and print it: the boot option trace=fault */
extern uint32_t mm_fault_trace;

/* Called with the fault's outcome when mm_fault_trace is not 0. */
void mi_record_fault(const struct mi_fault *fault, uint32_t eip, uint64_t start);

/* => the record numbered SEQUENCE, or NULL when it has been overwritten or not written yet. */
const struct mm_fault_record *mm_get_fault_record(uint32_t sequence);
/* The number that the next record gets. */
uint32_t mm_next_fault_sequence(void);
/* Print RECORD as one line, "FAULT seq=...". */
void mm_print_fault_record(const struct mm_fault_record *record);

/* Under the PFN lock: is the PTE another one than when the fault was taken? Then another thread has
 * resolved the fault, or changed what is there. */
static inline bool mi_pte_changed(const struct mi_fault *fault)
{
    return *(const volatile uint32_t *)&fault->pte->value != fault->before.value;
}

/* Give the PFN lock back; the access is tried again. */
ntstatus mi_dismiss_fault(struct mi_fault *fault, kirql irql);

/* FAULT is on a demand-zero PTE: make the page, valid with EXTRA_BITS as well. PFN lock held; given
 * back with IRQL. */
ntstatus mi_make_zero_page(struct mi_fault *fault, uint32_t extra_bits, kirql irql);
/* FAULT is on a PTE in transition: the same. */
ntstatus mi_bring_back(struct mi_fault *fault, uint32_t extra_bits, kirql irql);

/* FAULT was a guard page violation: of the thread's own stack, which grows? => the status that the
 * thread gets: a success, STATUS_STACK_OVERFLOW or STATUS_GUARD_PAGE_VIOLATION. (fault_stack.c;
 * MiCheckForUserStackOverflow) */
ntstatus mi_check_for_user_stack_growth(struct mi_fault *fault);

/* The resolvers, each in a file of its own. PFN lock not held; they take it. */
ntstatus mi_resolve_demand_zero_fault(struct mi_fault *fault); /* fault_demand_zero.c */
ntstatus mi_resolve_mapped_file_fault(struct mi_fault *fault); /* fault_demand_page.c */
ntstatus mi_resolve_transition_fault(struct mi_fault *fault);  /* fault_transition.c */
ntstatus mi_resolve_large_zero_fault(struct mi_fault *fault);  /* fault_large.c */
/* A fault at an address of user space, whoever's. */
ntstatus mi_resolve_user_fault(struct mi_fault *fault, struct ktrap_frame *frame); /* fault_user.c
                                                                                    */
/* What cannot be resolved, because only a bug in the kernel gets here. */
ntstatus mi_fault_is_fatal(struct mi_fault *fault, struct ktrap_frame *frame); /* fault_fatal.c */
/* The kernel touched a page whose file could not be read. */
NORETURN void mi_in_page_error(struct mi_fault *fault, struct ktrap_frame *frame);
