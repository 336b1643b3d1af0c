/* Views of files, for those who bring their pages and those who take them away. */
#pragma once

#include "mm/mi.h"

struct mm_page_source;
struct kevent;

/* A part of a file and the PTEs that stand for its pages: those of a view in system space, or the
 * prototype PTEs of a section. They point to it until their pages come in (the subsection form). */
struct subsection {
    struct list_entry links; /* mi_views; guarded by the PFN lock */
    const struct mm_page_source *source;
    struct mmpte *base_pte; /* the first PTE */
    uint32_t page_count;
    uint32_t file_offset;      /* of the bytes of its first page */
    uint32_t file_bytes;       /* from there on; the rest of its pages is zeros */
    uint32_t references;       /* one for the mapping, one for each read; guarded by the PFN lock */
    struct kevent *drained;    /* set by the last reference; the unmapping thread waits for it */
} __attribute__((aligned(8))); /* the form holds its address in units of 8 bytes */
/* The last reference has gone. PFN lock held. */
void mi_subsection_drained(struct subsection *subsection);
/* A read is over, or the mapping. => whether that was the last reference. PFN lock held. */
static inline bool mi_dereference_subsection(struct subsection *subsection)
{
    if (likely(--subsection->references))
        return false;
    mi_subsection_drained(subsection);
    return true;
}
extern struct list_entry mi_views;
struct subsection *mi_subsection_of(struct mmpte pte);
/* The PTE that points to SUBSECTION, which lies in nonpaged pool. */
struct mmpte mi_subsection_pte(const struct subsection *subsection, uint32_t protection);

/* PTE, valid, becomes a transition PTE with its page's original protection; the page goes where its
 * state says (mi_decrement_share_count). PFN lock held. */
void mi_trim_page(struct mmpte *pte);
/* The same for every pageable page of system space: views and paged pool (irql_check.c). PFN lock
 * not held. Up to HIGH_LEVEL. */
void mi_trim_pageable(void);
/* Take up to COUNT clean view pages out of the views; they go to the standby list, and touching one
 * again is a transition fault. => how many. PFN lock held. */
uint32_t mi_trim_views(uint32_t count);
/* The same for pages of files that processes map (trim_user.c). */
uint32_t mi_trim_address_spaces(uint32_t count);
