/*
 * The commit charge: memory that was promised. Every promise is kept because the limit is what the
 * machine can supply: the frames that were free when the memory manager came up. Not charged is
 * what can be had again: pages of files, and an image's pages of zeros, that nobody has written to.
 * They are given up when a promise falls due, unless they are locked; so they are charged while
 * they are locked (lock_virtual.c). What of an image is written to is charged: a copy with the view
 * (map_view.c), what all write to together with the image (section_image.c).
 */
#include "mm/low_resources.h"
#include "mm/mi.h"
#include "mm/mm.h"
#include "kernel/ke/bugcheck.h"
#include "kernel/ke/spin_lock.h"

uint32_t mm_total_committed_pages;
uint32_t mm_total_commit_limit;
uint32_t mi_committed[MM_COMMIT_KINDS];

static struct kspin_lock lock = KSPIN_LOCK_OF_RANK(LOCK_RANK_COMMIT);

bool mm_charge_commitment(enum mm_commit_kind kind, uint32_t pages)
{
    if (mm_inject_resource_failure(MM_RESOURCE_COMMIT))
        return false;
    kirql old = ke_acquire_spin_lock(&lock);
    bool fits = pages <= mm_total_commit_limit - mm_total_committed_pages;

    if (fits) {
        mm_total_committed_pages += pages;
        mi_committed[kind] += pages;
    }
    ke_release_spin_lock(&lock, old);
    return fits;
}

void mm_return_commitment(enum mm_commit_kind kind, uint32_t pages)
{
    kirql old = ke_acquire_spin_lock(&lock);

    if (pages > mi_committed[kind])
        ke_bug_check_ex(MEMORY_MANAGEMENT, 0x403, kind, pages, mi_committed[kind]);
    mm_total_committed_pages -= pages;
    mi_committed[kind] -= pages;
    ke_release_spin_lock(&lock, old);
}
