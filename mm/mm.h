/*
 * The memory manager's public face: what the rest of the kernel may ask of it. What is internal
 * stands in pte.h, pfn.h and the other headers of this folder.
 */
#pragma once

#include "boot/boot_info.h"
#include "kernel/ke/exceptions.h"
#include "lib/status.h"
#include "lib/types.h"

/*
 * Bring memory management up on the map that boot/ left: final page tables, PFN database, system
 * PTEs, pools. MAX_BYTES limits the RAM that is used (0: no limit). Called once, interrupts off, on
 * the startup stack. Bugchecks when the machine has too little memory.
 */
void mm_init_system(const struct boot_info *info, uint64_t max_bytes);

/* Processes may have user space up to MM_HIGHEST_LARGE_ADDRESS. Before mm_init_system. */
void mm_enlarge_user_space(void);

/* From now on each pool allocation has pages of its own (special_pool.c). PASSIVE_LEVEL.
 * Bugchecks when there is no room for its bookkeeping. */
void mm_enable_special_pool(void);

/* From now on a touch of pageable memory at DISPATCH_LEVEL or above is bug check 0Ah even where the
 * page is there (irql_check.c). */
void mm_enable_irql_check(void);

/* Give the frames of start-up code back. After this nothing in boot/ or init_*.c may be called. */
void mm_free_init_memory(void);

/* A kernel stack of KERNEL_STACK_SIZE bytes in system PTEs, with a page below it that is never
 * mapped. => the address behind its highest byte, or NULL. Up to DISPATCH_LEVEL. */
void *mm_create_kernel_stack(void);
void mm_delete_kernel_stack(void *stack_top);

/* Map BYTES of device memory at PHYSICAL, uncached. => its address, or NULL. Undone by
 * mm_unmap_io_space with the same size. */
void *mm_map_io_space(uint32_t physical, uint32_t bytes);
void mm_unmap_io_space(void *va, uint32_t bytes);

/* Would an access to VA succeed without a fault? (MmIsAddressValid) Any IRQL. */
bool mm_is_address_valid(uintptr_t va);
/* And could it be written? */
bool mm_is_address_writable(uintptr_t va);

/* => the physical address behind VA, valid now; 0 when there is none. (MmGetPhysicalAddress) */
uint32_t mm_get_physical_address(uintptr_t va);

/*
 * Views of files in system space. The source is whoever can read a page of the file; it must stay
 * until the view is unmapped.
 */
struct control_area;
struct mm_page_source {
    const char *name;
    uint32_t bytes;
    /* Fill FRAME with BYTES (1 to 4096) of the file from OFFSET on, and the rest with zeros. OFFSET
     * is a multiple of 4096, or for a part of an image of 512. Called at APC_LEVEL without locks;
     * may wait. */
    ntstatus (*read_page)(const struct mm_page_source *source, uint32_t offset, uint32_t bytes,
                          pfn_t frame);
    uint32_t context;
    /* Sections of it exist from the call of reference to that of dereference; NULL: it always
     * stays. */
    void (*reference)(struct mm_page_source *source);
    void (*dereference)(struct mm_page_source *source);
    struct control_area *data_area, *image_area; /* the memory manager's; NULL: there is none */
};

/* Map the whole of SOURCE with invalid PTEs: no page is read. *VA is page aligned.
 * Fails with STATUS_NO_MEMORY (no address space) or STATUS_INSUFFICIENT_RESOURCES. */
ntstatus mm_map_view_in_system_space(const struct mm_page_source *source, void **va);
/* Unmap the view at VA and give its pages back. => STATUS_INVALID_PARAMETER if none begins there.
 */
ntstatus mm_unmap_view_in_system_space(void *va);

/*
 * Large pages: COUNT times 4 MB, contiguous in virtual memory, each physically contiguous. With
 * MM_LARGE_NOW they are made at once or not at all; with MM_LARGE_ON_DEMAND each comes by a fault,
 * and where no contiguous memory is found then, as 1024 small demand-zero pages instead. The page
 * table that those would need is charged until the large page is there.
 * *WHY says why it failed and is never NULL.
 */
enum mm_large_when {
    MM_LARGE_NOW,
    MM_LARGE_ON_DEMAND
};
enum mm_large_failure {
    MM_LARGE_OK,
    MM_LARGE_UNSUPPORTED, /* the processor has no 4 MB pages, or `nopse` was given */
    MM_LARGE_FRAGMENTED,  /* enough frames are free, but no 1024 of them lie together, aligned */
    MM_LARGE_SHORT,       /* fewer frames are available than asked for */
    MM_LARGE_COMMIT,      /* the commit limit does not allow it */
    MM_LARGE_ADDRESSES,   /* no room in the large-page region */
};
extern const char *const mm_large_failure_names[];
void *mm_allocate_large_pages(uint32_t count, enum mm_large_when when, enum mm_large_failure *why);
/* Free the COUNT large pages at VA, present or not; bug check 1Ah when they were not allocated. */
void mm_free_large_pages(void *va, uint32_t count);

/* Physically contiguous frames: COUNT of them, the first a multiple of ALIGNMENT (a power of two).
 * => the first frame, owned by the caller, not mapped; PFN_NONE with the reason in *WHY. */
uint32_t mm_allocate_contiguous_frames(uint32_t count, uint32_t alignment,
                                       enum mm_large_failure *why);
void mm_free_contiguous_frames(uint32_t first, uint32_t count);

/* Move up to COUNT frames from the free to the zeroed list. => how many. Up to APC_LEVEL. */
uint32_t mm_zero_free_pages(uint32_t count);
/* What a thread of priority 0 does for ever: zero free frames. (MmZeroPageThread) */
void mm_zero_page_thread(void *context);

/* Charge PAGES of KIND against the commit limit: memory promised, whether or not it is there yet.
 * => false, and nothing charged, when it does not fit. Any IRQL up to DISPATCH_LEVEL. */
enum mm_commit_kind {
    MM_COMMIT_SECTIONS,       /* shared memory: sections without a file, images' shared parts */
    MM_COMMIT_PROCESS_PAGES,  /* private memory of processes */
    MM_COMMIT_LOCKED_PAGES,   /* pages of files that are locked */
    MM_COMMIT_PROCESS_TABLES, /* their page directories and page tables */
    MM_COMMIT_NONPAGED_POOL,
    MM_COMMIT_PAGED_POOL,
    MM_COMMIT_KERNEL_STACKS,
    MM_COMMIT_LARGE_PAGES,
    MM_COMMIT_PAGE_TABLES,
    MM_COMMIT_CONTIGUOUS,
    MM_COMMIT_KINDS
};
bool mm_charge_commitment(enum mm_commit_kind kind, uint32_t pages);
void mm_return_commitment(enum mm_commit_kind kind, uint32_t pages);

/*
 * Resolve the fault at VA (MmAccessFault): see fault.c for the decision list.
 * => STATUS_SUCCESS or another success: resume the instruction. An error: the access was wrong.
 * Bugchecks on what can only be a bug of the kernel. Any IRQL; no lock held.
 */
ntstatus mm_access_fault(uint32_t error_code, uintptr_t va, enum kprocessor_mode mode,
                         struct ktrap_frame *frame);

/* Cross-check everything the memory manager believes. Each contradiction is passed to REPORT as a
 * line of text (NULL: only counted). => how many. Allocates nothing, takes no fault. */
uint32_t mm_verify(void (*report)(const char *line));

/* Counters for the debugger, the tests and !vm. */
struct mm_counters {
    uint32_t physical_pages;     /* frames the memory manager owns */
    uint32_t available_pages;    /* zeroed + free + standby */
    uint32_t system_page_tables; /* frames that hold page tables of system space */
    uint32_t committed_pages;
    uint32_t commit_limit;
    uint32_t free_system_ptes;
    uint32_t total_system_ptes;
};
void mm_query_counters(struct mm_counters *out);
