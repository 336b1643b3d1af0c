/*
 * Pages that are being read: what several threads have to do with one read.
 */
#pragma once

#include "kernel/ke/wait.h"
#include "mm/fault.h"
#include "mm/mm.h"
#include "mm/pfn.h"
#include "mm/view.h"

/* A thread that wants a page which another one is reading. On the waiting thread's stack. */
struct mi_read_waiter {
    struct mi_read_waiter *next; /* the frame's u1.waiters; guarded by the PFN lock */
    struct kevent read_ended;
};

/* What a reader does before it reads, at APC_LEVEL; NULL: nothing. For `slowpager` and the tests:
 * it waits. */
extern void (*mi_pager_delay)(void);

/* FRAME becomes the one that PTE waits for: in transition, read in progress. PFN lock held. */
void mi_begin_page_read(pfn_t frame, struct mmpte *pte, uint32_t protection);

/* The read is over; whoever waits for it goes on. If it was a SUCCESS and the PTE still wants the
 * frame, it becomes valid with EXTRA_BITS and the protection that it has by now, or stays in
 * transition if that allows no access; else the frame is freed, and the PTE, if it is still there,
 * what it was before. PFN lock held. */
void mi_end_page_read(pfn_t frame, bool success, uint32_t extra_bits);

/* The same for a page of a section, whose PROTOTYPE PTE wants it; at the end it is on the standby
 * list, in transition, where the fault finds it. PFN lock held. */
void mi_begin_prototype_read(pfn_t frame, struct mmpte *prototype);
void mi_end_prototype_read(pfn_t frame, bool success);

/* FAULT is on FRAME, which another thread is reading. PFN lock held; given back with IRQL. Waits.
 */
ntstatus mi_wait_for_page_read(struct mi_fault *fault, pfn_t frame, kirql irql);

/* A demand-zero fault that takes its time, as a read does: mi_pager_delay is set. As before. */
ntstatus mi_resolve_slowly(struct mi_fault *fault, uint32_t extra_bits, kirql irql);

/* Fill FRAME, which is being read for PTE of SUBSECTION. APC_LEVEL, no locks; may wait. */
static inline ntstatus mi_read_subsection_page(const struct subsection *subsection,
                                               const struct mmpte *pte, pfn_t frame)
{
    const struct mm_page_source *source = subsection->source;
    uint32_t at = (uint32_t)(pte - subsection->base_pte) << PAGE_SHIFT;
    uint32_t bytes = subsection->file_bytes - at;

    if (unlikely(mi_pager_delay))
        mi_pager_delay();
    return source->read_page(source, subsection->file_offset + at,
                             likely(bytes >= PAGE_SIZE) ? PAGE_SIZE : bytes, frame);
}
