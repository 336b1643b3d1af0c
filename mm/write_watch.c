/*
 * Memory that is watched (MEM_WRITE_WATCH). The processor watches: it sets the dirty bit of an
 * entry when its page is written. What it has said before an entry is changed or given up is kept
 * as a bit a page in the VAD.
 */
#include "mm/address_space.h"
#include "mm/mi.h"
#include "mm/section.h"
#include "mm/virtual_memory.h"

static bool is_dirty(const struct mmpte *pte)
{
    return pte && pte->hard.valid && mi_is_dirty(*pte);
}

/* The page is not dirty any more as far as the watch goes, but it has contents to be kept. */
static void clean(struct mmpte *pte, uintptr_t va)
{
    struct mmpte value = *pte;

    mi_pfn(value.hard.page_frame_number)->modified = 1;
    value.hard.dirty = 0;
    mi_change_valid_pte(pte, value, va);
}

void mi_capture_writes(struct mmvad *vad, const struct mmpte *pte, uintptr_t va)
{
    uint32_t bit = ((uint32_t)va >> PAGE_SHIFT) - vad->starting_vpn;

    if (vad->write_watch && is_dirty(pte))
        vad->write_watch[bit / 32] |= 1u << bit % 32;
}

static struct mmvad *watched_vad(struct mm_address_space *space, uintptr_t base, uint32_t size)
{
    struct mmvad *vad = mi_locate_address(&space->vads, (uint32_t)base >> PAGE_SHIFT);

    if (!vad || !vad->write_watch || vad->ending_vpn < (uint32_t)(base + size - 1) >> PAGE_SHIFT)
        return NULL;
    return vad;
}

/* Was the page at VA written? RESET: it was not, from now on. PFN lock held. */
static bool written(struct mmvad *vad, uintptr_t va, bool reset)
{
    uint32_t bit = ((uint32_t)va >> PAGE_SHIFT) - vad->starting_vpn;
    uint32_t *word = &vad->write_watch[bit / 32], mask = 1u << bit % 32;
    struct mmpte *pte = mi_has_page_table(va) ? mi_get_pte_address(va) : NULL;
    bool was = (*word & mask) || is_dirty(pte);

    if (reset) {
        *word &= ~mask;
        if (is_dirty(pte))
            clean(pte, va);
    }
    return was;
}

static ntstatus visit(struct mm_address_space *space, uintptr_t base, uint32_t size, bool reset,
                      uint32_t *addresses, uint32_t *count)
{
    uint32_t found = 0, room = *count;
    struct mmvad *vad = watched_vad(space, base, size);

    if (!vad)
        return STATUS_INVALID_PARAMETER_1;
    for (uintptr_t va = ROUND_DOWN(base, PAGE_SIZE); va <= base + size - 1; va += PAGE_SIZE) {
        if (found == room)
            break;
        kirql irql = mi_lock_pfn();
        bool was = written(vad, va, reset);
        mi_unlock_pfn(irql);
        if (was && addresses)
            addresses[found++] = (uint32_t)va;
    }
    *count = found;
    return STATUS_SUCCESS;
}

static ntstatus check(const struct mm_address_space *space, uintptr_t base, uint32_t size)
{
    if (base > space->highest_address)
        return STATUS_INVALID_PARAMETER_2;
    if (!size || space->highest_address - base < size - 1)
        return STATUS_INVALID_PARAMETER_3;
    return STATUS_SUCCESS;
}

ntstatus mm_get_write_watch(struct mm_address_space *space, uintptr_t base, uint32_t size,
                            bool reset, uint32_t *addresses, uint32_t *count)
{
    ntstatus status = check(space, base, size);

    if (!NT_SUCCESS(status))
        return status;
    ex_acquire_fast_mutex(&space->address_creation_lock);
    status = visit(space, base, size, reset, addresses, count);
    ex_release_fast_mutex(&space->address_creation_lock);
    return status;
}

ntstatus mm_reset_write_watch(struct mm_address_space *space, uintptr_t base, uint32_t size)
{
    uint32_t all = UINT32_MAX;

    return mm_get_write_watch(space, base, size, true, NULL, &all);
}
