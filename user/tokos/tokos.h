/*
 * tokos.h: looking at memory as TokOS's memory manager sees it. The structures are filled by the
 * kernel and the same on both sides; tokos.dll has the functions. All numbers are 32 bits.
 *
 *      struct tokos_page page;
 *      tokos_query_page(GetCurrentProcess(), p, &page);
 *      if (page.pte_kind == TOKOS_PTE_VALID && page.share_count == 2) ...
 */
#pragma once

#include <stdint.h>

#define TOKOS_PAGE_BYTES 4096u

/* What a page-table entry says. */
enum tokos_pte_kind {
    TOKOS_PTE_ZERO,        /* nothing, or there is no page table: the VAD decides */
    TOKOS_PTE_VALID,       /* the processor uses it */
    TOKOS_PTE_DEMAND_ZERO, /* a page of zeros, not yet made */
    TOKOS_PTE_TRANSITION,  /* the page is still in memory, on a list */
    TOKOS_PTE_PROTOTYPE,   /* in a process's table: the prototype PTE decides; in a prototype PTE:
                              the page is in its file */
    TOKOS_PTE_PAGE_FILE,   /* in a page file */
    TOKOS_PTE_DECOMMITTED, /* not committed, whatever the VAD says */
    TOKOS_PTE_FREE,        /* a free system PTE */
};

/* Where a frame is. */
enum tokos_list {
    TOKOS_LIST_ZEROED,
    TOKOS_LIST_FREE,
    TOKOS_LIST_STANDBY,
    TOKOS_LIST_MODIFIED,
    TOKOS_LIST_MODIFIED_NO_WRITE,
    TOKOS_LIST_BAD,
    TOKOS_LIST_ACTIVE,
    TOKOS_LIST_TRANSITION,
};

enum tokos_vad_type {
    TOKOS_VAD_NONE, /* there is no VAD: nothing is reserved here */
    TOKOS_VAD_PRIVATE,
    TOKOS_VAD_MAPPED,
    TOKOS_VAD_IMAGE,
    TOKOS_VAD_PHYSICAL,
    TOKOS_VAD_WRITE_WATCH,
};

#define TOKOS_NO_FRAME 0xFFFFFFFFu

/*
 * A page of user space. Entries are raw as the processor and mm/pte.h have them, so that bit 0 is
 * "valid" and bits 12 to 31 of a valid one are the frame. A view's page has two entries, the
 * process's and the prototype PTE that all views share; if the process's does not lead to a frame,
 * frame and what follows up to `modified` are the prototype PTE's.
 */
struct tokos_page {
    uint32_t pde;             /* the page directory's entry; 0: there is no page table */
    uint32_t pte;             /* the page table's entry; 0 without a page table */
    uint32_t pte_kind;        /* enum tokos_pte_kind: of pte */
    uint32_t prototype;       /* the prototype PTE; 0 in what is no view */
    uint32_t prototype_kind;  /* enum tokos_pte_kind: of prototype */
    uint32_t frame;           /* its number: physical address / 4096; TOKOS_NO_FRAME: none */
    uint32_t share_count;     /* how many valid entries of processes map the frame */
    uint32_t reference_count; /* 1 as long as it is shared at all, and one for each lock and I/O */
    uint32_t list;            /* enum tokos_list: where the frame is; 0 if there is none */
    uint32_t modified;        /* 1: it was written to, and would have to be written out */
    uint32_t protection;      /* PAGE_..., as VirtualQuery tells it; 0: nothing is committed */
    uint32_t vad_type;        /* enum tokos_vad_type: of the VAD that VA lies in; what follows is
                                 about it, and 0 without one */
    uint32_t vad_start;       /* address of its first byte */
    uint32_t vad_end;         /* and of its last */
    uint32_t vad_protection;  /* PAGE_..., as it was allocated or mapped */
    uint32_t vad_commit;      /* pages charged for it */
};

#define TOKOS_FAULT_KINDS 24 /* room for the kernel's kinds */
#define TOKOS_KIND_NAME   16 /* bytes of a kind's name, with its end */

/* What is called pages is 4096 bytes each. */
struct tokos_counters {
    uint32_t physical_pages;      /* that the memory manager has */
    uint32_t available_pages;     /* to be had at once: zeroed, free and standby ones */
    uint32_t zeroed_pages;        /* on the zeroed list: free, and full of zeros */
    uint32_t free_pages;          /* on the free list: with anything in them */
    uint32_t standby_pages;       /* on the standby list: unused, but still what they were */
    uint32_t modified_pages;      /* on the modified list: the same, but to be written out first */
    uint32_t committed_pages;     /* promised: the commit charge of the whole system */
    uint32_t commit_limit;        /* how many pages can be promised */
    uint32_t nonpaged_pool_pages; /* that the kernel's heaps have */
    uint32_t paged_pool_pages;
    uint32_t free_system_ptes; /* entries for the kernel's temporary mappings and its stacks */
    uint32_t total_system_ptes;
    uint32_t process_faults;            /* of the process that asks, since it began */
    uint32_t fault_kinds;               /* how many of the following there are */
    uint32_t faults[TOKOS_FAULT_KINDS]; /* of the whole system, since boot, by kind */
    char fault_names[TOKOS_FAULT_KINDS][TOKOS_KIND_NAME]; /* of the kinds */
};

#ifdef _WIN32 /* what tokos.dll has; link with -ltokos. All may be called by any thread. */

/*
 * What is at the address VA, any byte of a page, in PROCESS: a handle with
 * PROCESS_QUERY_INFORMATION, or GetCurrentProcess(). Asking touches nothing and faults nowhere but
 * in *OUT.
 * => TRUE; or FALSE with the reason in GetLastError() and *OUT unchanged:
 *
 *      ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED   PROCESS
 *      ERROR_ACCESS_DENIED                         PROCESS has no user space: it is the system's,
 *                                                  or it has ended
 *      ERROR_INVALID_PARAMETER                     VA is not in user space
 *      ERROR_NOACCESS                              OUT
 */
int tokos_query_page(void *process, const void *va, struct tokos_page *out);

/* The system's counters, and the calling process's faults. => TRUE; or FALSE with the reason in
 * GetLastError(): ERROR_NOACCESS (OUT), ERROR_NO_SYSTEM_RESOURCES. */
int tokos_query_counters(struct tokos_counters *out);

/* The names of the values of struct tokos_page's members, in lower case and without blanks; "?" for
 * what is none of them. */
const char *tokos_pte_kind_name(uint32_t kind);
const char *tokos_list_name(uint32_t list);
const char *tokos_vad_type_name(uint32_t type);

#endif
