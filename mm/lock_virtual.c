/*
 * Locking pages in memory. A locked page has a reference of its own, so that its frame is not given
 * away; which pages are locked is kept as a list of ranges, in order, that do not touch.
 *
 * The entry of a locked page is valid, and leads to the same frame, as long as it is locked. So a
 * page that would be copied when it is written to is copied before it is locked, or when another
 * protection allows it to be written; and what may not be touched any more is unlocked
 * (protect_virtual.c).
 *
 * Pages of files are charged to nobody, as they are given up when memory is short. A locked one is
 * not: so it is charged as long as it is locked.
 */
#include "mm/address_space.h"
#include "mm/mi.h"
#include "mm/pool.h"
#include "mm/section.h"
#include "mm/virtual_memory.h"

#define TAG 'kcoL'

struct mi_locked_range {
    struct mi_locked_range *next;
    uint32_t start, end; /* pages */
};

static bool is_locked(const struct mm_address_space *space, uint32_t vpn)
{
    for (const struct mi_locked_range *at = space->locked_ranges; at; at = at->next)
        if (vpn >= at->start && vpn <= at->end)
            return true;
    return false;
}

bool mi_any_locked(const struct mm_address_space *space, uintptr_t start, uintptr_t end)
{
    for (const struct mi_locked_range *at = space->locked_ranges; at; at = at->next)
        if (at->start <= end >> PAGE_SHIFT && at->end >= start >> PAGE_SHIFT)
            return true;
    return false;
}

uint32_t mi_locked_pages(const struct mm_address_space *space)
{
    uint32_t pages = 0;

    for (const struct mi_locked_range *at = space->locked_ranges; at; at = at->next)
        pages += at->end - at->start + 1;
    return pages;
}

static bool all_locked(const struct mm_address_space *space, uint32_t start, uint32_t end)
{
    for (uint32_t vpn = start; vpn <= end; vpn++)
        if (!is_locked(space, vpn))
            return false;
    return true;
}

/* ---- the charge --------------------------------------------------------------------------------
 */

/* It is neither the process's own nor charged to its section. */
bool mi_is_lock_charged(const struct mmpte *pte)
{
    struct mmpte value = mi_read_pte(pte);

    if (!value.hard.prototype)
        return false;
    const struct mmpfn *pfn = mi_pfn(value.hard.page_frame_number);
    return !pfn->clone_page && !mi_is_shared_for_writing(pfn->original_pte.soft.protection);
}

uint32_t mi_lock_charge_of(const struct mm_address_space *space, uintptr_t start, uintptr_t end)
{
    uint32_t first = (uint32_t)start >> PAGE_SHIFT, last = (uint32_t)end >> PAGE_SHIFT, pages = 0;

    for (const struct mi_locked_range *at = space->locked_ranges; at; at = at->next)
        for (uint32_t vpn = at->start > first ? at->start : first; vpn <= at->end && vpn <= last;
             vpn++)
            pages += mi_is_lock_charged(mi_get_pte_address((uintptr_t)vpn << PAGE_SHIFT));
    return pages;
}

static bool charge(struct mm_address_space *space)
{
    if (!mm_charge_commitment(MM_COMMIT_LOCKED_PAGES, 1))
        return false;
    space->lock_charge++;
    return true;
}

void mi_return_lock_charge(struct mm_address_space *space, uint32_t pages)
{
    ex_assert_fast_mutex_held(&space->address_creation_lock);
    space->lock_charge -= pages;
    mm_return_commitment(MM_COMMIT_LOCKED_PAGES, pages);
}

/* ---- one page ----------------------------------------------------------------------------------
 */

static void unpin(struct mm_address_space *space, uint32_t vpn)
{
    const struct mmpte *pte = mi_get_pte_address((uintptr_t)vpn << PAGE_SHIFT);
    kirql irql = mi_lock_pfn();
    bool charged = mi_is_lock_charged(pte);

    mi_decrement_reference_count(pte->hard.page_frame_number);
    mi_unlock_pfn(irql);
    if (charged)
        mi_return_lock_charge(space, 1);
}

static void unpin_all(struct mm_address_space *space, uint32_t start, uint32_t end)
{
    for (uint32_t vpn = start; vpn <= end; vpn++)
        unpin(space, vpn);
}

enum pin_result {
    PINNED,
    ABSENT,
    TO_BE_COPIED,
    TO_BE_CHARGED
};

/* Lock the page of PTE if it can be locked as it is: it is there, it is not to be copied, and it is
 * CHARGED or need not be. */
static enum pin_result pin(const struct mmpte *pte, bool charged)
{
    kirql irql = mi_lock_pfn();
    enum pin_result result = PINNED;

    if (!pte->hard.valid)
        result = ABSENT;
    else if (pte->hard.copy_on_write)
        result = TO_BE_COPIED;
    else if (!charged && mi_is_lock_charged(pte))
        result = TO_BE_CHARGED;
    else
        mi_increment_reference_count(pte->hard.page_frame_number);
    mi_unlock_pfn(irql);
    return result;
}

/* ---- the list: START..END goes in, or out ------------------------------------------------------
 */

/* FRESH is the record to use. */
static void insert_range(struct mm_address_space *space, struct mi_locked_range *fresh,
                         uint32_t start, uint32_t end)
{
    struct mi_locked_range **link = &space->locked_ranges;

    while (*link && (*link)->end + 1 < start)
        link = &(*link)->next;
    while (*link && (*link)->start <= end + 1) { /* overlaps or touches: they become one */
        struct mi_locked_range *old = *link;
        start = old->start < start ? old->start : start;
        end = old->end > end ? old->end : end;
        *link = old->next;
        ex_free_pool_with_tag(old, TAG);
    }
    *fresh = (struct mi_locked_range){.next = *link, .start = start, .end = end};
    *link = fresh;
}

/* The part of AT behind END becomes a range of its own. */
static bool split_range(struct mi_locked_range *at, uint32_t start, uint32_t end)
{
    struct mi_locked_range *tail = ex_allocate_pool_with_tag(NONPAGED_POOL, sizeof(*tail), TAG);

    if (!tail)
        return false;
    *tail = (struct mi_locked_range){.next = at->next, .start = end + 1, .end = at->end};
    at->next = tail;
    at->end = start - 1;
    return true;
}

static bool remove_range(struct mm_address_space *space, uint32_t start, uint32_t end)
{
    struct mi_locked_range **link = &space->locked_ranges;

    while (*link && (*link)->start <= end) {
        struct mi_locked_range *at = *link;
        if (at->end < start) {
            link = &at->next;
        } else if (at->start >= start && at->end <= end) {
            *link = at->next;
            ex_free_pool_with_tag(at, TAG);
        } else if (at->start < start && at->end > end) {
            return split_range(at, start, end);
        } else if (at->start < start) {
            at->end = start - 1;
            link = &at->next;
        } else {
            at->start = end + 1;
        }
    }
    return true;
}

/* ---- the services ------------------------------------------------------------------------------
 */

/* Bring the page at VA in and lock it. The address creation lock is held, so that once it is in it
 * can be trimmed but not taken away. */
static ntstatus lock_page(struct mm_address_space *space, uintptr_t va)
{
    enum pin_result result = ABSENT;
    bool charged = false;
    ntstatus status;

    do {
        if (result == TO_BE_CHARGED) {
            charged = charge(space);
            if (!charged)
                return STATUS_WORKING_SET_QUOTA;
        }
        status = mi_touch_user_page(va, result == TO_BE_COPIED);
        if (NT_SUCCESS(status))
            result = pin(mi_get_pte_address(va), charged);
    } while (NT_SUCCESS(status) && result != PINNED);
    if (charged && result != PINNED)
        mi_return_lock_charge(space, 1);
    return status;
}

/* The pages before STOP that were not locked before are unlocked again. */
static void undo(struct mm_address_space *space, uint32_t start, uint32_t stop)
{
    for (uint32_t vpn = start; vpn < stop; vpn++)
        if (!is_locked(space, vpn))
            unpin(space, vpn);
}

static ntstatus lock_range(struct mm_address_space *space, uint32_t start, uint32_t end)
{
    struct mi_locked_range *fresh = ex_allocate_pool_with_tag(NONPAGED_POOL, sizeof(*fresh), TAG);
    bool was_locked = false;

    if (!fresh)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (uint32_t vpn = start; vpn <= end; vpn++) {
        if (is_locked(space, vpn)) {
            was_locked = true;
            continue;
        }
        ntstatus status = lock_page(space, (uintptr_t)vpn << PAGE_SHIFT);
        if (!NT_SUCCESS(status)) {
            undo(space, start, vpn);
            ex_free_pool_with_tag(fresh, TAG);
            return status;
        }
    }
    insert_range(space, fresh, start, end);
    return was_locked ? STATUS_WAS_LOCKED : STATUS_SUCCESS;
}

static ntstatus unlock_range(struct mm_address_space *space, uint32_t start, uint32_t end)
{
    if (!all_locked(space, start, end))
        return STATUS_NOT_LOCKED;
    if (!remove_range(space, start, end))
        return STATUS_INSUFFICIENT_RESOURCES;
    unpin_all(space, start, end);
    return STATUS_SUCCESS;
}

static ntstatus apply(struct mm_address_space *space, uintptr_t *base, uint32_t *size,
                      ntstatus (*what)(struct mm_address_space *, uint32_t, uint32_t))
{
    if (*base > space->highest_address)
        return STATUS_INVALID_PARAMETER_2;
    if (!*size || space->highest_address - *base < *size - 1)
        return STATUS_INVALID_PARAMETER_3;
    uintptr_t start = ROUND_DOWN(*base, PAGE_SIZE), end = (*base + *size - 1) | (PAGE_SIZE - 1);

    ex_acquire_fast_mutex(&space->address_creation_lock);
    ntstatus status = what(space, (uint32_t)start >> PAGE_SHIFT, (uint32_t)end >> PAGE_SHIFT);
    ex_release_fast_mutex(&space->address_creation_lock);
    if (NT_SUCCESS(status)) {
        *base = start;
        *size = (uint32_t)(end - start + 1);
    }
    return status;
}

ntstatus mm_lock_virtual_memory(struct mm_address_space *space, uintptr_t *base, uint32_t *size)
{
    return apply(space, base, size, lock_range);
}

ntstatus mm_unlock_virtual_memory(struct mm_address_space *space, uintptr_t *base, uint32_t *size)
{
    return apply(space, base, size, unlock_range);
}

/* => the record that goes on both before START and behind END, or NULL. */
static struct mi_locked_range *range_around(struct mm_address_space *space, uint32_t start,
                                            uint32_t end)
{
    for (struct mi_locked_range *at = space->locked_ranges; at; at = at->next)
        if (at->start < start && at->end > end)
            return at;
    return NULL;
}

void mi_unlock_range(struct mm_address_space *space, uintptr_t start, uintptr_t end)
{
    uint32_t first = (uint32_t)start >> PAGE_SHIFT, last = (uint32_t)end >> PAGE_SHIFT;

    if (!mi_any_locked(space, start, end))
        return;
    struct mi_locked_range *around = range_around(space, first, last);
    if (around) {
        uint32_t rest = around->end;
        if (!split_range(around, first, last)) {
            around->end = first - 1;
            last = rest;
        }
        unpin_all(space, first, last);
        return;
    }
    for (uint32_t vpn = first; vpn <= last; vpn++)
        if (is_locked(space, vpn))
            unpin(space, vpn);
    remove_range(space, first, last);
}
