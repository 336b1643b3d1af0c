/*
 * VADs come and go, and with them the charge for what they promise: their committed pages, and the
 * page tables that all their pages would need. A page table is charged once, by whichever VADs lie
 * in its 4 MB; so a fault never finds that a table cannot be paid for.
 */
#include "mm/clone.h"
#include "mm/mi.h"
#include "mm/mm.h"
#include "mm/pool.h"
#include "mm/section.h"
#include "mm/virtual_memory.h"

#define TABLE_OF(vpn) ((vpn) / PTES_PER_PAGE)

/* The page tables that START..END needs and its neighbours, if there are any, do not. */
static uint32_t tables_of_its_own(uint32_t start, uint32_t end, const uint32_t *below,
                                  const uint32_t *above)
{
    uint32_t first = TABLE_OF(start), behind = TABLE_OF(end) + 1;

    if (below && TABLE_OF(*below) == first)
        first++;
    if (above && TABLE_OF(*above) == behind - 1)
        behind--;
    return behind > first ? behind - first : 0;
}

static uint32_t tables_of_vad(const struct mmvad *vad)
{
    const struct mmvad *previous = mi_get_previous_vad(vad), *next = mi_get_next_vad(vad);

    return tables_of_its_own(vad->starting_vpn, vad->ending_vpn,
                             previous ? &previous->ending_vpn : NULL,
                             next ? &next->starting_vpn : NULL);
}

static void return_tables(struct mm_address_space *space, uint32_t tables)
{
    space->page_table_charge -= tables;
    mm_return_commitment(MM_COMMIT_PROCESS_TABLES, tables);
}

static uint32_t pages_of(const struct mmvad *vad)
{
    return vad->ending_vpn - vad->starting_vpn + 1;
}

bool mi_charge_pages(struct mm_address_space *space, uint32_t pages)
{
    ex_assert_fast_mutex_held(&space->address_creation_lock);
    if (!mm_charge_commitment(MM_COMMIT_PROCESS_PAGES, pages))
        return false;
    space->commit_charge += pages;
    if (space->commit_charge > space->peak_commit_charge)
        space->peak_commit_charge = space->commit_charge;
    return true;
}

void mi_return_pages(struct mm_address_space *space, uint32_t pages)
{
    ex_assert_fast_mutex_held(&space->address_creation_lock);
    space->commit_charge -= pages;
    mm_return_commitment(MM_COMMIT_PROCESS_PAGES, pages);
}

static void remove_node(struct mm_address_space *space, struct mmvad *vad)
{
    kirql irql = mi_lock_pfn();

    mi_remove_node(&space->vads, vad);
    mi_unlock_pfn(irql);
}

ntstatus mi_insert_vad(struct mm_address_space *space, struct mmvad *vad)
{
    ex_assert_fast_mutex_held(&space->address_creation_lock);
    kirql irql = mi_lock_pfn();

    mi_insert_node(&space->vads, vad);
    mi_unlock_pfn(irql);
    uint32_t tables = tables_of_vad(vad);
    if (!mm_charge_commitment(MM_COMMIT_PROCESS_TABLES, tables)) {
        remove_node(space, vad);
        return STATUS_COMMITMENT_LIMIT;
    }
    space->page_table_charge += tables;
    space->virtual_pages += pages_of(vad);
    return STATUS_SUCCESS;
}

static uintptr_t first_byte(uint32_t vpn)
{
    return (uintptr_t)vpn << PAGE_SHIFT;
}

static uintptr_t last_byte(uint32_t vpn)
{
    return first_byte(vpn) | (PAGE_SIZE - 1);
}

static void free_vad(struct mmvad *vad)
{
    if (vad->write_watch)
        ex_free_pool_with_tag(vad->write_watch, MI_VAD_TAG);
    ex_free_pool_with_tag(vad, MI_VAD_TAG);
}

void mi_delete_vad(struct mm_address_space *space, struct mmvad *vad)
{
    uint32_t tables = tables_of_vad(vad);

    ex_assert_fast_mutex_held(&space->address_creation_lock);
    mi_unlock_range(space, first_byte(vad->starting_vpn), last_byte(vad->ending_vpn));
    remove_node(space, vad); /* from now on its pages are no pages */
    mi_delete_virtual_addresses(space, first_byte(vad->starting_vpn), last_byte(vad->ending_vpn));
    return_tables(space, tables);
    mi_return_pages(space, vad->commit_charge);
    space->virtual_pages -= pages_of(vad);
    if (vad->section)
        mi_release_view(vad);
    mi_free_clone_blocks();
    free_vad(vad);
}

/* How many pages of START..END are committed. */
static uint32_t committed_pages(const struct mmvad *vad, uint32_t start, uint32_t end)
{
    struct mi_run run = mi_run_over(first_byte(start), last_byte(end));
    uint32_t count = 0;

    while (mi_next_run(&run))
        count += mi_committed_in_run(vad, &run);
    return count;
}

/* The part of VAD behind END becomes a VAD of its own; both have their charge. */
static struct mmvad *split(struct mmvad *vad, uint32_t end)
{
    struct mmvad *tail = ex_allocate_pool_with_tag(NONPAGED_POOL, sizeof(*tail), MI_VAD_TAG);

    if (!tail)
        return NULL;
    *tail = *vad;
    tail->starting_vpn = end + 1;
    tail->commit_charge = committed_pages(vad, tail->starting_vpn, tail->ending_vpn);
    return tail;
}

static void resize(struct mm_address_space *space, struct mmvad *vad, struct mmvad *tail,
                   uint32_t start, uint32_t end)
{
    kirql irql = mi_lock_pfn();

    mi_resize_node(&space->vads, vad, start, end);
    if (tail)
        mi_insert_node(&space->vads, tail);
    mi_unlock_pfn(irql);
}

/* The last page in use before START and the first behind END, VAD's own ones included. */
static uint32_t tables_between(const struct mmvad *vad, uint32_t start, uint32_t end)
{
    const struct mmvad *previous = mi_get_previous_vad(vad), *next = mi_get_next_vad(vad);
    uint32_t below = start - 1, above = end + 1;
    bool has_below = start > vad->starting_vpn || previous;
    bool has_above = end < vad->ending_vpn || next;

    if (start == vad->starting_vpn && previous)
        below = previous->ending_vpn;
    if (end == vad->ending_vpn && next)
        above = next->starting_vpn;
    return tables_of_its_own(start, end, has_below ? &below : NULL, has_above ? &above : NULL);
}

ntstatus mi_cut_vad(struct mm_address_space *space, struct mmvad *vad, uint32_t start, uint32_t end)
{
    bool head = start > vad->starting_vpn;
    struct mmvad *tail = NULL;
    uint32_t tables = tables_between(vad, start, end);
    uint32_t cut = committed_pages(vad, start, end);

    ex_assert_fast_mutex_held(&space->address_creation_lock);
    if (head && end < vad->ending_vpn) {
        tail = split(vad, end);
        if (!tail)
            return STATUS_INSUFFICIENT_RESOURCES;
        vad->commit_charge -= tail->commit_charge;
    }
    mi_unlock_range(space, first_byte(start), last_byte(end)); /* from here on nothing can fail */
    vad->commit_charge -= cut;
    resize(space, vad, tail, head ? vad->starting_vpn : end + 1,
           head ? start - 1 : vad->ending_vpn);
    mi_delete_virtual_addresses(space, first_byte(start), last_byte(end));
    return_tables(space, tables);
    mi_return_pages(space, cut);
    space->virtual_pages -= end - start + 1;
    return STATUS_SUCCESS;
}
