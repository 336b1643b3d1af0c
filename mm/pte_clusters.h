/*
 * An allocator of runs of neighbouring PTEs, whose free entries are its only memory: a free run
 * (cluster) begins with a list PTE that names the next cluster, and, unless it is a single entry,
 * goes on with one whose next_entry field is the cluster's length. Pure, tested on the host.
 */
#pragma once

#include "mm/pte.h"

struct mi_pte_clusters {
    struct mmpte *base; /* entry 0 */
    uint32_t count;     /* entries in all, below PTE_LIST_END */
    uint32_t first;     /* index of the first free cluster, or PTE_LIST_END; ascending order */
    uint32_t free;      /* free entries */
};

/* All COUNT entries at BASE become one free cluster. */
void mi_clusters_init(struct mi_pte_clusters *c, struct mmpte *base, uint32_t count);

/* First fit. => the index of COUNT neighbouring entries, now zero; PTE_LIST_END when there are
 * none. */
uint32_t mi_clusters_reserve(struct mi_pte_clusters *c, uint32_t count);

/* Give COUNT entries from INDEX back, joined to free neighbours. => false, and nothing done, when
 * the run is out of range or overlaps a free one. */
bool mi_clusters_release(struct mi_pte_clusters *c, uint32_t index, uint32_t count);

/* Walk the free clusters. => whether they are in order, apart, in range and add up to c->free. */
bool mi_clusters_verify(const struct mi_pte_clusters *c);
