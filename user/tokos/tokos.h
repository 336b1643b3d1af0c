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

struct tokos_page {
    uint32_t pde;       /* the directory entry, raw */
    uint32_t pte;       /* the page-table entry, raw; 0 without a page table */
    uint32_t pte_kind;  /* enum tokos_pte_kind */
    uint32_t prototype; /* of a view: the prototype PTE, raw */
    uint32_t prototype_kind;
    uint32_t frame;           /* of a valid or transition PTE; TOKOS_NO_FRAME: none */
    uint32_t share_count;     /* the frame's: valid PTEs that map it */
    uint32_t reference_count; /* the frame's: 1 for "in use", and one for each lock */
    uint32_t list;            /* enum tokos_list: the frame's */
    uint32_t modified;        /* the frame's */
    uint32_t protection;      /* PAGE_..., 0 when nothing is committed */
    uint32_t vad_type;        /* enum tokos_vad_type */
    uint32_t vad_start;       /* address of its first byte */
    uint32_t vad_end;         /* and of its last */
    uint32_t vad_protection;  /* PAGE_..., as it was allocated */
    uint32_t vad_commit;      /* pages charged for it */
};

#define TOKOS_FAULT_KINDS 24 /* room for the kernel's kinds */
#define TOKOS_KIND_NAME   16

struct tokos_counters {
    uint32_t physical_pages, available_pages;
    uint32_t zeroed_pages, free_pages, standby_pages, modified_pages;
    uint32_t committed_pages, commit_limit;
    uint32_t nonpaged_pool_pages, paged_pool_pages;
    uint32_t free_system_ptes, total_system_ptes;
    uint32_t process_faults; /* of the process that asks */
    uint32_t fault_kinds;    /* how many of the following there are */
    uint32_t faults[TOKOS_FAULT_KINDS];
    char fault_names[TOKOS_FAULT_KINDS][TOKOS_KIND_NAME];
};

#ifdef _WIN32 /* what tokos.dll has; link with -ltokos. All may be called by any thread. */

/*
 * What is at the address VA, any byte of a page, in PROCESS: a handle with
 * PROCESS_QUERY_INFORMATION, or GetCurrentProcess(). Asking touches nothing and faults nowhere but
 * in *OUT. => TRUE; or FALSE with the reason in GetLastError() and *OUT unchanged:
 *      ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED   PROCESS
 *      ERROR_ACCESS_DENIED                         PROCESS has ended, and its memory with it
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
