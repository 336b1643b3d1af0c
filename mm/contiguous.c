/*
 * Physically contiguous frames, found by looking: candidates are tried from the top of memory at
 * multiples of the alignment, and the first frame that is taken rules its candidate out. The answer
 * to "why not" is exact: either fewer frames are available than asked for, or enough are and no
 * such run of them lies together.
 */
#include "mm/mi.h"
#include "mm/mm.h"

const char *const mm_large_failure_names[] = {
    [MM_LARGE_OK] = "ok",
    [MM_LARGE_UNSUPPORTED] = "the processor maps no large pages",
    [MM_LARGE_FRAGMENTED] = "memory is fragmented",
    [MM_LARGE_SHORT] = "memory is short",
    [MM_LARGE_COMMIT] = "the commit limit is reached",
    [MM_LARGE_ADDRESSES] = "no addresses are left",
};

static inline bool available(const struct mmpfn *pfn)
{
    return pfn->page_location <= STANDBY_PAGE_LIST && !pfn->rom;
}

/* Neighbours in memory are often neighbours on a list too: what holds for the first frame of such a
 * stretch holds for all. */
static bool run_is_available(pfn_t first, uint32_t count)
{
    for (pfn_t frame = first, end = first + count; frame < end;) {
        if (!available(mi_pfn(frame)))
            return false;
        frame += mi_stretch_length(frame, end - frame);
    }
    return true;
}

static void take_stretch(pfn_t first, uint32_t count)
{
    bool standby = mi_pfn(first)->page_location == STANDBY_PAGE_LIST;

    mi_unlink_stretch_from_list(first, count);
    for (pfn_t frame = first; standby && frame < first + count; frame++)
        mi_restore_transition_pte(frame);
    for (struct mmpfn *pfn = mi_pfn(first), *end = pfn + count; pfn < end; pfn++) {
        pfn->u2.share_count = 0;
        pfn->reference_count = 1;
        pfn->modified = 1;
        pfn->page_location = ACTIVE_AND_VALID;
    }
}

static void take_run(pfn_t first, uint32_t count)
{
    for (pfn_t frame = first, end = first + count; frame < end;) {
        uint32_t length = mi_stretch_length(frame, end - frame);
        take_stretch(frame, length);
        frame += length;
    }
    mm_page_lists[ACTIVE_AND_VALID].total += count;
}

pfn_t mi_find_contiguous_frames(uint32_t count, uint32_t alignment, int *why)
{
    *why = MM_LARGE_SHORT;
    if (count == 0 || count > mi_available_pages())
        return PFN_NONE;
    *why = MM_LARGE_FRAGMENTED;
    if (count > mm_highest_physical_page)
        return PFN_NONE;
    for (pfn_t first = ROUND_DOWN(mm_highest_physical_page + 1 - count, alignment);;
         first -= alignment) {
        if (run_is_available(first, count)) {
            take_run(first, count);
            *why = MM_LARGE_OK;
            return first;
        }
        if (first < alignment)
            return PFN_NONE;
    }
}

uint32_t mm_allocate_contiguous_frames(uint32_t count, uint32_t alignment,
                                       enum mm_large_failure *why)
{
    int reason;

    *why = MM_LARGE_COMMIT;
    if (!mm_charge_commitment(MM_COMMIT_CONTIGUOUS, count))
        return PFN_NONE;
    kirql irql = mi_lock_pfn();
    pfn_t first = mi_find_contiguous_frames(count, alignment, &reason);
    mi_unlock_pfn(irql);
    *why = (enum mm_large_failure)reason;
    if (first == PFN_NONE)
        mm_return_commitment(MM_COMMIT_CONTIGUOUS, count);
    return first;
}

void mi_free_frames(pfn_t first, uint32_t count)
{
    mm_page_lists[ACTIVE_AND_VALID].total -= count;
    for (pfn_t frame = first; frame < first + count; frame++) {
        struct mmpfn *pfn = mi_pfn(frame);
        pfn->reference_count = 0;
        pfn->pte_address = NULL;
        pfn->containing_page = 0;
        pfn->modified = 0;
    }
    mi_insert_stretch_in_free_list(first, count);
}

void mm_free_contiguous_frames(uint32_t first, uint32_t count)
{
    kirql irql = mi_lock_pfn();

    mi_free_frames(first, count);
    mi_unlock_pfn(irql);
    mm_return_commitment(MM_COMMIT_CONTIGUOUS, count);
}
