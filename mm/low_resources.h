/*
 * Failing on purpose, as the driver verifier of NT does in its "low resources simulation": of one
 * kind of resource the N-th request is refused, or it and all behind it, or every N-th, as if
 * nothing were left. What the kernel and the programs then do can be seen without filling the
 * machine, and every request can be the one that fails.
 *
 *      kind          what is refused, and where it is asked
 *      pages         a frame, where its taker can do without (mi_remove_zero_page, ..._any_page)
 *      nonpaged      a block of nonpaged pool (ex_allocate_pool_with_tag)
 *      paged         a block of paged pool
 *      ptes          system PTEs (mi_reserve_system_ptes)
 *      commit        a charge against the commit limit (mm_charge_commitment)
 *      stacks        a kernel stack, and with it a thread (mm_create_kernel_stack)
 *      handles       an entry of a handle table (ex_create_handle)
 *
 * Not refused is what was promised to the kernel: the frame of a page of paged pool, which was
 * charged when the pool grew.
 */
#pragma once

#include "lib/types.h"

enum mm_resource {
    MM_RESOURCE_PAGES,
    MM_RESOURCE_NONPAGED_POOL,
    MM_RESOURCE_PAGED_POOL,
    MM_RESOURCE_SYSTEM_PTES,
    MM_RESOURCE_COMMIT,
    MM_RESOURCE_KERNEL_STACKS,
    MM_RESOURCE_HANDLES,
    MM_RESOURCES
};
extern const char *const mm_resource_names[MM_RESOURCES];

/* What is to fail of a kind: request number AT (0: none does), and then? */
enum mm_refusal {
    MM_REFUSE_ONE,
    MM_REFUSE_FROM, /* all behind it too */
    MM_REFUSE_EACH  /* each AT-th */
};
struct mm_low_resource {
    uint32_t at;
    enum mm_refusal which;
    bool (*ask)(void); /* whether those are refused, in the midst of what asks; NULL: they are */
};

/* Read "KIND:N", "KIND:N+" (it and all behind it) or "KIND:N*" (each N-th), several with commas
 * between, from TEXT into OUT; kinds that are not named are not refused. => false when it makes no
 * sense. Pure. */
bool mm_parse_low_resources(const char *text, struct mm_low_resource out[MM_RESOURCES]);

/* From now on requests are counted from 1, and those that PLAN says are refused. NULL: none is, and
 * none is counted. PASSIVE_LEVEL. */
void mm_set_low_resources(const struct mm_low_resource plan[MM_RESOURCES]);

/* What has happened since. */
struct mm_low_resource_counts {
    uint32_t requests, refused;
};
extern volatile struct mm_low_resource_counts mm_low_resource_counts[MM_RESOURCES];

/* ---- for those who give resources away ------------------------------------------------------ */

extern bool mm_low_resources_on;
bool mi_inject_resource_failure(enum mm_resource which); /* the slow way of the next */

/* Asked once for each request of WHICH. => whether it is to be refused. Any IRQL. */
static inline bool mm_inject_resource_failure(enum mm_resource which)
{
    return unlikely(mm_low_resources_on) && mi_inject_resource_failure(which);
}
